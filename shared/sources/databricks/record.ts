/**
 * One audit event in either of its spellings: a line of an audit file (camelCase, `timestamp` in milliseconds) and a row
 * of `system.access.audit` as JSON (snake_case, `event_time`), in which structs and maps may be JSON inside strings.
 * https://docs.databricks.com/gcp/admin/account-settings/audit-log-delivery,
 * https://docs.databricks.com/admin/system-tables/audit-logs
 */
import { parseExact } from '../exact-json.ts';
import { isObject, own, str, type Json } from '../fields.ts';

export interface AuditRecord {
  /** As written; compared in lower case. */
  readonly service: string;
  readonly action: string;
  /** Workspace the record is filed under; `0` is the account. */
  readonly workspace: string | undefined;
  readonly email: string | undefined;
  readonly runBy: string | undefined;
  readonly runAs: string | undefined;
  readonly requestId: string | undefined;
  readonly sourceIp: string | undefined;
  readonly level: string | undefined;
  readonly params: Json;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** `response.result`, parsed. */
  readonly result: Json | undefined;
}

/** Nested JSON is cut by the writer at 100 KB; nothing longer is parsed. */
const MAX_NESTED = 128 * 1024;
const NOTHING: Json = {};

/** Undefined where the object does not say which action of which service it is about. */
export function readRecord(value: Json): AuditRecord | undefined {
  const rows = !Object.hasOwn(value, 'serviceName');
  const service = str(value, rows ? 'service_name' : 'serviceName');
  const action = str(value, rows ? 'action_name' : 'actionName');
  if (service === undefined || action === undefined) return undefined;
  const user = nested(value, rows ? 'user_identity' : 'userIdentity');
  const roles = nested(value, rows ? 'identity_metadata' : 'identityMetadata');
  const response = nested(value, 'response');
  const status = scalar(response, 'statusCode') ?? scalar(response, 'status_code');
  return {
    service,
    action,
    workspace: scalar(value, rows ? 'workspace_id' : 'workspaceId'),
    email: str(user, 'email'),
    runBy: str(roles, 'runBy') ?? str(roles, 'run_by'),
    runAs: str(roles, 'runAs') ?? str(roles, 'run_as'),
    requestId: str(value, rows ? 'request_id' : 'requestId'),
    sourceIp: str(value, rows ? 'source_ip_address' : 'sourceIPAddress'),
    level: str(value, rows ? 'audit_level' : 'auditLevel'),
    params: paramsOf(own(value, rows ? 'request_params' : 'requestParams')),
    status: status !== undefined && /^[0-9]{3}$/.test(status) ? Number(status) : undefined,
    error: str(response, 'errorMessage') ?? str(response, 'error_message'),
    result: nested(response, 'result'),
  };
}

/**
 * Text of a string, a number or a boolean: ids come as either. An integer that has lost digits already is none, since
 * it would name something else.
 */
export function scalar(object: Json | undefined, key: string): string | undefined {
  const value = own(object, key);
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  }
  return typeof value === 'boolean' ? String(value) : undefined;
}

/** The first of several keys that has a value: events of the API spell them in snake_case, events of the platform in camelCase. */
export function anyOf(object: Json | undefined, ...keys: readonly string[]): string | undefined {
  return firstOf(object, keys);
}

/** As `anyOf`, for lists that are made once. */
export function firstOf(object: Json | undefined, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = scalar(object, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** An object, or one inside a string; undefined where the text was cut by its writer. */
export function nested(object: Json | undefined, key: string): Json | undefined {
  const value = parsed(own(object, key));
  return isObject(value) ? value : undefined;
}

/** As `nested`, for lists. */
export function nestedList(object: Json | undefined, key: string): readonly unknown[] {
  const value = parsed(own(object, key));
  return Array.isArray(value) ? value : [];
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_NESTED) return value;
  const first = value.charCodeAt(0);
  if (first !== 0x7b && first !== 0x5b) return undefined;
  try {
    return parseExact(value);
  } catch {
    return undefined;
  }
}

/** A map column is an object, an object inside a string, or a list of its pairs, as its exporter chose. */
function paramsOf(value: unknown): Json {
  const params = parsed(value);
  if (isObject(params)) return params;
  if (!Array.isArray(params)) return NOTHING;
  return Object.fromEntries(
    params.flatMap((pair): [string, unknown][] => {
      const key = isObject(pair) ? str(pair, 'key') : undefined;
      return isObject(pair) && key !== undefined ? [[key, own(pair, 'value')]] : [];
    }),
  );
}
