/** A Node process from its start to its end: how long it took, what it printed, and how much memory it had at most. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface Measured {
  readonly ms: number;
  readonly output: string;
  /** Peak resident memory in MB (10^6 bytes). */
  readonly peakMb: number;
}

const PRELOAD = join(import.meta.dirname, 'peak-memory.mjs');

/** @throws Error with what it said on standard error, when it ends with another exit code than 0. */
export async function runMeasured(args: readonly string[]): Promise<Measured> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const peak = child.stdio[3];
  if (!(peak instanceof Readable) || child.stdout === null || child.stderr === null)
    throw new Error('the pipes of a child are streams');
  const [code, output, errors, kB] = await Promise.all([
    exited,
    text(child.stdout),
    text(child.stderr),
    text(peak),
  ]);
  const ms = performance.now() - began;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with exit code ${code}: ${errors}`);
  return { ms, output, peakMb: (Number(kB) * 1024) / 1e6 };
}
