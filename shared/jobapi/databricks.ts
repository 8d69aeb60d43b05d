/**
 * Calls of the Databricks API that start work, by what a proxy saw of them. Every workspace has a host of its own, which is
 * all that names it: `WORKSPACE.N.gcp.databricks.com` (https://docs.databricks.com/gcp/workspace/workspace-details). A gateway
 * that calls it by another name is a call that nobody can place, and none is made up.
 */
import type { ApiCall } from '../model/event.ts';
import { hostName } from './host.ts';
import { pathSegments, withoutQuery } from './path.ts';

const DOMAIN = '.gcp.databricks.com';
const VERSIONS: ReadonlySet<string> = new Set(['2.0', '2.1', '2.2']);
const MAX_HOST = 260;

/** Path behind the version → the audit log's name of the call. */
const ROUTES: ReadonlyMap<string, string> = new Map([
  ['jobs/run-now', 'jobs.runNow'],
  ['jobs/runs/submit', 'jobs.submitRun'],
  ['clusters/create', 'clusters.create'],
]);

/** Below any prefix that a gateway mounts the API at; the route is the path to its end. */
export function databricksCall(
  host: string | undefined,
  httpMethod: string,
  target: string,
): ApiCall | undefined {
  if (httpMethod !== 'POST') return undefined;
  const workspace = databricksWorkspace(host);
  if (workspace === undefined) return undefined;
  const segments = pathSegments(withoutQuery(target));
  if (segments === undefined) return undefined;
  const api = segments.lastIndexOf('api');
  if (api < 0 || !VERSIONS.has(segments[api + 1] ?? '')) return undefined;
  const method = ROUTES.get(segments.slice(api + 2).join('/'));
  return method === undefined
    ? undefined
    : { engine: 'databricks', method, project: `databricks/${workspace}` };
}

/** The id of the workspace whose host a name is: two labels of digits before the domain, and nothing else. */
export function databricksWorkspace(host: string | undefined): string | undefined {
  if (host === undefined || host.length > MAX_HOST) return undefined;
  const name = hostName(host);
  if (!name.endsWith(DOMAIN)) return undefined;
  const [workspace = '', shard = '', ...rest] = name.slice(0, -DOMAIN.length).split('.');
  return rest.length === 0 && isNumber(workspace, 20) && isNumber(shard, 4) ? workspace : undefined;
}

function isNumber(text: string, max: number): boolean {
  if (text.length === 0 || text.length > max) return false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return false;
  }
  return true;
}
