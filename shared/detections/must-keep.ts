/**
 * One entry of each kind that the trail of a job rests on, with the fields that every such entry has: an exclusion by any of them takes
 * all. Sinks, exclusions and views are held against them: one that loses any of these loses evidence. Times and values of
 * callers are any; queries about times are not decided here.
 */
import type { Json } from '../sources/fields.ts';

export interface MustKeep {
  /** As findings name it. */
  readonly name: string;
  readonly entry: Json;
}

const ACTIVITY = 'cloudaudit.googleapis.com%2Factivity';
const TIME = '2026-01-01T00:00:00Z';
const DATA_ACCESS = 'cloudaudit.googleapis.com%2Fdata_access';

/** @param project of the sink: filters often name it */
export function mustKeep(project = 'jobtrail-sample'): readonly MustKeep[] {
  const entry = (log: string, type: string, labels: Json, rest: Json): Json => ({
    logName: `projects/${project}/logs/${log}`,
    insertId: '1gkq0v3e2dx3',
    timestamp: TIME,
    receiveTimestamp: TIME,
    resource: { type, labels: { project_id: project, ...labels } },
    severity: 'INFO',
    ...rest,
  });
  const audit = (
    name: string,
    log: string,
    [type, labels]: readonly [type: string, labels: Json],
    serviceName: string,
    methodName: string,
    resourceName: string,
  ): MustKeep => ({
    name,
    entry: entry(log, type, labels, {
      severity: log === ACTIVITY ? 'NOTICE' : 'INFO',
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        serviceName,
        methodName,
        resourceName,
        status: {},
        authenticationInfo: {
          principalEmail: `runner@${project}.iam.gserviceaccount.com`,
          principalSubject: `serviceAccount:runner@${project}.iam.gserviceaccount.com`,
        },
        requestMetadata: {
          callerIp: '203.0.113.24',
          callerSuppliedUserAgent: 'google-cloud-sdk',
          requestAttributes: { time: TIME },
          destinationAttributes: {},
        },
        authorizationInfo: [{ granted: true, permission: 'service.things.use', resource: resourceName }],
        request: { name: resourceName },
      },
    }),
  });
  const cluster = { region: 'r', cluster_name: 'etl' };
  const pod = { location: 'r', cluster_name: 'mesh', namespace_name: 'data', pod_name: 'proxy-1' };
  const parent = `projects/${project}`;
  return [
    audit(
      'submission of a Dataproc job',
      ACTIVITY,
      ['cloud_dataproc_cluster', cluster],
      'dataproc.googleapis.com',
      'google.cloud.dataproc.v1.JobController.SubmitJob',
      `${parent}/regions/r/jobs/j`,
    ),
    audit(
      'creation of a Dataproc batch',
      ACTIVITY,
      ['cloud_dataproc_batch', { location: 'r', batch_id: 'b' }],
      'dataproc.googleapis.com',
      'google.cloud.dataproc.v1.BatchController.CreateBatch',
      `${parent}/locations/r/batches/b`,
    ),
    audit(
      'creation of a Dataflow job',
      ACTIVITY,
      ['dataflow_step', { region: 'r', job_id: 'j', job_name: 'orders' }],
      'dataflow.googleapis.com',
      'dataflow.jobs.create',
      'orders',
    ),
    audit(
      'access of a BigQuery table',
      DATA_ACCESS,
      ['bigquery_dataset', { dataset_id: 'sales' }],
      'bigquery.googleapis.com',
      'google.cloud.bigquery.v2.JobService.InsertJob',
      `${parent}/datasets/sales/tables/orders`,
    ),
    audit(
      'read of a storage object',
      DATA_ACCESS,
      ['gcs_bucket', { location: 'eu', bucket_name: 'raw' }],
      'storage.googleapis.com',
      'storage.objects.get',
      'projects/_/buckets/raw/objects/o',
    ),
    audit(
      'query of Spanner',
      DATA_ACCESS,
      ['spanner_instance', { location: 'r', instance_id: 'main' }],
      'spanner.googleapis.com',
      'google.spanner.v1.Spanner.ExecuteStreamingSql',
      `${parent}/instances/main/databases/orders`,
    ),
    audit(
      'change of an IAM policy',
      ACTIVITY,
      ['project', {}],
      'cloudresourcemanager.googleapis.com',
      'SetIamPolicy',
      parent,
    ),
    audit(
      'token minted for a service account',
      DATA_ACCESS,
      ['service_account', { email_id: 'runner', unique_id: '1' }],
      'iamcredentials.googleapis.com',
      'GenerateAccessToken',
      'projects/-/serviceAccounts/1',
    ),
    audit(
      'change of a sink',
      ACTIVITY,
      ['logging_sink', { name: 'audit', destination: 'd' }],
      'logging.googleapis.com',
      'google.logging.v2.ConfigServiceV2.UpdateSink',
      `${parent}/sinks/audit`,
    ),
    audit(
      'change of a mesh policy',
      ACTIVITY,
      ['k8s_cluster', { location: 'r', cluster_name: 'mesh' }],
      'k8s.io',
      'io.istio.security.v1.authorizationpolicies.patch',
      'security.istio.io/v1/namespaces/data/authorizationpolicies/jobs',
    ),
    ...['server-accesslog-stackdriver', 'client-accesslog-stackdriver'].map((log) => ({
      name: `request in the mesh (${log})`,
      entry: entry(
        log,
        'k8s_container',
        { ...pod, container_name: 'istio-proxy' },
        {
          httpRequest: { requestMethod: 'POST', requestUrl: 'http://jobs/v1/jobs:submit', status: 200 },
          labels: { request_id: 'r', source_principal: 'spiffe://t/ns/a/sa/b', response_flag: '-' },
        },
      ),
    })),
    {
      name: 'request at the gateway',
      entry: entry(
        'stdout',
        'k8s_container',
        { ...pod, namespace_name: 'kong', container_name: 'proxy' },
        {
          jsonPayload: {
            request: { method: 'POST', uri: '/v1/jobs:submit', id: 'r' },
            response: { status: 200 },
            route: { name: 'jobs-submit' },
          },
        },
      ),
    },
    {
      name: 'log of a Dataproc driver',
      entry: entry(
        'dataproc.job.driver',
        'cloud_dataproc_job',
        { region: 'r', job_id: 'j' },
        {
          jsonPayload: { message: 'started' },
        },
      ),
    },
    {
      name: 'log of a Dataflow job',
      entry: entry(
        'dataflow.googleapis.com%2Fjob-message',
        'dataflow_step',
        { region: 'r', job_id: 'j', job_name: 'orders' },
        {
          textPayload: 'started',
        },
      ),
    },
  ];
}
