/**
 * Konnect's audit log: authentication, authorization and access records, as JSON or CEF. Which of them a record is stands
 * in `name`, not in `event_class_id`. Numbers and booleans come as such or as text.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { IdentityClaims } from '../../identity/claims.ts';
import type { Action, AuditEventDraft, Normalised, Outcome } from '../../model/event.ts';
import type { Proof } from '../../model/principal.ts';
import { logProject, num, own, str, type Json } from '../fields.ts';
import { type Claims, clip, ID, NAME, pathOf, put, whole } from './claims.ts';
import { timeOfEpoch } from './epoch.ts';
import { kongClaim } from './identity.ts';
import { versionOfCall } from './versions.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const AUTHENTICATION = 'AUTHENTICATION_OUTCOME_';
const AUTHORIZATION = 'Authz.';
export const ACCESS = 'Ingress';

/** Outcomes of an authentication, and whether the caller got in. */
export const AUTHENTICATIONS: ReadonlyMap<string, Outcome> = new Map([
  ['AUTHENTICATION_OUTCOME_SUCCESS', 'allowed'],
  ['AUTHENTICATION_OUTCOME_NOT_FOUND', 'denied'],
  ['AUTHENTICATION_OUTCOME_INVALID_PASSWORD', 'denied'],
  ['AUTHENTICATION_OUTCOME_TOKEN_EXPIRED', 'denied'],
  ['AUTHENTICATION_OUTCOME_LOCKED', 'denied'],
  ['AUTHENTICATION_OUTCOME_DISABLED', 'denied'],
  ['AUTHENTICATION_OUTCOME_INVALID', 'denied'],
]);

/** What proves a principal of each `event_class_id`; others are proven by a credential of no known kind. */
const PROOFS: ReadonlyMap<string, Proof> = new Map([
  ['AUTHENTICATION_TYPE_BASIC', 'password'],
  ['AUTHENTICATION_TYPE_PAT', 'static-key'],
  ['AUTHENTICATION_TYPE_SPAT', 'static-key'],
  ['AUTHENTICATION_TYPE_SSO', 'federation'],
  ['AUTHENTICATION_TYPE_FEDERATED', 'federation'],
  ['AUTHENTICATION_TYPE_GOOGLE', 'oidc'],
  ['AUTHENTICATION_TYPE_GITHUB', 'oauth'],
  ['AUTHENTICATION_TYPE_WINDOWSLIVE', 'oauth'],
]);

/** Actions of an authorization; the list is Kong's to lengthen, so others are unclassified. */
const READ_ACTIONS: ReadonlySet<string> = new Set(['list', 'get', 'read', 'retrieve', 'view', 'search']);
const WRITE_ACTIONS: ReadonlySet<string> = new Set([
  'create',
  'update',
  'edit',
  'delete',
  'upsert',
  'replace',
]);
const READ_VERBS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const WRITE_VERBS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

interface Told {
  readonly action: Action;
  readonly outcome: Outcome;
  /** Set where no table knows the action. */
  readonly unknownMethod?: string;
}

export function konnectEvent(entry: LogEntry, record: Json): Normalised {
  const name = str(record, 'name');
  if (name === undefined) return refused('name');
  const status = num(record, 'status');
  const told = toldBy(name, record, status);
  if (typeof told === 'string') return refused(told);

  const claims: Claims = { log: 'konnect' };
  const event: Mutable<AuditEventDraft> = {
    action: told.action,
    outcome: told.outcome,
    method: clip(claims, name, ID),
    identity: identityOf(record, told.outcome),
    via: 'direct',
    provenance: 'tenant',
    claims,
  };
  if (status !== undefined) event.status = status;
  const project = logProject(entry);
  if (project !== undefined) event.project = project;
  const request = str(record, 'request');
  if (request !== undefined) event.resource = pathOf(claims, request);
  else if (name.startsWith(AUTHORIZATION))
    event.resource = clip(claims, name.slice(AUTHORIZATION.length), ID);
  if (name === ACCESS && told.action === 'policy.change' && told.outcome === 'allowed') {
    const version = versionOfCall(str(record, 'org_id'), str(record, 'act'), request);
    if (version !== undefined) event.policy = version;
  }
  putTrace(event, claims, record);
  put(claims, 'product', str(record, 'event_product'), NAME);
  put(claims, 'class', str(record, 'event_class_id'), NAME);
  put(claims, 'act', str(record, 'action') ?? str(record, 'act'), NAME);
  put(claims, 'org', str(record, 'org_id'), NAME);
  put(claims, 'portal', str(record, 'portal_id'), NAME);
  put(claims, 'actorId', str(record, 'actor_id'), NAME);
  put(claims, 'callerIp', str(record, 'src'), NAME);
  put(claims, 'sentAt', str(record, 'event_ts'), NAME);
  if (flag(own(record, 'kong_initiated')) === true) claims['kongInitiated'] = true;
  return {
    kind: 'event',
    event,
    ...(told.unknownMethod === undefined ? {} : { unknownMethod: told.unknownMethod }),
  };
}

