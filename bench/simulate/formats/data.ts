/** Data Access entries of Cloud Storage, BigQuery and Spanner. */
import { REGION, type Project } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import type { Json, Told } from '../told.ts';
import { audit, type Caller } from './audit.ts';

export interface Access {
  readonly at: number;
  readonly project: Project;
  readonly caller: Caller;
  /** `x-goog-custom-audit-jobtrail-job`, where the job's client sends it. */
  readonly job?: string;
}

/** @param uri `gs://BUCKET/OBJECT` */
export function objectAccess(
  random: Random,
  access: Access,
  verb: 'get' | 'create' | 'delete',
  uri: string,
): Told {
  const [bucket = '', ...rest] = uri.slice('gs://'.length).split('/');
  const name = `projects/_/buckets/${bucket}/objects/${rest.join('/')}`;
  const permission = `storage.objects.${verb}`;
  return audit(random, {
    at: access.at,
    path: 'storage',
    project: access.project.id,
    log: 'data_access',
    service: 'storage.googleapis.com',
    method: permission,
    caller: access.caller,
    resourceName: name,
    permissions: [
      [permission, name],
      // Replacing an object needs the permission to delete it.
      ...(verb === 'create' ? [['storage.objects.delete', name] as const] : []),
    ],
    ...(access.job === undefined
      ? {}
      : {
          metadata: {
            '@type': 'type.googleapis.com/google.cloud.audit.GcsAuditMetadata',
            audit_context: { app_context: 'EXTERNAL', audit_info: { 'jobtrail-job': access.job } },
          },
        }),
    resource: {
      type: 'gcs_bucket',
      labels: { project_id: access.project.id, bucket_name: bucket, location: 'eu' },
    },
  });
}

/** The Storage Read API, as Spark's connector reads: no job, no labels. @param table `P.D.T` */
export function readSession(random: Random, access: Access, table: string): Told {
  const [project = '', dataset = '', name = ''] = table.split('.');
  const resourceName = `projects/${project}/datasets/${dataset}/tables/${name}`;
  const parent = `projects/${access.project.id}`;
  return audit(random, {
    at: access.at,
    path: 'bigquery',
    project: access.project.id,
    log: 'data_access',
    service: 'bigquery.googleapis.com',
    method: 'google.cloud.bigquery.storage.v1.BigQueryRead.CreateReadSession',
    caller: access.caller,
    resourceName,
    permissions: [
      ['bigquery.readsessions.create', parent],
      ['bigquery.tables.getData', resourceName],
    ],
    request: {
      '@type': 'type.googleapis.com/google.cloud.bigquery.storage.v1.CreateReadSessionRequest',
      parent,
      readSession: { table: resourceName, dataFormat: 'ARROW' },
    },
    metadata: {
      '@type': 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata',
      tableDataRead: {
        fields: ['id', 'amount'],
        reason: 'CREATE_READ_SESSION',
        sessionName: `${parent}/locations/${REGION}/sessions/CAISDE${random.base36(22)}`,
      },
    },
    resource: { type: 'bigquery_dataset', labels: { project_id: project, dataset_id: dataset } },
  });
}

export function spannerCall(
  random: Random,
  access: Access,
  rpc: 'ExecuteStreamingSql' | 'PartitionQuery' | 'PartitionRead',
  database: { readonly instance: string; readonly database: string },
): Told {
  const name = `projects/${access.project.id}/instances/${database.instance}/databases/${database.database}`;
  const session = `${name}/sessions/AF${random.base36(40)}`;
  const type = {
    ExecuteStreamingSql: 'ExecuteSql',
    PartitionQuery: 'PartitionQuery',
    PartitionRead: 'PartitionRead',
  };
  const request: Json = {
    '@type': `type.googleapis.com/google.spanner.v1.${type[rpc]}Request`,
    session,
    ...(rpc === 'PartitionRead'
      ? { table: 'Payments', columns: ['Id'] }
      : { sql: 'SELECT Id FROM Payments' }),
  };
  return audit(random, {
    at: access.at,
    path: 'spanner',
    project: access.project.id,
    log: 'data_access',
    service: 'spanner.googleapis.com',
    method: `google.spanner.v1.Spanner.${rpc}`,
    caller: access.caller,
    resourceName: session,
    permissions: [[rpc === 'PartitionRead' ? 'spanner.databases.read' : 'spanner.databases.select', name]],
    request,
    resource: {
      type: 'spanner_instance',
      labels: {
        project_id: access.project.id,
        instance_id: database.instance,
        instance_config: '',
        location: REGION,
      },
    },
  });
}
