import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageId } from '../../shared/alerts/alert.ts';
import type { SendResult } from '../../shared/alerts/notice.ts';
import type { AlertStore, Episode, StoredSilence, Transition } from '../../shared/alerts/store.ts';
import { later } from '../../shared/alerts/times.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { alerting, finding, T0 } from './findings.ts';
import { run, simulate, type Simulation, type Told } from './simulation.ts';

let store: Store;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

const CHANNELS = { slack: { kind: 'log' as const }, pager: { kind: 'log' as const } };
const BOTH = alerting({ channels: CHANNELS, routes: [{ channels: ['slack', 'pager'], continue: false }] });
const SLACK = alerting({ channels: CHANNELS, routes: [{ channels: ['slack'], continue: false }] });
const SENT: SendResult = { kind: 'sent', ref: 'r' };

const changes = (told: readonly Told[], channel?: string): readonly string[] =>
  told.filter((one) => channel === undefined || one.channel === channel).map(({ notice }) => notice.change);

async function answer(
  simulation: Simulation,
  change: 'acknowledge' | 'resolve' | 'reopen',
  over: Partial<Transition> = {},
): Promise<void> {
  const [episode] = await store.alerts.episodes({ limit: 1 });
  if (episode === undefined) throw new Error('no episode');
  const done = await store.alerts.transition({
    id: `${change} ${episode.n}`,
    episode: { id: episode.id, n: episode.n },
    change,
    at: simulation.now(),
    by: 'user:google:bo@example.com',
    because: 'test',
    ...over,
  });
  expect(done).toBe(true);
}

describe('the messages of an episode', () => {
  test('open at once, merge once a minute, acknowledge and resolve at once', async () => {
    const simulation = simulate(store.alerts, SLACK);
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    expect(simulation.told).toMatchObject([
      {
        notice: { change: 'open', state: 'open', occurrences: 1, why: 'because', runbook: ['look'] },
        sent: undefined,
      },
    ]);
    for (let second = 1; second <= 59; second += 1) {
      simulation.wait(1);
      await deliverer.accept([finding(`more ${second}`)]);
      await run(deliverer);
    }
    expect(changes(simulation.told)).toEqual(['open']);
    simulation.wait(1);
    await run(deliverer);
    expect(simulation.told[1]).toMatchObject({
      notice: { change: 'merge', occurrences: 60 },
      sent: { ref: 'ref-1', maybeSent: false },
    });
    await answer(simulation, 'acknowledge');
    await run(deliverer);
    await deliverer.accept([finding('later')]);
    await answer(simulation, 'resolve');
    await run(deliverer);
    expect(changes(simulation.told)).toEqual(['open', 'merge', 'acknowledge', 'resolve']);
    expect(simulation.told.at(-1)?.notice).toMatchObject({
      state: 'resolved',
      by: 'user:google:bo@example.com',
      occurrences: 61,
    });
    simulation.wait(3600);
    await deliverer.accept([finding('quiet', { time: T0 })]);
    await run(deliverer);
    expect(simulation.told).toHaveLength(4);
  });

  test('the same findings twice, shuffled and duplicated, make no second message', async () => {
    const simulation = simulate(store.alerts, BOTH);
    const deliverer = simulation.start();
    const all = Array.from({ length: 20 }, (_, i) => finding(`${i}`, { key: `k${i % 4}` }));
    await deliverer.accept(all);
    await run(deliverer);
    expect(simulation.told).toHaveLength(8);
    for (let replay = 0; replay < 3; replay += 1) {
      await deliverer.accept([...all, ...all].toReversed());
      simulation.wait(120);
      await run(deliverer);
    }
    expect(simulation.told).toHaveLength(8);
  });

  test('a second incident after a resolution is a new message', async () => {
    const simulation = simulate(store.alerts, SLACK);
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    await answer(simulation, 'resolve');
    simulation.wait(600);
    await deliverer.accept([finding('b', { time: simulation.now() })]);
    await run(deliverer);
    expect(simulation.told.map(({ notice, sent }) => [notice.change, notice.episode.n, sent?.ref])).toEqual([
      ['open', 1, undefined],
      ['resolve', 1, 'ref-1'],
      ['open', 2, undefined],
    ]);
  });

  test('without a route it goes to the channel log', async () => {
    const simulation = simulate(store.alerts, alerting({ channels: CHANNELS }));
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    expect(simulation.told.map(({ channel }) => channel)).toEqual(['log']);
  });

  test('a silence holds it back, and ends in one message if it is still open', async () => {
    const until = '2026-11-20T13:00:00Z';
    const silenced = { ...SLACK, silences: [{ id: 's1', owner: 'ana', reason: 'maintenance', until }] };
    const simulation = simulate(store.alerts, silenced);
    const deliverer = simulation.start();
    await deliverer.accept([finding('a'), finding('gone', { key: 'other' })]);
    await run(deliverer);
    const [gone] = await store.alerts
      .episodes({ limit: 5, rule: finding('a').rule })
      .then((all) => all.filter(isGone));
    await answer(simulation, 'resolve', { episode: { id: gone?.id ?? '', n: 1 } });
    simulation.wait(1800);
    await deliverer.accept([finding('b')]);
    await run(deliverer);
    expect(simulation.asked).toEqual([]);
    expect(await store.alerts.deliveries(gone ?? { id: '', n: 0 })).toMatchObject([
      { confirmed: 2, dueAt: undefined },
    ]);
    simulation.wait(1800);
    await run(deliverer);
    expect(simulation.told).toMatchObject([
      { notice: { change: 'open', occurrences: 2, key: finding('a').key } },
    ]);
  });

  const isGone = ({ key }: Episode): boolean => key === 'other';
});

