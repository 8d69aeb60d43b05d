/** Which service wrote an audit entry, and whether Cloud Logging vouches for it. */
import type { LogEntry } from '../../schemas/log-entry.ts';
import { logId, resourceLabel } from '../sources/fields.ts';

/** Serial consoles are served by one service for each region: `us-central1-ssh-serialport.googleapis.com`. */
export const SERIAL_PORT = 'ssh-serialport.googleapis.com';

/** Publishers that shorten entries leave `serviceName` out; these say the same. */
const BY_METHOD: readonly (readonly [prefix: string, service: string])[] = [
  ['io.k8s.', 'k8s.io'],
  ['google.identity.sts.', 'sts.googleapis.com'],
  ['google.iam.', 'iam.googleapis.com'],
  ['google.logging.v2.', 'logging.googleapis.com'],
];
const BY_RESOURCE: readonly (readonly [prefix: string, service: string])[] = [
  ['k8s_cluster', 'k8s.io'],
  ['service_account', 'iam.googleapis.com'],
  ['logging_', 'logging.googleapis.com'],
  ['gce_', 'compute.googleapis.com'],
];

/**
 * The service of an audit entry: `serviceName`, else the producer of its operation, the `service` label of its resource,
 * the package of its method, the type of its resource. Undefined for entries that are no audit entries.
 */
export function serviceOf(entry: LogEntry): string | undefined {
  const payload = entry.protoPayload;
  if (payload === undefined) return undefined;
  const { serviceName, methodName } = payload;
  const stated =
    given(serviceName) ?? given(entry.operation?.producer) ?? given(resourceLabel(entry, 'service'));
  if (stated !== undefined) return stated.endsWith(`-${SERIAL_PORT}`) ? SERIAL_PORT : stated;
  return beginning(BY_METHOD, methodName) ?? beginning(BY_RESOURCE, entry.resource?.type);
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function beginning(
  table: readonly (readonly [prefix: string, service: string])[],
  text: string | undefined,
): string | undefined {
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
