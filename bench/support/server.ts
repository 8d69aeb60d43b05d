/** A function of this checkout, or of the benches, in a process of its own on the functions framework. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../cli/emulators.ts';
import { frameworkArguments } from '../../cli/run/functions.ts';

export interface FunctionProcess {
  readonly target: string;
  /** A module, or a folder with a package.json that names one. */
  readonly source: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

export function spawnFunction({ target, source, environment }: FunctionProcess, port: number): ChildProcess {
  return spawn(process.execPath, frameworkArguments(target, source, port), {
    env: { ...process.env, METADATA_SERVER_DETECTION: 'none', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await exited;
}

/** Resolves once it answers. */
export async function serve(
  target: string,
  source: string,
  environment: Readonly<Record<string, string>>,
): Promise<Server> {
  const port = await freePort();
  const child = spawnFunction({ target, source, environment }, port);
  await answers(child, port, target);
  return { port, stop: () => kill(child) };
}

/** Resolves once it answers; ends it where it does not. */
export async function answers(child: ChildProcess, port: number, target: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/`)).status < 500) return;
    } catch (error) {
      if (tries > 200 || child.exitCode !== null) {
        await kill(child);
        throw new Error(`${target} does not answer`, { cause: error });
      }
    }
    await sleep(25);
  }
}
