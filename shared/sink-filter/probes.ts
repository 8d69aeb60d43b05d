/**
 * What a sink of a source must let through: one entry for each service and log that the source reads, and for each service one
 * with a method that nobody knows. They have the fields that all such entries have, so that an exclusion by any of them loses
 * them, and values of nobody, so that a filter by method, by caller or by place loses some.
 */
import { isObject, type Json } from '../sources/fields.ts';
import { LOG_PROBES } from './log-probes.ts';
import type { RoutedSource } from './sources.ts';

export interface Probe {
  /** As `doctor` names it. */
  readonly name: string;
  readonly entry: Json;
}

type AuditLogName = 'activity' | 'data_access' | 'system_event' | 'policy';

const SAID: Readonly<Record<AuditLogName, string>> = {
  activity: 'Admin Activity',
  data_access: 'Data Access',
  system_event: 'System Event',
  policy: 'Policy Denied',
};

const USUAL: readonly AuditLogName[] = ['activity', 'data_access', 'policy'];

/** Services → the audit logs that they write to. */
const AUDITED: Readonly<
  Partial<Record<RoutedSource, readonly (readonly [service: string, logs: readonly AuditLogName[]])[]>>
> = {
  dataproc: usual('dataproc dataprocrm'),
  dataflow: usual('dataflow datapipelines'),
  bigquery: [['bigquery.googleapis.com', [...USUAL, 'system_event']], ...usual('bigquerystorage')],
  storage: usual('storage'),
  spanner: usual('spanner'),
  pubsub: usual('pubsub'),
  iam: [
    ...usual('iam iamcredentials sts cloudidentity accessapproval'),
    ['privilegedaccessmanager.googleapis.com', [...USUAL, 'system_event']],
  ],
  logging: usual('logging'),
  kubernetes: [['k8s.io', USUAL], ...usual('container gkehub')],
  platform: [
    ['compute.googleapis.com', [...USUAL, 'system_event']],
    ...usual(
      'dns iap oslogin secretmanager cloudkms apikeys clientauthconfig cloudresourcemanager orgpolicy serviceusage',
    ),
    ...usual(
      'servicemanagement cloudbilling accesscontextmanager run cloudfunctions cloudbuild artifactregistry',
    ),
    ...usual(
      'datalineage deploymentmanager cloudscheduler workflows workflowexecutions eventarc composer login admin',
    ),
    ...usual('europe-west1-ssh-serialport'),
  ],
};

/** Services without a sink of their own, and one that does not exist yet: their policies are the iam source's all the same. */
const POLICIES_OF = [
  'compute',
  'cloudresourcemanager',
  'secretmanager',
  'run',
  'aiplatform',
  'service-of-tomorrow',
];

function usual(names: string): readonly (readonly [string, readonly AuditLogName[]])[] {
  return names.split(' ').map((name) => [`${name}.googleapis.com`, USUAL] as const);
}

/** @param project of the sink: deployed filters often name it */
export function probesOf(source: RoutedSource, project = 'jobtrail-probe'): readonly Probe[] {
  const audited = (AUDITED[source] ?? []).flatMap(([service, logs]) =>
    logs.map((log) => ({
      name: `${SAID[log]} of ${service}`,
      entry: audit(project, log, service, UNKNOWN_METHOD),
    })),
  );
  const policies = POLICIES_OF.map((name) => ({
    name: `change of an IAM policy of ${name}.googleapis.com`,
    entry: audit(project, 'activity', `${name}.googleapis.com`, 'SetIamPolicy'),
  }));
  return [
    ...audited,
    ...(source === 'iam' ? policies : []),
    ...(LOG_PROBES[source] ?? []).map(({ name, log, rest }) => ({ name, entry: logged(project, log, rest) })),
    {
      name: `canary of ${source}`,
      entry: logged(project, `jobtrail-canary-${source}`, { resource: { type: 'global', labels: {} } }),
    },
  ];
}

/** Of no service: what Google adds tomorrow looks like this to a filter. */
export const UNKNOWN_METHOD = 'google.example.v9.ServiceOfTomorrow.MethodOfTomorrow';

const TIME = '2026-01-01T00:00:00Z';

function audit(project: string, log: AuditLogName, serviceName: string, methodName: string): Json {
  const resourceName =
    serviceName === 'k8s.io'
      ? 'core/v1/namespaces/data/pods/app-1'
      : `projects/${project}/things/thing-of-tomorrow`;
  const principalEmail = `runner@${project}.iam.gserviceaccount.com`;
  return logged(project, `cloudaudit.googleapis.com%2F${log}`, {
    resource: { type: 'audited_resource', labels: { service: serviceName, method: methodName } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName,
      methodName,
      resourceName,
      status: {},
      authenticationInfo: { principalEmail, principalSubject: `serviceAccount:${principalEmail}` },
      requestMetadata: {
        callerIp: '203.0.113.24',
        callerSuppliedUserAgent: 'probe',
        requestAttributes: { time: TIME },
        destinationAttributes: {},
      },
      authorizationInfo: [{ granted: true, permission: 'service.things.use', resource: resourceName }],
      request: { name: resourceName },
    },
  });
}

/** With the project's label on the resource, as every resource of Google Cloud has it. */
function logged(project: string, log: string, rest: Json): Json {
  const { resource } = rest;
  const given = isObject(resource) ? resource : {};
  const labels = isObject(given['labels']) ? given['labels'] : {};
  return {
    logName: `projects/${project}/logs/${log}`,
    insertId: 'probe',
    timestamp: TIME,
    receiveTimestamp: TIME,
    severity: 'INFO',
    ...rest,
    resource: { ...given, labels: { ...labels, project_id: project } },
  };
}
