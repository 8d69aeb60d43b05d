/** The real functions of this checkout as processes of their own, on the functions framework, on free ports. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobtrailError } from '../../shared/errors.ts';
import { freePort } from '../emulators.ts';
import type { SourceName } from '../../shared/sources/source.ts';

const root = join(import.meta.dirname, '../..');
/** All functions start at once, and a small machine has few cores for them. */
const READY_MS = 90_000;
/** What the framework prints when it listens, where NODE_ENV is not `production`. */
const SERVING = 'Serving function...';
const PORT_TRIES = 4;
const MOST_LINES = 10_000;
const COMPILE_CACHE = join(root, 'node_modules', '.cache', 'jobtrail');

export interface RunningFunctions {
  readonly urls: ReadonlyMap<SourceName, string>;
  /** Lines the functions printed, for the report and for errors. */
  readonly lines: () => readonly string[];
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  /** Which of them. */
  readonly sources: readonly SourceName[];
  readonly store: string;
  readonly configFile?: string;
  /** Over the parent's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly base: Readonly<Record<string, string | undefined>>;
}

/** @throws JobtrailError `store-unavailable` when a function does not answer in time, with what it printed. */
export async function startFunctions(options: FunctionsOptions): Promise<RunningFunctions> {
  const printed: string[] = [];
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
  };
  const start = async (source: SourceName): Promise<string> => {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const own: string[] = [];
      const child = spawnFunction(source, port, options, (line) => {
        if (own.length < MOST_LINES) own.push(line);
        if (printed.length < MOST_LINES) printed.push(line);
      });
      children.push(child);
      const url = `http://127.0.0.1:${port}/`;
      if (await ready(child, url, source, own)) return url;
      if (attempt === PORT_TRIES || !own.some((line) => line.includes('EADDRINUSE')))
        throw unready(source, own);
    }
  };
  const started = await Promise.all(
    options.sources.map(async (source) => ({ source, url: await start(source) })),
  ).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    urls: new Map(started.map(({ source, url }) => [source, url])),
    lines: () => printed,
    stop,
  };
}

function spawnFunction(
  source: SourceName,
  port: number,
  options: FunctionsOptions,
  keepLine: (line: string) => void,
): ChildProcess {
  const child = spawn(
    process.execPath,
    frameworkArguments(source, join(root, 'functions', source, 'index.ts'), port),
    {
      env: {
        ...options.base,
        JOBTRAIL_STORE: options.store,
        ...(options.configFile === undefined ? undefined : { JOBTRAIL_CONFIG: options.configFile }),
        METADATA_SERVER_DETECTION: 'none',
        NODE_ENV: 'development',
        // Compiled once, not by every function at every start.
        NODE_COMPILE_CACHE: options.base['NODE_COMPILE_CACHE'] ?? COMPILE_CACHE,
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const keep = (chunk: Buffer): void => {
    for (const line of chunk.toString('utf8').split('\n')) if (line !== '') keepLine(line);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return child;
}

/**
 * Node's arguments that serve one function on the functions framework. The framework's command is found beside its
 * library, which is all that its package exports.
 */
export function frameworkArguments(target: string, source: string, port: number): readonly string[] {
  const library = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  return [
    '--disable-warning=ExperimentalWarning',
    join(dirname(library), 'main.js'),
    `--target=${target}`,
    `--source=${source}`,
    `--port=${port}`,
    '--signature-type=http',
  ];
}

/**
 * Waits until the function answers; false where its process has ended. A port that was free is somebody else's by the time that a function
 * listens, now and then, and somebody else may answer: so it is asked once it has said itself that it serves.
 */
async function ready(
  child: ChildProcess,
  url: string,
  source: string,
  own: readonly string[],
): Promise<boolean> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    try {
      if (own.includes(SERVING) && (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok) return true;
    } catch {
      // Not listening yet.
    }
    await sleep(50);
  }
  throw unready(source, own);
}

const unready = (source: string, printed: readonly string[]): JobtrailError =>
  new JobtrailError(
    'store-unavailable',
    `The function ${source} did not answer within ${READY_MS / 1000} s, or ended before.\n${printed.slice(-20).join('\n')}`,
    'The lines above are what it printed.',
  );

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(killer);
}
