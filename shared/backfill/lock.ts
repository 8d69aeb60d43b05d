/**
 * One backfill at a time for a state file. The lock is SQLite's on a file beside it, which the system lets go when the process ends in
 * whatever way: none is ever left behind by one that was killed.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobtrailError } from '../errors.ts';
import { stateUnusable } from './state.ts';

const BUSY = 5;

/** @returns lets it go @throws JobtrailError `usage` where another process has it, `file-unreadable` */
export function lockState(file: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new DatabaseSync(`${file}.lock`, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
    if (code !== BUSY) throw stateUnusable(file, error);
    throw new JobtrailError(
      'usage',
      `Another process goes on with the backfill of ${file}.`,
      'Wait for its end. Where it reads something else, name another file with --state.',
    );
  }
}
