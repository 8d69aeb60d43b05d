/**
 * Which of Kong's records a JSON object is, told by its key set alone: what wraps it depends on the collector. Sources:
 * Kong/kong `kong/pdk/log.lua` (`kong.log.serialize`), the Admin API's `/audit/requests` and `/audit/objects`, Konnect's
 * audit log webhook.
 */
import { isObject, own, type Json } from '../fields.ts';

export type Form =
  /** A proxied HTTP request. */
  | 'request'
  /** A proxied stream (TCP, TLS, UDP). */
  | 'stream'
  /** A request to the Admin API. */
  | 'admin-request'
  /** An entity that a request to the Admin API changed. */
  | 'admin-object'
  | 'konnect';

export function formOf(payload: Json): Form | undefined {
  const proxied = isSerialized(payload);
  if (proxied) return isObject(own(payload, 'session')) && !hasRequest(payload) ? 'stream' : 'request';
  if (own(payload, 'event_vendor') === 'KongInc') return 'konnect';
  if (own(payload, 'request_id') === undefined) return undefined;
  if (own(payload, 'dao_name') !== undefined && own(payload, 'operation') !== undefined)
    return 'admin-object';
  const admin =
    own(payload, 'request_timestamp') !== undefined &&
    own(payload, 'path') !== undefined &&
    own(payload, 'method') !== undefined &&
    Object.hasOwn(payload, 'rbac_user_id');
  return admin ? 'admin-request' : undefined;
}

const hasRequest = (payload: Json): boolean =>
  isObject(own(payload, 'request')) || isObject(own(payload, 'response'));

/**
 * Three of the serializer's keys, since `custom_fields_by_lua` can remove any of them, and one that only Kong writes,
 * since other programs log requests, responses and addresses too.
 */
function isSerialized(payload: Json): boolean {
  let marks = 0;
  if (typeof own(payload, 'client_ip') === 'string') marks += 1;
  if (own(payload, 'started_at') !== undefined) marks += 1;
  const latencies = own(payload, 'latencies');
  if (isObject(latencies)) marks += 1;
  if (marks === 0) return false;
  if (isObject(own(payload, 'request')) || isObject(own(payload, 'session'))) marks += 1;
  if (isObject(own(payload, 'response'))) marks += 1;
  if (marks < 3) return false;
  return (
    (isObject(latencies) && own(latencies, 'kong') !== undefined) ||
    Array.isArray(own(payload, 'tries')) ||
    own(payload, 'upstream_uri') !== undefined ||
    own(payload, 'workspace') !== undefined
  );
}
