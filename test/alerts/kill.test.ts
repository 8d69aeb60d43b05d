/**
 * Deliverers that send to Slack's Web API, PagerDuty and a signed webhook are killed with SIGKILL at random points, as
 * processes of their own, and others take over, while findings and resolutions go on coming.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../cli/day/random.ts';
import { dedupKey } from '../../shared/alerts/pagerduty/message.ts';
import type { Episode } from '../../shared/alerts/store.ts';
import { later } from '../../shared/alerts/times.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { finding, storeFindings, T0 } from './findings.ts';
import { sweepAt, type Work } from './one-sweep.ts';
import type { Around, Behaviour } from './server.ts';
import { addressesOf, serveAll, type Services } from './services.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WORKER = new URL('kill-worker.ts', import.meta.url).pathname;
const KEYS = 6;
/** Each third is left alone. */
const RUNS = 9;
/** Between two processes: longer than a lease. */
const APART_MS = 180_000;

/** Before the service does what it is asked, before it answers, or some milliseconds after its answer. */
type Moment = 'before' | 'unanswered' | number;

/** Of one process, over all services. */
interface Kill {
  readonly request: number;
  readonly moment: Moment;
}

/** Counts the requests of a process, and kills it with the one that is meant. */
class Killer {
  #child: ChildProcess | undefined;
  #kill: Kill | undefined;
  #requests = 0;

  arm(child: ChildProcess, kill: Kill): void {
    this.#child = child;
    this.#kill = kill;
    this.#requests = 0;
  }

  disarm(): void {
    this.#kill = undefined;
  }

  readonly around: Around = (_, work): Behaviour => {
    this.#requests += 1;
    const child = this.#child;
    if (this.#requests !== this.#kill?.request) return work();
    const { moment } = this.#kill;
    if (moment === 'before') {
      child?.kill('SIGKILL');
      return 'silence';
    }
    const answer = work();
    if (moment === 'unanswered') {
      child?.kill('SIGKILL');
      return 'silence';
    }
    setTimeout(() => child?.kill('SIGKILL'), moment);
    return answer;
  };
}

const killOf = (random: Random): Kill => ({
  request: random.int(1, 12),
  moment: random.pick<Moment>(['before', 'unanswered', 'unanswered', random.int(0, 30)]),
});

/** More of some keys, and an end of one: what is opened, merged, resolved and opened again is drawn. */
async function goOn(store: Store, random: Random, run: number, at: string): Promise<void> {
  const episodes = await store.alerts.episodes({ limit: 100, states: ['open'] });
  const resolved = run === 0 ? undefined : episodes[random.int(0, episodes.length - 1)];
  if (resolved !== undefined) {
    const { id, n } = resolved;
    const episode = { id, n };
    const by = 'user:google:bo@example.com';
    const change = { id: `${run}`, episode, change: 'resolve', at, by, because: 'test' } as const;
    expect(await store.alerts.transition(change)).toBe(true);
  }
  const keys = Array.from({ length: KEYS }, (_, key) => key).filter(() => run === 0 || random.chance(0.7));
  await storeFindings(
    store,
    keys.map((key) => [`${run}/${key}`, finding(`${run}/${key}`, { key: `k${key}`, time: at })] as const),
  );
}

interface Ended {
  readonly services: Services;
  readonly episodes: readonly Episode[];
  readonly kills: number;
}

async function deliverThrough(seed: number): Promise<Ended> {
  const random = new Random(seed);
  const spec = `sqlite:${join(folder, `${seed}.db`)}`;
  const killer = new Killer();
  const { around } = killer;
  const services = await serveAll({ slack: around, pager: around, hook: around });
  let kills = 0;
  try {
    for (let run = 0; run < RUNS; run += 1) {
      const work: Work = {
        store: spec,
        addresses: addressesOf(services),
        at: later(T0, run * APART_MS),
      };
      const store = await openStore(spec);
      await goOn(store, random, run, work.at);
      await store.close();
      if (run % 3 === 2) {
        killer.disarm();
        await sweepAt(work);
        continue;
      }
      const child = spawn(process.execPath, [WORKER, JSON.stringify(work)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      killer.arm(child, killOf(random));
      const [code, signal] = await once(child, 'exit');
      expect(signal ?? code).toBeOneOf([0, 'SIGKILL']);
      if (signal === 'SIGKILL') kills += 1;
    }
    const store = await openStore(spec);
    const episodes = await store.alerts.episodes({ limit: 100 });
    expect(await store.alerts.dueChannels(later(T0, 1e9))).toEqual([]);
    await store.close();
    return { services, episodes, kills };
  } finally {
    await services.stop();
  }
}

/** Sorted, repetitions kept. */
const sorted = (texts: Iterable<string>): readonly string[] => [...texts].toSorted();

test.each([1, 2, 3])(
  'none is lost and none doubled, seed %i',
  async (seed) => {
    const { services, episodes, kills } = await deliverThrough(seed);
    const { slack, pager, hook } = services;
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(episodes.length).toBeGreaterThan(KEYS);

    const metadata = (id: string, n: number): string =>
      JSON.stringify({ event_type: 'jobtrail_alert', event_payload: { episode: id, n } });
    const roots = slack.messages.filter(({ thread }) => thread === undefined);
    const posted = roots.map((root) => JSON.stringify(root.metadata));
    expect(sorted(posted)).toEqual(sorted(episodes.map(({ id, n }) => metadata(id, n))));
    const replies = slack.messages.filter(({ thread }) => thread !== undefined);
    expect(replies.length).toBeGreaterThan(0);
    expect(new Set(replies.map((reply) => JSON.stringify(reply.metadata))).size).toBe(replies.length);

    expect(sorted(pager.incidents.map(({ key }) => key))).toEqual(sorted(episodes.map(dedupKey)));

    const ids = new Set<string>();
    const again = hook.taken.filter(({ id }) => ids.has(id) || !ids.add(id));
    expect(again.length).toBeLessThanOrEqual(kills);
    expect(again.every(({ resent }) => resent)).toBe(true);

    for (const { id, n, state, occurrences } of episodes) {
      const message = roots[posted.indexOf(metadata(id, n))];
      expect(message?.text.startsWith('Resolved')).toBe(state === 'resolved');
      const incident = pager.incidents.find(({ key }) => key === dedupKey({ id, n }));
      expect(incident?.state).toBe(state === 'resolved' ? 'resolved' : 'triggered');
      const told = hook.taken.filter(({ episode }) => episode.id === id && episode.n === n);
      expect(told[0]).toMatchObject({ change: 'open' });
      expect(told.at(-1)).toMatchObject({ state, occurrences });
      if (state === 'resolved') continue;
      expect(incident?.occurrences).toBe(occurrences);
      expect(/ · (\d+) times$/.exec(message?.text ?? '')?.[1] ?? '1').toBe(String(occurrences));
    }
  },
  60_000,
);
