/**
 * What a change says of the object. The response, where it is one, is the object after the change; a patch is told beside
 * it, since it is the difference itself. Between them, `uid`, `generation` and `resourceVersion` chain the versions of an
 * object, so that a later reader finds the one in force at a time.
 */
import { claim, objectClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { countClaim } from '../../audit/evidence.ts';
import type { AuditLog } from '../../../schemas/log-entry.ts';
import { list, obj, own, str, type Json } from '../fields.ts';
import type { KindReader } from './kinds.ts';
import type { Call } from './method.ts';
import {
  readAuthorization,
  readEnvoy,
  readPeerAuthentication,
  readPlugin,
  readRequestAuthentication,
  readRouting,
  readSpec,
  readTelemetry,
} from './policies.ts';
import { readAccount, readBinding, readNamespace, readRole, readWebhook, readWorkload } from './subjects.ts';

/** The claims of the object go to `claims`; `patch` is the request of a patch, whose nulls tell of removals. */
type ObjectReader = (claims: Seen['claims'], object: Json | undefined, patch: Json | undefined) => void;

const READERS: Readonly<Record<KindReader, ObjectReader>> = {
  authorization: readAuthorization,
  'request-authentication': readRequestAuthentication,
  'peer-authentication': readPeerAuthentication,
  telemetry: readTelemetry,
  envoy: readEnvoy,
  routing: readRouting,
  plugin: readPlugin,
  object: readSpec,
  namespace: readNamespace,
  role: readRole,
  binding: readBinding,
  account: readAccount,
  webhook: readWebhook,
  workload: readWorkload,
  // Nothing of a secret but that it was changed.
  secret: () => undefined,
};

/** Kinds whose patches may hold credentials, or are large and say little. */
const PATCH_UNTOLD: ReadonlySet<KindReader> = new Set(['secret', 'plugin', 'workload']);

export function readObject({ payload, claims }: Seen, call: Call, reads: KindReader): void {
  const object = objectOf(payload, call.verb);
  const metadata = obj(object, 'metadata');
  if (claims['name'] === undefined) claim(claims, 'name', str(metadata, 'name'));
  claim(claims, 'uid', str(metadata, 'uid'));
  countClaim(claims, 'generation', own(metadata, 'generation'));
  claim(claims, 'resourceVersion', str(metadata, 'resourceVersion'));
  const patch = call.verb === 'patch' ? payload.request : undefined;
  if (!PATCH_UNTOLD.has(reads)) objectClaim(claims, 'patch', patch);
  READERS[reads](claims, reads === 'workload' ? asAsked(payload, call.verb, object) : object, patch);
}

/**
 * A workload as it was asked for: the answer has what webhooks put in, the sidecar with its rights among it, which would
 * look like a workload that helps itself to them.
 */
const asAsked = (payload: AuditLog, verb: string, object: Json | undefined): Json | undefined =>
  verb === 'create' || verb === 'update' ? (payload.request ?? object) : object;

/** `Status` is what the server answers to a deletion or with an error, and no object. */
const isStatus = (value: Json): boolean =>
  own(value, 'kind') === 'Status' || str(value, '@type')?.endsWith('.Status') === true;

/** The object after a change; undefined where neither request nor response tells the whole of it. */
export function objectOf(payload: AuditLog, verb: string): Json | undefined {
  const { request, response } = payload;
  if (response !== undefined && !isStatus(response)) return response;
  // Of a deletion the request holds options, of a patch the difference.
  return verb === 'create' || verb === 'update' ? request : undefined;
}

/** Commands are arguments of a job by another name: that there was one is told, not which. */
export function readSession({ payload, claims }: Seen): void {
  const { request } = payload;
  claim(claims, 'container', str(request, 'container'));
  const words = list(request, 'command').length;
  if (words > 0) claims['commandWords'] = words;
  if (own(request, 'tty') === true) claims['tty'] = true;
}
