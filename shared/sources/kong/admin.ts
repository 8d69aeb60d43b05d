/**
 * The Admin API's audit log (`audit_log = on`, Kong Enterprise): requests, and the objects they changed; both carry the
 * request's id. Times are seconds in one field and milliseconds in another; `payload` and `entity` are JSON in strings.
 */
import { hash } from 'node:crypto';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { IdentityClaims } from '../../identity/claims.ts';
import type { Action, AuditEventDraft, Normalised, Outcome } from '../../model/event.ts';
import { isObject, logProject, num, obj, own, str, strings, type Json } from '../fields.ts';
import {
  actionOfObject,
  actionOfPath,
  isCredentialDao,
  type Operation,
  OPERATIONS,
} from './admin-actions.ts';
import { type Claims, clip, ID, NAME, pathOf, put, VERB, whole } from './claims.ts';
import { versionOfObject } from './versions.ts';
import { timeOfEpoch } from './epoch.ts';
import { kongClaim } from './identity.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const WRITES: ReadonlyMap<string, Operation> = new Map([
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'update'],
  ['DELETE', 'delete'],
]);
/** The path of Kong Manager's login; other paths that end so are entities of that name. */
const LOGIN = '/auth';

export function adminRequestEvent(entry: LogEntry, record: Json): Normalised {
  const method = str(record, 'method');
  const target = str(record, 'path');
  const status = num(record, 'status');
  if (method === undefined || target === undefined || status === undefined) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The record of the Admin API audit log lacks its method, its path or its status.',
    };
  }
  const claims: Claims = { log: 'admin-requests' };
  const path = pathOf(claims, target);
  const payload = jsonIn(own(record, 'payload'));
  const action = actionOfRequest(method, path, str(payload, 'name'));
  const event = draft(
    entry,
    record,
    claims,
    action ?? 'unclassified',
    outcomeOf(status),
    clip(claims, method, VERB),
  );
  event.status = status;
  event.resource = path;
  if (path === LOGIN && method === 'DELETE') claims['logout'] = true;
  put(claims, 'workspace', str(record, 'workspace'), NAME);
  put(claims, 'requestSource', str(record, 'request_source'), NAME);
  put(claims, 'removedFromPayload', removedOf(own(record, 'removed_from_payload')), ID);
  putEntity(claims, payload);
  // Kong takes passwords, tokens and secrets out of the payload; the key of a key-auth credential is called `key`.
  if (action === 'credential.create' || action === 'credential.mint') event.withholdRaw = true;
  return { kind: 'event', event, ...(action === undefined ? { unknownMethod: event.method } : {}) };
}

export function adminObjectEvent(entry: LogEntry, record: Json): Normalised {
  const dao = str(record, 'dao_name');
  const written = str(record, 'operation');
  if (dao === undefined || written === undefined) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The object of the Admin API audit log lacks its dao_name or its operation.',
    };
  }
  const claims: Claims = { log: 'admin-objects' };
  const operation = operationOf(written);
  const text = own(record, 'entity');
  const entity = jsonIn(text);
  const plugin = dao === 'plugins' ? str(entity, 'name') : undefined;
  const action = operation === undefined ? 'unclassified' : actionOfObject(dao, operation, plugin);
  // An object is recorded once the change is in the database.
  const event = draft(entry, record, claims, action, 'allowed', clip(claims, operation ?? written, VERB));
  const key = str(record, 'entity_key') ?? str(entity, 'id');
  event.resource = clip(claims, key === undefined ? dao : `${dao}/${key}`, ID * 2);
  putEntity(claims, entity);
  if (typeof text === 'string' && text !== '') {
    if (entity === undefined) claims['entityUnreadable'] = true;
    // Which version came into force. Of a credential the text is a secret, and a digest would let it be guessed.
    if (isCredentialDao(dao)) event.withholdRaw = true;
    else claims['entityDigest'] = hash('sha256', text.toWellFormed(), 'hex');
  }
  if (operation !== undefined && key !== undefined && !isCredentialDao(dao)) {
    event.policy = versionOfObject(event.project, dao, key, operation, entity);
  }
  if (entry.logName === undefined && timeOfEpoch(own(record, 'request_timestamp')) === undefined) {
    claims['timeFrom'] = 'entity';
  }
  return { kind: 'event', event, ...(operation === undefined ? { unknownMethod: event.method } : {}) };
}

/**
 * When an object was changed: the request's own time; before there was one, the time the entity itself states for this
 * operation. `expire` is the change plus a configured time to live, which the record does not tell.
 */
