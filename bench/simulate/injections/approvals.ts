/** Jobs that need an approval and have none that holds, each in another way. */
import { approval, type Approval } from '../formats/records.ts';
import type { Identity } from '../organisation/organisation.ts';
import { dataOf, hops, targetOf, work, type Scene, type Start } from '../scene.ts';
import { HOUR, MINUTE, type Told } from '../told.ts';
import { nth, throughGateway, type InjectionKind } from './kind.ts';

const RULE = 'action-without-approval';
const SETTLED = 'policy-not-met-once-settled';

type Given = (
  scene: Scene,
  job: { readonly name: string; readonly at: number; readonly by: Identity; readonly approver: string },
) => readonly Partial<Approval>[];

/** A job named `push-…` by a person on the usual way, with these approvals before it. */
function push(scene: Scene, at: number, n: number, prefix: string, given: Given) {
  const { random, org } = scene;
  const by = nth(org.people, n);
  const name = `${prefix}-${random.base36(10)}`;
  const approver = random.pick(org.approvers.filter((mail) => mail !== by.mail));
  const approvals = given(scene, { name, at, by, approver }).map((one) =>
    approval({
      at: at - 20 * MINUTE,
      id: `CHG-${random.digits(7)}`,
      approver,
      for: by.mail,
      what: { actions: ['job.submit'], job: name, environment: 'prod' },
      until: at + 2 * HOUR,
      ...one,
    }),
  );
  return { by, name, told: [...approvals, ...pushed(scene, by, name, at)] };
}

function pushed(scene: Scene, by: Identity, name: string, at: number): readonly Told[] {
  const { random, org } = scene;
  const start: Start = {
    at,
    engine: 'dataproc',
    name,
    by,
    cluster: random.pick(org.clusters),
    script: 'gs://sim-code/share/push.py',
    keyed: random.chance(0.5),
    requestId: random.uuid(),
  };
  const done = work(scene, start, { minutes: random.int(2, 10) });
  return [
    ...hops(scene, {
      at: at - random.int(120, 700),
      by,
      way: by.way,
      target: targetOf(start),
      requestId: start.requestId,
    }),
    ...done.told,
    ...dataOf(scene, {
      from: at,
      until: done.endsAt,
      project: start.cluster.project,
      runAs: start.cluster.runAs,
      script: start.script,
      reads: ['gs://sim-curated/shared'],
      writes: ['gs://sim-exchange/partners'],
    }),
  ];
}

const kind = (variant: string, given: Given): InjectionKind => ({
  rule: RULE,
  variant,
  tell: (scene, at, n) => {
    const { told, by } = push(scene, at, n, 'push', given);
    return { told, subject: by.mail, job: true };
  },
});

export const APPROVAL_KINDS: readonly InjectionKind[] = [
  kind('none', () => []),
  kind('expired', (_, { at }) => [{ at: at - 5 * HOUR, until: at - 3 * MINUTE }]),
  kind('over-scope', ({ random }) => [
    { what: { actions: ['job.submit'], job: `push-${random.base36(10)}`, environment: 'prod' } },
  ]),
  kind('self-approved', (_, { by }) => [{ approver: by.mail }]),
  kind('nobody-signed', () => [{ signer: 'nobody' }]),
  kind('signed-by-a-stranger', () => [{ signer: 'stranger' }]),
  kind('for-somebody-else', ({ org }, { by }) => [
    {
      for: nth(
        org.people.filter(({ mail }) => mail !== by.mail),
        by.mail.length,
      ).mail,
    },
  ]),
  {
    rule: RULE,
    variant: 'used-up',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      // A service, which has nothing else that could take up an approval for anything.
      const by = nth(throughGateway(org), n);
      const name = `push-${random.base36(10)}`;
      const approver = random.pick(org.approvers);
      // One use of it is right, and which one of the two that is nobody can tell but by their order.
      const what = { actions: ['job.submit'], environment: 'prod' };
      const until = at + 2 * HOUR;
      const legitimate = scene.book.tell([
        approval({
          at: at - 20 * MINUTE,
          id: `CHG-${random.digits(7)}`,
          approver,
          for: by.mail,
          what,
          until,
          uses: 1,
        }),
        ...pushed(scene, by, `${name}-1`, at - 6 * MINUTE),
      ]);
      scene.book.jobs += 1;
      return { told: pushed(scene, by, `${name}-2`, at), beside: [legitimate], subject: by.mail, job: true };
    },
  },
  {
    rule: RULE,
    variant: 'replayed',
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const by = nth(org.people, n);
      const name = `push-${random.base36(10)}`;
      const approver = random.pick(org.approvers.filter((mail) => mail !== by.mail));
      const granted = approval({
        at: at - 50 * MINUTE,
        id: `CHG-${random.digits(7)}`,
        approver,
        for: by.mail,
        what: { actions: ['job.submit'], job: name, environment: 'prod' },
        until: at - 10 * MINUTE,
        uses: 1,
      });
      const legitimate = scene.book.tell([granted, ...pushed(scene, by, name, at - 40 * MINUTE)]);
      scene.book.jobs += 1;
      // The very same record again, after its end: it is one approval, whoever publishes it how often.
      const again: Told = { ...granted, at: at - MINUTE };
      return {
        told: [again, ...pushed(scene, by, `${name}-again`, at)],
        beside: [legitimate],
        subject: by.mail,
        job: true,
      };
    },
  },
  {
    rule: SETTLED,
    variant: 'vault-without-approval',
    explains: [RULE],
    tell: (scene, at, n) => {
      const { told, by } = push(scene, at, n, 'vault', () => []);
      return { told, subject: by.mail, job: true };
    },
  },
  {
    rule: SETTLED,
    variant: 'vault-self-approved',
    explains: [RULE],
    tell: (scene, at, n) => {
      const { told, by } = push(scene, at, n, 'vault', (_, one) => [{ approver: one.by.mail }]);
      return { told, subject: by.mail, job: true };
    },
  },
];
