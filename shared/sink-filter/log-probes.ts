/** Entries that are no audit entries, by what their source knows them by: the log, the resource, or the record's own keys. */
import type { Json } from '../sources/fields.ts';
import type { RoutedSource } from './sources.ts';

interface LogProbe {
  readonly name: string;
  /** LOG_ID as it is written in a log name. */
  readonly log: string;
  readonly rest: Json;
}

const pod = (container: string, pod_name: string, namespace_name: string): Json => ({
  type: 'k8s_container',
  labels: { location: 'r', cluster_name: 'c', namespace_name, pod_name, container_name: container },
});

const cluster = (type: string): Json => ({
  type,
  labels: { region: 'r', cluster_name: 'c', job_id: 'j', batch_id: 'b' },
});

const MESH_LOGS = [
  'server-accesslog-stackdriver',
  'client-accesslog-stackdriver',
  'server-istio-audit-log',
  'client-istio-audit-log',
];

export const LOG_PROBES: Readonly<Partial<Record<RoutedSource, readonly LogProbe[]>>> = {
  istio: [
    ...MESH_LOGS.map((log) => ({
      name: `record of the mesh in ${log}`,
      log,
      rest: { resource: pod('app', 'app-1', 'data'), labels: { response_flag: '-' } },
    })),
    ...['stdout', 'stderr'].map((log) => ({
      name: `line of a proxy on ${log}`,
      log,
      rest: { resource: pod('istio-proxy', 'app-1', 'data'), textPayload: '-' },
    })),
  ],
  kong: [
    ...['proxy', 'kong', 'kong-gateway'].flatMap((container) =>
      ['stdout', 'stderr'].map((log) => ({
        name: `line of the gateway’s container ${container} on ${log}`,
        log,
        rest: { resource: pod(container, 'gateway-1', 'kong'), textPayload: '-' },
      })),
    ),
    {
      name: 'record of a request, from a machine',
      log: 'gateway',
      rest: {
        resource: { type: 'gce_instance', labels: { instance_id: '1', zone: 'z' } },
        jsonPayload: {
          client_ip: '10.0.0.1',
          started_at: 1,
          request: {},
          response: {},
          latencies: { kong: 1 },
        },
      },
    },
    {
      name: 'request to the Admin API',
      log: 'gateway-admin',
      rest: {
        resource: { type: 'global', labels: {} },
        jsonPayload: {
          request_id: 'r',
          request_timestamp: 1,
          path: '/services',
          method: 'POST',
          rbac_user_id: null,
        },
      },
    },
    {
      name: 'object that the Admin API changed',
      log: 'gateway-admin',
      rest: {
        resource: { type: 'global', labels: {} },
        jsonPayload: { request_id: 'r', dao_name: 'services', operation: 'update' },
      },
    },
    {
      name: 'audit record of Konnect',
      log: 'konnect',
      rest: { resource: { type: 'global', labels: {} }, jsonPayload: { event_vendor: 'KongInc' } },
    },
  ],
  dataproc: [
    ...['dataproc.job.driver', 'dataproc.job.yarn.container'].map((log) => ({
      name: `output of a job in ${log}`,
      log,
      rest: { resource: cluster('cloud_dataproc_job'), jsonPayload: { message: '-' } },
    })),
    {
      name: 'output of a batch',
      log: 'dataproc.googleapis.com%2Foutput',
      rest: { resource: cluster('cloud_dataproc_batch'), jsonPayload: { message: '-' } },
    },
    ...['yarn-userlogs', 'hadoop-yarn-resourcemanager', 'gateway-audit', 'knox', 'jupyter_notebook'].map(
      (log) => ({
        name: `log ${log} of a cluster`,
        log,
        rest: { resource: cluster('cloud_dataproc_cluster'), jsonPayload: { message: '-' } },
      }),
    ),
  ],
  dataflow: [
    ...['job-message', 'worker', 'launcher', 'log-of-tomorrow'].map((log) => ({
      name: `log ${log} of a job`,
      log: `dataflow.googleapis.com%2F${log}`,
      rest: { resource: { type: 'dataflow_step', labels: { region: 'r', job_id: 'j' } }, textPayload: '-' },
    })),
    {
      name: 'request of a scheduled pipeline',
      log: 'datapipelines.googleapis.com%2Frequests',
      rest: { resource: { type: 'datapipelines.googleapis.com/Pipeline', labels: {} }, jsonPayload: {} },
    },
  ],
  logging: [
    {
      name: 'what a sink could not deliver',
      log: 'logging.googleapis.com%2Fsink_error',
      rest: {
        resource: { type: 'logging_sink', labels: { name: 's' } },
        labels: { error_code: 'topic_not_found' },
      },
    },
  ],
};
