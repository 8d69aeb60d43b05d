/**
 * Which call of a job API a request is, from what a proxy saw of it: host, HTTP method and path. Used for mesh and
 * gateway records alike; the method names are the audit log's, so that both sides of a corroboration carry one key.
 *
 * Everything here was written by the client. A path that two servers could read differently is no call: the job's
 * own audit record then stands without mesh evidence, which is a finding, where a guess would hide one.
 */
import type { ApiCall } from '../model/event.ts';
import { dataflowJob, dataprocJob, type JobId } from '../model/job.ts';
import { databricksCall } from './databricks.ts';
import { hasWord, hostHint, type HostHint } from './host.ts';
import { pathSegments, queryParam, withoutQuery } from './path.ts';
import { DATAFLOW_AUDIT_NAMES, DATAFLOW_ROUTES, DATAPROC_ROUTES, routeIndex } from './routes.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const DATAPROC = routeIndex(DATAPROC_ROUTES);
const DATAFLOW = routeIndex(DATAFLOW_ROUTES);

/** Collections every Google API has: only a host or a prefix that names the engine makes them its own. */
const SHARED_COLLECTIONS: ReadonlySet<string> = new Set(['operations']);

/**
 * The job API call, or undefined when the request is none. `target` is the path with or without its query, of which
 * only the id parameters of create calls (`batchId`, `sessionId`) are read. Gateways mount APIs below prefixes:
 * whatever stands before `/v1/projects/…` or `/google.cloud.dataproc.v1.…` is skipped. Never throws; linear.
 */
export function jobApiCall(
  host: string | undefined,
  httpMethod: string,
  target: string,
): ApiCall | undefined {
  // Nearly every request of a mesh ends here.
  if (!target.includes('/projects/') && !target.includes('/google.') && !target.includes('%')) {
    if (target.includes('/api/2.')) return databricksCall(host, httpMethod, target);
    return target.startsWith('/batch') ? batchCall(hostHint(host), httpMethod, target) : undefined;
  }
  const hint = hostHint(host);
  if (hint.kind === 'other-api') return undefined;
  if (hint.kind === 'unknown') {
    const databricks = databricksCall(host, httpMethod, target);
    if (databricks !== undefined) return databricks;
  }
  const segments = pathSegments(withoutQuery(target));
  if (segments === undefined) return undefined;
  return grpcCall(segments, hint) ?? restCall(segments, httpMethod, hint, target);
}

/** The engine an endpoint's host name stands for: all that a TLS connection passed through shows (its SNI). */
export function apiEngine(host: string | undefined): ApiCall['engine'] | undefined {
  const hint = hostHint(host);
  return hint.kind === 'engine' && hint.google ? hint.engine : undefined;
}

/** The job id a call names, where the path has all its parts. */
export function jobOfCall(call: ApiCall): JobId | undefined {
  const { engine, project, region, job, method } = call;
  if (job === undefined || project === undefined || region === undefined) return undefined;
  switch (engine) {
    case 'dataflow':
      return dataflowJob(project, region, job);
    case 'dataproc':
      if (method.includes('Session')) return dataprocJob(project, region, 'session', job);
      if (method.includes('Batch') || method.includes('SparkApplication')) {
        return dataprocJob(project, region, 'batch', job);
      }
      return dataprocJob(project, region, 'job', job);
    case 'databricks':
      return undefined;
  }
}

/**
 * The id that a call gives to what it starts: batches and sessions have theirs in the query. A mesh or gateway record keeps it
 * as the claim `callJob`, since it is about a request and not about the job; project and region stand in its call key.
 */
export const createdByCall = (call: ApiCall): string | undefined => (isCreation(call) ? call.job : undefined);

/** The job of a recorded call: what `createdByCall` left of it, with the rest of the call. */
export const createdJob = (call: ApiCall): JobId | undefined =>
  isCreation(call) ? jobOfCall(call) : undefined;

const isCreation = ({ method }: ApiCall): boolean => method === 'CreateBatch' || method === 'CreateSession';

/** A multipart batch (`POST /batch`) carries calls the proxy cannot see: named, so that it does not pass as none. */
function batchCall(hint: HostHint, httpMethod: string, target: string): ApiCall | undefined {
  if (hint.kind !== 'engine' || !hint.google || httpMethod !== 'POST') return undefined;
  const path = withoutQuery(target);
  return path === '/batch' || path.startsWith('/batch/')
    ? { engine: hint.engine, method: 'batch' }
    : undefined;
}

const GRPC_PREFIXES = [
  ['dataproc', 'google.cloud.dataproc.v1.'],
  ['dataproc', 'google.cloud.dataproc.v1beta2.'],
  ['dataflow', 'google.dataflow.v1beta3.'],
] as const;
/** Services of their own that every API serves; the host says whose. */
const GRPC_SHARED: ReadonlySet<string> = new Set([
  'google.iam.v1.IAMPolicy',
  'google.longrunning.Operations',
]);

/** `/google.cloud.dataproc.v1.JobController/SubmitJob`, below any prefix (`/$rpc/…`). */
function grpcCall(segments: readonly string[], hint: HostHint): ApiCall | undefined {
  const method = segments.at(-1);
  const service = segments.at(-2);
  if (method === undefined || service === undefined || !service.startsWith('google.')) return undefined;
  if (!isRpcName(method)) return undefined;
  for (const [engine, prefix] of GRPC_PREFIXES) {
    if (!service.startsWith(prefix) || !isRpcName(service.slice(prefix.length))) continue;
    return {
      engine,
      method: (engine === 'dataflow' ? DATAFLOW_AUDIT_NAMES.get(method) : undefined) ?? method,
    };
  }
  return hint.kind === 'engine' && GRPC_SHARED.has(service) ? { engine: hint.engine, method } : undefined;
}

