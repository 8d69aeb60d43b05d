/** How a pull worker ends: by SIGTERM within the ten seconds that Cloud Run leaves it, or by itself when nothing will come any more. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emulatorEnvironment } from '../../cli/emulators.ts';
import { openStore } from '../../shared/store/open.ts';
import { ENTRIES } from '../functions/service.ts';
import { factsOf } from '../pipeline/facts.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { silentServer } from '../support/silent-server.ts';
import { openLane } from './support/lane.ts';
import { startPullWorker, type PullProcess } from './support/pull-worker.ts';

const GRACE_MS = 10_000;

describeWithEmulators('a pull worker', ['pubsub'], (hosts) => {
  const stops: (() => unknown)[] = [];
  let client: PubSub;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jobtrail-pull-end-'));
    stops.push(() => rmSync(folder, { recursive: true }));
    client = new PubSub({
      projectId: `end-${randomBytes(6).toString('hex')}`,
      apiEndpoint: hosts.pubsub(),
      emulatorMode: true,
    });
    stops.push(() => client.close());
  });
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  const lane = async (name: string, exactlyOnce = false) => {
    const opened = await openLane(client, { name, attempts: 100, scale: undefined, exactlyOnce });
    stops.push(() => opened.close());
    return opened;
  };

  function start(subscription: string, environment: Readonly<Record<string, string>>): PullProcess {
    const pubsub = {
      name: 'pubsub',
      host: hosts.pubsub(),
      startedHere: false,
      stop: () => Promise.resolve(),
    } as const;
    const worker = startPullWorker({
      ...emulatorEnvironment([pubsub]),
      JOBTRAIL_SOURCE: 'istio',
      JOBTRAIL_SUBSCRIPTION: subscription,
      ...environment,
    });
    stops.push(() => worker.end('SIGKILL'));
    return worker;
  }

  async function said(worker: PullProcess, what: string): Promise<void> {
    while (!worker.lines().some((line) => line.includes(what))) {
      const code = await Promise.race([worker.exited, sleep(50, 'running' as const)]);
      if (code !== 'running') throw new Error(`ended with ${code}: ${worker.lines().join('\n')}`);
    }
  }

  const parsed = (worker: PullProcess): readonly unknown[] => worker.lines().map((line) => JSON.parse(line));

  const SILENT = 'spanner:projects/p/instances/instance/databases/silent';

  it('that holds messages says for what they wait, and gives them back at SIGTERM', async () => {
    const held = await lane('held');
    const silent = await silentServer();
    stops.push(() => silent.close());
    const worker = start(held.subscription.name, {
      JOBTRAIL_STORE: SILENT,
      SPANNER_EMULATOR_HOST: silent.host,
      JOBTRAIL_STORE_MS: '1500',
    });
    for (const data of ENTRIES.slice(0, 5)) await held.publish(data);
    await said(worker, 'messages are held');
    expect(parsed(worker)).toContainEqual(
      expect.objectContaining({
        message: 'messages are held',
        code: 'store-unavailable',
        reason: 'Spanner: no answer within 1500 ms to a read of Bundles.',
      }),
    );
    expect(await worker.end('SIGTERM')).toBe(0);
    expect(await held.drain(3_000)).toBe(5);
  }, 60_000);

  it('ends in time at SIGTERM also where what is under way does not', async () => {
    const stuck = await lane('stuck');
    const silent = await silentServer();
    stops.push(() => silent.close());
    const worker = start(stuck.subscription.name, {
      JOBTRAIL_STORE: SILENT,
      SPANNER_EMULATOR_HOST: silent.host,
      JOBTRAIL_STORE_MS: '60000',
    });
    for (const data of ENTRIES.slice(0, 5)) await stuck.publish(data);
    while (silent.connections() === 0) await sleep(50);
    await sleep(2_000);
    const began = performance.now();
    expect(await worker.end('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(GRACE_MS);
    expect(await stuck.drain(3_000)).toBe(5);
  }, 60_000);

  it.each([
    ['finishes what is under way at SIGTERM', 'busy', false],
    ['does the same where delivery is exactly once', 'once', true],
  ])(
    '%s',
    async (_what, name, exactlyOnce) => {
      const busy = await lane(name, exactlyOnce);
      const spec = `sqlite:${join(folder, `${name}.db`)}`;
      const worker = start(busy.subscription.name, {
        JOBTRAIL_STORE: spec,
        // What is under way waits for more of its kind when the signal comes.
        JOBTRAIL_COMMIT_MS: '2500',
      });
      await said(worker, '"ready"');
      for (const data of ENTRIES.slice(0, 5)) await busy.publish(data);
      await sleep(1_000);
      expect(await worker.end('SIGTERM')).toBe(0);
      const store = await openStore(spec);
      expect((await factsOf(store)).Events).toHaveLength(5);
      await store.close();
      expect(await busy.drain(3_000)).toBe(0);
    },
    60_000,
  );

  it('ends by itself when its subscription is not there, and says so', async () => {
    const name = `projects/${client.projectId}/subscriptions/nowhere`;
    const worker = start(name, { JOBTRAIL_STORE: `sqlite:${join(folder, 'none.db')}` });
    expect(await worker.exited).toBe(1);
    expect(parsed(worker)).toContainEqual(
      expect.objectContaining({
        severity: 'ERROR',
        code: 'api-unavailable',
        subscription: name,
        message: expect.stringContaining(`Nothing comes from ${name} any more`),
        hint: 'Set JOBTRAIL_SUBSCRIPTION to a subscription that is there.',
      }),
    );
  }, 60_000);

  it('ends by itself when its subscription is deleted under it', async () => {
    const gone = await lane('gone');
    const worker = start(gone.subscription.name, { JOBTRAIL_STORE: `sqlite:${join(folder, 'gone.db')}` });
    await gone.publish(ENTRIES[0] ?? '');
    await said(worker, '"ready"');
    await gone.subscription.delete();
    expect(await worker.exited).toBe(1);
  }, 60_000);
});
