/** Storms and outages: the clock is simulated, Slack and PagerDuty are asked over HTTP by their own channels. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dedupKey } from '../../shared/alerts/pagerduty/message.ts';
import type { Deliverer } from '../../shared/alerts/deliver.ts';
import { later } from '../../shared/alerts/times.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { alerting, finding, T0 } from './findings.ts';
import type { Around, Behaviour } from './server.ts';
import { json } from './slack/fake-slack.ts';
import { addressesOf, channelsAt, configuredAt, serveAll, type Services } from './services.ts';
import { type Answer, run, simulate, type Simulation } from './simulation.ts';

const GROUPS = 50;

let store: Store;
let services: Services;
let simulation: Simulation;
/** How each service takes a request now. */
let slackWhen: Around;
let pagerWhen: Around;

beforeEach(async () => {
  slackWhen = pagerWhen = (_, work) => work();
  store = await openStore('sqlite::memory:');
  services = await serveAll({
    slack: (asked, work) => slackWhen(asked, work),
    pager: (asked, work) => pagerWhen(asked, work),
  });
  const addresses = addressesOf(services);
  const channels = channelsAt(addresses, { now: () => new Date(simulation.now()) });
  const through = (name: string): Answer => {
    const channel = channels.get(name);
    if (channel === undefined) throw new Error(`no channel ${name}`);
    return ({ notice, sent }) => channel.send(notice, sent);
  };
  const { hook: _, ...configured } = configuredAt(addresses);
  simulation = simulate(
    store.alerts,
    alerting({ channels: configured, routes: [{ channels: ['slack', 'pager'], continue: false }] }),
    { slack: through('slack'), pager: through('pager') },
  );
});
afterEach(async () => {
  await services.stop();
  await store.close();
});

const roots = () => services.slack.messages.filter(({ thread }) => thread === undefined);
const replies = () => services.slack.messages.filter(({ thread }) => thread !== undefined);
const calls = (method: string): number => services.slack.calls.filter((call) => call === method).length;

/** Findings of one minute, evenly over it and over the groups; all that is due is sent after each batch. */
async function storm(deliverers: readonly Deliverer[], batches: number, size: number): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    const findings = Array.from({ length: size }, (_, i) =>
      finding(`${batch}/${i}`, { key: `k${(batch * size + i) % GROUPS}`, time: simulation.now() }),
    );
    await deliverers[batch % deliverers.length]?.accept(findings);
    await Promise.all(deliverers.map(run));
    simulation.wait(60 / batches);
  }
}

/** Each group has one message and one incident, which tell of all occurrences; and no reply came twice. */
async function expectAllTold(occurrences: number): Promise<void> {
  const episodes = await store.alerts.episodes({ limit: 1000 });
  expect(episodes).toHaveLength(GROUPS);
  const ids = episodes.map(({ id }) => id).toSorted();
  expect(
    roots()
      .map(({ metadata }) => metadata)
      .toSorted(byText),
  ).toEqual(
    ids
      .map((episode) => ({ event_type: 'jobtrail_alert', event_payload: { episode, n: 1 } }))
      .toSorted(byText),
  );
  for (const { text } of roots()) expect(text).toMatch(new RegExp(` · ${occurrences} times$`));
  const told = replies().map(({ metadata }) => JSON.stringify(metadata));
  expect(new Set(told).size).toBe(told.length);
  const { incidents } = services.pager;
  expect(incidents.map(({ key }) => key).toSorted()).toEqual(
    ids.map((id) => dedupKey({ id, n: 1 })).toSorted(),
  );
  expect(incidents.every((incident) => incident.occurrences === occurrences)).toBe(true);
  expect(await store.alerts.dueChannels('2999-01-01T00:00:00.000000000Z')).toEqual([]);
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe('a storm', () => {
  test('10,000 findings in a minute on 50 groups are 50 messages and their updates', async () => {
    const deliverers = [simulation.start(), simulation.start()];
    await storm(deliverers, 100, 100);
    expect(simulation.seconds()).toBeCloseTo(60);
    expect(roots()).toHaveLength(GROUPS);
    simulation.wait(60);
    await Promise.all(deliverers.map(run));
    await expectAllTold(200);
    // Each group at 0 s, 60 s and 120 s: the message, and twice its update with one line in the thread.
    expect(replies().length).toBeLessThanOrEqual(2 * GROUPS);
    expect(calls('chat.update')).toBe(replies().length);
    expect(calls('chat.postMessage')).toBe(GROUPS + replies().length);
    expect(services.slack.calls).toHaveLength(GROUPS + 2 * replies().length);
    expect(services.pager.asked.length).toBeLessThanOrEqual(3 * GROUPS);
  }, 120_000);
});

describe('outages', () => {
  test('nothing is lost while Slack answers 429 for a minute and PagerDuty 500 for two', async () => {
    slackWhen = (_, work): Behaviour =>
      simulation.seconds() < 60
        ? { status: 429, headers: { 'retry-after': String(Math.ceil(60 - simulation.seconds())) } }
        : work();
    // Every other one has been taken all the same.
    pagerWhen = (_, work): Behaviour => {
      if (simulation.seconds() >= 120) return work();
      if (services.pager.asked.length % 2 === 0) work();
      return { status: 500, body: 'upstream error' };
    };
    const deliverer = simulation.start();
    await storm([deliverer], 60, GROUPS);
    expect(roots()).toEqual([]);
    // The 429 of one message holds all the others of the channel back.
    expect(services.slack.asked).toHaveLength(1);
    for (let second = 60; second <= 400; second += 1) {
      await run(deliverer);
      simulation.wait(1);
    }
    await expectAllTold(60);
    expect(simulation.told.find(({ channel }) => channel === 'slack')?.at).toBe(later(T0, 60_000));
    expect(replies()).toEqual([]);
    expect(simulation.log.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  }, 60_000);

  test('a message that Slack took before it answered 500 is not posted again', async () => {
    let down = true;
    slackWhen = (asked, work): Behaviour => {
      if (!down || !asked.path.endsWith('postMessage')) return work();
      work();
      return { status: 500 };
    };
    const deliverer = simulation.start();
    await deliverer.accept(
      Array.from({ length: GROUPS }, (_, i) => finding(`${i}`, { key: `k${i}`, time: T0 })),
    );
    for (let second = 0; second <= 300; second += 10) {
      down = second < 120;
      await run(deliverer);
      simulation.wait(10);
    }
    expect(roots()).toHaveLength(GROUPS);
    expect(await store.alerts.dueChannels('2999-01-01T00:00:00.000000000Z')).toEqual([]);
  });

  test('what Slack took before it refused for an hour is found when it takes messages again', async () => {
    let refuses = true;
    slackWhen = (asked, work): Behaviour => {
      const method = asked.path.replace('/api/', '');
      if (refuses && method === 'conversations.history') return json({ ok: false, error: 'missing_scope' });
      const answer = work();
      return refuses && method === 'chat.postMessage' ? 'reset' : answer;
    };
    const deliverer = simulation.start();
    await deliverer.accept([finding('a')]);
    for (const seconds of [0, 60]) {
      simulation.wait(seconds);
      await run(deliverer);
    }
    const failed = await store.alerts.episodes({ limit: 9, rule: 'alert-undelivered' });
    expect(failed.map(({ key }) => key)).toEqual(['slack']);
    refuses = false;
    await deliverer.accept([finding('b')]);
    simulation.wait(3600);
    await run(deliverer);
    expect(roots().map(({ text }) => / · (\d+) times$/.exec(text)?.[1])).toEqual(['2']);
  });
});