describe('channels that fail', () => {
  test('nothing is lost while Slack answers 429 for a minute and PagerDuty 500 for two', async () => {
    const simulation: Simulation = simulate(store.alerts, BOTH, {
      slack: () =>
        simulation.seconds() < 60
          ? { kind: 'retry', reason: '429', afterMs: (60 - simulation.seconds()) * 1000 }
          : SENT,
      pager: () =>
        simulation.seconds() < 120
          ? { kind: 'retry', reason: '500', afterMs: undefined, maybeSent: true }
          : SENT,
    });
    const deliverer = simulation.start();
    await deliverer.accept(Array.from({ length: 30 }, (_, i) => finding(`${i}`, { key: `k${i}` })));
    for (let second = 0; second <= 300; second += 1) {
      await run(deliverer);
      simulation.wait(1);
    }
    for (const channel of ['slack', 'pager']) {
      const told = simulation.told.filter((one) => one.channel === channel);
      expect(new Set(told.map(({ notice }) => notice.key)).size).toBe(30);
      expect(told).toHaveLength(30);
    }
    // The 429 of one message held all the others of the channel back.
    expect(simulation.asked.filter(({ channel }) => channel === 'slack')).toHaveLength(31);
    const slack = simulation.told.filter(({ channel }) => channel === 'slack');
    expect(slack.filter(({ at }) => Date.parse(at) < Date.parse(T0) + 60_000)).toEqual([]);
    // What may have been taken all the same is said: of each message that was tried before.
    for (const one of simulation.told) {
      const tries = simulation.asked.filter(
        ({ channel, notice }) => channel === one.channel && notice.key === one.notice.key,
      );
      expect(one.sent?.maybeSent ?? false).toBe(one.channel === 'pager' && tries.length > 1);
    }
  });

  test('a refusal is an alert on the other channels, once, and makes none of its own when that fails too', async () => {
    const refuse = (): SendResult => ({ kind: 'refused', reason: 'invalid_auth' });
    const simulation = simulate(store.alerts, SLACK, { slack: refuse, pager: refuse });
    const deliverer = simulation.start();
    await deliverer.accept([finding('a'), finding('b', { key: 'other' })]);
    await run(deliverer);
    await run(deliverer);
    expect(simulation.asked.map(({ channel, notice }) => `${channel} ${notice.rule}`)).toEqual([
      'slack static-credential-on-job-path',
      'slack static-credential-on-job-path',
      'pager alert-undelivered',
    ]);
    const episodes = await store.alerts.episodes({ limit: 9, rule: 'alert-undelivered' });
    expect(episodes).toMatchObject([
      {
        key: 'slack',
        occurrences: 2,
        finding: { evidence: expect.arrayContaining([['reason', 'invalid_auth']]) },
      },
    ]);
    expect(simulation.log.filter(({ severity }) => severity === 'ERROR')).toHaveLength(3);
    for (const episode of await store.alerts.episodes({ limit: 9 })) {
      expect(await store.alerts.deliveries(episode)).toMatchObject([{ failedAt: T0, dueAt: undefined }]);
    }
  });

  test('the next occurrence tries a failed channel again, an hour later at the earliest', async () => {
    let valid = false;
    const simulation = simulate(store.alerts, SLACK, {
      slack: () => (valid ? SENT : { kind: 'refused', reason: 'invalid_auth' }),
    });
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    valid = true;
    await deliverer.accept([finding('b')]);
    simulation.wait(3599);
    await run(deliverer);
    expect(changes(simulation.told, 'slack')).toEqual([]);
    simulation.wait(1);
    await run(deliverer);
    expect(simulation.told.at(-1)).toMatchObject({
      channel: 'slack',
      notice: { change: 'open', occurrences: 2 },
    });
  });

  test('after a day of trying it is given up and told elsewhere', async () => {
    const simulation = simulate(store.alerts, SLACK, {
      slack: () => ({ kind: 'retry', reason: 'Slack answered 500.', afterMs: undefined }),
    });
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await run(deliverer);
      simulation.wait(60);
    }
    expect(simulation.told).toEqual([]);
    for (let minute = 0; minute < 20; minute += 1) {
      await run(deliverer);
      simulation.wait(60);
    }
    expect(simulation.told).toMatchObject([{ channel: 'pager', notice: { rule: 'alert-undelivered' } }]);
  });

  test('what is due on a channel that the configuration has no more is an alert, not forgotten', async () => {
    await simulate(store.alerts, alerting({ routes: [{ channels: ['gone'], continue: false }] }))
      .start()
      .accept([finding('a')]);
    const simulation = simulate(store.alerts, SLACK);
    await run(simulation.start());
    expect(simulation.told.map(({ notice }) => [notice.rule, notice.key])).toEqual([
      ['alert-undelivered', 'gone'],
      ['alert-undelivered', 'gone'],
    ]);
  });

  test('an opening that is told late is followed by what came after it', async () => {
    let up = false;
    const simulation = simulate(store.alerts, SLACK, {
      slack: () => (up ? SENT : { kind: 'retry', reason: '500', afterMs: undefined }),
    });
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    await answer(simulation, 'acknowledge');
    await answer(simulation, 'resolve');
    up = true;
    simulation.wait(60);
    await run(deliverer);
    expect(simulation.told.map(({ notice }) => [notice.change, notice.state])).toEqual([
      ['open', 'open'],
      ['resolve', 'resolved'],
    ]);
  });
});

