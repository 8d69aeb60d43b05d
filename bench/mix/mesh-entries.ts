/** Access logs of the mesh, both ends of each request, most between services, some to job APIs. */
import { REGION, WORKLOADS } from '../../cli/day/company.ts';
import { meshCall } from '../../cli/day/mesh/access-log.ts';
import type { Random } from '../../cli/day/random.ts';
import { mark, stamped } from './fresh.ts';
import type { Population } from './population.ts';

const PATHS = [
  '/v1/items?page=2&pageSize=100',
  '/v2/search?q=blue+shoes',
  '/healthz',
  '/v1/orders/8812',
  '/graphql',
] as const;

function jobApi(random: Random, people: Population): { method: string; url: string } {
  const project = random.pick(people.projects).id;
  const base = `http://dataproc.googleapis.com/v1/projects/${project}/regions/${REGION}/jobs`;
  return random.chance(0.7)
    ? { method: 'GET', url: `${base}/${mark('job')}` }
    : { method: 'POST', url: `${base}:submit` };
}

/** The entries of one request: the caller's, then the callee's. */
export function meshEntries(random: Random, people: Population): readonly string[] {
  const toApi = random.chance(0.12);
  const to = toApi ? WORKLOADS.egress : random.pick(people.workloads);
  const asked = toApi
    ? jobApi(random, people)
    : {
        method: random.chance(0.7) ? 'GET' : 'POST',
        url: `http://${to.name}.${to.namespace}.svc.cluster.local:8080${random.pick(PATHS)}`,
      };
  const refused = random.chance(0.01);
  const status = refused ? 403 : random.chance(0.02) ? 503 : 200;
  const ends = meshCall({
    at: 0,
    from: random.pick(people.workloads),
    to,
    ...asked,
    status,
    requestId: mark('requestId'),
    traceId: mark('traceId'),
    spanIds: [mark('clientSpan'), mark('serverSpan')],
    userAgent: random.pick(['python-httpx/0.28.1', 'Go-http-client/2.0', 'node-fetch', 'okhttp/5.1.0']),
    requestSize: String(random.int(400, 4000)),
    responseSize: String(random.int(200, 60_000)),
    latencyMs: random.int(2, 900),
    connection: String(random.int(100, 99_000)),
    ...(refused ? { refusedBy: { policy: `${to.namespace}.allow-callers`, rule: '0' } } : {}),
  });
  return ends.map(stamped);
}
