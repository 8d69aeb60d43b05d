/** Threads that judge mutants. One that does not answer in time runs without end and is replaced. */
/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
import { Worker } from 'node:worker_threads';
import type { CandidateMutant, Verdict } from './mutant.ts';

const TIMEOUT_MS = 20_000;

export interface PoolOptions {
  readonly threads: number;
  readonly onVerdict: (mutant: CandidateMutant, verdict: Verdict) => void;
}

/** @throws Error where a thread does not start: the cases fail without any mutant, or a file does not load */
export async function judgeAll(mutants: readonly CandidateMutant[], options: PoolOptions): Promise<void> {
  const queue = [...mutants];
  const names = [...new Set(mutants.map(({ name }) => name))];
  await Promise.all(Array.from({ length: options.threads }, () => work(queue, names, options)));
}

async function work(
  queue: CandidateMutant[],
  names: readonly string[],
  { onVerdict }: PoolOptions,
): Promise<void> {
  let worker: Worker | undefined;
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    worker ??= await started(names);
    const verdict = await answer(worker, mutant);
    if (verdict === 'timeout') {
      await worker.terminate();
      worker = undefined;
    }
    onVerdict(mutant, verdict);
  }
  await worker?.terminate();
}

/** @param names of the files to be mutated: their cases must pass before */
async function started(names: readonly string[]): Promise<Worker> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    workerData: names,
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  return worker;
}

function answer(worker: Worker, mutant: CandidateMutant): Promise<Verdict> {
  return new Promise((resolve) => {
    const done = (verdict: Verdict): void => {
      clearTimeout(timer);
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
      resolve(verdict);
    };
    const timer = setTimeout(() => done('timeout'), TIMEOUT_MS);
    worker.once('message', ({ verdict }: { readonly verdict: Verdict }) => done(verdict));
    // A mutant that takes its thread down has been noticed; the thread is replaced.
    worker.once('error', () => done('timeout'));
    worker.postMessage(mutant);
  });
}
