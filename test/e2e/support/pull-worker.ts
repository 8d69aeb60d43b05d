/** The pull worker of this checkout in a process of its own. */
import { spawn } from 'node:child_process';

const ENTRIES = {
  worker: new URL('../../../functions/pull/index.ts', import.meta.url).pathname,
  hasty: new URL('hasty-worker.ts', import.meta.url).pathname,
} as const;

export interface PullProcess {
  readonly pid: number | undefined;
  readonly lines: () => readonly string[];
  /** The exit code, null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Resolves with the exit code, null where a signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** @param entry `hasty` acknowledges before it commits */
export function startPullWorker(
  environment: Readonly<Record<string, string>>,
  entry: keyof typeof ENTRIES = 'worker',
): PullProcess {
  const printed: string[] = [];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRIES[entry]], {
    env: { ...process.env, METADATA_SERVER_DETECTION: 'none', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => printed.push(...text.toString('utf8').split('\n').filter(Boolean)));
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid,
    lines: () => printed,
    exited,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
