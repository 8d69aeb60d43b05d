/** Rows (index entries included) and bytes an entry makes, by class, against the ceilings of the design. */
import { TABLES, type Column, type Index, type Row, type Table } from '../schemas/tables.ts';
import { decodeEntry } from '../shared/envelope/entry.ts';
import type { TableRow } from '../shared/store/store.ts';
import { round, type Bench, type BenchResult } from './harness.ts';
import { mixEntries } from './mix/mix.ts';
import { benchContext, benchPreparer, NOW } from './support/prepared.ts';

const ENTRIES = 20_000;

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
    const preparer = benchPreparer();
    const context = benchContext();
    const tallies = new Map<string, Tally>();
    for (const text of mixEntries(ENTRIES, 2)) {
      for (const decoded of decodeEntry(Buffer.from(text), context)) {
        const prepared = preparer.prepare(decoded, NOW);
        if (prepared.kind !== 'rows') continue;
        const made = countOf(prepared.entry.rows);
        for (const name of [classOf(prepared.entry.rows[0].row), 'all']) add(tallies, name, made);
      }
    }
    return Promise.resolve([
      ...ceiling(tallies, 'access', 'mesh, most rows', 2, (tally) => tally.mostRows),
      ...ceiling(tallies, 'access', 'mesh, most kB', 1, (tally) => tally.mostBytes / 1000),
      ...ceiling(tallies, 'submission', 'submission, most rows', 6, (tally) => tally.mostRows),
      ...ceiling(tallies, 'all', 'all, rows per entry', 3, (tally) => tally.rows / tally.entries),
    ]);
  },
};

function ceiling(
  tallies: ReadonlyMap<string, Tally>,
  of: string,
  name: string,
  budget: number,
  value: (tally: Tally) => number,
): BenchResult[] {
  const tally = tallies.get(of);
  if (tally === undefined) return [];
  const detail = {
    entries: tally.entries,
    'rows/entry': round(tally.rows / tally.entries),
    'bytes/entry': round(tally.bytes / tally.entries, 0),
    'most bytes': tally.mostBytes,
  };
  return [{ name: `rows: ${name}`, ratio: round(value(tally)), budget, kind: 'at-most', detail }];
}

function classOf(row: Row): string {
  if (row['Action'] === 'api.call') return 'access';
  return row['Action'] === 'job.submit' && row['Phase'] !== 'last' ? 'submission' : 'other';
}

function add(tallies: Map<string, Tally>, name: string, made: { rows: number; bytes: number }): void {
  const tally = tallies.get(name) ?? { entries: 0, rows: 0, mostRows: 0, bytes: 0, mostBytes: 0 };
  tally.entries += 1;
  tally.rows += made.rows;
  tally.bytes += made.bytes;
  tally.mostRows = Math.max(tally.mostRows, made.rows);
  tally.mostBytes = Math.max(tally.mostBytes, made.bytes);
  tallies.set(name, tally);
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
