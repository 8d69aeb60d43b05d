/** What every operation on a database is handed: the client's database, and how long and beside what it may run. */
import type { Database } from '@google-cloud/spanner';

/** Runs a read-write transaction, beside others or after them. */
export type RunAlone = <R>(task: () => Promise<R>) => Promise<R>;

export interface Connection {
  readonly database: Database;
  /** Milliseconds after which an operation is given up, with whatever it waits for. */
  readonly ms: number;
  readonly alone: RunAlone;
}

/** Below the deadline of a push request, which is 60 seconds. */
export const DEFAULT_MS = 20_000;

const atOnce: RunAlone = (task) => task();

/** The emulator runs one read-write transaction at a time and aborts the others, which back off for seconds. */
function oneAtATime(): RunAlone {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}

export const connectionOf = (
  database: Database,
  options: { readonly emulator: boolean; readonly ms?: number | undefined },
): Connection => ({
  database,
  ms: options.ms ?? DEFAULT_MS,
  alone: options.emulator ? oneAtATime() : atOnce,
});
