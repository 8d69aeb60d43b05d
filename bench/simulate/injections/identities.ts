/** Who starts jobs, with what right: refusals in a row, old identities, agents alone, rights given to oneself, tokens elsewhere. */
import { platformCall } from '../formats/control.ts';
import { simpleCall } from '../formats/dataproc.ts';
import { REGION, type Identity } from '../organisation/organisation.ts';
import { callerOf, dataOf, hops, targetOf, work, type Scene, type Start } from '../scene.ts';
import { MINUTE, SECOND, type Told } from '../told.ts';
import { nth, throughGateway, type InjectionKind } from './kind.ts';

/** A job on its usual way. */
function job(scene: Scene, start: Start): { readonly told: readonly Told[]; readonly endsAt: number } {
  const { random } = scene;
  const way = start.way ?? start.by.way;
  const done = work(scene, start, { minutes: random.int(3, 15) });
  return {
    told: [
      ...hops(scene, {
        at: start.at - random.int(120, 700),
        by: start.by,
        way,
        target: targetOf(start),
        requestId: start.requestId,
        ...(start.actingFor === undefined ? {} : { actingFor: start.actingFor }),
      }),
      ...done.told,
    ],
    endsAt: done.endsAt,
  };
}

function startOf({ random, org }: Scene, by: Identity, at: number, more: Partial<Start> = {}): Start {
  return {
    at,
    engine: 'dataproc',
    name: `run-${random.base36(10)}`,
    by,
    cluster: random.pick(org.clusters),
    script: 'gs://sim-code/adhoc/query.py',
    keyed: random.chance(0.5),
    requestId: random.uuid(),
    ...more,
  };
}

/** Refused attempts of one person on several jobs, a few seconds apart. */
function refusals(scene: Scene, by: Identity, at: number, methods: readonly string[]): readonly Told[] {
  const { random, org } = scene;
  const cluster = random.pick(org.clusters);
  let when = at;
  return methods.map((rpc) => {
    when += random.int(3, 60) * SECOND;
    const name = `projects/${cluster.project.id}/regions/${REGION}/jobs/target-${random.base36(8)}`;
    return simpleCall(
      random,
      { at: when, caller: callerOf(by), denied: true },
      {
        project: cluster.project,
        method: `JobController.${rpc}`,
        name,
        permission: `dataproc.jobs.${rpc.replace('Job', '').toLowerCase()}`,
        request: { '@type': `type.googleapis.com/google.cloud.dataproc.v1.${rpc}Request` },
        cluster,
      },
    );
  });
}

export const IDENTITY_KINDS: readonly InjectionKind[] = [
  {
    rule: 'denied-job-burst',
    variant: 'many-jobs',
    tell: (scene, at, n) => {
      const by = nth(scene.org.people, n * 3);
      return {
        told: refusals(
          scene,
          by,
          at,
          Array.from({ length: scene.random.int(5, 8) }, () => 'DeleteJob'),
        ),
        subject: by.mail,
      };
    },
  },
  {
    rule: 'denied-job-burst',
    variant: 'three-methods',
    tell: (scene, at, n) => {
      const by = nth(scene.org.people, n * 3 + 1);
      return { told: refusals(scene, by, at, ['DeleteJob', 'CancelJob', 'UpdateJob']), subject: by.mail };
    },
  },
  {
    rule: 'dormant-identity-runs-job',
    variant: 'idle-for-months',
    tell: (scene, at, n) => {
      const by = nth(scene.org.dormant, n);
      const start = startOf(scene, by, at, { name: `old-${scene.random.base36(10)}` });
      return { told: job(scene, start).told, subject: by.mail, job: true };
    },
  },
  {
    rule: 'agent-job-without-sponsor',
    variant: 'alone',
    tell: (scene, at, n) => {
      const by = nth(scene.org.agents, n);
      const start = startOf(scene, by, at, { name: `agent-${scene.random.base36(10)}` });
      return { told: job(scene, start).told, subject: by.mail, job: true };
    },
  },
  {
    rule: 'self-grant-then-job',
    variant: 'cluster-policy',
    explains: ['change-without-deploy-record'],
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth([...org.people, ...throughGateway(org)], n);
      const cluster = random.pick(org.clusters);
      const name = `projects/${cluster.project.id}/regions/${REGION}/clusters/${cluster.name}`;
      const member = by.kind === 'person' ? `user:${by.mail}` : `serviceAccount:${by.mail}`;
      const grant = simpleCall(
        random,
        { at, caller: callerOf(by) },
        {
          project: cluster.project,
          method: 'google.iam.v1.IAMPolicy.SetIamPolicy',
          name,
          permission: 'dataproc.clusters.setIamPolicy',
          request: {
            '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
            resource: name,
            policy: { bindings: [{ role: 'roles/dataproc.editor', members: [member] }] },
          },
          cluster,
        },
      );
      const start = startOf(scene, by, at + random.int(1, 50) * MINUTE, { cluster });
      return { told: [grant, ...job(scene, start).told], subject: by.mail, job: true };
    },
  },
  {
    rule: 'runtime-account-new-service',
    variant: 'new-service-after-job',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.people, n);
      const runAs = nth(org.spareAccounts, n);
      const cluster = random.pick(org.clusters);
      const name = `adhoc-${random.base36(10)}`;
      const start = startOf(scene, by, at, { engine: 'batch', runAs, cluster, name });
      const { told, endsAt } = job(scene, start);
      const when = at + random.int(2, 40) * MINUTE;
      const caller = { mail: runAs, ip: `10.132.0.${String(random.int(10, 90))}` };
      const target = nth(MISUSED, n);
      return {
        told: [
          ...told,
          ...dataOf(scene, {
            from: at,
            until: endsAt,
            project: cluster.project,
            runAs,
            script: start.script,
            reads: ['gs://sim-curated/shared'],
            writes: [],
          }),
          platformCall(random, {
            at: when,
            caller,
            project: cluster.project,
            ...target,
            resourceName: target.resourceName(cluster.project.id, cluster.project.number),
          }),
        ],
        subject: runAs,
        job: true,
      };
    },
  },
];

/** What the identity of a worker has no business with. */
const MISUSED = [
  {
    path: 'platform',
    service: 'secretmanager.googleapis.com',
    method: 'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion',
    permission: 'secretmanager.versions.access',
    log: 'data_access',
    resourceName: (_: string, number: string): string =>
      `projects/${number}/secrets/warehouse-password/versions/latest`,
  },
  {
    path: 'iam',
    service: 'iam.googleapis.com',
    method: 'google.iam.admin.v1.ListServiceAccounts',
    permission: 'iam.serviceAccounts.list',
    log: 'data_access',
    resourceName: (id: string): string => `projects/${id}`,
  },
  {
    path: 'platform',
    service: 'compute.googleapis.com',
    method: 'v1.compute.instances.insert',
    permission: 'compute.instances.create',
    log: 'activity',
    resourceName: (id: string): string => `projects/${id}/zones/${REGION}-b/instances/miner-1`,
  },
] as const;