function restCall(
  segments: readonly string[],
  httpMethod: string,
  hint: HostHint,
  target: string,
): ApiCall | undefined {
  const start = apiStart(segments);
  const engine = VERSIONS.get(segments[start - 1] ?? '');
  if (engine === undefined || (hint.kind === 'engine' && hint.engine !== engine)) return undefined;

  const method = (engine === 'dataflow' ? DATAFLOW : DATAPROC).get(routeKey(segments, start, httpMethod));
  if (method === undefined) return undefined;
  const collection = nameOf(segments, start + 4);
  if (
    SHARED_COLLECTIONS.has(collection) &&
    hint.kind !== 'engine' &&
    !prefixNames(segments, start - 1, engine)
  ) {
    return undefined;
  }
  const project = segments[start + 1];
  if (project === undefined || !isProject(project)) return undefined;
  const call: Mutable<ApiCall> = { engine, method, project };
  const zonal = segments[start + 2] === 'regions' || segments[start + 2] === 'locations';
  if (zonal) {
    const region = segments[start + 3];
    if (region === undefined || !isName(region)) return undefined;
    call.region = region;
  }
  const job = jobIn(segments, start + (zonal ? 4 : 2)) ?? createdId(method, target);
  if (job !== undefined) call.job = job;
  return call;
}

const VERSIONS: ReadonlyMap<string, 'dataproc' | 'dataflow'> = new Map([
  ['v1', 'dataproc'],
  ['v1beta2', 'dataproc'],
  ['v1b3', 'dataflow'],
]);

/**
 * Where `projects` stands behind a version, 0 when nowhere. Literals and names take turns, so in a path that is a
 * route to its end this pair occurs once, whatever the prefix, the project or the job are called.
 */
function apiStart(segments: readonly string[]): number {
  for (let i = segments.length - 1; i > 0; i -= 1) {
    if (segments[i] === 'projects' && VERSIONS.has(segments[i - 1] ?? '')) return i;
  }
  return 0;
}

/** The index key of a request: verb, literals, a star for each name, the last one's `:verb` kept. */
function routeKey(segments: readonly string[], start: number, httpMethod: string): string {
  let key = `${httpMethod} `;
  const last = segments.length - 1;
  for (let i = start; i <= last; i += 1) {
    const segment = segments[i] ?? '';
    const colon = i === last ? segment.lastIndexOf(':') : -1;
    if (i > start) key += '/';
    key +=
      (i - start) % 2 === 0 || isFixedLeaf(segments, i)
        ? segment
        : colon < 0
          ? '*'
          : `*${segment.slice(colon)}`;
  }
  return key;
}

/** `debug/getConfig` and `debug/sendCapture` are the only literals in a name's place. */
const isFixedLeaf = (segments: readonly string[], at: number): boolean => segments[at - 1] === 'debug';

/** A literal without its `:verb`. */
function nameOf(segments: readonly string[], at: number): string {
  const segment = segments[at] ?? '';
  const colon = segment.indexOf(':');
  return colon < 0 ? segment : segment.slice(0, colon);
}

const JOB_COLLECTIONS: ReadonlySet<string> = new Set(['jobs', 'batches', 'sessions']);

/** The id behind `jobs/`, `batches/` or `sessions/`; undefined where it is no name the API could have given out. */
function jobIn(segments: readonly string[], at: number): string | undefined {
  if (!JOB_COLLECTIONS.has(segments[at] ?? '')) return undefined;
  const segment = segments[at + 1];
  if (segment === undefined) return undefined;
  const colon = at + 2 === segments.length ? segment.lastIndexOf(':') : -1;
  const id = colon < 0 ? segment : segment.slice(0, colon);
  return isName(id) ? id : undefined;
}

/** Batches and sessions are named by a query parameter of the create call. */
function createdId(method: string, target: string): string | undefined {
  if (method !== 'CreateBatch' && method !== 'CreateSession') return undefined;
  const id =
    method === 'CreateBatch'
      ? queryParam(target, 'batchId', 'batch_id')
      : queryParam(target, 'sessionId', 'session_id');
  return id !== undefined && isName(id) ? id : undefined;
}

function prefixNames(segments: readonly string[], end: number, engine: string): boolean {
  for (let i = 0; i < end; i += 1) if (hasWord((segments[i] ?? '').toLowerCase(), engine)) return true;
  return false;
}

/** Job, batch and session ids, regions: letters, digits, `-`, `_`; at most 128. */
function isName(text: string): boolean {
  return matches(text, 128, false);
}

/** Project ids and numbers, with the domain of domain-scoped ones (`example.com:proj`). */
function isProject(text: string): boolean {
  return matches(text, 128, true);
}

function matches(text: string, max: number, domain: boolean): boolean {
  if (text.length === 0 || text.length > max) return false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    const word = (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
    if (!word && c !== 0x2d && c !== 0x5f && !(domain && (c === 0x2e || c === 0x3a))) return false;
  }
  return true;
}

/** UpperCamelCase of at most 64 letters and digits, as RPC and service names are. */
function isRpcName(text: string): boolean {
  const first = text.charCodeAt(0);
  return (
    first >= 0x41 &&
    first <= 0x5a &&
    text.length <= 64 &&
    !text.includes('_') &&
    matches(text, 64, false) &&
    !text.includes('-')
  );
}
