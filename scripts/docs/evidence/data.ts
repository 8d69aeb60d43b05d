/** Evidence of data: who read, wrote, copied, shared or exported what. */
import { evidenceRows } from './row.ts';

export const DATA = evidenceRows(`
  job inserted and done: what it read and wrote | U04 L01 X01 X03 | bigquery | InsertJob | job.finish | Actor JobId Reads Writes
  referenced tables of another project | U04 X03 | bigquery | InsertJob | job.finish | Reads Project
  load, copy and extract: destination | X01 | bigquery | InsertJob | job.finish | Writes claims.jobType
  lists that the entry cut | X01 L12 | bigquery | InsertJob | job.finish | claims.truncated
  bytes scanned and billed | peers | bigquery | InsertJob | job.finish | claims.processedBytes claims.statementType
  dataset or table shared | X01 D05 | bigquery | PatchDataset, SetIamPolicy | data.share | Actor Resource
  public member of a dataset | X01 peers | bigquery | PatchDataset | data.share | claims.publicMember
  table read: job, reason, fields | X03 | bigquery | InsertJob | data.read | JobId Reads claims.reason claims.fields
  columns with policy tags | X03 | bigquery | InsertJob | data.read | claims.policyTags
  read session of the Storage API | X03 | bigquery | CreateReadSession | data.read | Reads claims.readSession
  refused query | U01 | bigquery | InsertJob | job.submit | Outcome Status claims.permission
  user-managed key behind a read | U06 | bigquery | InsertJob | job.submit | KeyName
  object read | U04 U13 X02 X03 | storage | storage.objects.get | data.read | Actor Reads Resource
  object written, and whether it replaced one | U13 L01 X02 P01 P04 L16 | storage | storage.objects.create | data.write | Actor Writes claims.overwrites
  object copied elsewhere | X02 | storage | storage.objects.get | data.read | claims.copiedTo
  generation and hash of an object | P01 L16 | storage | google.cloud.storage.object.v1.finalized | data.write | Writes claims.generation claims.md5Hash
  bucket deleted | L06 | storage | storage.buckets.delete | data.delete | Actor Resource
  bucket changed | L06 L16 | storage | storage.buckets.update | schema.change | Actor Resource
  roles on a bucket; public bucket | D05 peers | storage | storage.setIamPermissions | iam.change | claims.bindingDeltas claims.publicMember
  HMAC key made | U06 peers | storage | storage.hmacKeys.create | credential.create | Actor claims.accessId claims.keyOf
  egress refused by a perimeter | U01 X02 peers | storage | * | data.read data.write | Outcome claims.perimeterViolation claims.perimeterDirection
  user-managed key behind an access | U06 | storage | storage.objects.get | data.read | KeyName
  read and query, with the database role | U04 U13 L01 X03 | spanner | Read, ExecuteSql, StreamingRead | data.read | Actor Reads
  commit and DML | L01 X03 | spanner | Commit, ExecuteBatchDml | data.write | Actor Writes
  partitioned reads, data boost | X04 | spanner | PartitionQuery, PartitionRead, ExecuteStreamingSql | data.read | Actor Reads
  data boost | X04 | spanner | PartitionQuery | data.read | claims.dataBoost
  request and transaction tags | X03 | spanner | ExecuteSql | data.read | claims.requestTag claims.transactionTag
  backups and restores | X04 | spanner | CreateBackup, CopyBackup, RestoreDatabase | data.write | Actor claims.backup
  schema changed, database dropped | X04 | spanner | UpdateDatabaseDdl, DropDatabase | schema.change data.delete | Actor Resource
  roles on a database | D05 X04 | spanner | SetIamPolicy | iam.change | Actor claims.policyGrants
  refused access | U01 | spanner | ExecuteSql | data.read | Outcome claims.permission
  user-managed key behind an access | U06 | spanner | ExecuteSql | data.read | KeyName
  tables read and written by a run | X03 | openlineage | COMPLETE | job.finish | JobId Reads Writes
  table looked up, temporary credential for it | X03 | databricks | unityCatalog.getTable, unityCatalog.generateTemporaryTableCredential | metadata.read credential.mint | Actor Resource
  temporary credential for a path | X05 U01 | databricks | unityCatalog.generateTemporaryPathCredential | credential.mint | Actor Resource claims.operation
  storage credentials, connections, mounts | X05 | databricks | unityCatalog.createStorageCredential, unityCatalog.updateStorageCredential, unityCatalog.createConnection, dbfs.mount | credential.create policy.change | Actor
  recipient and its address list, empty where anybody may come | X05 | databricks | unityCatalog.createRecipient | data.share | Actor claims.ipAccessList
  lifetime of recipient tokens | X05 | databricks | unityCatalog.updateMetastore | policy.change | claims.tokenLifetime
  share given to a recipient | X05 | databricks | unityCatalog.updateSharePermissions | data.share | Actor claims.share
  results downloaded, and in which form | X05 | databricks | databrickssql.downloadQueryResult | data.read | Actor claims.fileType
  large results downloaded, workspace exported | X05 | databricks | notebook.downloadLargeResults, workspace.workspaceExport | data.read | Actor
  form of a workspace export | X05 | databricks | workspace.workspaceExport | data.read | claims.exportFormat
  workspace, which is an environment | U04 L08 | databricks | jobs.runNow | job.submit | Project LogName
  secrets read | peers | databricks | secrets.getSecret | secret.read | Actor claims.scope claims.key
  sign-in, and how | U06 | databricks | accounts.tokenLogin | login | Actor ActorProof claims.authenticationMethod
  personal token made, with its end | U06 | databricks | accounts.generateDbToken | credential.create | Actor claims.tokenExpiration
  sign-in refused by address | peers | databricks | accounts.IpAccessDenied | login | Outcome claims.callerIp
`);
