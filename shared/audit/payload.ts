/**
 * Reads that every Cloud Audit Logs source shares (google.cloud.audit.AuditLog, google.logging.v2.LogEntryOperation,
 * google.rpc.Code). Proto3 JSON leaves defaults out, so an absent field and its default are one thing.
 */
import type { AuditLog, LogEntry } from '../../schemas/log-entry.ts';
import type { Normalised, OperationRef, Outcome } from '../model/event.ts';
import { list, str } from '../sources/fields.ts';

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

export interface AuditOutcome {
  readonly outcome: Outcome;
  /** google.rpc.Code, where the entry spells one. */
  readonly status?: number;
}

const ALLOWED: AuditOutcome = { outcome: 'allowed' };

/**
 * Outcome of an audited call. Absent, `{}`, code 0 and a message without a code all mean OK; codes 7 and 16 are refusals;
 * every other code is a failure. Of the first entry of a long-running operation `allowed` means accepted: how it ended
 * stands in the last one. `authorizationInfo` is not asked: a call may succeed although one of several permissions that
 * were tried was not granted.
 */
export function auditOutcome(payload: AuditLog): AuditOutcome {
  const code = payload.status?.code;
  if (code === undefined) return ALLOWED;
  if (code === 0) return { outcome: 'allowed', status: 0 };
  return {
    outcome: code === PERMISSION_DENIED || code === UNAUTHENTICATED ? 'denied' : 'failed',
    status: code,
  };
}

/**
 * The long-running operation an entry belongs to, undefined where it names none. Both marks on one entry, or none of
 * them, make it the only one this entry knows of.
 */
export function operationOf(entry: LogEntry): OperationRef | undefined {
  const operation = entry.operation;
  const id = operation?.id;
  if (operation === undefined || id === undefined || id === '') return undefined;
  const first = operation.first === true;
  return { id, phase: first === (operation.last === true) ? 'only' : first ? 'first' : 'last' };
}

/** What follows the last `separator`; the whole text where there is none; undefined where nothing follows it. */
export function lastSegment(text: string | undefined, separator = '/'): string | undefined {
  if (text === undefined) return undefined;
  const tail = text.slice(text.lastIndexOf(separator) + 1);
  return tail === '' ? undefined : tail;
}

/**
 * The segment that follows a collection name in a resource name: (`projects/P/regions/R/jobs/J`, `regions`) → R.
 * Undefined where the collection is missing or its id empty.
 */
export function segmentAfter(name: string | undefined, collection: string): string | undefined {
  if (name === undefined) return undefined;
  let at = name.indexOf(`${collection}/`);
  while (at > 0 && name.charCodeAt(at - 1) !== 0x2f) at = name.indexOf(`${collection}/`, at + 1);
  if (at < 0) return undefined;
  const from = at + collection.length + 1;
  const end = name.indexOf('/', from);
  const segment = end < 0 ? name.slice(from) : name.slice(from, end);
  return segment === '' ? undefined : segment;
}

/** `requestMetadata.callerIp` as text (an address, `private`, `gce-internal-ip`): evidence, never identity. */
export function callerIp(payload: AuditLog): string | undefined {
  return str(payload.requestMetadata, 'callerIp');
}

/** First of `resourceLocation.currentLocations`. */
export function currentLocation(payload: AuditLog): string | undefined {
  const first = list(payload.resourceLocation, 'currentLocations')[0];
  return typeof first === 'string' && first !== '' ? first : undefined;
}

/** An audit entry that does not say what was called cannot be told as an event. `service` as a reader knows it. */
export const withoutMethod = (service: string): Normalised => ({
  kind: 'refused',
  code: 'payload-shape',
  reason: `The audit entry of ${service} has no protoPayload.methodName.`,
});
