/** One proxied HTTP request as `kong.log.serialize()` tells it: an api.call through the gateway. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { createdByCall, jobApiCall, jobOfCall } from '../../jobapi/index.ts';
import type { ApiCall, AuditEventDraft, Normalised } from '../../model/event.ts';
import { isObject, list, logProject, obj, own, resourceLabel, str, strings, type Json } from '../fields.ts';
import { type Claims, clip, ID, NAME, pathOf, put, VERB, whole } from './claims.ts';
import { identityOfRequest } from './identity.ts';
import { upstreamStatuses, verdictOf } from './outcome.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const refused = (what: string): Normalised => ({
  kind: 'refused',
  code: 'payload-shape',
  reason: `The Kong log record's ${what} is not of the type Kong writes.`,
});

/**
 * Headers, query, body, latencies and addresses are not evidence and are left where they are, and so is the `ai` object,
 * which holds prompts and personal data.
 */
export function requestEvent(entry: LogEntry, record: Json): Normalised {
  const request = obj(record, 'request');
  const verb = own(request, 'method');
  const target = own(request, 'uri');
  if (verb !== undefined && typeof verb !== 'string') return refused('request.method');
  if (target !== undefined && typeof target !== 'string') return refused('request.uri');
  const verdict = verdictOf(record);
  if (verdict === undefined) return refused('response.status');

  const claims: Claims = { grade: 'request' };
  const event: Mutable<AuditEventDraft> = {
    action: 'api.call',
    outcome: verdict.outcome,
    // `request` can be missing: then the record does not tell.
    method: verb === undefined || verb === '' ? '-' : clip(claims, verb, VERB),
    identity: identityOfRequest(record),
    via: 'gateway',
    provenance: 'tenant',
    claims,
  };
  if (verdict.status !== undefined) event.status = verdict.status;
  if (verdict.deniedBy !== undefined) claims['deniedBy'] = verdict.deniedBy;
  putUpstream(claims, record, verdict.status);
  putPlace(event, claims, entry, record);
  putWho(claims, record);
  if (target !== undefined && target !== '') event.resource = pathOf(claims, target);
  const call = callOf(record, request, event.method, target);
  if (call !== undefined) {
    event.call = call;
    // Reads of a job's state come every few seconds while it runs: they are no part of its story.
    const job = verb === 'GET' ? undefined : jobOfCall(call);
    if (job !== undefined) event.job = job;
    const created = createdByCall(call);
    if (created !== undefined) claims['callJob'] = created;
  }
  putIds(event, claims, record, request);
  return { kind: 'event', event };
}

/** What the service answered where that is not what the client got, and how often it was tried. */
function putUpstream(claims: Claims, record: Json, status: number | undefined): void {
  const text = str(record, 'upstream_status');
  const attempts = list(record, 'tries').length;
  // Nearly every request: one server, whose answer the client got.
  if (attempts <= 1 && text?.length === 3 && Number(text) === status) return;
  const upstream = upstreamStatuses(text);
  if (text !== undefined && (upstream.length > 1 || upstream[0] !== String(status))) {
    put(claims, 'upstreamStatus', text, VERB);
  }
  const tries = Math.max(attempts, upstream.length);
  if (tries > 1) claims['tries'] = tries;
}

/** Through which route to which service, in which workspace, on which cluster. */
export function putPlace(
  event: Mutable<AuditEventDraft>,
  claims: Claims,
  entry: LogEntry,
  record: Json,
): void {
  put(claims, 'service', nameOf(obj(record, 'service')), NAME);
  put(claims, 'route', nameOf(obj(record, 'route')), NAME);
  put(claims, 'workspace', str(record, 'workspace_name') ?? str(record, 'workspace'), NAME);
  put(claims, 'cluster', resourceLabel(entry, 'cluster_name'), NAME);
  const project = logProject(entry);
  if (project !== undefined) event.project = project;
  const location = resourceLabel(entry, 'location');
  if (location !== undefined) event.location = location;
}

const nameOf = (entity: Json | undefined): string | undefined => str(entity, 'name') ?? str(entity, 'id');

/** The consumer's names beside its id, and the credential it used: what an inventory of credentials is asked for. */
function putWho(claims: Claims, record: Json): void {
  const consumer = obj(record, 'consumer');
  put(claims, 'consumer', str(consumer, 'username') ?? str(consumer, 'id'), NAME);
  put(claims, 'customId', str(consumer, 'custom_id'), ID);
  const tags = strings(consumer, 'tags');
  if (tags.length > 0) put(claims, 'consumerTags', tags.join(','), NAME);
  put(claims, 'credential', str(obj(record, 'authenticated_entity'), 'id'), ID);
  if (own(obj(obj(record, 'request'), 'tls'), 'client_verify') === 'SUCCESS') claims['mtls'] = true;
}

/**
 * The job API call. What was sent on decides: the service's host and `upstream_uri`, which has lost the route's prefix.
 * Where nothing is said to have been sent on, what the client asked for does. A request refused before it is sent on
 * has its query in `request.uri` only.
 */
function callOf(
  record: Json,
  request: Json | undefined,
  verb: string,
  target: string | undefined,
): ApiCall | undefined {
  const sent = str(record, 'upstream_uri');
  const service = str(obj(record, 'service'), 'host');
  if (sent === undefined) {
    return target === undefined ? undefined : jobApiCall(askedHost(request) ?? service, verb, target);
  }
  const query = sent.includes('?') ? -1 : (target?.indexOf('?') ?? -1);
  return jobApiCall(
    service ?? askedHost(request),
    verb,
    query < 0 ? sent : sent + (target ?? '').slice(query),
  );
}

/** The host the client asked for: it chose the text, and it decides nothing but which API's paths these may be. */
function askedHost(request: Json | undefined): string | undefined {
  return str(obj(request, 'headers'), 'host');
}

/** `request.id` since Kong 3.5; the correlation-id plugin's own is often the mesh's request id as well. */
function putIds(
  event: Mutable<AuditEventDraft>,
  claims: Claims,
  record: Json,
  request: Json | undefined,
): void {
  const id = whole(claims, str(request, 'id'));
  const correlation = whole(claims, str(record, 'correlation_id'));
  const requestId = id ?? correlation;
  if (requestId !== undefined) event.requestId = requestId;
  if (id !== undefined && correlation !== undefined && id !== correlation) {
    claims['correlationId'] = correlation;
  }
  const trace = whole(claims, traceOf(own(record, 'trace_id')));
  if (trace !== undefined) event.trace = trace;
}

/** Text, or an object with the id in each format that is propagated; W3C's is the one other systems have. */
function traceOf(trace: unknown): string | undefined {
  if (typeof trace === 'string') return trace === '' ? undefined : trace;
  if (!isObject(trace)) return undefined;
  return (
    str(trace, 'w3c') ?? str(trace, 'b3') ?? str(trace, 'jaeger') ?? str(trace, 'ot') ?? str(trace, 'datadog')
  );
}
