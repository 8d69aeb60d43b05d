/**
 * A bound for what the client bounds by no means: its reads and transactions have timeouts of their own, and between them
 * it waits for connections and sessions, and begins again.
 */
import { JobtrailError } from '../../errors.ts';
import { within } from '../../within.ts';

/**
 * What was begun goes on. A commit that takes place after it was given up is what the next delivery finds.
 * @param what is waited for, as an operator knows it: a transaction's tag, a read of a table
 * @throws JobtrailError `store-unavailable` after `ms` milliseconds
 */
export const inTime = <T>(ms: number, what: string, work: Promise<T>): Promise<T> =>
  within(ms, work, () => unavailable(ms, what));

const unavailable = (ms: number, what: string): JobtrailError =>
  new JobtrailError(
    'store-unavailable',
    `Spanner: no answer within ${ms} ms to ${what}.`,
    'It is repeated; if this lasts, look at Spanner’s status, latency and processing units.',
  );
