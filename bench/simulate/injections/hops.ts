/** Jobs that one plane tells and another does not, or tells of somebody else. */
import { kongCall } from '../formats/kong.ts';
import { gatewayOf, LOGIN, type Identity } from '../organisation/organisation.ts';
import { tellJob } from '../normal.ts';
import type { Random } from '../random.ts';
import { hops, targetOf, work, type Scene, type Start } from '../scene.ts';
import { MINUTE, SECOND, type Told } from '../told.ts';
import { inMesh, nth, throughGateway, type InjectionKind, type Made } from './kind.ts';

const L02 = 'audit-record-without-gateway-evidence';
const L03 = 'gateway-call-without-audit-record';
const U02 = 'denied-then-succeeded-elsewhere';
const U08 = 'identity-mismatch-mesh-vs-audit';

function startOf(scene: Scene, by: Identity, at: number, more: Partial<Start> = {}): Start {
  const { random, org } = scene;
  return {
    at,
    engine: 'dataproc',
    name: `${by.kind === 'person' ? 'adhoc' : 'run'}-${random.base36(10)}`,
    by,
    cluster: random.pick(org.clusters),
    script: 'gs://sim-code/adhoc/query.py',
    keyed: false,
    requestId: random.uuid(),
    ...more,
  };
}

/** The job alone: its audit record and its work, nothing of any hop. */
function direct(scene: Scene, start: Start): readonly Told[] {
  return work(scene, start, { minutes: scene.random.int(2, 12) }).told;
}

function besideLegitimate(keyed: boolean): InjectionKind['tell'] {
  return (scene, at, n): Made => {
    const { random, org } = scene;
    const by = nth([...org.people, ...inMesh(org), ...throughGateway(org)], n);
    const cluster = random.pick(org.clusters);
    const second = random.int(3, 50) * SECOND;
    const legitimate = tellJob(scene, startOf(scene, by, at, { cluster, keyed }), { quietRetries: true });
    const start = startOf(scene, by, at + second, { cluster });
    return { told: direct(scene, start), beside: [legitimate], subject: by.mail, job: true };
  };
}

/** As Kong would have logged the call, in the log of a project where tenants can write. */
function forged({ random, org }: Scene, start: Start): Told {
  const { by } = start;
  const target = targetOf(start);
  return kongCall(random, {
    at: start.at - 300,
    cluster: gatewayOf(org, by),
    service: target.service,
    verb: 'POST',
    uri: target.uri,
    status: 200,
    clientIp: by.ip,
    ...(by.consumer === undefined ? {} : { consumer: by.consumer }),
    ...(by.kind === 'person' ? { tokenClaims: { iss: LOGIN, sub: by.mail } } : {}),
    correlationId: start.requestId,
    project: start.cluster.project.id,
  });
}

const callOf = (start: Start, by: Identity, random: Random) => ({
  at: start.at - random.int(120, 700),
  by,
  way: by.way,
  target: targetOf(start),
  requestId: start.requestId,
});

export const HOP_KINDS: readonly InjectionKind[] = [
  {
    rule: L02,
    variant: 'direct',
    explains: [U02],
    tell: (scene, at, n) => {
      const by = nth([...scene.org.people, ...throughGateway(scene.org)], n);
      return { told: direct(scene, startOf(scene, by, at)), subject: by.mail, job: true };
    },
  },
  { rule: L02, variant: 'direct-beside-legitimate', tell: besideLegitimate(false) },
  { rule: L02, variant: 'direct-beside-keyed', tell: besideLegitimate(true) },
  {
    rule: L02,
    variant: 'direct-with-forged-evidence',
    explains: [L03],
    tell: (scene, at, n) => {
      const by = nth([...scene.org.people, ...throughGateway(scene.org)], n * 3 + 1);
      const start = startOf(scene, by, at, { keyed: n % 2 === 0 });
      return { told: [forged(scene, start), ...direct(scene, start)], subject: by.mail, job: true };
    },
  },
  {
    rule: L02,
    variant: 'log-path-samples',
    // The mesh told of both its hops; of the gateway's own record one in so many is left out.
    tell: (scene, at, n) => {
      const by = nth(throughGateway(scene.org), n * 5 + 2);
      const start = startOf(scene, by, at, { keyed: n % 2 === 0 });
      const seen = hops(scene, callOf(start, by, scene.random)).filter(
        ({ path }) => !path.startsWith('kong/'),
      );
      return { told: [...seen, ...direct(scene, start)], subject: by.mail, job: true };
    },
  },
  {
    rule: L02,
    variant: 'identity-switched-without-key',
    explains: [L03, U08],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const seen = nth(throughGateway(org), n);
      const claimed = nth(throughGateway(org), n + 3);
      const start = startOf(scene, claimed, at);
      return {
        told: [...hops(scene, callOf(start, seen, random)), ...direct(scene, start)],
        subject: claimed.mail,
        job: true,
      };
    },
  },
  {
    rule: U08,
    variant: 'switched-with-request-id',
    explains: [L02, L03],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const list = n % 2 === 0 ? throughGateway(org) : inMesh(org);
      const seen = nth(list, n);
      const start = startOf(scene, nth(list, n + 2), at, { keyed: true });
      return {
        told: [...hops(scene, callOf(start, seen, random)), ...direct(scene, start)],
        subject: seen.mail,
        job: true,
      };
    },
  },
  {
    rule: U08,
    variant: 'switched-with-job-id',
    explains: [L02, L03],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const list = n % 2 === 0 ? throughGateway(org) : inMesh(org);
      const seen = nth(list, n + 1);
      const start = startOf(scene, nth(list, n + 4), at, { engine: 'batch', keyed: false });
      return {
        told: [...hops(scene, callOf(start, seen, random)), ...direct(scene, start)],
        subject: seen.mail,
        job: true,
      };
    },
  },
  {
    rule: L03,
    variant: 'no-audit-record',
    explains: ['job-ran-without-audit-record'],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth([...org.people, ...inMesh(org), ...throughGateway(org)], n * 7);
      const start = startOf(scene, by, at, n % 3 === 0 ? { engine: 'batch' } : {});
      return { told: hops(scene, callOf(start, by, random)), subject: by.mail };
    },
  },
  {
    rule: L03,
    variant: 'beside-legitimate',
    explains: [],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth([...inMesh(org), ...org.people], n * 3);
      const cluster = random.pick(org.clusters);
      const legitimate = tellJob(scene, startOf(scene, by, at, { cluster }), { quietRetries: true });
      const start = startOf(scene, by, at + random.int(3, 50) * SECOND, { cluster });
      return { told: hops(scene, callOf(start, by, random)), beside: [legitimate], subject: by.mail };
    },
  },
  {
    rule: U02,
    variant: 'refused-by-gateway',
    explains: [L02],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth([...throughGateway(org), ...org.people], n);
      const start = startOf(scene, by, at + random.int(2, 50) * MINUTE);
      const refused = hops(scene, {
        ...callOf({ ...start, at, requestId: random.uuid() }, by, random),
        status: 403,
        refusedBy: 'gateway',
      });
      return { told: [...refused, ...direct(scene, start)], subject: by.mail, job: true };
    },
  },
  {
    rule: U02,
    variant: 'refused-by-mesh',
    explains: [L02],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(inMesh(org), n);
      const start = startOf(scene, by, at + random.int(2, 50) * MINUTE);
      const refused = hops(scene, {
        ...callOf({ ...start, at, requestId: random.uuid() }, by, random),
        status: 403,
        refusedBy: 'mesh',
      });
      return { told: [...refused, ...direct(scene, start)], subject: by.mail, job: true };
    },
  },
];
