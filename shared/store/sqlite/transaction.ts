import type { DatabaseSync } from 'node:sqlite';
import { sqliteError } from './errors.ts';

/** All or nothing; whoever else writes to the file waits. @throws JobtrailError */
export function inTransaction<T>(database: DatabaseSync, body: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = body();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  } catch (error) {
    throw sqliteError(error);
  }
}
