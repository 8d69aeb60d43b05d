/** What the pipeline causes while it works: of each entry that comes back, a function would print and commit again. */
import { routedBy, type SinkRouting } from '../sink-filter/routing.ts';
import type { Probe } from '../sink-filter/probes.ts';
import { SOURCE_NAMES } from '../sources/source.ts';
import type { SinkFacts } from './facts.ts';

/**
 * Kinds of the pipeline's own entries that pass a sink.
 * @throws JobtrailError `filter-unreadable`
 */
export function feedingOf(sink: SinkRouting & Pick<SinkFacts, 'parent'>, project: string): readonly string[] {
  // A sink of another project never sees them.
  if (sink.parent.startsWith('projects/') && sink.parent !== `projects/${project}`) return [];
  return routedBy(sink, ownEntries(project)).passing;
}

function ownEntries(project: string): readonly Probe[] {
  const common = { timestamp: '2026-01-01T00:00:00Z', insertId: 'probe' };
  return [
    {
      name: 'lines of functions',
      entry: {
        ...common,
        logName: `projects/${project}/logs/run.googleapis.com%2Fstderr`,
        resource: {
          type: 'cloud_run_revision',
          labels: { project_id: project, service_name: 'jobtrail-dataproc', location: 'europe-west1' },
        },
        jsonPayload: { message: 'probe' },
      },
    },
    {
      name: 'commits of functions',
      entry: {
        ...common,
        logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Fdata_access`,
        resource: { type: 'spanner_instance', labels: { project_id: project, instance_id: 'jobtrail' } },
        protoPayload: {
          '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
          serviceName: 'spanner.googleapis.com',
          methodName: 'google.spanner.v1.Spanner.Commit',
          resourceName: `projects/${project}/instances/jobtrail/databases/jobtrail`,
          authenticationInfo: { principalEmail: `jobtrail-dataproc@${project}.iam.gserviceaccount.com` },
        },
      },
    },
  ];
}

/** Functions beside those of the sources, as Terraform names them. */
const OTHERS = ['callbacks', 'deliver', 'observed', 'push', 'reconcile'];

/** Services that functions call. */
const CALLED = [
  'spanner',
  'pubsub',
  'storage',
  'secretmanager',
  'cloudkms',
  'logging',
  'monitoring',
  'dataproc',
  'dataflow',
];

/**
 * Terraform's exclusion (terraform/filters/own-entries.txt says why each part) without the agents of Google, in one line and without
 * a comma, at which gcloud would part it. In this language OR binds tighter than AND.
 */
export function exclusionOf(project: string): string {
  const names = [...new Set([...SOURCE_NAMES, ...OTHERS])].toSorted().join('|');
  const domain = `${project}.iam.gserviceaccount.com`.replaceAll('.', '[.]');
  const by = 'protoPayload.authenticationInfo';
  const chain = `${by}.serviceAccountDelegationInfo`;
  return [
    `(resource.type=("cloud_run_revision" OR "cloud_run_worker_pool") AND resource.labels.project_id="${project}"`,
    `AND logName:"projects/${project}/logs/run.googleapis.com%2F"`,
    'AND (resource.type="cloud_run_worker_pool" OR resource.labels.service_name=~"^jobtrail-"))',
    'OR (logName:"/logs/cloudaudit.googleapis.com%2Fdata_access"',
    `AND ${by}.principalEmail=~"^jobtrail-(${names})@${domain}$"`,
    `AND protoPayload.serviceName=(${CALLED.map((name) => `"${name}.googleapis.com"`).join(' OR ')})`,
    `AND NOT ${by}.serviceAccountKeyName:*`,
    `AND ((NOT ${chain}.firstPartyPrincipal:* AND NOT ${chain}.thirdPartyPrincipal:* AND NOT ${chain}.principalSubject:*)`,
    `OR ${chain}.firstPartyPrincipal.principalEmail=~"^service-[0-9]+@serverless-robot-prod[.]iam[.]gserviceaccount[.]com$"`,
    `OR ${chain}.principalSubject=~"^serviceAccount:service-[0-9]+@serverless-robot-prod[.]iam[.]gserviceaccount[.]com$"))`,
  ].join(' ');
}
