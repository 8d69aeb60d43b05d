/**
 * Group commit: the concurrent requests of one instance share a commit. A request's entries wait until the batch is
 * full (rows, bytes) or the oldest has waited `maxWaitMs`; while a commit is under way the next batch gathers, so
 * that load makes batches larger and not the queue longer. A request learns its fates only after its commit.
 */
import { JobtrailError } from '../errors.ts';
import { commitPrepared, type CommitContext, type Fate } from './commit.ts';
import type { Prepared } from './prepare.ts';

export interface GroupLimits {
  /** Rows of one commit, index entries not counted. */
  readonly maxRows: number;
  /** Bytes of the entries of one commit. */
  readonly maxBytes: number;
  /** Longest wait of the first entry of a batch before its commit begins, milliseconds. */
  readonly maxWaitMs: number;
  /** Rows that may wait in all; beyond it a request is refused with `overloaded` and comes back. */
  readonly maxQueuedRows: number;
  /** Commits under way at once. */
  readonly maxConcurrent: number;
}

export const DEFAULT_LIMITS: GroupLimits = {
  maxRows: 500,
  maxBytes: 1_000_000,
  maxWaitMs: 5,
  maxQueuedRows: 20_000,
  maxConcurrent: 1,
};

/** Told once, after the commit or instead of it. */
export type Settled = (error: unknown, fates?: readonly Fate[]) => void;

export interface GroupCommitter {
  /** As `submit`, with a callback. */
  enqueue(items: readonly Prepared[], bytes: number, settled: Settled): void;
  /**
   * Resolves after the commit that holds these entries.
   * @throws JobtrailError of disposition `retry` when the commit failed or too much is waiting.
   */
  submit(items: readonly Prepared[], bytes: number): Promise<readonly Fate[]>;
  /** Commits by themselves, apart from every neighbour: for a message that failed before. */
  submitAlone(items: readonly Prepared[]): Promise<readonly Fate[]>;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly items: readonly Prepared[];
  readonly rows: number;
  readonly bytes: number;
  readonly settled: Settled;
}

export function createGroupCommitter(
  context: CommitContext,
  limits: GroupLimits = DEFAULT_LIMITS,
): GroupCommitter {
  let queue: Waiting[] = [];
  let queuedRows = 0;
  let queuedBytes = 0;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  let whenIdle: (() => void)[] = [];

  const full = (): boolean => queuedRows >= limits.maxRows || queuedBytes >= limits.maxBytes;

  function schedule(): void {
    if (queue.length === 0 || running >= limits.maxConcurrent) return;
    if (full()) flush();
    else timer ??= setTimeout(flush, limits.maxWaitMs);
  }

  function takeBatch(): Waiting[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const waiting of queue) {
      if (count > 0 && (rows + waiting.rows > limits.maxRows || bytes + waiting.bytes > limits.maxBytes))
        break;
      rows += waiting.rows;
      bytes += waiting.bytes;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queuedRows -= rows;
    queuedBytes -= bytes;
    return batch;
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (queue.length === 0 || running >= limits.maxConcurrent) return;
    void run(takeBatch());
    schedule();
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    running += 1;
    let fates: readonly Fate[] | undefined;
    let failure: unknown;
    try {
      fates = (
        await commitPrepared(
          context,
          batch.flatMap(({ items }) => items),
        )
      ).fates;
    } catch (error) {
      failure = error;
    }
    running -= 1;
    // What gathered meanwhile has waited already.
    if (queue.length > 0) flush();
    let at = 0;
    for (const { items, settled } of batch) {
      settled(failure, fates?.slice(at, at + items.length));
      at += items.length;
    }
    if (queue.length === 0 && running === 0) settle();
  }

  function settle(): void {
    const waiting = whenIdle;
    whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  function enqueue(items: readonly Prepared[], bytes: number, settled: Settled): void {
    let rows = 0;
    for (const item of items) if (item.kind === 'rows') rows += item.entry.rows.length;
    if (queuedRows + rows > limits.maxQueuedRows) {
      settled(overloaded(queuedRows));
      return;
    }
    queue.push({ items, rows, bytes, settled });
    queuedRows += rows;
    queuedBytes += bytes;
    schedule();
  }

  return {
    enqueue,
    submit(items, bytes) {
      return new Promise((resolve, reject) => {
        enqueue(items, bytes, (error, fates) => (fates === undefined ? reject(error) : resolve(fates)));
      });
    },
    async submitAlone(items) {
      return (await commitPrepared(context, items)).fates;
    },
    idle() {
      if (queue.length === 0 && running === 0) return Promise.resolve();
      return new Promise((resolve) => whenIdle.push(resolve));
    },
  };
}

const overloaded = (rows: number): JobtrailError =>
  new JobtrailError(
    'overloaded',
    `${rows} rows wait for a commit in this instance already.`,
    'The message will be delivered again; if this lasts, add instances or look at the latency of commits.',
  );
