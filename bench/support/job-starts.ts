/** Job starts through a gateway: an audit entry of Dataproc and the gateway's record of the same call, as their sinks export them. */

export interface StartOptions {
  /** Distinguishes jobs of one store. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Which of the callers. */
  readonly caller: number;
  /** Without the gateway's record it went around the gateway. */
  readonly gateway: boolean;
}

const iso = (at: number): string => new Date(at).toISOString();

export const CALLERS = 200;
const account = (caller: number): string => `etl-${caller % CALLERS}@acme-prod.iam.gserviceaccount.com`;

export function startEntries({ name, at, caller, gateway }: StartOptions): readonly object[] {
  const audit = {
    logName: 'projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity',
    insertId: `a-${name}`,
    timestamp: iso(at),
    receiveTimestamp: iso(at + 900),
    resource: {
      type: 'cloud_dataproc_cluster',
      labels: { project_id: 'acme-prod', region: 'europe-west1', cluster_name: 'etl' },
    },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'dataproc.googleapis.com',
      methodName: 'google.cloud.dataproc.v1.JobController.SubmitJob',
      resourceName: `projects/acme-prod/regions/europe-west1/jobs/${name}`,
      authenticationInfo: { principalEmail: account(caller) },
      authorizationInfo: [{ permission: 'dataproc.jobs.create', granted: true }],
      requestMetadata: { callerIp: '10.8.0.9' },
      request: {
        projectId: 'acme-prod',
        region: 'europe-west1',
        job: { reference: { jobId: name }, placement: { clusterName: 'etl' } },
      },
    },
  };
  if (!gateway) return [audit];
  const kong = {
    logName: 'projects/acme-mesh/logs/kong',
    insertId: `k-${name}`,
    timestamp: iso(at - 40),
    receiveTimestamp: iso(at + 500),
    resource: {
      type: 'k8s_container',
      labels: {
        project_id: 'acme-mesh',
        cluster_name: 'edge',
        location: 'europe-west1',
        namespace_name: 'kong',
      },
    },
    jsonPayload: {
      request: {
        id: `r-${name}`,
        method: 'POST',
        uri: '/v1/projects/acme-prod/regions/europe-west1/jobs:submit',
        headers: {},
      },
      response: { status: 200 },
      upstream_status: '200',
      upstream_uri: '/v1/projects/acme-prod/regions/europe-west1/jobs:submit',
      service: { name: 'dataproc', host: 'dataproc.googleapis.com' },
      route: { name: 'jobs-submit' },
      workspace: 'w',
      client_ip: '10.8.0.4',
      started_at: at - 40,
      consumer: { id: `consumer-${caller % CALLERS}`, username: `etl-${caller % CALLERS}` },
      authenticated_entity: { id: `cred-${caller % CALLERS}`, consumer_id: `consumer-${caller % CALLERS}` },
      tries: [],
      latencies: {},
    },
  };
  return [kong, audit];
}

/** Keys of jobtrail.yaml: every start needs the gateway's record, and consumers are the accounts they stand for. */
export const STARTS_CONFIG = {
  version: 1,
  environments: { prod: ['acme-prod'] },
  meshProjects: ['acme-mesh'],
  bindings: Array.from({ length: CALLERS }, (_, caller) => ({
    id: `consumer-${caller}`,
    alias: `unknown:kong/w:consumer/consumer-${caller}`,
    principal: account(caller),
  })),
  corroboration: { evidence: [{ id: 'gateway', environments: ['prod'], require: ['gateway'] }] },
};
