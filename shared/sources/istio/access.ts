/** One access record of a proxy, whatever its encoding, and the event it makes. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { IdentityClaims } from '../../identity/claims.ts';
import { apiEngine, createdByCall, jobApiCall, jobOfCall } from '../../jobapi/index.ts';
import { queryStart } from '../../jobapi/path.ts';
import type { AuditEventDraft, Normalised } from '../../model/event.ts';
import { logProject } from '../fields.ts';
import type { Policy } from './denial.ts';
import { VIA_UPSTREAM, type Verdict } from './outcome.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Claims = Record<string, string | number | boolean>;

/** Who wrote the record: the proxy of the destination, of the source, of the mesh's edge, or a node's ztunnel. */
export type Reporter = 'server' | 'client' | 'gateway' | 'ztunnel';

export interface AccessRecord {
  readonly reporter: Reporter | undefined;
  /** A request was seen, or only the connection it may have been in. */
  readonly grade: 'request' | 'connection';
  /** HTTP verb; `TCP` for a connection; `-` where the record does not tell. */
  readonly method: string;
  readonly status?: number | undefined;
  readonly host?: string | undefined;
  /** Path and query. */
  readonly target?: string | undefined;
  readonly verdict: Verdict;
  readonly identity: IdentityClaims;
  readonly requestId?: string | undefined;
  readonly flags?: string | undefined;
  readonly details?: string | undefined;
  readonly mtls?: boolean | undefined;
  readonly sourceWorkload?: string | undefined;
  readonly sourceNamespace?: string | undefined;
  readonly destinationWorkload?: string | undefined;
  readonly destinationNamespace?: string | undefined;
  readonly destinationService?: string | undefined;
  /** Where the traffic went, where that is no service the mesh knows: `PassthroughCluster` and its like. */
  readonly outsideCluster?: string | undefined;
  readonly policy?: Policy | undefined;
  readonly serverName?: string | undefined;
  readonly direction?: string | undefined;
  readonly bytesReceived?: number | undefined;
  readonly bytesSent?: number | undefined;
  readonly auditLog?: boolean;
}

/** Kubernetes names have at most 63 characters, host names 253. */
const NAME = 63;
const HOST = 253;
const DETAILS = 160;
const FLAGS = 48;
const VERB = 32;
/** Longer paths are cut and marked; the longest route of a job API has about 400. */
const PATH = 512;
const REQUEST_ID = 128;

/**
 * The event of an access record. What a client can make long is cut, and the event says so (`clipped`), so that no
 * request can make its own record too large to store.
 */
export function accessEvent(entry: LogEntry, record: AccessRecord): Normalised {
  const claims: Claims = {};
  const { target, verdict, host } = record;
  const { caller } = record.identity;
  const event: Mutable<AuditEventDraft> = {
    action: 'api.call',
    outcome: verdict.outcome,
    method: clip(claims, record.method, VERB),
    identity: record.identity,
    via: 'mesh',
    provenance: 'tenant',
    claims,
  };

  if (record.reporter !== undefined) claims['reporter'] = record.reporter;
  // Rows are slim: that a request was seen, and that a named peer had a certificate, goes without saying.
  if (record.grade !== 'request') claims['grade'] = record.grade;
  if (record.mtls === false || (record.mtls === true && caller === undefined)) claims['mtls'] = record.mtls;
  if (record.auditLog === true) claims['auditLog'] = true;
  const where = entry.resource?.labels ?? NOWHERE;
  put(claims, 'cluster', textOf(where['cluster_name']), NAME);
  put(claims, 'sourceWorkload', record.sourceWorkload, NAME);
  // The reporter's namespace is one of the two, a SPIFFE id has its own in it, and so has a service's host name.
  if (record.sourceNamespace === undefined) put(claims, 'namespace', textOf(where['namespace_name']), NAME);
  else if (caller?.kind !== 'spiffe' || !caller.uri.includes(`/ns/${record.sourceNamespace}/`)) {
    put(claims, 'sourceNamespace', record.sourceNamespace, NAME);
  }
  if (record.destinationService?.startsWith(`${record.destinationWorkload}.`) !== true) {
    put(claims, 'destinationWorkload', record.destinationWorkload, NAME);
  }
  if (record.destinationService === undefined) {
    put(claims, 'destinationNamespace', record.destinationNamespace, NAME);
  }
  put(claims, 'destinationService', record.destinationService, HOST);
  put(claims, 'upstreamCluster', record.outsideCluster, NAME);
  // Nothing else tells where it went.
  if (record.outsideCluster !== undefined) put(claims, 'host', host, HOST);
  put(claims, 'responseFlags', record.flags, FLAGS);
  const told = putVerdict(claims, verdict, record.policy);
  // The service's own answer is the plain case, and goes without saying.
  if (!told && record.details !== VIA_UPSTREAM) put(claims, 'details', record.details, DETAILS);

  // 0 is Envoy's way to say that there was no answer.
  if (record.status !== undefined && record.status > 0) event.status = record.status;
  if (target !== undefined) putTarget(event, claims, target);
  if (record.grade === 'request') {
    if (target !== undefined) putCall(event, claims, host, record.method, target);
  } else {
    putConnection(event, claims, record);
  }
  const project = logProject(entry);
  if (project !== undefined) event.project = project;
  const location = textOf(where['location']);
  if (location !== undefined) event.location = location;
  if (record.requestId !== undefined) {
    // A cut id could equal another request's: too long is none.
    if (record.requestId.length <= REQUEST_ID) event.requestId = record.requestId;
    else claims['clipped'] = true;
  }
  return { kind: 'event', event };
}

