/** What every alert store must do. Run on each of them by a file of its own (sqlite.test.ts, spanner.test.ts). */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEVERITIES } from '../../schemas/alerting.ts';
import { episodeId } from '../../shared/alerts/episode.ts';
import { createPlan } from '../../shared/alerts/plan.ts';
import type {
  AlertStore,
  Delivery,
  Episode,
  PlanDeliveries,
  StoredSilence,
  Transition,
} from '../../shared/alerts/store.ts';
import { later } from '../../shared/alerts/times.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import { chunks, openerOf, type StoreUnderTest } from '../store/contract/support.ts';
import { alerting, delivery as deliveryWith, finding, storeFindings, T0 } from './findings.ts';

const OPS = createPlan(alerting({ routes: [{ channels: ['ops'], continue: false }] }));
const minutes = (count: number): string => later(T0, count * 60_000);

const resolve = (
  episode: { id: string; n: number },
  at: string,
  id = `resolve ${episode.n}`,
): Transition => ({
  id,
  episode: { id: episode.id, n: episode.n },
  change: 'resolve',
  at,
  by: 'user:google:bo@example.com',
  because: 'command',
});

const heldDelivery = ({ id, n }: Episode, heldBy: string, dueAt: string): Delivery =>
  deliveryWith({ episode: { id, n }, heldBy, dueAt });

