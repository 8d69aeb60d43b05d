/**
 * The floor of a replay: `insert-lines.ts ENTRIES ROWS DATABASE` reads the lines of ENTRIES, parses each, and inserts
 * the rows of ROWS into a new embedded store with one prepared statement a table, in transactions of the same size. The
 * clock stands still while ROWS is read, since a replay has no such file. Prints `{"pausedMs", "rows"}`.
 */
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { TABLES, type TableName } from '../../schemas/tables.ts';
import { openDatabase } from '../../shared/store/sqlite/database.ts';
import { columnNames } from '../../shared/store/sqlite/values.ts';
import { linesOf } from '../support/lines.ts';
import { BATCH, type BoundRow } from '../support/replay-files.ts';

const [entriesFile = '', rowsFile = '', databaseFile = ''] = process.argv.slice(2);

interface BoundBatch {
  readonly statements: readonly StatementSync[];
  readonly values: readonly SQLInputValue[][];
}

const database = openDatabase(databaseFile);
const statements = new Map<string, StatementSync>(
  Object.values(TABLES).map(({ name }) => [name, database.prepare(insertSql(name))]),
);
const prepared = rowBatches(rowsFile);
let pausedMs = 0;
let rows = 0;
let waiting: string[] = [];

for await (const lines of linesOf(entriesFile)) {
  waiting.push(...lines);
  while (waiting.length >= BATCH) {
    await insertBatch(waiting.slice(0, BATCH));
    waiting = waiting.slice(BATCH);
  }
}
if (waiting.length > 0) await insertBatch(waiting);
database.close();
console.log(JSON.stringify({ pausedMs, rows }));

async function insertBatch(lines: readonly string[]): Promise<void> {
  const stopped = performance.now();
  const next = await prepared.next();
  pausedMs += performance.now() - stopped;
  for (const line of lines) JSON.parse(line);
  if (next.done === true) throw new Error('there are fewer rows than entries');
  const { statements: inserts, values } = next.value;
  database.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < values.length; i += 1) inserts[i]?.run(...(values[i] ?? []));
  database.exec('COMMIT');
  rows += values.length;
}

async function* rowBatches(file: string): AsyncGenerator<BoundBatch, void, undefined> {
  let batch: string[] = [];
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      batch.push(line);
      if (batch.length < BATCH) continue;
      yield bound(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield bound(batch);
}

function bound(lines: readonly string[]): BoundBatch {
  const inserts: StatementSync[] = [];
  const values: SQLInputValue[][] = [];
  for (const line of lines) {
    const parsed: readonly BoundRow[] = JSON.parse(line);
    for (const [table, ...row] of parsed) {
      const statement = statements.get(table);
      if (statement === undefined) throw new Error(`there is no table ${table}`);
      inserts.push(statement);
      values.push(row);
    }
  }
  return { statements: inserts, values };
}

function insertSql(table: TableName): string {
  const columns = columnNames(table);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}
