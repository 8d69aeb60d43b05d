/** Which service wrote an audit entry, and whether Cloud Logging vouches for it. */
import type { AuditLog, LogEntry } from '../../schemas/log-entry.ts';
import { isObject, logId, obj, resourceLabel, str } from '../sources/fields.ts';

/** Serial consoles are served by one service for each region: `us-central1-ssh-serialport.googleapis.com`. */
export const SERIAL_PORT = 'ssh-serialport.googleapis.com';

/** What tells the service of an entry that does not name it, the surest first. */
export type ServiceFrom =
  | 'operation'
  | 'resource-label'
  | 'method'
  | 'request-type'
  | 'resource-attributes'
  | 'permission'
  | 'resource-type';

export interface DerivedService {
  readonly service: string;
  readonly from: ServiceFrom;
}

type Beginnings = readonly (readonly [prefix: string, service: string])[];

/** Packages of methods and of request types. `google.iam.v1.IAMPolicy` is every service's, and `google.longrunning` too. */
const BY_PACKAGE: Beginnings = [
  ['io.k8s.', 'k8s.io'],
  ['google.identity.sts.', 'sts.googleapis.com'],
  ['google.iam.credentials.', 'iamcredentials.googleapis.com'],
  ['google.iam.admin.', 'iam.googleapis.com'],
  ['google.iam.v1.WorkloadIdentityPools.', 'iam.googleapis.com'],
  ['google.logging.v2.', 'logging.googleapis.com'],
  ['google.pubsub.v1.', 'pubsub.googleapis.com'],
  ['google.spanner.', 'spanner.googleapis.com'],
  ['google.cloud.bigquery.storage.', 'bigquerystorage.googleapis.com'],
  ['google.cloud.bigquery.v2.', 'bigquery.googleapis.com'],
  ['google.cloud.dataproc.', 'dataproc.googleapis.com'],
  ['google.cloud.secretmanager.', 'secretmanager.googleapis.com'],
  ['google.cloud.run.', 'run.googleapis.com'],
  ['google.container.', 'container.googleapis.com'],
  ['storage.', 'storage.googleapis.com'],
  ['dataflow.', 'dataflow.googleapis.com'],
  ['compute.', 'compute.googleapis.com'],
  ['v1.compute.', 'compute.googleapis.com'],
  ['beta.compute.', 'compute.googleapis.com'],
];
/** `iam.` is left out: a service that lets work run as an account checks `iam.serviceAccounts.actAs`. */
const BY_PERMISSION: Beginnings = [
  ['io.k8s.', 'k8s.io'],
  ['bigquery.', 'bigquery.googleapis.com'],
  ['compute.', 'compute.googleapis.com'],
  ['container.', 'container.googleapis.com'],
  ['dataflow.', 'dataflow.googleapis.com'],
  ['dataproc.', 'dataproc.googleapis.com'],
  ['logging.', 'logging.googleapis.com'],
  ['pubsub.', 'pubsub.googleapis.com'],
  ['run.', 'run.googleapis.com'],
  ['secretmanager.', 'secretmanager.googleapis.com'],
  ['spanner.', 'spanner.googleapis.com'],
  ['storage.', 'storage.googleapis.com'],
];
const BY_RESOURCE: Beginnings = [
  ['k8s_cluster', 'k8s.io'],
  ['service_account', 'iam.googleapis.com'],
  ['logging_', 'logging.googleapis.com'],
  ['gce_', 'compute.googleapis.com'],
  ['gcs_bucket', 'storage.googleapis.com'],
  ['pubsub_', 'pubsub.googleapis.com'],
  ['bigquery_', 'bigquery.googleapis.com'],
  ['cloud_dataproc_', 'dataproc.googleapis.com'],
  ['spanner_', 'spanner.googleapis.com'],
  ['cloud_run_', 'run.googleapis.com'],
];

/**
 * The service of an audit entry: `serviceName`, else what the rest of the entry says. Undefined for entries that are no
 * audit entries.
 */
export function serviceOf(entry: LogEntry): string | undefined {
  const payload = entry.protoPayload;
  if (payload === undefined) return undefined;
  const service = given(payload.serviceName) ?? derivedService(entry, payload)?.service;
  return service?.endsWith(`-${SERIAL_PORT}`) ? SERIAL_PORT : service;
}

/**
 * What an entry without `serviceName` says of its service elsewhere: the producer of its operation, the `service` label of
 * its resource, the package of its method or of its request's type, the permissions that were checked where all are of
 * one service, the type of its resource.
 */
export function derivedService(entry: LogEntry, payload: AuditLog): DerivedService | undefined {
  return (
    from('operation', given(entry.operation?.producer)) ??
    from('resource-label', resourceLabel(entry, 'service')) ??
    from('method', beginning(BY_PACKAGE, payload.methodName)) ??
    from('request-type', beginning(BY_PACKAGE, requestType(payload))) ??
    from('resource-attributes', checkedService(payload)) ??
    from('permission', permittedService(payload)) ??
    from('resource-type', beginning(BY_RESOURCE, entry.resource?.type))
  );
}

const from = (source: ServiceFrom, service: string | undefined): DerivedService | undefined =>
  service === undefined ? undefined : { service, from: source };

/** The name of the request's message, without the host of the type URL. */
export function requestType({ request }: AuditLog): string | undefined {
  const type = str(request, '@type');
  return type?.startsWith(TYPE_HOST) === true ? type.slice(TYPE_HOST.length) : undefined;
}

const TYPE_HOST = 'type.googleapis.com/';

const checkedService = (payload: AuditLog): string | undefined =>
  agreed(payload, (item) => str(obj(item, 'resourceAttributes'), 'service'));

const permittedService = (payload: AuditLog): string | undefined =>
  agreed(payload, (item) => beginning(BY_PERMISSION, str(item, 'permission')));

/** What every check that was made says alike. */
function agreed(
  { authorizationInfo }: AuditLog,
  of: (item: Readonly<Record<string, unknown>>) => string | undefined,
): string | undefined {
  let common: string | undefined;
  for (const item of authorizationInfo ?? []) {
    const one = isObject(item) ? of(item) : undefined;
    if (one === undefined || (common !== undefined && one !== common)) return undefined;
    common = one;
  }
  return common;
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function beginning(table: Beginnings, text: string | undefined): string | undefined {
  return text === undefined ? undefined : table.find(([prefix]) => text.startsWith(prefix))?.[1];
}

/** Only Cloud Logging itself can write under this log name; the same payload elsewhere is anybody's. */
export function isCloudAudit(entry: LogEntry): boolean {
  return logId(entry)?.startsWith('cloudaudit.googleapis.com/') === true;
}

/** `SetIamPolicy` in every spelling: bare, capital `IAM`, behind a service, `compute.disks.setIamPolicy`. */
export function changesIamPolicy(methodName: string | undefined): boolean {
  if (methodName === undefined) return false;
  const name = methodName.slice(methodName.lastIndexOf('.') + 1);
  return name.length === 12 && name.toLowerCase() === 'setiampolicy';
}