/** `rt` is the moment of the event in milliseconds; the time in front is when the record was sent. */
export const timeOfKonnect = (record: Json): string | undefined =>
  timeOfEpoch(own(record, 'rt')) ?? str(record, 'event_ts');

/** The name of the field that is missing or of the wrong type, where nothing can be told without it. */
function toldBy(name: string, record: Json, status: number | undefined): Told | string {
  if (name.startsWith(AUTHENTICATION)) return authentication(name, record);
  if (name.startsWith(AUTHORIZATION)) return authorization(name, record);
  if (name === ACCESS) return access(record, status);
  return { action: 'unclassified', outcome: 'unknown', unknownMethod: name };
}

/** `name` and `success` say the same; where they do not, nobody got in for certain. */
function authentication(name: string, record: Json): Told | string {
  const written = own(record, 'success');
  const success = flag(written);
  if (written !== undefined && success === undefined) return 'success';
  const named = AUTHENTICATIONS.get(name);
  if (named === undefined) {
    const outcome: Outcome = success === undefined ? 'unknown' : success ? 'allowed' : 'denied';
    return { action: 'login', outcome, unknownMethod: name };
  }
  const agreed = success === undefined || success === (named === 'allowed');
  return { action: 'login', outcome: agreed ? named : 'unknown' };
}

/** A decision about one action on one resource; whether it was then carried out stands in the access record. */
function authorization(name: string, record: Json): Told | string {
  const granted = flag(own(record, 'granted'));
  const verb = str(record, 'action');
  if (granted === undefined) return 'granted';
  if (verb === undefined) return 'action';
  const outcome = granted ? 'allowed' : 'denied';
  const word = verb.toLowerCase();
  if (READ_ACTIONS.has(word)) return { action: 'metadata.read', outcome };
  if (WRITE_ACTIONS.has(word)) return { action: 'policy.change', outcome };
  return { action: 'unclassified', outcome, unknownMethod: `${name} ${verb}` };
}

function access(record: Json, status: number | undefined): Told | string {
  const verb = str(record, 'act');
  if (verb === undefined) return 'act';
  if (status === undefined) return 'status';
  const denied = status === 401 || status === 403;
  const outcome: Outcome = status < 100 ? 'unknown' : status < 400 ? 'allowed' : denied ? 'denied' : 'failed';
  if (READ_VERBS.has(verb)) return { action: 'metadata.read', outcome };
  if (WRITE_VERBS.has(verb)) return { action: 'policy.change', outcome };
  return { action: 'unclassified', outcome, unknownMethod: `${ACCESS} ${verb}` };
}

/** Whom a refused login names has proved nothing. */
function identityOf(record: Json, outcome: Outcome): IdentityClaims {
  const id = str(record, 'principal_id');
  if (id === undefined) return { absent: outcome === 'denied' ? 'unauthenticated' : 'not-recorded' };
  const type = str(record, 'event_class_id') ?? '';
  const login = str(record, 'name')?.startsWith(AUTHENTICATION) === true;
  const proof = login && outcome !== 'allowed' ? 'none' : (PROOFS.get(type) ?? 'credential');
  return { caller: kongClaim('konnect-principal', proof, str(record, 'org_id'), 'id', id) };
}

/**
 * 64 bits: above 2^53 a JSON number loses digits where it is parsed as a double. The envelope hands such integers on as
 * their digits; one that reaches us as a number that large was rounded before, and is no id any more.
 */
function putTrace(event: Mutable<AuditEventDraft>, claims: Claims, record: Json): void {
  const trace = own(record, 'trace_id');
  if (typeof trace === 'string' && trace !== '') {
    const kept = whole(claims, trace);
    if (kept !== undefined) event.trace = kept;
  } else if (typeof trace === 'number') {
    if (Number.isSafeInteger(trace)) event.trace = String(trace);
    else claims['traceRounded'] = true;
  }
}

function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

const refused = (field: string): Normalised => ({
  kind: 'refused',
  code: 'payload-shape',
  reason: `The Konnect audit record's ${field} is missing or not of the type Konnect writes.`,
});
