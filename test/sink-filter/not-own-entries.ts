/** What only looks like the pipeline at its work, and must be seen. */
import type { RoutedSource } from '../../shared/sink-filter/sources.ts';
import { agent, audit, DATABASE, run, SPANNER, type Named } from './entries.ts';
import { accountOf, PIPELINE, PIPELINE_NUMBER } from './files.ts';

const commit = { service: 'spanner.googleapis.com', method: `${SPANNER}.Commit`, resource: DATABASE };

const LINE = '10.1.2.3 - - [20/Nov/2026:08:15:02 +0000] "GET / HTTP/1.1" 200 kong_request_id: "a"';

/** With the source whose filter takes it. */
export const NOT_OWN: readonly (Named & { readonly of: RoutedSource })[] = [
  {
    name: 'a person reads the pipeline’s database',
    of: 'spanner',
    entry: audit({ ...commit, by: 'eve@acme.example' }),
  },
  {
    name: 'another account of the pipeline’s project writes to it',
    of: 'spanner',
    entry: audit({ ...commit, by: `debug@${PIPELINE}.iam.gserviceaccount.com` }),
  },
  {
    name: 'an account of the same name elsewhere',
    of: 'spanner',
    entry: audit({ ...commit, by: accountOf('kong').replace(PIPELINE, 'evil') }),
  },
  {
    name: 'an account whose name ends like a function’s',
    of: 'spanner',
    entry: audit({ ...commit, by: `x${accountOf('kong')}` }),
  },
  {
    name: 'a function’s account with a key',
    of: 'spanner',
    entry: audit({
      ...commit,
      by: accountOf('kong'),
      authentication: {
        serviceAccountKeyName: `//iam.googleapis.com/projects/${PIPELINE}/serviceAccounts/${accountOf('kong')}/keys/1`,
      },
    }),
  },
  {
    name: 'a person who lent himself a function’s account',
    of: 'spanner',
    entry: audit({
      ...commit,
      by: accountOf('kong'),
      authentication: {
        serviceAccountDelegationInfo: [{ firstPartyPrincipal: { principalEmail: 'eve@acme.example' } }],
      },
    }),
  },
  {
    name: 'a job that lent itself a function’s account, from another project’s Cloud Run',
    of: 'storage',
    entry: audit({
      by: accountOf('databricks'),
      service: 'storage.googleapis.com',
      method: 'storage.objects.get',
      resource: 'projects/_/buckets/acme-audit/objects/a.json',
      authentication: {
        serviceAccountDelegationInfo: [
          { firstPartyPrincipal: { principalEmail: agent('serverless-robot-prod', '1') } },
          { principalSubject: 'serviceAccount:job@evil.iam.gserviceaccount.com' },
        ],
      },
    }),
  },
  {
    name: 'somebody of another cloud who lent himself a function’s account',
    of: 'spanner',
    entry: audit({
      ...commit,
      by: accountOf('kong'),
      authentication: {
        serviceAccountDelegationInfo: [
          {
            principalSubject:
              'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s',
          },
        ],
      },
    }),
  },
  {
    name: 'a function’s account at a service that functions do not call',
    of: 'bigquery',
    entry: audit({
      by: accountOf('databricks'),
      service: 'bigquery.googleapis.com',
      method: 'google.cloud.bigquery.v2.JobService.InsertJob',
      resource: `projects/shop-prod/jobs/j`,
      project: 'shop-prod',
    }),
  },
  // A cluster's certificate authority, or its right to impersonate, makes any name of a user; the API server writes it as an e-mail.
  ...[accountOf('kong'), agent('gcp-sa-pubsub'), agent('gcp-sa-logging')].map((by) => ({
    name: `a user of a cluster who calls himself ${by}`,
    of: 'kubernetes' as const,
    entry: {
      ...audit({
        by,
        service: 'k8s.io',
        method: 'io.k8s.core.v1.secrets.list',
        resource: 'core/v1/namespaces/data/secrets',
      }),
      resource: { type: 'k8s_cluster', labels: { project_id: PIPELINE, cluster_name: 'c', location: 'r' } },
    },
  })),
  {
    name: 'a user of a cluster of such a name, in an entry that names no service',
    of: 'kubernetes',
    entry: {
      ...audit({
        by: accountOf('kong'),
        service: 'k8s.io',
        method: 'io.k8s.core.v1.pods.exec.create',
        resource: 'core/v1/namespaces/data/pods/p/exec',
        payload: { serviceName: undefined },
      }),
      resource: { type: 'k8s_cluster', labels: { project_id: PIPELINE, cluster_name: 'c', location: 'r' } },
    },
  },
  {
    name: 'a line of another project that says it is from the pipeline’s',
    of: 'kong',
    entry: {
      ...run('cloud_run_revision', 'run.googleapis.com%2Fstdout', { textPayload: LINE }),
      logName: 'projects/evil/logs/run.googleapis.com%2Fstdout',
    },
  },
  {
    name: 'a line in a log of the pipeline’s project that is not Cloud Run’s',
    of: 'kong',
    entry: run('cloud_run_revision', 'gateway', { textPayload: LINE }),
  },
  {
    name: 'a gateway on Cloud Run beside the functions',
    of: 'kong',
    entry: {
      ...run('cloud_run_revision', 'run.googleapis.com%2Fstdout', { textPayload: LINE }),
      resource: { type: 'cloud_run_revision', labels: { project_id: PIPELINE, service_name: 'kong' } },
    },
  },
  {
    name: 'a function’s account drops the database',
    of: 'spanner',
    entry: audit({
      by: accountOf('kong'),
      service: 'spanner.googleapis.com',
      method: 'google.spanner.admin.database.v1.DatabaseAdmin.DropDatabase',
      resource: DATABASE,
      log: 'activity',
    }),
  },
  {
    name: 'a function’s account changes a policy',
    of: 'iam',
    entry: audit({
      by: accountOf('kong'),
      service: 'cloudresourcemanager.googleapis.com',
      method: 'SetIamPolicy',
      resource: `projects/${PIPELINE}`,
      log: 'activity',
    }),
  },
  {
    name: 'a person mints a token of a function’s account',
    of: 'iam',
    entry: audit({
      by: 'eve@acme.example',
      service: 'iamcredentials.googleapis.com',
      method: 'GenerateAccessToken',
      resource: `projects/-/serviceAccounts/${accountOf('kong')}`,
    }),
  },
  {
    name: 'a person pauses a sink',
    of: 'logging',
    entry: audit({
      by: 'eve@acme.example',
      service: 'logging.googleapis.com',
      method: 'google.logging.v2.ConfigServiceV2.UpdateSink',
      resource: 'organizations/1/sinks/jobtrail',
      log: 'activity',
    }),
  },
  {
    name: 'an agent of another project',
    of: 'platform',
    entry: audit({
      by: agent('gcp-sa-pubsub', `${PIPELINE_NUMBER}9`),
      service: 'cloudkms.googleapis.com',
      method: 'Decrypt',
      resource: 'projects/p/locations/r/keyRings/k/cryptoKeys/c',
    }),
  },
  {
    name: 'Dataproc’s agent in the pipeline’s project',
    of: 'storage',
    entry: audit({
      by: agent('dataproc-accounts'),
      service: 'storage.googleapis.com',
      method: 'storage.objects.get',
      resource: 'projects/_/buckets/b/objects/o',
    }),
  },
  {
    name: 'a writer of sinks that publishes elsewhere',
    of: 'pubsub',
    entry: audit({
      by: agent('gcp-sa-logging', '1'),
      service: 'pubsub.googleapis.com',
      method: 'google.pubsub.v1.Publisher.Publish',
      resource: 'projects/evil/topics/t',
      project: 'evil',
    }),
  },
  {
    name: 'a deployment of a function',
    of: 'platform',
    entry: {
      ...audit({
        by: 'ci@acme.example',
        service: 'run.googleapis.com',
        method: 'google.cloud.run.v2.Services.UpdateService',
        resource: `projects/${PIPELINE}/locations/r/services/jobtrail-kong`,
        log: 'activity',
      }),
      resource: {
        type: 'cloud_run_revision',
        labels: { project_id: PIPELINE, service_name: 'jobtrail-kong' },
      },
    },
  },
  {
    name: 'a canary written from where the functions run',
    of: 'dataproc',
    entry: run('cloud_run_revision', 'jobtrail-canary-dataproc', {
      jsonPayload: { type: 'jobtrail.canary.v1' },
    }),
  },
  {
    name: 'what a sink of the pipeline could not deliver',
    of: 'logging',
    entry: run('logging_sink', 'logging.googleapis.com%2Fsink_error', { textPayload: 'topic_not_found' }),
  },
];
