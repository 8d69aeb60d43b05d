/** The pull worker of this checkout in a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ENTRY = join(import.meta.dirname, '../../../functions/pull/index.ts');

export interface PullProcess {
  readonly pid: number | undefined;
  readonly lines: () => readonly string[];
  /** Resolves with the exit code, null where a signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export function startPullWorker(environment: Readonly<Record<string, string>>): PullProcess {
  const printed: string[] = [];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY], {
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
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
