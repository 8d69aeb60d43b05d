/** Rows (index entries included) and bytes an entry makes, by class, against the ceilings of the design. */
import { TABLES, type Column, type Index, type Row, type Table } from '../schemas/tables.ts';
import { decodeEntry } from '../shared/envelope/entry.ts';
import { DETECTIONS } from '../shared/detections/index.ts';
import { createPreparer, type Preparer } from '../shared/pipeline/prepare.ts';
import { SOURCES } from '../shared/sources/index.ts';
import type { EntryRows, TableRow } from '../shared/store/store.ts';
import { round, type Bench, type BenchResult } from './harness.ts';
import { mixEntries } from './mix/mix.ts';
import { benchBundle } from './support/declared.ts';
import { benchContext, benchPreparer, NOW } from './support/prepared.ts';

const ENTRIES = 20_000;
const SEED = 2;

interface Tally {
  entries: number;
  rows: number;
  mostRows: number;
  bytes: number;
  mostBytes: number;
}

export const rows: Bench = {
  name: 'rows',
  about: 'rows and bytes per entry, index entries included',
  run() {
    const tallies = tally(benchPreparer(), ({ rows: made }) => made);
    // A bundle is in force: with the groups that rules over several records find an event by. Open work is gone once it is done.
    const judging = createPreparer({ sources: SOURCES, loaded: benchBundle(SEED), detections: DETECTIONS });
    const grouped = tally(judging, ({ rows: made }) => made.filter(({ table }) => table !== 'Findings'));
    return Promise.resolve([
      ...ceiling(tallies, 'access', 'mesh, most rows', 2, (of) => of.mostRows),
      ...ceiling(tallies, 'access', 'mesh, most kB', 1, (of) => of.mostBytes / 1000),
      ...ceiling(tallies, 'submission', 'submission, most rows', 6, (of) => of.mostRows),
      ...ceiling(tallies, 'all', 'all, rows per entry', 3, (of) => of.rows / of.entries),
      ...ceiling(grouped, 'access', 'mesh, grouped, on average', 2, (of) => of.rows / of.entries),
      ...ceiling(grouped, 'all', 'all, grouped, rows per entry', 3, (of) => of.rows / of.entries),
    ]);
  },
};

/** The entries of the mix by class, as far as `rowsOf` has rows of them. */
function tally(
  preparer: Preparer,
  rowsOf: (entry: EntryRows) => readonly TableRow[],
): ReadonlyMap<string, Tally> {
  const context = benchContext();
  const tallies = new Map<string, Tally>();
  for (const text of mixEntries(ENTRIES, SEED)) {
    for (const decoded of decodeEntry(Buffer.from(text), context)) {
      const prepared = preparer.prepare(decoded, NOW);
      if (prepared.kind !== 'rows') continue;
      const made = countOf(rowsOf(prepared.entry));
      for (const name of [classOf(prepared.entry.rows[0].row), 'all']) add(tallies, name, made);
    }
  }
  return tallies;
}

function ceiling(
  tallies: ReadonlyMap<string, Tally>,
  of: string,
  name: string,
  budget: number,
  value: (of: Tally) => number,
): BenchResult[] {
  const found = tallies.get(of);
  if (found === undefined) return [];
  const detail = {
    entries: found.entries,
    'rows/entry': round(found.rows / found.entries),
    'bytes/entry': round(found.bytes / found.entries, 0),
    'most bytes': found.mostBytes,
  };
  return [{ name: `rows: ${name}`, ratio: round(value(found)), budget, kind: 'at-most', detail }];
}

function classOf(row: Row): string {
  if (row['Action'] === 'api.call') return 'access';
  return row['Action'] === 'job.submit' && row['Phase'] !== 'last' ? 'submission' : 'other';
}

function add(tallies: Map<string, Tally>, name: string, made: { rows: number; bytes: number }): void {
  const sum = tallies.get(name) ?? { entries: 0, rows: 0, mostRows: 0, bytes: 0, mostBytes: 0 };
  sum.entries += 1;
  sum.rows += made.rows;
  sum.bytes += made.bytes;
  sum.mostRows = Math.max(sum.mostRows, made.rows);
  sum.mostBytes = Math.max(sum.mostBytes, made.bytes);
  tallies.set(name, sum);
}

/** As Spanner holds them: a row of its table, and one of every index it appears in. */
function countOf(made: readonly TableRow[]): { rows: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const { table, row } of made) {
    const definition: Table = TABLES[table];
    count += 1;
    bytes += bytesOf(
      definition.columns,
      row,
      definition.columns.map((column) => column.name),
    );
    for (const index of definition.indexes) {
      if (index.nullFiltered === true && row[index.columns[0] ?? ''] === undefined) continue;
      count += 1;
      bytes += bytesOf(definition.columns, row, indexColumns(definition, index));
    }
  }
  return { rows: count, bytes };
}

const indexColumns = (table: Table, index: Index): string[] => [
  ...new Set([...index.columns, ...index.storing, ...table.key]),
];

/** Bytes of the values: 8 for an INT64, 12 for a TIMESTAMP, UTF-8 bytes of text, as Spanner documents them. */
function bytesOf(columns: readonly Column[], row: Row, names: readonly string[]): number {
  let bytes = 0;
  for (const name of names) {
    const value = row[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'number') bytes += 8;
    else if (typeof value !== 'string') for (const text of value) bytes += Buffer.byteLength(text);
    else
      bytes +=
        columns.find((column) => column.name === name)?.type === 'timestamp' ? 12 : Buffer.byteLength(value);
  }
  return bytes;
}
