/**
 * The input of the replay bench: a file of entries, and the rows these make as values ready to be bound, for the floor
 * that inserts them without having made them.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { TABLES, type TableName } from '../../schemas/tables.ts';
import { toSql } from '../../shared/store/sqlite/values.ts';
import { mixEntries } from '../mix/mix.ts';
import { textPreparer } from './prepared.ts';

/** Entries of one transaction, as `jobtrail replay` has them. */
export const BATCH = 500;

/** Both files hold one line for each entry; a line of the second is a JSON array of these, empty where a rule leaves the entry out. */
export type BoundRow = readonly [table: TableName, ...values: (string | number | null)[]];

export interface ReplayFiles {
  readonly entries: string;
  readonly rows: string;
  /** Entries that make rows; a rule leaves the others out. */
  readonly stored: number;
  readonly rowCount: number;
  readonly bytes: number;
}

/** Streams both to disk: this process must not grow, its children are measured. */
export async function writeReplayFiles(path: string, count: number): Promise<ReplayFiles> {
  const files = { entries: `${path}.ndjson`, rows: `${path}.rows` };
  const entries = createWriteStream(files.entries);
  const rows = createWriteStream(files.rows);
  const prepare = textPreparer();
  let bytes = 0;
  let rowCount = 0;
  let stored = 0;
  for (const text of mixEntries(count, 5)) {
    bytes += Buffer.byteLength(text) + 1;
    await write(entries, `${text}\n`);
    const [made] = prepare(text);
    const bound = (made?.entry.rows ?? []).map(({ table, row }) => [
      table,
      ...toSql(TABLES[table].columns, row),
    ]);
    if (made !== undefined) stored += 1;
    rowCount += bound.length;
    await write(rows, `${JSON.stringify(bound)}\n`);
  }
  await Promise.all([entries, rows].map((stream) => finished(stream.end())));
  return { ...files, stored, rowCount, bytes };
}

async function write(stream: WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}
