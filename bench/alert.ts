/**
 * From an entry's HTTP request to its alert at the channel's server: the function of its source judges and commits it, the
 * topic pushes the finding to `deliver`, which makes an episode of it and posts its first message to Slack's webhook, here
 * a server on loopback. Two functions, each a process of its own, on the embedded store; the topic is the emulator's.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findEmulator } from '../cli/emulators.ts';
import { isObject } from '../shared/sources/fields.ts';
import { openStore } from '../shared/store/open.ts';
import { median, round, type Bench, type Skipped, type Told } from './harness.ts';
import { partEntries } from './mix/mix.ts';
import { benchTexts } from './support/declared.ts';
import { openFindingsBus } from './support/findings-bus.ts';
import { postPaced } from './support/paced.ts';
import { serve } from './support/server.ts';
import { serveWebhook } from './support/webhook-server.ts';

const SEED = 3;
const PER_SECOND = 200;
/** Seconds, of which the first are not counted: clients are loaded with the first finding. */
const LASTS = 20;
const WARMUP = 4;
/** One entry in so many is somebody's whom no policy permits anything. */
const EVERY = 20;
/** Alerts that are under way when the last request is answered. */
const PATIENCE_MS = 20_000;
const root = join(import.meta.dirname, '..');

export const alert: Bench = {
  name: 'alert',
  about: `from an entry's request to its alert at the channel, at ${PER_SECOND} entries/s`,
  async run() {
    if (findEmulator('pubsub', process.env) === undefined) return [SKIPPED];
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bench-'));
    try {
      return [toldOf(await measure(folder))];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

const SKIPPED: Skipped = {
  name: 'alert',
  skipped:
    'no Pub/Sub emulator was found; `gcloud components install pubsub-emulator`, or set PUBSUB_EMULATOR_HOST',
};

/** performance.now() of each entry that is to be alerted; by its number. */
interface Times {
  readonly requested: ReadonlyMap<number, number>;
  readonly answered: ReadonlyMap<number, number>;
  readonly alerted: ReadonlyMap<number, number>;
}

async function measure(folder: string): Promise<Times> {
  const requested = new Map<number, number>();
  const alerted = new Map<number, number>();
  const stops: (() => Promise<void>)[] = [];
  try {
    const webhook = await serveWebhook((body, at) => {
      const number = strangerIn(body);
      if (number !== undefined && !alerted.has(number)) alerted.set(number, at);
    });
    stops.push(() => webhook.stop());
    const bus = await openFindingsBus(process.env);
    stops.push(() => bus.stop());
    const environment = {
      ...bus.environment,
      JOBTRAIL_STORE: `sqlite:${join(folder, 'bench.db')}`,
      JOBTRAIL_CONFIG: writeBundle(folder),
      JOBTRAIL_FINDINGS_TOPIC: bus.topic,
      BENCH_SLACK_URL: webhook.url,
    };
    // Makes the schema before the two functions open the file.
    await (await openStore(environment.JOBTRAIL_STORE)).close();
    const source = await serve('dataproc', join(root, 'functions/dataproc/index.ts'), environment);
    stops.push(() => source.stop());
    const deliver = await serve('deliver', join(root, 'functions/deliver/index.ts'), environment);
    stops.push(() => deliver.stop());
    await bus.pushTo(`http://127.0.0.1:${deliver.port}/`);

    const bodies = requestBodies(PER_SECOND * LASTS);
    const url = `http://127.0.0.1:${source.port}/`;
    const answers = await postPaced(url, bodies, PER_SECOND, (index, at) => requested.set(index, at));
    const expected = bodies.length / EVERY;
    for (let waited = 0; alerted.size < expected && waited < PATIENCE_MS; waited += 100) await sleep(100);
    if (alerted.size < expected) throw new Error(`of ${expected} alerts ${alerted.size} came`);
    return { requested, alerted, answered: new Map(answers.entries()) };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

function toldOf({ requested, answered, alerted }: Times): Told {
  const counted = [...alerted.keys()].filter((number) => number >= WARMUP * PER_SECOND);
  const from = (times: ReadonlyMap<number, number>): number[] =>
    counted.map((number) => (times.get(number) ?? Number.NaN) - (requested.get(number) ?? Number.NaN));
  const toAlert = from(alerted);
  const toAnswer = from(answered);
  return {
    name: 'alert',
    ratio: round(median(toAlert) / median(toAnswer)),
    detail: {
      'median ms': round(median(toAlert), 1),
      'p99 ms': round(percentile(toAlert, 0.99), 1),
      'most ms': round(Math.max(...toAlert), 1),
      'median ms to the answer': round(median(toAnswer), 1),
      alerts: counted.length,
      'entries/s': PER_SECOND,
    },
  };
}

/** The least value that so much of all values do not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** @returns the path of its configuration */
function writeBundle(folder: string): string {
  const { config, policies } = benchTexts(SEED, {
    channels: { slack: { kind: 'slack-webhook', url: 'env:BENCH_SLACK_URL' } },
    routes: [{ channels: ['slack'] }],
  });
  for (const { name, text } of [config, ...policies]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, config.name);
}

/** Push requests of job starts; every so many is by somebody of its own, whom nobody knows. */
function requestBodies(count: number): readonly string[] {
  const bodies: string[] = [];
  for (const text of partEntries('Dataproc jobs', count * 4, SEED)) {
    if (bodies.length === count) break;
    const number = bodies.length;
    const entry: unknown = JSON.parse(text);
    // The entry that ends an operation starts nothing.
    if (!isObject(entry) || !begins(entry['operation'])) continue;
    const by = number % EVERY === 0 ? bySomebodyElse(entry, number) : text;
    const message = { data: Buffer.from(by).toString('base64'), messageId: String(number) };
    bodies.push(JSON.stringify({ message, subscription: 'projects/bench/subscriptions/dataproc' }));
  }
  if (bodies.length < count) throw new RangeError('the mix has too few job starts');
  return bodies;
}

const begins = (operation: unknown): boolean => isObject(operation) && operation['first'] === true;

const STRANGER = /stranger-(\d+)@example\.com/;

function bySomebodyElse(entry: Readonly<Record<string, unknown>>, number: number): string {
  const principalEmail = `stranger-${number}@example.com`;
  const authenticationInfo = { principalEmail, principalSubject: `user:${principalEmail}` };
  const payload = isObject(entry['protoPayload']) ? entry['protoPayload'] : {};
  return JSON.stringify({ ...entry, protoPayload: { ...payload, authenticationInfo } });
}

function strangerIn(body: string): number | undefined {
  const number = STRANGER.exec(body)?.[1];
  return number === undefined ? undefined : Number(number);
}
