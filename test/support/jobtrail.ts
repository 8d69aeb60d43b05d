/** The `jobtrail` command in a test: in this process, or as one of its own that can be ended in the middle. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { main, type Terminal } from '../../cli/main.ts';

const ROOT = join(import.meta.dirname, '../..');

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runHere(
  args: readonly string[],
  environment: Terminal['environment'] = {},
  columns = 120,
): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await main(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    outIsTty: false,
    columns,
    environment,
  });
  return { code, out, err };
}

export interface Spawned {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ran & { readonly signal: NodeJS.Signals | null }>;
}

export function spawnJobtrail(args: readonly string[], environment: Environment = {}): Spawned {
  const child = spawn(process.execPath, [join(ROOT, 'cli/jobtrail.mjs'), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ran & { readonly signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code: code ?? -1, signal, out, err }));
  });
  return { child, ended };
}