/** True where these claims say all that the proxy's details do: who refused, and by which policy. */
function putVerdict(claims: Claims, verdict: Verdict, labelled: Policy | undefined): boolean {
  if (verdict.deniedBy !== undefined) {
    claims['deniedBy'] = verdict.deniedBy;
    return false;
  }
  if (verdict.denial === undefined) return false;
  claims['denial'] = verdict.denial.by;
  const policy = verdict.denial.policy ?? labelled;
  if (policy === undefined) return false;
  put(claims, 'policyNamespace', policy.namespace, NAME);
  put(claims, 'policyName', policy.name, HOST);
  put(claims, 'policyRule', policy.rule, NAME);
  return verdict.denial.by === 'rbac';
}

/** Query strings carry tokens and signatures: only that there was one is kept. */
function putTarget(event: Mutable<AuditEventDraft>, claims: Claims, target: string): void {
  const query = queryStart(target);
  if (query >= 0) claims['query'] = true;
  event.resource = clip(claims, query < 0 ? target : target.slice(0, query), PATH);
}

function putCall(
  event: Mutable<AuditEventDraft>,
  claims: Claims,
  host: string | undefined,
  verb: string,
  target: string,
): void {
  const call = jobApiCall(host, verb, target);
  if (call === undefined) return;
  event.call = call;
  // Reads of a job's state come every few seconds while it runs: they are no part of its story.
  const job = verb === 'GET' ? undefined : jobOfCall(call);
  if (job !== undefined) event.job = job;
  const created = createdByCall(call);
  if (created !== undefined) claims['callJob'] = created;
}

/** All that a connection shows: where it went, how much, under which name. */
function putConnection(event: Mutable<AuditEventDraft>, claims: Claims, record: AccessRecord): void {
  put(claims, 'serverName', record.serverName, HOST);
  put(claims, 'direction', record.direction, 16);
  const engine = apiEngine(record.serverName) ?? apiEngine(record.destinationService);
  if (engine !== undefined) {
    claims['engine'] = engine;
    // Any call, and any number of them, may have been in it.
    event.call = { engine, method: 'connect' };
  }
  if (record.bytesReceived !== undefined) claims['bytesReceived'] = record.bytesReceived;
  if (record.bytesSent !== undefined) claims['bytesSent'] = record.bytesSent;
}

function put(claims: Claims, key: string, value: string | undefined, max: number): void {
  if (value !== undefined) claims[key] = clip(claims, value, max);
}

function clip(claims: Claims, value: string, max: number): string {
  if (value.length <= max) return value;
  claims['clipped'] = true;
  return value.slice(0, max);
}

/**
 * What makes a SPIFFE id of a trust domain such as `cluster.local` one of this cluster: PROJECT/LOCATION/CLUSTER, with
 * `-` for a part the entry does not tell. Undefined where the cluster is not told.
 */
export function clusterOf(entry: LogEntry): string | undefined {
  const where = entry.resource?.labels ?? NOWHERE;
  const cluster = textOf(where['cluster_name']);
  if (cluster === undefined) return undefined;
  return `${textOf(where['project_id']) ?? '-'}/${textOf(where['location']) ?? '-'}/${cluster}`;
}

/** Reads of fixed keys: no key of an entry's own choosing is ever looked up. */
const NOWHERE: Readonly<Record<string, unknown>> = {};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Envoy's two ways to say "none" are one. */
export function present(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || value === '' || value === '-' ? undefined : value;
}

/** A count of bytes as a number or as its digits; undefined for anything else. */
export function countOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value === '' || value.length > 20))
    return undefined;
  const count = Number(value);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
