/** What the pipeline causes while it works. */
import { createLogger } from '../../shared/observe/log.ts';
import type { RoutedSource } from '../../shared/sink-filter/sources.ts';
import type { Json } from '../../shared/sources/fields.ts';
import { agent, audit, DATABASE, run, SPANNER, type Call, type Named } from './entries.ts';
import { accountOf, PIPELINE, PIPELINE_NUMBER } from './files.ts';

/** With the source whose filter takes it, where one does: the exclusion is what keeps it out then. */
export interface OwnEntry extends Named {
  readonly takenBy?: RoutedSource;
}

/** Data access by the functions' accounts and by Google's agents for them. */
const CALLS: readonly (Call & { readonly takenBy?: RoutedSource })[] = [
  {
    by: accountOf('dataproc'),
    service: 'spanner.googleapis.com',
    method: `${SPANNER}.Commit`,
    resource: DATABASE,
    takenBy: 'spanner',
  },
  {
    by: accountOf('dataproc'),
    service: 'spanner.googleapis.com',
    // Refused for want of a grant, it is tried again and again: each that came back would be one more that is tried.
    method: `${SPANNER}.Commit`,
    resource: DATABASE,
    takenBy: 'spanner',
    payload: { status: { code: 7, message: 'PERMISSION_DENIED' } },
  },
  ...[undefined, [{}], [{ principalSubject: `serviceAccount:${agent('serverless-robot-prod')}` }]].map(
    (serviceAccountDelegationInfo) => ({
      by: accountOf('dataproc'),
      service: 'spanner.googleapis.com',
      method: `${SPANNER}.Commit`,
      resource: DATABASE,
      takenBy: 'spanner' as const,
      authentication: { serviceAccountDelegationInfo },
    }),
  ),
  {
    by: accountOf('spanner'),
    service: 'spanner.googleapis.com',
    method: `${SPANNER}.BatchCreateSessions`,
    resource: DATABASE,
    takenBy: 'spanner',
  },
  {
    by: accountOf('reconcile'),
    service: 'spanner.googleapis.com',
    method: `${SPANNER}.ExecuteStreamingSql`,
    resource: DATABASE,
    takenBy: 'spanner',
  },
  {
    by: accountOf('deliver'),
    service: 'secretmanager.googleapis.com',
    method: 'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion',
    resource: `projects/${PIPELINE_NUMBER}/secrets/slack/versions/1`,
    takenBy: 'platform',
  },
  {
    by: accountOf('istio'),
    service: 'pubsub.googleapis.com',
    method: 'google.pubsub.v1.Publisher.GetTopic',
    resource: `projects/${PIPELINE}/topics/jobtrail-findings`,
    takenBy: 'pubsub',
  },
  {
    by: accountOf('istio'),
    service: 'pubsub.googleapis.com',
    method: 'google.pubsub.v1.Publisher.Publish',
    resource: `projects/${PIPELINE}/topics/jobtrail-findings`,
    takenBy: 'pubsub',
  },
  {
    by: accountOf('observed'),
    service: 'dataproc.googleapis.com',
    method: 'google.cloud.dataproc.v1.JobController.ListJobs',
    resource: 'projects/shop-prod/regions/r',
    project: 'shop-prod',
    takenBy: 'dataproc',
  },
  {
    by: accountOf('observed'),
    service: 'dataflow.googleapis.com',
    method: 'dataflow.jobs.list',
    resource: 'projects/shop-prod',
    project: 'shop-prod',
    takenBy: 'dataflow',
  },
  {
    by: accountOf('observed'),
    service: 'monitoring.googleapis.com',
    method: 'google.monitoring.v3.MetricService.ListTimeSeries',
    resource: 'projects/shop-prod',
    project: 'shop-prod',
  },
  {
    by: accountOf('databricks'),
    service: 'storage.googleapis.com',
    method: 'storage.objects.get',
    resource: 'projects/_/buckets/acme-audit/objects/a.json',
    takenBy: 'storage',
  },
  {
    by: accountOf('canary'),
    service: 'logging.googleapis.com',
    method: 'google.logging.v2.LoggingServiceV2.WriteLogEntries',
    resource: 'projects/shop-prod',
    project: 'shop-prod',
    takenBy: 'logging',
  },
  {
    by: accountOf('reconcile'),
    service: 'logging.googleapis.com',
    method: 'google.logging.v2.LoggingServiceV2.ListLogEntries',
    resource: 'projects/shop-prod',
    project: 'shop-prod',
    takenBy: 'logging',
  },
  {
    by: accountOf('reconcile'),
    service: 'cloudkms.googleapis.com',
    method: 'AsymmetricSign',
    resource: `projects/${PIPELINE}/locations/r/keyRings/k/cryptoKeys/seal/cryptoKeyVersions/1`,
    takenBy: 'platform',
  },
  {
    by: agent('gcp-sa-pubsub'),
    service: 'cloudkms.googleapis.com',
    method: 'Decrypt',
    resource: `projects/${PIPELINE}/locations/r/keyRings/k/cryptoKeys/topics`,
    takenBy: 'platform',
  },
  {
    by: agent('gcp-sa-spanner'),
    service: 'cloudkms.googleapis.com',
    method: 'Encrypt',
    resource: `projects/${PIPELINE}/locations/r/keyRings/k/cryptoKeys/store`,
    takenBy: 'platform',
  },
  {
    by: agent('gs-project-accounts'),
    service: 'cloudkms.googleapis.com',
    method: 'Encrypt',
    resource: `projects/${PIPELINE}/locations/r/keyRings/k/cryptoKeys/evidence`,
    takenBy: 'platform',
  },
  {
    by: agent('gcp-sa-pubsub'),
    service: 'iamcredentials.googleapis.com',
    method: 'GenerateOpenIdToken',
    resource: `projects/-/serviceAccounts/${accountOf('push')}`,
    takenBy: 'iam',
  },
  {
    by: agent('gcp-sa-cloudscheduler'),
    service: 'iamcredentials.googleapis.com',
    method: 'GenerateIdToken',
    resource: `projects/-/serviceAccounts/${accountOf('push')}`,
    takenBy: 'iam',
  },
  {
    by: agent('serverless-robot-prod'),
    service: 'artifactregistry.googleapis.com',
    method: 'Docker-GetManifest',
    resource: `projects/${PIPELINE}/locations/r/repositories/gcf-artifacts`,
    takenBy: 'platform',
  },
  {
    by: 'service-org-123456789012@gcp-sa-logging.iam.gserviceaccount.com',
    service: 'pubsub.googleapis.com',
    method: 'google.pubsub.v1.Publisher.Publish',
    resource: `projects/${PIPELINE}/topics/jobtrail-spanner`,
    takenBy: 'pubsub',
  },
  {
    by: `service-${PIPELINE_NUMBER}@gcp-sa-logging.iam.gserviceaccount.com`,
    service: 'pubsub.googleapis.com',
    method: 'google.pubsub.v1.Publisher.Publish',
    resource: `projects/${PIPELINE}/topics/jobtrail-logging`,
    takenBy: 'pubsub',
  },
];

