/** Evidence of work: what was submitted, with which code, under which identity, and that it ran. */
import { evidenceRows } from './row.ts';

export const WORK = evidenceRows(`
  job and batch submission, v1 and v1beta2 | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | dataproc | SubmitJob, SubmitJobAsOperation, CreateBatch | job.submit | Actor JobId CallKey Project
  interactive session | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | dataproc | CreateSession | session.create | Actor JobId CallKey Project
  workflow instantiation | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | dataproc | InstantiateWorkflowTemplate, InstantiateInlineWorkflowTemplate | workflow.run | Actor JobId CallKey claims.template
  cluster creation | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 L14 P03 P05 | dataproc | CreateCluster | cluster.create | Actor CallKey claims.cluster
  job creation | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | dataflow | dataflow.jobs.create | job.submit | Actor JobId CallKey
  job that takes the place of another | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | dataflow | dataflow.jobs.create | job.submit | JobId ParentJob
  cancel and drain, told from an update | U01 U02 U03 | dataflow | dataflow.jobs.updateContents | job.cancel | JobId claims.requestedState
  template launch seen by its caller | U03 U12 X04 | dataflow | resourcemanager.projects.get | job.submit | Actor claims.template
  runs: runNow, submitRun, and the scheduler | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | databricks | jobs.runNow, jobs.submitRun | job.submit | Actor JobId CallKey
  run that the scheduler triggered, its trigger | L01 U12 | databricks | jobs.runTriggered | job.submit | JobId claims.trigger
  run start and end | L01 | databricks | jobs.runStart, jobs.runSucceeded, jobs.runFailed | job.start job.finish | JobId
  cluster creation | U01 U02 U03 U05 U06 U07 U09 U12 U14 L01 L02 L03 D09 | databricks | clusters.create | cluster.create | Actor Resource
  refused job start: status and the missing permission | U01 U02 | dataproc | SubmitJob | job.submit | Outcome Status claims.permission claims.callerIp
  refused job start | U01 U02 | dataflow | dataflow.jobs.create | job.submit | Status claims.permission claims.callerIp
  refused: status 401 and 403 | U01 | databricks | jobs.runNow, unityCatalog.generateTemporaryTableCredential | job.submit credential.mint | Status Actor
  who is redacted, and why | U01 U05 | iam | GenerateAccessToken | credential.mint | ActorAbsent Status
  cluster, main file | U03 P01 P02 | dataproc | SubmitJob | job.submit | claims.cluster claims.mainFile
  service account of a batch | U03 P03 | dataproc | CreateBatch | job.submit | RunAs
  service account of a cluster, its scopes | U03 U14 P03 | dataproc | CreateCluster | cluster.create | RunAs claims.scopes
  no account named: the default one | P03 | dataproc | CreateBatch, CreateCluster | job.submit cluster.create | claims.runAsDefault
  service account in the request, where the entry has it | U03 P03 | dataflow | resourcemanager.projects.get | job.submit | RunAs
  run-as changed | P03 | databricks | jobs.reset | template.change | RunAs
  permissions of a job changed | P03 D05 | databricks | jobs.changeJobAcl | iam.change | claims.permission
  end-user credentials, runtime version | U08 | dataproc | CreateBatch | job.submit | claims.workloadAuthentication claims.runtimeVersion
  users mapped to accounts of their own | U08 | dataproc | CreateCluster | cluster.create | claims.mappedUsers
  template, temp and staging paths | U03 X02 P01 P02 | dataflow | resourcemanager.projects.get | job.submit | claims.template claims.tempLocation
  request id that the caller put in | L02 L03 | dataproc | SubmitJob, CreateBatch | job.submit | claims.requestToken
  validation that starts nothing | L03 | dataflow | LaunchTemplate | metadata.read | claims.validateOnly
  datasets named in arguments, properties and SQL | U03 X02 X03 | dataproc | SubmitJob | job.submit | Reads Writes
  datasets named in parameters | X02 X03 | dataflow | resourcemanager.projects.get | job.submit | Writes
  connectors that the metadata of a job names | X03 | dataflow | JobsV1Beta3.CreateJob | job.submit | Uses
  delegation chain, in order | U05 U08 U12 | dataproc | SubmitJob | job.submit | Actor ActingFor ActingForBy
  user-managed key behind the call | U06 U14 | dataproc | SubmitJob | job.submit | Actor ActorProof KeyName
  address and network of the caller | U09 U14 | dataproc | SubmitJob | job.submit | claims.callerIp claims.callerNetwork
  address of the caller | U09 U14 | dataflow | dataflow.jobs.create | job.submit | claims.callerIp
  libraries and packages of a job | P02 | dataproc | SubmitJob | job.submit | claims.libraries claims.packages
  container image, package index | P02 | dataproc | CreateBatch | job.submit | claims.containerImage claims.pypiRepository
  initialisation actions, boot metadata | P02 | dataproc | CreateCluster | cluster.create | claims.initActions claims.metadataKeys
  boot script by its URL | P02 | dataproc | CreateCluster | cluster.create | claims.startupScriptUrl
  image and packages of the workers | P02 | dataflow | JobsV1Beta3.CreateJob | job.submit | claims.containerImage claims.libraries
  cluster logging switched off | L14 | dataproc | CreateCluster | cluster.create | claims.loggingOff
  driver log levels OFF | L14 | dataproc | SubmitJob | job.submit | claims.driverLogsOff
  cluster without log delivery is one without this | L14 | databricks | clusters.create | cluster.create | claims.clusterLogs
  internal addresses only, network tags, subnet | P05 | dataproc | CreateCluster | cluster.create | claims.internalIpOnly claims.networkTags claims.subnet
  driver, container and worker logs | L01 | dataproc | dataproc.job.driver, yarn-userlogs | job.run | JobId
  worker and job-message logs | L01 | dataflow | worker, job-message | job.run | JobId
  states of a job, in order | L12 | dataflow | job-message | job.start job.finish job.cancel | JobId
  first and last entry of an operation | L12 U13 | dataproc | CreateCluster | cluster.create | OperationId Phase
  YARN applications and their owner (\`dr.who\`) | L01 P05 | dataproc | Submit Application Request | job.start | JobId Actor
  notebook kernels and terminals | U13 | dataproc | jupyter_notebook, jupyter_kernel_gateway | session.run exec.interactive | claims.cluster
  calls through Component Gateway (Knox) | U13 | dataproc | access | api.call | Actor claims.cluster claims.service
  machines that the service agent starts for a cluster | L01 | platform | v1.compute.instances.insert | compute.change | Actor claims.dataprocCluster
  lineage events of a run | L01 X03 | openlineage | START, COMPLETE | job.start job.run job.finish | JobId Reads
  lineage reported to Data Lineage | L01 | platform | ProcessOpenLineageRunEvent | telemetry.write | Actor
  workflow and session templates | P04 | dataproc | CreateWorkflowTemplate, UpdateWorkflowTemplate, CreateSessionTemplate, UpdateSessionTemplate | template.change | Actor Resource
  autoscaling policies | P04 | dataproc | CreateAutoscalingPolicy, UpdateAutoscalingPolicy, DeleteAutoscalingPolicy | cluster.update | Actor Resource
  schedules that call a job API | P04 U12 | platform | CreateJob | schedule.change | Actor RunAs claims.schedule claims.targetCall
  pipelines that start jobs | P04 | dataflow | CreatePipeline, UpdatePipeline | schedule.change | Actor claims.pipeline
  job definitions with a schedule or trigger | P04 | databricks | jobs.create, jobs.update | template.change | Actor claims.scheduled
  global init scripts with the digest of the script | P04 | databricks | globalInitScripts.create, globalInitScripts.update, globalInitScripts.delete | artifact.change | Actor claims.scriptSha256
  cluster policies | P04 | databricks | clusterPolicies.create, clusterPolicies.edit | policy.change | Actor claims.clusterPolicy
  roles granted on a cluster | D05 P03 | dataproc | SetIamPolicy | iam.change | Actor Resource claims.bindingDeltas
`);
