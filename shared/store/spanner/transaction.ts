/** Read-write transactions that end as they should. */
import type { Database, Transaction } from '@google-cloud/spanner';
import { isRefusal, spannerError } from './errors.ts';

/** Milliseconds for the whole transaction with its repetitions; below the deadline of a push request. */
export const TIMEOUT = 20_000;
/** Of a read in a transaction: the client would repeat one that finds nobody for an hour. */
export const READ = { timeout: TIMEOUT, retryRequestOptions: { noResponseRetries: 0 } };
const ROLLBACK_TIMEOUT = 2_000;

/** Gives the locks back at once where the server refused for good; else they go with the transaction. */
export async function release(transaction: Transaction, error: unknown): Promise<void> {
  if (!isRefusal(error)) return transaction.end();
  try {
    await transaction.rollback({ timeout: ROLLBACK_TIMEOUT });
  } catch {
    // The transaction ends by itself after ten idle seconds.
  }
}

/**
 * Reads, then writes. The client repeats `body` when the transaction was aborted, and also when the connection broke on the
 * way back from a commit that may have taken place.
 * @throws JobtrailError
 */
export async function readWrite<T>(
  database: Database,
  tag: string,
  body: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const options = { timeout: TIMEOUT, requestOptions: { transactionTag: tag } };
  try {
    return await database.runTransactionAsync(options, async (transaction) => {
      try {
        const result = await body(transaction);
        await transaction.commit({ gaxOptions: { timeout: TIMEOUT } });
        return result;
      } catch (error) {
        await release(transaction, error);
        throw error;
      }
    });
  } catch (error) {
    throw spannerError(error);
  }
}
