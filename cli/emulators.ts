/**
 * Finds and runs the emulators of the Google Cloud CLI: those already running (SPANNER_EMULATOR_HOST,
 * PUBSUB_EMULATOR_HOST), else the binaries of its installation, started on free ports. A started emulator ends with
 * `stop()`, and by itself when this process dies in whatever way.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobtrailError } from '../shared/errors.ts';

export type EmulatorName = 'spanner' | 'pubsub';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where an emulator is: running at `host` already, or a command that starts one on a port. */
export type FoundEmulator =
  | { readonly kind: 'running'; readonly host: string }
  | { readonly kind: 'command'; readonly command: (port: number) => readonly [string, ...string[]] };

export interface RunningEmulator {
  readonly name: EmulatorName;
  /** HOST:PORT. */
  readonly host: string;
  /** False for one that was running before. */
  readonly startedHere: boolean;
  /** Ends it when it was started here; leaves one that was running before alone. */
  stop(): Promise<void>;
}

const HOST_VARIABLE = { spanner: 'SPANNER_EMULATOR_HOST', pubsub: 'PUBSUB_EMULATOR_HOST' } as const;
const READY_MS = 30_000;
const STOP_MS = 5_000;

export function findEmulator(name: EmulatorName, env: Environment): FoundEmulator | undefined {
  const host = env[HOST_VARIABLE[name]];
  if (host !== undefined && host !== '') return { kind: 'running', host };
  return name === 'spanner' ? findSpanner(env) : findPubsub(env);
}

function findSpanner(env: Environment): FoundEmulator | undefined {
  const candidates = [
    ...sdkRoots(env).map((root) => join(root, 'bin', 'cloud_spanner_emulator', 'emulator_main')),
    ...onPath('emulator_main', env),
  ];
  const binary = candidates.find(isExecutable);
  if (binary === undefined) return undefined;
  return { kind: 'command', command: (port) => [binary, '--host_port', `localhost:${port}`] };
}

function findPubsub(env: Environment): FoundEmulator | undefined {
  const java = onPath('java', env)[0];
  if (java === undefined) return undefined;
  for (const root of sdkRoots(env)) {
    const folder = join(root, 'platform', 'pubsub-emulator', 'lib');
    const jar = listing(folder).find((file) => /^cloud-pubsub-emulator-[\d.]+-all\.jar$/.test(file));
    if (jar !== undefined) {
      return {
        kind: 'command',
        command: (port) => [java, '-jar', join(folder, jar), '--host=localhost', `--port=${port}`],
      };
    }
  }
  return undefined;
}

/** Installation folders of the Google Cloud CLI, the one on the path first. */
function sdkRoots(env: Environment): readonly string[] {
  const ofPath = onPath('gcloud', env).map((gcloud) => dirname(dirname(realpathSync(gcloud))));
  const usual = [
    '/usr/lib/google-cloud-sdk',
    '/usr/share/google-cloud-sdk',
    join(homedir(), 'google-cloud-sdk'),
  ];
  return [...new Set([...ofPath, ...usual])];
}

function onPath(command: string, env: Environment): readonly string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, command)).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @throws JobtrailError `emulator-missing` when there is none, or when it does not answer within 30 seconds. */
export async function startEmulator(name: EmulatorName, env: Environment): Promise<RunningEmulator> {
  const found = findEmulator(name, env);
  if (found === undefined) {
    throw new JobtrailError(
      'emulator-missing',
      `No ${name} emulator was found.`,
      `Install one with \`gcloud components install ${COMPONENT[name]}\`, or set ${HOST_VARIABLE[name]}=HOST:PORT.`,
    );
  }
  if (found.kind === 'running')
    return { name, host: found.host, startedHere: false, stop: () => Promise.resolve() };
  return startCommand(name, found.command);
}

const COMPONENT = { spanner: 'cloud-spanner-emulator', pubsub: 'pubsub-emulator' } as const;

/**
 * Runs its arguments and ends them when standard input closes, which the system does for a parent that was killed.
 * Standard input goes by way of descriptor 3, since a shell gives its background commands /dev/null.
 */
const TETHER = '"$@" </dev/null & c=$!; exec 3<&0; (cat <&3 >/dev/null; kill "$c") 2>/dev/null & wait "$c"';

async function startCommand(
  name: EmulatorName,
  command: (port: number) => readonly [string, ...string[]],
): Promise<RunningEmulator> {
  const port = await freePort();
  const child = spawn('sh', ['-c', TETHER, 'sh', ...command(port)], { stdio: ['pipe', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)));
  child.stdin.on('error', () => undefined);
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  );
  const stop = async (): Promise<void> => {
    const patience = new AbortController();
    child.stdin.end();
    const late = sleep(STOP_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([exited, late]);
    patience.abort();
  };
  if (!(await answers(port, exited))) {
    await stop();
    throw new JobtrailError(
      'emulator-missing',
      `The ${name} emulator did not start: ${errors.trim().split('\n').at(-1) ?? 'no output'}`,
      `Start one by hand and set ${HOST_VARIABLE[name]}=HOST:PORT.`,
    );
  }
  // A command that ends without stop() is not kept waiting; the tether then ends the emulator.
  child.unref();
  for (const pipe of [child.stdin, child.stderr]) if (pipe instanceof Socket) pipe.unref();
  return { name, host: `localhost:${port}`, startedHere: true, stop };
}

/** A port nobody listens on now; the emulators cannot be told to take one by themselves and say which. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** True once the port takes connections; false when the process ended first or took too long. */
async function answers(port: number, exited: Promise<void>): Promise<boolean> {
  const process = { ended: false };
  void exited.then(() => (process.ended = true));
  const deadline = Date.now() + READY_MS;
  while (!process.ended && Date.now() < deadline) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, 'localhost', () => resolve(true)).once('error', () => resolve(false));
      socket.once('close', () => socket.destroy()).unref();
      setTimeout(() => socket.destroy(), 1000).unref();
    });
    if (open) return !process.ended;
    await sleep(50);
  }
  return false;
}

/**
 * Environment of a process that uses the emulators; to be in place before the Google Cloud clients are loaded.
 * Emulator 1.5.28 has no multiplexed sessions, and the client ends the process when it is given none.
 */
export function emulatorEnvironment(running: readonly RunningEmulator[]): Record<string, string> {
  const hosts = running.map(({ name, host }) => [HOST_VARIABLE[name], host] as const);
  return {
    ...Object.fromEntries(hosts),
    METADATA_SERVER_DETECTION: 'none',
    SPANNER_DISABLE_BUILTIN_METRICS: 'true',
    GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS: 'false',
    GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS_FOR_RW: 'false',
    GOOGLE_CLOUD_SPANNER_MULTIPLEXED_SESSIONS_PARTITIONED_OPS: 'false',
  };
}
