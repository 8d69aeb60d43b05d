/** Opens the file and brings it to the current schema. */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { JobtrailError } from '../../errors.ts';
import { sqliteError } from './errors.ts';
import { registerFunctions } from './functions.ts';

/** In order; the number of applied files is the database's user_version. */
const MIGRATIONS = [
  '0001_base.sql',
  '0002_views.sql',
  '0003_alerts.sql',
  '0004_bundles.sql',
  '0005_silences.sql',
  '0006_corroboration.sql',
  '0007_redriven.sql',
];
const FOLDER = new URL('../../../schemas/sqlite/', import.meta.url);

const PRAGMAS = `
  PRAGMA busy_timeout = 10000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
  PRAGMA case_sensitive_like = ON;
`;

/** @throws JobtrailError `store-schema` for a file of a newer version, `store-unavailable` for one that is no database. */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(PRAGMAS);
    registerFunctions(database);
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    throw sqliteError(error);
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > MIGRATIONS.length) {
    throw new JobtrailError(
      'store-schema',
      `The file has schema version ${version}, this program knows ${MIGRATIONS.length}.`,
      'Use the newer program that made the file, or another file.',
    );
  }
  for (const file of MIGRATIONS.slice(version)) database.exec(readFileSync(new URL(file, FOLDER), 'utf8'));
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}
