/**
 * The pull worker against the push function: acknowledged entries a second, and processor time for each. Both commit the same
 * entries into fresh databases of the Spanner emulator, and then into the embedded store, where the store is no longer what
 * all wait for. The worker pulls them from the Pub/Sub emulator and acknowledges them there; the function is sent the pushes
 * of the same messages by a load generator, as many at once as an instance takes, which costs less than a Pub/Sub does.
 *
 * The first quarter of each round starts and warms the process and is not counted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findEmulator, freePort } from '../cli/emulators.ts';
import { openStore } from '../shared/store/open.ts';
import { median, round, type Bench, type Skipped, type Told } from './harness.ts';
import { partEntries } from './mix/mix.ts';
import { specOf, withSpannerEmulator } from './support/emulator.ts';
import { load, postBytes } from './support/load.ts';
import { processorTimeOf } from './support/processor-time.ts';
import { openPullBus, type PullBus } from './support/pull-bus.ts';
import { answers, kill, spawnFunction } from './support/server.ts';

const ROUNDS = 3;
/** Requests at once: the default of `concurrency` in Terraform. */
const CONNECTIONS = 80;
const POLL_MS = 50;
const root = join(import.meta.dirname, '..');
/** As it was before any client was made. */
const ENVIRONMENT: Readonly<Record<string, string | undefined>> = { ...process.env };

/** Where entries go: how many of them, and a store that has none yet. */
interface Target {
  readonly name: string;
  readonly entries: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly fresh: () => Promise<string>;
}

interface Rate {
  readonly perSecond: number;
  /** Milliseconds of an entry; undefined where the system does not tell. */
  readonly processor: number | undefined;
}

export const pull: Bench = {
  name: 'pull',
  about: 'the pull worker against the push function, acknowledged entries/s',
  async run() {
    if (findEmulator('pubsub', ENVIRONMENT) === undefined) return [SKIPPED];
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bench-'));
    const bus = await openPullBus(ENVIRONMENT);
    try {
      const spanner = await withSpannerEmulator('pull, Spanner emulator', async (emulator) =>
        compare(bus, {
          name: 'pull, Spanner emulator',
          entries: 6_000,
          environment: emulator.environment,
          fresh: async () => specOf(await emulator.freshDatabase()),
        }),
      );
      let made = 0;
      const embedded = await compare(bus, {
        name: 'pull, embedded store',
        entries: 8_000,
        environment: {},
        fresh: () => Promise.resolve(`sqlite:${join(folder, `pull-${(made += 1)}.db`)}`),
      });
      return [...spanner, ...embedded];
    } finally {
      await bus.stop();
      rmSync(folder, { recursive: true });
    }
  },
};

const SKIPPED: Skipped = {
  name: 'pull',
  skipped:
    'no Pub/Sub emulator was found; `gcloud components install pubsub-emulator`, or set PUBSUB_EMULATOR_HOST',
};

async function compare(bus: PullBus, target: Target): Promise<readonly Told[]> {
  const pushed: Rate[] = [];
  const pulled: Rate[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const texts = [...partEntries('mesh', target.entries, turn)];
    pushed.push(await push(target, texts));
    pulled.push(await drain(bus, target, texts));
  }
  const perSecond = (rates: readonly Rate[]): number => median(rates.map((rate) => rate.perSecond));
  const processor = (rates: readonly Rate[]): number => median(rates.flatMap((rate) => rate.processor ?? []));
  return [
    {
      name: target.name,
      ratio: round(perSecond(pulled) / perSecond(pushed)),
      detail: {
        'pulled entries/s': round(perSecond(pulled), 0),
        'pushed entries/s': round(perSecond(pushed), 0),
      },
    },
    {
      name: '  its processor time',
      ratio: round(processor(pulled) / processor(pushed)),
      detail: {
        'pulled ms an entry': round(processor(pulled)),
        'pushed ms an entry': round(processor(pushed)),
      },
    },
  ];
}

async function push({ environment, fresh }: Target, texts: readonly string[]): Promise<Rate> {
  const port = await freePort();
  const process = { JOBTRAIL_STORE: await fresh(), ...environment };
  const child = spawnFunction(
    { target: 'istio', source: join(root, 'functions/istio/index.ts'), environment: process },
    port,
  );
  try {
    await answers(child, port, 'istio');
    const requests = texts.map((text, index) => {
      const message = { data: Buffer.from(text).toString('base64'), messageId: String(index) };
      return postBytes(JSON.stringify({ message, subscription: 'projects/bench/subscriptions/istio' }));
    });
    const warm = Math.ceil(requests.length / 4);
    await load(port, requests.slice(0, warm), CONNECTIONS);
    const before = processorTimeOf(child.pid);
    const { requestsPerSecond, statuses } = await load(port, requests.slice(warm), CONNECTIONS);
    const counted = requests.length - warm;
    if (statuses.get(204) !== counted) throw new Error('not every request was answered 204');
    return { perSecond: requestsPerSecond, processor: perEntry(child, before, counted) };
  } finally {
    await kill(child);
  }
}

async function drain(bus: PullBus, { environment, fresh }: Target, texts: readonly string[]): Promise<Rate> {
  const spec = await fresh();
  const subscription = await bus.filled(texts);
  // Makes the schema before the worker opens the file.
  const store = await openStore(spec, { emulatorHost: environment['SPANNER_EMULATOR_HOST'] });
  const child = spawn(process.execPath, [join(root, 'functions/pull/index.ts')], {
    env: {
      ...process.env,
      ...bus.environment,
      ...environment,
      JOBTRAIL_SOURCE: 'istio',
      JOBTRAIL_SUBSCRIPTION: subscription,
      JOBTRAIL_STORE: spec,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const received = async (): Promise<number> => {
      const { rows } = await store.query('SELECT SUM(Received) AS Received FROM Receipts', {});
      return Number(rows[0]?.['Received'] ?? 0);
    };
    const reached = async (count: number): Promise<{ readonly at: number; readonly count: number }> => {
      for (;;) {
        const now = await received();
        if (now >= count) return { at: performance.now(), count: now };
        if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}`);
        await sleep(POLL_MS);
      }
    };
    const from = await reached(Math.ceil(texts.length / 4));
    const before = processorTimeOf(child.pid);
    const end = await reached(texts.length);
    const counted = end.count - from.count;
    return {
      perSecond: (counted * 1_000) / (end.at - from.at),
      processor: perEntry(child, before, counted),
    };
  } finally {
    await kill(child);
    await store.close();
  }
}

function perEntry(child: ChildProcess, before: number | undefined, entries: number): number | undefined {
  const now = processorTimeOf(child.pid);
  return now === undefined || before === undefined ? undefined : (now - before) / entries;
}