export function timeOfAdminObject(record: Json): string | undefined {
  const stated = timeOfEpoch(own(record, 'request_timestamp'));
  if (stated !== undefined) return stated;
  const operation = operationOf(str(record, 'operation') ?? '');
  if (operation === undefined || operation === 'delete') return undefined;
  return timeOfEpoch(
    own(jsonIn(own(record, 'entity')), operation === 'create' ? 'created_at' : 'updated_at'),
  );
}

function draft(
  entry: LogEntry,
  record: Json,
  claims: Claims,
  action: Action,
  outcome: Outcome,
  method: string,
): Mutable<AuditEventDraft> {
  const event: Mutable<AuditEventDraft> = {
    action,
    outcome,
    method,
    identity: identityOfAdmin(record),
    via: 'direct',
    provenance: 'tenant',
    claims,
  };
  const project = logProject(entry);
  if (project !== undefined) event.project = project;
  const requestId = whole(claims, str(record, 'request_id'));
  if (requestId !== undefined) event.requestId = requestId;
  put(claims, 'rbacUser', str(record, 'rbac_user_name'), NAME);
  put(claims, 'callerIp', str(record, 'client_ip'), NAME);
  // Kept in the raw text; what it is made with is not documented well enough to check it.
  if (str(record, 'signature') !== undefined) claims['signed'] = true;
  return event;
}

/** RBAC may be off: then everybody who reaches the Admin API may do everything, and nobody is recorded. */
function identityOfAdmin(record: Json): IdentityClaims {
  const id = str(record, 'rbac_user_id');
  if (id !== undefined) return { caller: kongClaim('rbac-user', 'credential', undefined, 'id', id) };
  const name = str(record, 'rbac_user_name');
  if (name !== undefined)
    return { caller: kongClaim('rbac-user', 'credential', undefined, 'username', name) };
  return { absent: num(record, 'status') === 401 ? 'unauthenticated' : 'not-recorded' };
}

function actionOfRequest(method: string, path: string, plugin: string | undefined): Action | undefined {
  if (path === LOGIN && (method === 'GET' || method === 'DELETE')) return 'login';
  // Validation of a configuration changes nothing, though it is posted.
  if (READS.has(method) || (path.includes('/schemas/') && path.endsWith('/validate'))) return 'metadata.read';
  const operation = WRITES.get(method);
  return operation === undefined ? undefined : actionOfPath(path, operation, plugin);
}

function outcomeOf(status: number): Outcome {
  if (status < 100) return 'unknown';
  if (status < 400) return 'allowed';
  return status === 401 || status === 403 ? 'denied' : 'failed';
}

/** The column has six characters, which all three fill. */
function operationOf(text: string): Operation | undefined {
  const operation = text.trim();
  return OPERATIONS.find((known) => known === operation);
}

/** Names and references of what was written; never its configuration, which may hold secrets. */
function putEntity(claims: Claims, entity: Json | undefined): void {
  put(claims, 'entityName', str(entity, 'name') ?? str(entity, 'username'), NAME);
  const enabled = own(entity, 'enabled');
  if (typeof enabled === 'boolean') claims['enabled'] = enabled;
  // A consumer for those without credentials: authentication is off for them.
  if (str(obj(entity, 'config'), 'anonymous') !== undefined) claims['anonymous'] = true;
  // How a service is reached: `http`, or without a look at its certificate, nothing proves who answers.
  put(claims, 'protocol', str(entity, 'protocol'), NAME);
  const verified = own(entity, 'tls_verify');
  if (typeof verified === 'boolean') claims['tlsVerify'] = verified;
  // Whose tokens the route believes.
  put(claims, 'issuer', str(obj(entity, 'config'), 'issuer'), ID);
  const audiences = strings(obj(entity, 'config'), 'audience_required');
  if (audiences.length > 0) put(claims, 'audience', audiences.toSorted().join(' '), ID);
  for (const key of ['service', 'route', 'consumer'] as const) {
    const reference = obj(entity, key);
    put(claims, key, str(reference, 'id') ?? str(reference, 'name'), NAME);
  }
}

const removedOf = (removed: unknown): string | undefined =>
  typeof removed === 'string' && removed !== '' ? removed : undefined;

/** Longest text that is parsed again; an entity or a payload is a few kilobytes. */
const MAX_NESTED = 1_000_000;

function jsonIn(text: unknown): Json | undefined {
  if (isObject(text)) return text;
  if (typeof text !== 'string' || text.length > MAX_NESTED || !text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
