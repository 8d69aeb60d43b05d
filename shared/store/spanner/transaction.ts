/** Read-write transactions that end as they should. */
import type { Transaction } from '@google-cloud/spanner';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import type { QueryParams } from '../store.ts';
import type { Connection } from './connection.ts';
import { isOver, spannerError } from './errors.ts';
import { inTime } from './in-time.ts';
import { type KeyRange, queryParams, readOptions } from './read.ts';
import { fromClientRow, toMutation } from './values.ts';

const ROLLBACK_TIMEOUT = 2_000;

/** Gives the locks back at once where there is somebody to take them; else they go with the transaction. */
export async function release(transaction: Transaction, error: unknown): Promise<void> {
  if (isOver(error)) return transaction.end();
  try {
    await transaction.rollback({ timeout: ROLLBACK_TIMEOUT });
  } catch {
    // The transaction ends by itself after ten idle seconds.
  }
}

/** What a transaction reads, locked until its end, and writes with its commit. */
export interface Scope {
  read(table: TableName, columns: string[], by: Keys): Promise<Row[]>;
  query(sql: string, params: QueryParams): Promise<Row[]>;
  insert(table: TableName, rows: readonly Row[]): void;
  upsert(table: TableName, rows: readonly Row[]): void;
  remove(table: TableName, keys: string[][]): void;
}

export type Keys = { readonly ranges: KeyRange[] } | { readonly keys: string[][] };

export function scopeOf(transaction: Transaction, ms: number): Scope {
  // Without these the client repeats a read that was aborted, for seconds, in a transaction that is over.
  const gaxOptions = readOptions(ms);
  const mutations = (table: TableName, rows: readonly Row[]) =>
    rows.map((row) => toMutation(TABLES[table].columns, row));
  return {
    async read(table, columns, by) {
      if (('keys' in by ? by.keys : by.ranges).length === 0) return [];
      const [rows] = await transaction.read(table, { ...by, columns, gaxOptions });
      return rows.map(fromClientRow);
    },
    async query(sql, given) {
      const [rows] = await transaction.run({ sql, ...queryParams(given), gaxOptions });
      return rows.map((row) => fromClientRow(row));
    },
    insert(table, rows) {
      if (rows.length > 0) transaction.insert(table, mutations(table, rows));
    },
    upsert(table, rows) {
      if (rows.length > 0) transaction.upsert(table, mutations(table, rows));
    },
    remove(table, keys) {
      if (keys.length > 0) transaction.deleteRows(table, keys);
    },
  };
}

/**
 * Reads, then writes. The client repeats `body` when the transaction was aborted, and also when the connection broke on the
 * way back from a commit that may have taken place.
 * @throws JobtrailError
 */
export function readWrite<T>(
  { database, ms, alone }: Connection,
  tag: string,
  body: (scope: Scope) => Promise<T>,
): Promise<T> {
  // No attempt begins after `ms`: what was given up must not get into the way of what comes after it.
  const options = { timeout: ms, requestOptions: { transactionTag: tag } };
  const attempt = async (transaction: Transaction): Promise<T> => {
    try {
      const result = await body(scopeOf(transaction, ms));
      await transaction.commit({ gaxOptions: { timeout: ms } });
      return result;
    } catch (error) {
      await release(transaction, error);
      throw error;
    }
  };
  return alone(async () => {
    try {
      return await inTime(ms, tag, database.runTransactionAsync(options, attempt));
    } catch (error) {
      throw spannerError(error);
    }
  });
}