describe('several deliverers', () => {
  test('two at once send nothing twice', async () => {
    const simulation = simulate(store.alerts, BOTH, {
      slack: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return SENT;
      },
    });
    const deliverers = Array.from({ length: 4 }, () => simulation.start());
    const findings = Array.from({ length: 60 }, (_, i) => finding(`${i}`, { key: `k${i}` }));
    await Promise.all(deliverers.map((one) => one.accept(findings).then(() => run(one))));
    expect(simulation.told).toHaveLength(120);
    expect(new Set(simulation.told.map(({ channel, notice }) => `${channel} ${notice.key}`)).size).toBe(120);
  });

  test('one that dies in the middle of a send is followed by one that says so', async () => {
    const simulation = simulate(store.alerts, SLACK);
    const dying = simulation.start();
    await dying.accept([finding('a')]);
    await store.alerts.takeDue('slack', T0, 'dead', '2026-11-20T12:02:00.000000000Z', 1);
    const [episode] = await store.alerts.episodes({ limit: 1 });
    await store.alerts.update(
      { episode: episode ?? { id: '', n: 0 }, channel: 'slack' },
      'dead',
      ({ delivery }) => ({
        ...delivery,
        sendingSince: T0,
      }),
    );
    const next = simulation.start();
    await run(next);
    expect(simulation.asked).toEqual([]);
    simulation.wait(120);
    await run(next);
    expect(simulation.told).toMatchObject([{ sent: { ref: undefined, maybeSent: true } }]);
  });

  test('a store that fails fails the call, and the work is there for the next', async () => {
    let fails = true;
    const flaky: AlertStore = {
      ...store.alerts,
      update: (...call) => (fails ? Promise.reject(new Error('unavailable')) : store.alerts.update(...call)),
    };
    const simulation = simulate(flaky, SLACK);
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await expect(run(deliverer)).rejects.toThrow('unavailable');
    fails = false;
    simulation.wait(120);
    await run(deliverer);
    expect(changes(simulation.told)).toEqual(['open']);
  });
});

