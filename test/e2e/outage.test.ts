/**
 * The outage drill: nobody answers at Spanner's address for three hours, in the push path and in the pull worker, under the
 * subscription policies that Terraform sets. Nothing may be dead-lettered, lost or doubled. With the 5 attempts that
 * Pub/Sub has by default the same outage does dead-letter, which shows that the drill can fail.
 *
 * Time is compressed: SCALE seconds are one. What is divided by it is the length of the outage, both ends of the backoff,
 * and how long the worker holds a message. The limit of attempts is not divided: it is a number, and outage and backoff
 * shrink alike, so that an outage uses up as many (10 + 20 + … + 600 + 600 … seconds: about 23 deliveries in three hours,
 * fewer the longer each takes). Divided by less, since no machine is that much faster: the time for one commit, which is
 * 2 s here for 20 s, and so makes deliveries fewer. Not divided: the time in which connections come back.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emulatorEnvironment } from '../../cli/emulators.ts';
import { until } from '../../cli/run/bus.ts';
import { startFunctions } from '../../cli/run/functions.ts';
import { DEFAULT_ATTEMPTS } from '../../shared/pipeline/ingest.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { ENTRIES } from '../functions/service.ts';
import { expectLedgerHolds, factLines, factsOf, ledgerOf } from '../pipeline/facts.ts';
import { plainly, type PlainRun } from '../pipeline/plainly.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { connectionTo, type Connection } from './support/connection.ts';
import { writeCompany, type CompanyFiles } from './support/company.ts';
import { DECLARED, openLane, pushFrom, type Lane } from './support/lane.ts';
import { startPullWorker } from './support/pull-worker.ts';

const SCALE = 240;
const OUTAGE_MS = (3 * 3_600_000) / SCALE;
const COMMIT_MS = '2000';
/** The worker's own default, divided. */
const HOLD_MS = String(300_000 / SCALE);
const FEW = 5;
const STREAM = ENTRIES.slice(0, 60);
const STILL_MS = 90_000;

interface Drill {
  readonly lane: Lane;
  readonly store: Store;
  /** Highest delivery attempt that was told of. */
  readonly attempts: () => number;
}

const insertIds = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => String(JSON.parse(text).insertId));

/** Entries that came to an end: stored, dead-lettered, or both where the answer to a commit was lost. */
async function endsOf({ lane, store }: Drill): Promise<ReadonlySet<string>> {
  const { Events } = await factsOf(store);
  return new Set([
    ...Events.map((row) => String(row['InsertId'])),
    ...insertIds(lane.deadLetters.map(String)),
  ]);
}

