/**
 * From the start of a function's process to its first acknowledged message: the zip of a function, unpacked, against a
 * no-op that makes the same clients, built the same way. The floor answers as soon as it has them; the function's answer has a whole commit
 * to the Spanner emulator in it. Told beside it: the same function with policies in its zip, which it reads before it listens.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../cli/emulators.ts';
import { makeBundle } from '../scripts/build/bundle.ts';
import { writeBundle, writeFiles } from '../scripts/build/write.ts';
import { unzipFiles } from '../scripts/build/zip.ts';
import { readConfiguration, type Configuration } from '../scripts/build/configuration.ts';
import { median, round, type Bench, type BenchResult, type Told } from './harness.ts';
import { partEntries } from './mix/mix.ts';
import { specOf, withSpannerEmulator, type SpannerEmulator } from './support/emulator.ts';
import { postBytes } from './support/load.ts';
import { kill, spawnFunction, type FunctionProcess } from './support/server.ts';

const STARTS = 15;
/** A start that takes longer hangs. */
const PATIENCE_MS = 30_000;
/** Between two attempts to reach a process that does not listen yet. */
const RETRY_MS = 2;
const root = join(import.meta.dirname, '..');

export const coldStart: Bench = {
  name: 'cold-start',
  about: 'process start to the first acknowledged message',
  run: () => withSpannerEmulator('cold-start', measure),
};

async function measure(emulator: SpannerEmulator): Promise<readonly (BenchResult | Told)[]> {
  // Below the checkout, so that both bundles find its node_modules.
  const folder = join(root, 'dist/bench');
  try {
    const database = await emulator.freshDatabase();
    const noop = await deployed('bench/functions/no-op-spanner.ts', 'noop', folder);
    const istio = await deployed('functions/istio/index.ts', 'istio', folder);
    const configuration = readConfiguration(join(root, 'docs/bundle'));
    const declared = await deployed(
      'functions/istio/index.ts',
      'istio',
      join(folder, 'declared'),
      configuration,
    );
    const floor: FunctionProcess = {
      target: 'noop',
      source: noop.folder,
      environment: {
        ...emulator.environment,
        BENCH_PROJECT: database.project,
        BENCH_INSTANCE: database.instance,
        BENCH_DATABASE: database.database,
      },
    };
    const subject: FunctionProcess = {
      target: 'istio',
      source: istio.folder,
      environment: { ...emulator.environment, JOBTRAIL_STORE: specOf(database) },
    };
    return await alternate(floor, subject, { ...subject, source: declared.folder }, istio);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Deployed {
  readonly folder: string;
  readonly bytes: number;
  readonly zipBytes: number;
}

/** What is in the zip, and nothing that only the build's own folder has. */
async function deployed(
  entry: string,
  name: string,
  output: string,
  configuration?: Configuration,
): Promise<Deployed> {
  mkdirSync(output, { recursive: true });
  const bundle = await makeBundle(entry, name, configuration);
  const { zip, zipBytes } = writeBundle(bundle, output);
  const folder = join(output, 'unpacked', name);
  writeFiles(unzipFiles(readFileSync(zip)), folder);
  return { folder, bytes: bundle.bytes, zipBytes };
}

async function alternate(
  floor: FunctionProcess,
  subject: FunctionProcess,
  declared: FunctionProcess,
  { bytes, zipBytes }: Deployed,
): Promise<readonly (BenchResult | Told)[]> {
  const floors: number[] = [];
  const subjects: number[] = [];
  const withPolicies: number[] = [];
  const messages = pushRequests(2 * (STARTS + 1));
  for (let start = 0; start <= STARTS; start += 1) {
    const [message = Buffer.alloc(0), another = message] = messages.slice(2 * start);
    const times = [
      await startTime(floor, message),
      await startTime(subject, message),
      await startTime(declared, another),
    ] as const;
    // The first start reads the packages from disk for all that follow.
    if (start === 0) continue;
    floors.push(times[0]);
    subjects.push(times[1]);
    withPolicies.push(times[2]);
  }
  const medians = { floor: median(floors), subject: median(subjects), declared: median(withPolicies) };
  return [
    {
      name: 'cold-start',
      ratio: round(medians.subject / medians.floor),
      budget: 1.25,
      kind: 'at-most',
      detail: {
        'no-op ms': round(medians.floor, 0),
        'function ms': round(medians.subject, 0),
        'bundle kB': round(bytes / 1000, 0),
        'zip kB': round(zipBytes / 1000, 0),
        starts: STARTS,
      },
    },
    {
      name: 'cold-start, with policies',
      ratio: round(medians.declared / medians.floor),
      detail: { 'function ms': round(medians.declared, 0), starts: STARTS },
    },
  ];
}

/** Each start gets a message of its own: all of them are stored. */
function pushRequests(count: number): readonly Buffer[] {
  return Array.from(partEntries('mesh', count, 11), (text, i) => {
    const message = { data: Buffer.from(text).toString('base64'), messageId: String(i) };
    return postBytes(JSON.stringify({ message, subscription: 'projects/bench/subscriptions/istio' }));
  });
}

/** Milliseconds. */
async function startTime(of: FunctionProcess, request: Buffer): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = spawnFunction(of, port);
  try {
    for (;;) {
      const status = await post(port, request);
      const ms = performance.now() - began;
      if (status === 204) return ms;
      if (status !== undefined) throw new Error(`${of.target} answered its first message with ${status}`);
      if (ms > PATIENCE_MS || child.exitCode !== null) throw new Error(`${of.target} did not start`);
      await sleep(RETRY_MS);
    }
  } finally {
    await kill(child);
  }
}

/** The status of the answer; undefined while nobody listens. */
function post(port: number, request: Buffer): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.once('connect', () => socket.write(request));
    socket.once('data', (answer: string) => {
      resolve(Number(answer.slice(9, 12)));
      socket.destroy();
    });
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}