describe('an answer that is taken back', () => {
  test('is told at once to all who know of the episode, and the next answer as a new one', async () => {
    const simulation = simulate(store.alerts, BOTH);
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    const steps = ['acknowledge', 'reopen', 'acknowledge', 'resolve', 'reopen', 'resolve'] as const;
    for (const [i, change] of steps.entries()) {
      simulation.wait(1);
      await answer(simulation, change, { id: `${change} ${i}` });
      await run(deliverer);
    }
    for (const channel of ['slack', 'pager']) {
      expect(changes(simulation.told, channel)).toEqual(['open', ...steps]);
    }
    const slack = simulation.told.filter(({ channel }) => channel === 'slack').map(({ notice }) => notice);
    expect(slack.map(({ state }) => state)).toEqual([
      'open',
      'acknowledged',
      'open',
      'acknowledged',
      'resolved',
      'open',
      'resolved',
    ]);
    expect(slack[2]?.by).toBe('user:google:bo@example.com');
    expect(new Set(slack.map(messageId)).size).toBe(slack.length);
  });
});

describe('silences of the command line', () => {
  const silence = (over: Partial<StoredSilence> = {}): StoredSilence => ({
    id: 's-1',
    rules: [finding('a').rule],
    owner: 'user:google:ana@example.com',
    reason: 'migration',
    from: T0,
    until: later(T0, 3_600_000),
    createdAt: T0,
    createdBy: 'user:named/cli:ana',
    ...over,
  });

  test('hold back what they match from when they are stored, without a restart', async () => {
    const simulation = simulate(store.alerts, SLACK);
    const deliverer = simulation.start();
    await store.alerts.putSilence(silence());
    await deliverer.accept([finding('a'), finding('b', { rule: 'another' })]);
    await run(deliverer);
    expect(simulation.told.map(({ notice }) => notice.rule)).toEqual(['another']);
    simulation.wait(3599);
    await run(deliverer);
    expect(simulation.told).toHaveLength(1);
    simulation.wait(1);
    await run(deliverer);
    expect(simulation.told).toHaveLength(2);
  });

  test('let go at once when they are ended early', async () => {
    const simulation = simulate(store.alerts, SLACK);
    const deliverer = simulation.start();
    await store.alerts.putSilence(silence());
    await deliverer.accept([finding('a')]);
    await run(deliverer);
    simulation.wait(60);
    await store.alerts.putSilence(silence({ createdAt: simulation.now(), until: simulation.now() }));
    await run(deliverer);
    expect(changes(simulation.told)).toEqual(['open']);
  });
});