describeWithEmulators('Spanner away for three hours', ['spanner', 'pubsub'], (hosts) => {
  const stops: (() => unknown)[] = [];
  const drills = new Map<string, Drill>();
  let company: CompanyFiles;
  let connection: Connection;
  let client: PubSub;
  let expected: PlainRun;
  const drill = (name: string): Drill => {
    const found = drills.get(name);
    if (found === undefined) throw new Error(`no drill ${name}`);
    return found;
  };

  async function open(way: 'push' | 'pull', attempts: number): Promise<void> {
    const name = `${way}-${attempts}`;
    const spec = await freshSpannerDatabase(hosts.spanner());
    // The test looks by a way of its own, which is not cut.
    const store = await openStore(spec, { emulatorHost: hosts.spanner() });
    stops.push(() => store.close());
    const lane = await openLane(client, { name, attempts, scale: SCALE });
    stops.push(() => lane.close());
    const environment = {
      ...emulatorEnvironment([
        { name: 'spanner', host: connection.host, startedHere: false, stop: () => Promise.resolve() },
        { name: 'pubsub', host: hosts.pubsub(), startedHere: false, stop: () => Promise.resolve() },
      ]),
      JOBTRAIL_STORE_MS: COMMIT_MS,
      JOBTRAIL_CONFIG: company.folder,
    };
    if (way === 'push') {
      const functions = await startFunctions({
        sources: ['istio'],
        store: spec,
        base: process.env,
        environment,
      });
      stops.push(() => functions.stop());
      const pushing = pushFrom(client, lane, functions.urls.get('istio') ?? '');
      stops.push(() => pushing.stop());
      drills.set(name, { lane, store, attempts: pushing.attempts });
      return;
    }
    const worker = startPullWorker({
      ...environment,
      JOBTRAIL_SOURCE: 'istio',
      JOBTRAIL_SUBSCRIPTION: lane.subscription.name,
      JOBTRAIL_STORE: spec,
      JOBTRAIL_PULL_HOLD_MS: HOLD_MS,
    });
    stops.push(() => worker.end('SIGKILL'));
    const told = (): number =>
      Math.max(...worker.lines().map((line) => Number(/"deliveryAttempt":(\d+)/.exec(line)?.[1] ?? 0)), 0);
    drills.set(name, { lane, store, attempts: told });
  }

  const publish = async (entries: readonly string[]): Promise<void> => {
    for (const data of entries) {
      for (const { lane } of drills.values()) await lane.publish(data);
    }
  };

  beforeAll(async () => {
    company = writeCompany();
    stops.push(() => company.remove());
    expected = await plainly(STREAM.map((data) => ({ subscription: 'istio', data })));
    connection = await connectionTo(hosts.spanner());
    client = new PubSub({
      projectId: `outage-${randomBytes(6).toString('hex')}`,
      apiEndpoint: hosts.pubsub(),
      emulatorMode: true,
    });
    stops.push(() => client.close());
    for (const attempts of [DECLARED.attempts, FEW]) {
      await open('push', attempts);
      await open('pull', attempts);
    }
    await publish(STREAM.slice(0, 10));
    await until(async () => {
      const stored = await Promise.all(
        [...drills.values()].map(async ({ store }) => (await ledgerOf(store)).stored),
      );
      return { at: stored.reduce((sum, n) => sum + n, 0), done: stored.every((n) => n >= 10) };
    }, STILL_MS);

    await connection.cut();
    const began = performance.now();
    for (let next = 10; next < 50; next += 4) {
      await publish(STREAM.slice(next, next + 4));
      await sleep(OUTAGE_MS / 12);
    }
    await sleep(Math.max(0, OUTAGE_MS - (performance.now() - began)));
    await connection.restore();
    await publish(STREAM.slice(50));
    await until(async () => {
      const ends = await Promise.all([...drills.values()].map(async (one) => (await endsOf(one)).size));
      return { at: ends.reduce((sum, n) => sum + n, 0), done: ends.every((n) => n >= STREAM.length) };
    }, STILL_MS);
  }, 400_000);

  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  it.each(['push', 'pull'])('%s: no dead letter, nothing lost, nothing doubled', async (way) => {
    const { lane, store, attempts } = drill(`${way}-${DECLARED.attempts}`);
    expect(DECLARED.attempts).toBe(100);
    expect(lane.deadLetters).toHaveLength(0);
    const facts = await factsOf(store);
    expect(factLines(facts)).toEqual(expected.lines);
    expect(await expectLedgerHolds(store, facts)).toMatchObject({ stored: STREAM.length, quarantined: 0 });
    // As many as dead-letter it by default, and far from those from which a message is only kept raw.
    expect(attempts()).toBeGreaterThanOrEqual(FEW);
    expect(attempts()).toBeLessThan(DEFAULT_ATTEMPTS.rawFrom / 2);
  });

  it.each(['push', 'pull'])(
    '%s: with 5 attempts the same outage dead-letters, and accounts for it',
    async (way) => {
      const few = drill(`${way}-${FEW}`);
      expect(few.lane.deadLetters.length).toBeGreaterThan(0);
      expect(await endsOf(few)).toEqual(new Set(insertIds(STREAM)));
    },
  );
});