/** A line as functions log it, with a value that an attacker chose, and as Cloud Run hands it on: fields as the payload. */
function logLine(): Json {
  const lines: string[] = [];
  createLogger((line) => lines.push(line), { function: 'kong' }).log('WARNING', 'entry quarantined', {
    reason: 'line-grammar',
    event_vendor: 'KongInc',
    detail: 'CEF:0|KongInc|Konnect|1.0|',
  });
  return JSON.parse(lines.join('')) as Json;
}

const QUOTED = 'Error: 10.1.2.3 - - "GET / HTTP/1.1" 200 kong_request_id: "a" CEF:0|KongInc|Konnect|';

const OUTPUT: readonly OwnEntry[] = [
  {
    name: 'a log line of a function',
    entry: run('cloud_run_revision', 'run.googleapis.com%2Fstdout', { jsonPayload: logLine() }),
    takenBy: 'kong',
  },
  {
    name: 'a crash of a function, quoting what it got',
    entry: run('cloud_run_revision', 'run.googleapis.com%2Fstderr', { textPayload: QUOTED }),
    takenBy: 'kong',
  },
  {
    name: 'a line of a worker',
    entry: run('cloud_run_worker_pool', 'run.googleapis.com%2Fstdout', { textPayload: QUOTED }),
    takenBy: 'kong',
  },
  {
    name: 'a request to a function',
    entry: run('cloud_run_revision', 'run.googleapis.com%2Frequests', {
      httpRequest: { requestMethod: 'POST', status: 204 },
    }),
  },
  {
    name: 'an alert on the log channel',
    entry: run('cloud_run_revision', 'run.googleapis.com%2Fstdout', {
      jsonPayload: { message: 'opened high: …', alert: { rule: 'sa-key-created' } },
    }),
  },
  {
    name: 'a request at the load balancer',
    entry: run('http_load_balancer', 'requests', { httpRequest: { requestMethod: 'POST', status: 204 } }),
  },
  {
    name: 'a run of a schedule',
    entry: run('cloud_scheduler_job', 'cloudscheduler.googleapis.com%2Fexecutions', {
      jsonPayload: { status: 'OK' },
    }),
  },
  {
    name: 'a line of Spanner’s autoscaler',
    entry: run('spanner_instance', 'spanner.googleapis.com%2Fautoscaler', { jsonPayload: {} }),
  },
];

export const OWN: readonly OwnEntry[] = [
  ...CALLS.map(({ takenBy, ...call }, at) => ({
    name: `${at}: ${call.method} of ${call.service} by ${call.by}`,
    entry: audit(call),
    ...(takenBy === undefined ? {} : { takenBy }),
  })),
  ...OUTPUT,
];
