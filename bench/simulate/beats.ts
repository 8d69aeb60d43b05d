/**
 * What comes of every path regularly and on purpose: canaries, which the sender signs, and points of the backlog of
 * subscriptions. An outage of a path holds up or loses its canaries with the rest.
 */
import { createHmac } from 'node:crypto';
import { kongCall, kongPath } from './formats/kong.ts';
import { meshCall, meshPath } from './formats/mesh.ts';
import { PATH as DATABRICKS_PATH } from './formats/databricks.ts';
import { backlogPoint } from './formats/records.ts';
import { MESH, type Organisation, type Workload } from './organisation/organisation.ts';
import type { Random } from './random.ts';
import { entry, logNameOf, MINUTE, nanoTime, SECOND, type Path, type Told } from './told.ts';
import { carried, type Delivery, type Outage } from './transport.ts';
import type { Span } from './normal.ts';

/** Secret of the sender of canaries, as the pipeline is given it. */
export const CANARY_KEY = 'the simulated canary key';

const LOGGED = [
  'dataproc',
  'dataflow',
  'bigquery',
  'storage',
  'spanner',
  'iam',
  'kubernetes',
  'platform',
] as const;

export const canaryPaths = ({ gateways }: Organisation): readonly Path[] => [
  ...LOGGED,
  ...gateways.map(kongPath),
  meshPath('client'),
  meshPath('server'),
];

const PROBE: Workload = { namespace: 'probes', account: 'prober', pod: 'prober-0', ip: '10.8.0.77' };

function canary(random: Random, path: Path, at: number): Told {
  const sentAt = `${new Date(Math.floor(at)).toISOString().slice(0, 19)}Z`;
  const nonce = Buffer.from(random.hex(32), 'hex').toString('base64url');
  const mac = createHmac('sha256', CANARY_KEY).update(`${path}|${nonce}|${sentAt}`).digest('base64url');
  const [source = '', cluster = '', reporter] = path.split('/');
  if (source === 'kong' || source === 'istio') {
    const uri = `/.well-known/jobtrail-canary/${path.replaceAll('/', '~')}/${nonce}.${sentAt}.${mac}`;
    const [told] =
      source === 'kong'
        ? [
            kongCall(random, {
              at,
              cluster,
              service: 'dataproc',
              prefix: '',
              verb: 'GET',
              uri,
              status: 404,
              clientIp: PROBE.ip,
            }),
          ]
        : meshCall(random, {
            at,
            from: PROBE,
            verb: 'GET',
            url: `http://egress.example.com${uri}`,
            status: 404,
            reporters: [reporter === 'client' ? 'client' : 'server'],
          });
    if (told === undefined) throw new Error('a canary is one record');
    return told;
  }
  return entry(random, {
    at,
    path,
    logName: logNameOf(MESH.id, `jobtrail-canary-${source}`),
    resource: { type: 'global', labels: { project_id: MESH.id } },
    payload: { jsonPayload: { type: 'jobtrail.canary.v1', path, nonce, sentAt, mac } },
    severity: 'INFO',
  });
}

/** Records that are published without a log have a subscription to tell of them. */
const COUNTED: readonly (readonly [path: Path, source: string])[] = [
  ['approvals', 'approvals'],
  ['deployments', 'deployments'],
  ['observed', 'observed'],
  ['openlineage', 'openlineage'],
  [DATABRICKS_PATH, 'databricks'],
];

export function beats(
  org: Organisation,
  { from, until }: Span,
  outages: readonly Outage[],
  random: Random,
  canarySeconds: number,
): readonly Delivery[] {
  const own = random.fork('beats');
  const deliveries: Delivery[] = [];
  const send = (told: Told, lateMs: number): void => {
    const arrival = carried(told.at + lateMs, told.path, outages, own);
    if (arrival === undefined) return;
    const text =
      told.form === 'record'
        ? told.text
        : `${told.text.slice(0, -1)},"receiveTimestamp":"${nanoTime(told.at + lateMs / 2, own)}"}`;
    deliveries.push({ arrival, path: told.path, text, story: undefined, beyondGrace: false, again: false });
  };
  const paths = canaryPaths(org);
  for (let at = from; at < until; at += canarySeconds * SECOND)
    for (const path of paths) send(canary(own, path, at + own.int(0, 4000)), own.int(600, 5000));
  for (let at = from; at < until; at += 5 * MINUTE) {
    for (const [, source] of COUNTED) {
      send(backlogPoint(at, MESH.id, `jobtrail-${source}`, own.int(0, 9)), own.int(120, 240) * SECOND);
    }
  }
  return deliveries;
}
