/**
 * The pull worker, killed with SIGKILL while it commits, again and again, and started anew: the facts are those of a run that
 * nobody disturbed. Each kill follows a commit that was just seen, so that it falls into the tenth of a second in which the
 * client gathers acknowledgements, or into the next commit. What the worker had in hand comes again when its leases end.
 *
 * Beside it the same with a worker that acknowledges first, which loses entries: that shows that the test can fail.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emulatorEnvironment } from '../../cli/emulators.ts';
import { until } from '../../cli/run/bus.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { ENTRIES } from '../functions/service.ts';
import { expectLedgerHolds, factLines, factsOf, ledgerOf } from '../pipeline/facts.ts';
import { plainly } from '../pipeline/plainly.ts';
import { endAbandoned } from '../support/abandoned.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { writeCompany } from './support/company.ts';
import { DECLARED, openLane, type Lane } from './support/lane.ts';
import { startPullWorker, type PullProcess } from './support/pull-worker.ts';
import { relayTo, type Relay } from './support/relay.ts';

const STREAM = ENTRIES.slice(0, 240);
const KILLS = 4;
/** Few in a commit, so that there are many commits to be killed in. */
const COMMIT_ROWS = '20';
/** Longer than a lease, with room for a start on a busy machine. */
const STILL_MS = 90_000;
/** Longer than the ten seconds after which what a dead worker had comes again. */
const QUIET_MS = 15_000;
const DRAIN_MS = 3_000;

describeWithEmulators('a pull worker that is killed', ['spanner', 'pubsub'], (hosts) => {
  const stops: (() => unknown)[] = [];
  let client: PubSub;
  let relay: Relay;
  let folder: string;

  beforeAll(async () => {
    relay = await relayTo(hosts.pubsub());
    stops.push(() => relay.close());
    const company = writeCompany();
    folder = company.folder;
    stops.push(() => company.remove());
    client = new PubSub({
      projectId: `kill-${randomBytes(6).toString('hex')}`,
      apiEndpoint: hosts.pubsub(),
      emulatorMode: true,
    });
    stops.push(() => client.close());
  });

  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  interface Ground {
    readonly lane: Lane;
    readonly store: Store;
    readonly start: (entry?: 'worker' | 'hasty') => PullProcess;
    /** Kills at the next commit that is seen, and does for the emulator what Cloud Spanner does by itself. */
    readonly killInCommit: (worker: PullProcess) => Promise<void>;
  }

  async function ground(name: string): Promise<Ground> {
    const spec = await freshSpannerDatabase(hosts.spanner());
    const store = await openStore(spec, { emulatorHost: hosts.spanner() });
    stops.push(() => store.close());
    const lane = await openLane(client, { name, attempts: DECLARED.attempts, scale: undefined });
    stops.push(() => lane.close());
    const environment = {
      ...emulatorEnvironment([
        { name: 'spanner', host: hosts.spanner(), startedHere: false, stop: () => Promise.resolve() },
        { name: 'pubsub', host: relay.host, startedHere: false, stop: () => Promise.resolve() },
      ]),
      JOBTRAIL_CONFIG: folder,
      JOBTRAIL_SOURCE: 'istio',
      JOBTRAIL_SUBSCRIPTION: lane.subscription.name,
      JOBTRAIL_STORE: spec,
      JOBTRAIL_COMMIT_ROWS: COMMIT_ROWS,
    };
    const commits = async (): Promise<number> => {
      const { rows } = await store.query('SELECT COUNT(*) AS Commits FROM Receipts', {});
      return Number(rows[0]?.['Commits']);
    };
    return {
      lane,
      store,
      start(entry) {
        const worker = startPullWorker(environment, entry);
        stops.push(() => worker.end('SIGKILL'));
        return worker;
      },
      async killInCommit(worker) {
        const before = await commits();
        const deadline = performance.now() + STILL_MS;
        while ((await commits()) === before) {
          if (performance.now() > deadline) throw new Error(`no commit came: ${worker.lines().join('\n')}`);
          await sleep(5);
        }
        expect(await worker.end('SIGKILL')).toBeNull();
        await endAbandoned(spec, hosts.spanner());
      },
    };
  }

  const stored = async (store: Store): Promise<number> =>
    (await Array.fromAsync(store.scan('Events'))).length;

  /** Nothing came for longer than any lease of a dead worker lasts. */
  async function quiet(store: Store): Promise<void> {
    let received = -1;
    let since = performance.now();
    while (performance.now() - since < QUIET_MS) {
      const now = (await ledgerOf(store)).received;
      if (now !== received) since = performance.now();
      received = now;
      await sleep(250);
    }
  }

  it.concurrent('ends with the facts of an undisturbed run: nothing lost, nothing doubled, nothing left', async () => {
    const { lane, store, start, killInCommit } = await ground('kill');
    await Promise.all(STREAM.map((data) => lane.publish(data)));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await killInCommit(start());
      expect(await stored(store)).toBeLessThan(STREAM.length);
    }
    const last = start();
    await until(async () => {
      const at = await stored(store);
      return { at, done: at >= STREAM.length };
    }, STILL_MS);
    await quiet(store);
    expect(await last.end('SIGTERM'), last.lines().join('\n')).toBe(0);
    expect(await lane.drain(DRAIN_MS)).toBe(0);
    expect(lane.deadLetters).toHaveLength(0);

    const facts = await factsOf(store);
    const expected = await plainly(STREAM.map((data) => ({ subscription: 'istio', data })));
    expect(factLines(facts)).toEqual(expected.lines);
    const ledger = await expectLedgerHolds(store, facts);
    expect(ledger).toMatchObject({ stored: STREAM.length, quarantined: 0 });
    // Committed, and killed before the acknowledgement: the kills came where they were meant to.
    expect(ledger.duplicate).toBeGreaterThan(0);
  }, 300_000);

  it.concurrent('loses entries where it acknowledges before the commit', async () => {
    const { lane, store, start, killInCommit } = await ground('hasty');
    await Promise.all(STREAM.map((data) => lane.publish(data)));
    await killInCommit(start('hasty'));
    const heir = start();
    await quiet(store);
    await heir.end('SIGTERM');
    expect(await lane.drain(DRAIN_MS)).toBe(0);
    expect(await stored(store)).toBeLessThan(STREAM.length);
  }, 300_000);
});