export function alertStoreContract(subject: StoreUnderTest): void {
  const open = openerOf(subject);
  const openAlerts = async (): Promise<AlertStore> => (await open()).alerts;
  const only = (episodes: readonly Episode[]): Episode => {
    const [one] = episodes;
    if (one === undefined || episodes.length !== 1) throw new Error(`${episodes.length} episodes`);
    return one;
  };
  const listed = (alerts: AlertStore): Promise<readonly Episode[]> => alerts.episodes({ limit: 1000 });

  describe('findings', () => {
    test('come back as they were stored; unknown ids are left out', async () => {
      const store = await open();
      const whole = finding('a');
      const bare = finding('b', {
        actor: undefined,
        actingFor: [],
        job: undefined,
        environment: undefined,
        evidence: [],
      });
      await storeFindings(store, [
        ['a', whole],
        ['b', bare],
      ]);
      const found = await store.alerts.findings([whole.id, bare.id, 'f'.repeat(64)]);
      expect([...found].sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual(
        [whole, bare].sort((x, y) => (x.id < y.id ? -1 : 1)),
      );
      expect(await store.alerts.findings([])).toEqual([]);
    });

    test('of two contents under one id the one of higher severity', async () => {
      const store = await open();
      await storeFindings(store, [['a', finding('a', { severity: 'high' })]]);
      await storeFindings(store, [['a', finding('a', { severity: 'low' })]], minutes(1));
      const { id } = finding('a');
      expect((await store.alerts.findings([id])).map(({ severity }) => severity)).toEqual(['high']);
    });

    test('unclaimed are the violations that no episode has, oldest first, since a time', async () => {
      const store = await open();
      const names = ['a', 'b', 'c', 'd', 'e'];
      for (const [i, name] of names.entries()) {
        const verdict = name === 'c' ? 'undetermined' : 'violation';
        await storeFindings(store, [[name, finding(name, { verdict })]], minutes(i));
      }
      await store.alerts.claim([finding('b')], T0, OPS);
      const unclaimed = async (since: string, limit = 10): Promise<readonly string[]> =>
        (await store.alerts.unclaimedFindings(since, limit)).map(
          ({ id }) => names.find((n) => finding(n).id === id) ?? '',
        );
      expect(await unclaimed(T0)).toEqual(['a', 'd', 'e']);
      expect(await unclaimed(minutes(3))).toEqual(['d', 'e']);
      expect(await unclaimed(T0, 2)).toEqual(['a', 'd']);
    });

    test('a content of higher severity under a claimed id is unclaimed until it is claimed', async () => {
      const store = await open();
      const low = finding('a', { severity: 'low' });
      const high = finding('a', { severity: 'critical' });
      await storeFindings(store, [['a', low]]);
      await store.alerts.claim([low], T0, OPS);
      expect(await store.alerts.unclaimedFindings(T0, 10)).toEqual([]);
      await storeFindings(store, [['a', high]], minutes(1));
      expect(await store.alerts.unclaimedFindings(T0, 10)).toEqual([high]);
      await store.alerts.claim([high], minutes(1), OPS);
      expect(await store.alerts.unclaimedFindings(T0, 10)).toEqual([]);
      expect(only(await listed(store.alerts))).toMatchObject({ severity: 'critical', occurrences: 1 });
    });
  });

  describe('claim', () => {
    test('opens an episode and says whom to tell', async () => {
      const alerts = await openAlerts();
      const one = finding('a');
      const made = only(await alerts.claim([one], T0, OPS));
      expect(made).toMatchObject({
        id: episodeId(one.rule, one.key),
        n: 1,
        state: 'open',
        occurrences: 1,
        changes: 1,
      });
      expect(made.finding).toEqual(one);
      expect(only(await listed(alerts))).toEqual(made);
      expect(await alerts.deliveries(made)).toMatchObject([
        { channel: 'ops', confirmed: 0, wanted: 1, dueAt: T0 },
      ]);
      expect(await alerts.transitions(made)).toMatchObject([
        { change: 'open', by: 'system:jobtrail', because: one.id },
      ]);
      expect(await alerts.findingIdsOf(made, 10)).toEqual([one.id]);
    });

    test('what is known already changes nothing', async () => {
      const alerts = await openAlerts();
      const before = await alerts.claim([finding('a'), finding('b')], T0, OPS);
      const state = async (): Promise<unknown> => [
        await listed(alerts),
        await alerts.transitions(only(before)),
        await alerts.deliveries(only(before)),
      ];
      const first = await state();
      expect(await alerts.claim([finding('b'), finding('a'), finding('b')], minutes(5), OPS)).toEqual([]);
      expect(await state()).toEqual(first);
    });

    test('undetermined findings make no episode', async () => {
      const alerts = await openAlerts();
      expect(await alerts.claim([finding('a', { verdict: 'undetermined' })], T0, OPS)).toEqual([]);
      expect(await listed(alerts)).toEqual([]);
    });

    test('severity rises with a finding and never falls', async () => {
      const alerts = await openAlerts();
      for (const [i, severity] of (['low', 'critical', 'medium'] as const).entries()) {
        await alerts.claim([finding(`${i}`, { severity })], minutes(i), OPS);
      }
      const made = only(await listed(alerts));
      expect(made).toMatchObject({ severity: 'critical', occurrences: 3, changes: 3 });
      expect(made.finding.id).toBe(finding('1').id);
    });

    test('findings of a batch merge as one change', async () => {
      const alerts = await openAlerts();
      const many = Array.from({ length: 30 }, (_, i) => finding(`${i}`));
      const made = only(await alerts.claim(many, T0, OPS));
      expect((await alerts.transitions(made)).map(({ change }) => change)).toEqual(['open', 'merge']);
      expect(made).toMatchObject({ occurrences: 30, changes: 2 });
    });
  });

  describe('hold', () => {
    test('puts findings under an episode, and nobody is told of them by a later claim', async () => {
      const store = await open();
      const [first, second] = [finding('held'), finding('free', { key: 'another' })];
      await storeFindings(store, [
        ['held', first],
        ['free', second],
      ]);
      const episode = { id: episodeId('digest', 'run'), n: 1 };
      await store.alerts.hold([{ id: first.id, severity: first.severity, episode }]);
      expect((await store.alerts.unclaimedFindings(T0, 10)).map(({ id }) => id)).toEqual([second.id]);
      await store.alerts.claim([first, second], minutes(1), OPS);
      expect((await listed(store.alerts)).map(({ key }) => key)).toEqual([second.key]);
      expect(await store.alerts.findingIdsOf(episode, 10)).toEqual([first.id]);
    });

    test('leaves findings where they are that an episode holds', async () => {
      const store = await open();
      const known = finding('known');
      await storeFindings(store, [['known', known]]);
      const episode = only(await store.alerts.claim([known], T0, OPS));
      const other = { id: episodeId('digest', 'run'), n: 1 };
      await store.alerts.hold([{ id: known.id, severity: known.severity, episode: other }]);
      expect(await store.alerts.findingIdsOf(other, 10)).toEqual([]);
      expect(await store.alerts.findingIdsOf(episode, 10)).toEqual([known.id]);
    });
  });

  describe('transitions', () => {
    test('acknowledge, then resolve, each once', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a')], T0, OPS));
      const acknowledge: Transition = { ...resolve(made, minutes(1), 'ack'), change: 'acknowledge' };
      expect(await alerts.transition(acknowledge)).toBe(true);
      expect(await alerts.transition(acknowledge)).toBe(false);
      expect(await alerts.transition({ ...acknowledge, id: 'ack again' })).toBe(false);
      expect(only(await listed(alerts))).toMatchObject({
        state: 'acknowledged',
        acknowledged: { change: 2 },
      });
      expect(await alerts.transition(resolve(made, minutes(2)))).toBe(true);
      expect(await alerts.transition(resolve(made, minutes(3), 'again'))).toBe(false);
      expect(await alerts.transition({ ...acknowledge, id: 'late' })).toBe(false);
      expect(only(await listed(alerts))).toMatchObject({
        state: 'resolved',
        resolved: { change: 3, by: 'user:google:bo@example.com', at: minutes(2) },
      });
      expect((await alerts.transitions(made)).map(({ change }) => change)).toEqual([
        'open',
        'acknowledge',
        'resolve',
      ]);
    });

    test('an answer is taken back, and can be given again; what is late undoes nothing', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a', { time: minutes(0) })], T0, OPS));
      const answer = (change: Transition['change'], minute: number): Promise<boolean> =>
        alerts.transition({ ...resolve(made, minutes(minute), `${change} ${minute}`), change });
      expect(await answer('reopen', 1)).toBe(false);
      expect(await answer('acknowledge', 2)).toBe(true);
      expect(await answer('reopen', 2)).toBe(false);
      expect(await answer('reopen', 4)).toBe(true);
      expect(await answer('acknowledge', 3)).toBe(false);
      expect(await answer('resolve', 4)).toBe(false);
      expect(only(await listed(alerts))).toMatchObject({
        state: 'open',
        acknowledged: undefined,
        reopened: { change: 3, by: 'user:google:bo@example.com', at: minutes(4) },
      });
      expect(await answer('resolve', 5)).toBe(true);
      expect(await answer('reopen', 6)).toBe(true);
      expect(only(await listed(alerts))).toMatchObject({ state: 'open', resolved: undefined, changes: 5 });
      // Open again, it holds what happens after the resolution that was taken back.
      expect(await alerts.claim([finding('b', { time: minutes(5) })], minutes(7), OPS)).toMatchObject([
        { n: 1, occurrences: 2 },
      ]);
    });

    test('a resolution stays where the next episode is there already', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a', { time: minutes(0) })], T0, OPS));
      await alerts.transition(resolve(made, minutes(1)));
      await alerts.claim([finding('b', { time: minutes(2) })], minutes(2), OPS);
      expect(await alerts.transition({ ...resolve(made, minutes(3), 'back'), change: 'reopen' })).toBe(false);
    });

    test('of an episode that is not there, or that only findings make, are refused', async () => {
      const alerts = await openAlerts();
      expect(await alerts.transition(resolve({ id: 'a'.repeat(64), n: 1 }, T0))).toBe(false);
      const made = only(await alerts.claim([finding('a')], T0, OPS));
      expect(await alerts.transition({ ...resolve(made, T0), change: 'reopen' })).toBe(false);
    });

    test('a finding from after a resolution opens the next, one from before merges quietly', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a', { time: minutes(0) })], T0, OPS));
      await alerts.transition(resolve(made, minutes(10)));
      const quiet = only(await alerts.claim([finding('b', { time: minutes(9) })], minutes(11), OPS));
      expect(quiet).toMatchObject({ n: 1, state: 'resolved', occurrences: 2 });
      const next = only(await alerts.claim([finding('c', { time: minutes(12) })], minutes(13), OPS));
      expect(next).toMatchObject({ id: made.id, n: 2, state: 'open', occurrences: 1 });
      expect((await alerts.transitions(next)).map(({ change }) => change)).toEqual(['reopen']);
      expect(await alerts.claim([finding('d', { time: minutes(10) })], minutes(14), OPS)).toMatchObject([
        { n: 1 },
      ]);
      expect(await alerts.claim([finding('e', { time: minutes(11) })], minutes(15), OPS)).toMatchObject([
        { n: 2 },
      ]);
    });

    test('a resolution is due on the channels that know of the episode', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a')], T0, OPS));
      await alerts.takeDue('ops', T0, 'me', minutes(2), 10);
      await alerts.update({ episode: made, channel: 'ops' }, 'me', ({ delivery }) => ({
        ...delivery,
        confirmed: 1,
        lease: undefined,
        dueAt: undefined,
      }));
      expect(await alerts.dueChannels(minutes(60))).toEqual([]);
      await alerts.transition(resolve(made, minutes(5)));
      expect(await alerts.deliveries(made)).toMatchObject([{ confirmed: 1, wanted: 2, dueAt: minutes(5) }]);
    });
  });

  describe('deliveries', () => {
    const many = Array.from({ length: 12 }, (_, i) => finding(`${i}`, { key: `key ${i}` }));

    test('are given to one taker each, however many ask at once', async () => {
      const first = await open();
      const second = await open('same');
      await first.alerts.claim(many, T0, OPS);
      const takers = await Promise.all(
        [first, second, first, second].map((store, i) =>
          store.alerts.takeDue('ops', minutes(1), `taker ${i}`, minutes(3), 5),
        ),
      );
      const taken = takers.flat().map(({ episode }) => episode.id);
      expect(new Set(taken).size).toBe(taken.length);
      const rest = await first.alerts.takeDue('ops', minutes(1), 'rest', minutes(3), 100);
      expect(new Set([...taken, ...rest.map(({ episode }) => episode.id)]).size).toBe(12);
      expect(await second.alerts.takeDue('ops', minutes(2), 'late', minutes(4), 100)).toEqual([]);
    });

    test('come back when their lease has ended, and the old taker cannot write them', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a')], T0, OPS));
      await alerts.takeDue('ops', T0, 'old', minutes(2), 10);
      expect(await alerts.dueChannels(minutes(1))).toEqual([]);
      expect(await alerts.dueChannels(minutes(2))).toEqual(['ops']);
      expect(await alerts.takeDue('ops', minutes(2), 'new', minutes(4), 10)).toMatchObject([
        { lease: 'new' },
      ]);
      const ref = { episode: made, channel: 'ops' };
      expect(
        await alerts.update(ref, 'old', ({ delivery }) => ({ ...delivery, confirmed: 9 })),
      ).toBeUndefined();
      const written = await alerts.update(ref, 'new', ({ delivery }) => ({
        ...delivery,
        ref: 'r',
        sendingSince: T0,
      }));
      expect(written?.delivery).toMatchObject({ confirmed: 0, ref: 'r', sendingSince: T0 });
      expect(await alerts.deliveries(made)).toEqual([written?.delivery]);
    });

    test('a claim while one is taken raises what is wanted and leaves the lease alone', async () => {
      const alerts = await openAlerts();
      const made = only(await alerts.claim([finding('a')], T0, OPS));
      await alerts.takeDue('ops', T0, 'me', minutes(2), 10);
      await alerts.claim([finding('b')], minutes(1), OPS);
      expect(await alerts.deliveries(made)).toMatchObject([{ wanted: 2, lease: 'me', dueAt: minutes(2) }]);
    });

    test('the longest due come first, of the channel asked for', async () => {
      const alerts = await openAlerts();
      const two = createPlan(alerting({ routes: [{ channels: ['a', 'b'], continue: false }] }));
      for (const [i, one] of many.slice(0, 4).entries()) await alerts.claim([one], minutes(4 - i), two);
      expect(await alerts.dueChannels(minutes(1))).toEqual(['a', 'b']);
      expect(await alerts.dueChannels(T0)).toEqual([]);
      const taken = await alerts.takeDue('a', minutes(9), 'me', minutes(11), 3);
      expect(taken.map(({ episode }) => episode.id)).toEqual(
        [3, 2, 1].map((i) => episodeId(finding('x').rule, `key ${i}`)),
      );
      expect(new Set(taken.map(({ channel }) => channel))).toEqual(new Set(['a']));
    });
  });

  describe('silences', () => {
    const silence = (over: Partial<StoredSilence> = {}): StoredSilence => ({
      id: 's-1',
      rules: ['r1'],
      severities: ['low', 'high'],
      environments: undefined,
      teams: undefined,
      keys: ['k, with "quotes"'],
      owner: 'user:google:ana@example.com',
      reason: 'migration',
      from: T0,
      until: minutes(60),
      createdAt: T0,
      createdBy: 'user:named/cli:ana',
      ...over,
    });

    test('come back as their last row says, until they end', async () => {
      const alerts = await openAlerts();
      const other = silence({
        id: 's-2',
        rules: undefined,
        keys: undefined,
        teams: ['t'],
        environments: ['prod'],
      });
      await alerts.putSilence(silence());
      await alerts.putSilence(other);
      expect(await alerts.silences(minutes(59))).toEqual([silence(), other]);
      expect(await alerts.silences(minutes(60))).toEqual([]);
      const ended = silence({ createdAt: minutes(1), until: minutes(1) });
      await alerts.putSilence(ended);
      expect(await alerts.silences(T0)).toEqual([ended, other]);
      expect(await alerts.silences(minutes(1))).toEqual([other]);
    });

    test('one that ends early lets go what it holds back, and that alone', async () => {
      const alerts = await openAlerts();
      const plan =
        (by: string): PlanDeliveries =>
        (of) => [heldDelivery(of, by, minutes(60))];
      await alerts.claim([finding('a', { key: 'k1' })], T0, plan('s-1'));
      await alerts.claim([finding('b', { key: 'k2' })], T0, plan('s-2'));
      await alerts.putSilence(silence());
      expect(await alerts.dueChannels(minutes(59))).toEqual([]);
      await alerts.putSilence(silence({ createdAt: minutes(5), until: minutes(5) }));
      expect(await alerts.takeDue('ops', minutes(5), 'me', minutes(7), 9)).toMatchObject([{ heldBy: 's-1' }]);
    });
  });

  describe('episodes', () => {
    test('are listed by state, rule and id', async () => {
      const alerts = await openAlerts();
      await alerts.claim([finding('a', { rule: 'r1' })], minutes(0), OPS);
      const other = only(await alerts.claim([finding('b', { rule: 'r2' })], minutes(1), OPS));
      await alerts.transition(resolve(other, minutes(2)));
      const rules = async (
        filter: Omit<Parameters<AlertStore['episodes']>[0], 'limit'>,
      ): Promise<readonly string[]> =>
        (await alerts.episodes({ ...filter, limit: 10 })).map(({ rule }) => rule);
      expect(await rules({})).toEqual(['r2', 'r1']);
      expect(await rules({ states: ['open', 'acknowledged'] })).toEqual(['r1']);
      expect(await rules({ rule: 'r2' })).toEqual(['r2']);
      expect(await rules({ ids: [other.id], states: ['resolved'] })).toEqual(['r2']);
      expect(await rules({ ids: [] })).toEqual([]);
      expect(await rules({ severities: ['high'] })).toEqual(['r2', 'r1']);
      expect(await rules({ severities: ['low'] })).toEqual([]);
      expect(await rules({ idPrefix: other.id.slice(0, 12) })).toEqual(['r2']);
      expect(await rules({ idPrefix: `${other.id}0` })).toEqual([]);
    });
  });

  describe('order', () => {
    const some = fc.uniqueArray(
      fc.record({
        name: fc.nat(40),
        key: fc.constantFrom('k1', 'k2', 'k3'),
        severity: fc.constantFrom(...SEVERITIES),
        minute: fc.integer({ min: 0, max: 20 }),
      }),
      { minLength: 1, maxLength: 24, selector: ({ name, key }) => `${name} ${key}` },
    );
    /** What does not depend on when findings were claimed. */
    const told = ({
      id,
      n,
      state,
      severity,
      occurrences,
      firstSeen,
      lastSeen,
      finding: of,
    }: Episode): unknown => ({
      id,
      n,
      state,
      severity,
      occurrences,
      firstSeen,
      lastSeen,
      of,
    });
    const toldAll = async (alerts: AlertStore): Promise<readonly unknown[]> =>
      (await listed(alerts)).toSorted((a, b) => (a.id === b.id ? a.n - b.n : a.id < b.id ? -1 : 1)).map(told);

    test('any order, any repetition, any batches give the same episodes', async () => {
      await fc.assert(
        fc.asyncProperty(
          some,
          fc.func(fc.nat()),
          fc.integer({ min: 1, max: 9 }),
          fc.boolean(),
          async (specs, shuffle, size, withResolution) => {
            const findings = specs.map(({ name, minute, ...over }) =>
              finding(`${name}`, { ...over, time: minutes(minute) }),
            );
            const seeds = ['k1', 'k2', 'k3'].map((key) => finding(`seed ${key}`, { key, time: minutes(0) }));
            const shuffled = [...findings, ...findings]
              .map((one, i) => [shuffle(i, one.id), one] as const)
              .sort(([a], [b]) => a - b)
              .map(([, one]) => one);
            const run = async (batches: readonly (readonly Finding[])[]): Promise<readonly unknown[]> => {
              const alerts = await openAlerts();
              const opened = await alerts.claim(seeds, T0, OPS);
              if (withResolution)
                for (const one of opened) await alerts.transition(resolve(one, minutes(10)));
              for (const [i, batch] of batches.entries()) await alerts.claim(batch, minutes(i), OPS);
              return toldAll(alerts);
            };
            expect(await run(chunks(shuffled, size))).toEqual(await run([findings]));
          },
        ),
        { numRuns: subject.runs },
      );
    });
  });
}
