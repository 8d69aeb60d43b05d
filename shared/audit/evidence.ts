/** Reads of audit entries that the sources of data access share: exact counts, checked permissions, the kind of client. */
import type { AuditLog } from '../../schemas/log-entry.ts';
import { isObject, own, str, strings, type Json } from '../sources/fields.ts';
import type { Claims } from './claims.ts';

const INT64 = /^-?[0-9]{1,20}$/;

/**
 * Notes an int64 as proto3 JSON spells it: a string of digits stays one, so that nothing above 2^53 is rounded. What was a
 * number above 2^53 had lost digits before it reached us: `<name>Rounded` says that there was one.
 */
export function countClaim(claims: Claims, name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isSafeInteger(value)) claims[name] = value;
  else if (typeof value === 'string' && INT64.test(value)) claims[name] = value;
  else if (Number.isInteger(value)) claims[`${name}Rounded`] = true;
}

/** True where the call was checked for this permission, granted or not. */
export function checked(payload: AuditLog, permission: string): boolean {
  for (const item of payload.authorizationInfo ?? []) {
    if (isObject(item) && own(item, 'permission') === permission) return true;
  }
  return false;
}

/** `updateMask` of a request as text: a string, or `{paths: […]}` where the FieldMask was not folded. */
export function updateMask(request: Json | undefined): string | undefined {
  const mask = own(request, 'updateMask');
  return isObject(mask) ? strings(mask, 'paths').slice(0, 32).join(',') : str(request, 'updateMask');
}

/** Substrings that the documented clients send; the user agent is the caller's to choose. */
const TOOLS: readonly (readonly [mark: string, tool: string])[] = [
  ['spark-bigquery-connector/', 'spark-bigquery-connector'],
  ['GHFS/', 'hadoop-gcs-connector'],
  ['gcs-connector', 'hadoop-gcs-connector'],
  ['Apache_Beam', 'apache-beam'],
  ['apache-beam', 'apache-beam'],
  ['gsutil', 'gsutil'],
  ['gcloud', 'gcloud'],
  ['Mozilla/', 'browser'],
];
const MAX_AGENT = 1024;

/** Which kind of client says it made the call, one of a closed list: a hint about the tool, proof of nothing. */
export function toolOf(payload: AuditLog): string | undefined {
  const agent = str(payload.requestMetadata, 'callerSuppliedUserAgent');
  if (agent === undefined) return undefined;
  const text = agent.length > MAX_AGENT ? agent.slice(0, MAX_AGENT) : agent;
  return TOOLS.find(([mark]) => text.includes(mark))?.[1];
}
