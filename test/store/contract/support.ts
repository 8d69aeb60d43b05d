/** What the parts of the contract share. */
import { afterEach } from 'vitest';
import { type Row, TABLES, type TableName } from '../../../schemas/tables.ts';
import type { Store } from '../../../shared/store/store.ts';

export interface StoreUnderTest {
  /** Opens a new, empty store, or with `same` another connection to the one opened last. */
  open(same?: 'same'): Promise<Store>;
  /** Runs of a property; each makes a store of its own. */
  readonly runs: number;
}

export const FACTS = [
  'Events',
  'Edges',
  'PolicyVersions',
  'Quarantine',
  'Renditions',
] as const satisfies readonly TableName[];

/** `subject.open`, with what it opened closed after each test. */
export function openerOf(subject: StoreUnderTest): StoreUnderTest['open'] {
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  return async (same) => {
    const store = await subject.open(same);
    opened.push(store);
    return store;
  };
}

export async function rowsOf(store: Store, table: TableName): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of store.scan(table)) rows.push(row);
  return rows;
}

export async function facts(store: Store): Promise<Record<string, readonly Row[]>> {
  const tables = await Promise.all(FACTS.map(async (table) => [table, await rowsOf(store, table)] as const));
  return Object.fromEntries(tables);
}

/** A row as it is read: every column, NULL where it has no value. */
export function withNulls(table: TableName, row: Row): Row {
  return Object.fromEntries(TABLES[table].columns.map(({ name }) => [name, row[name] ?? null]));
}

/** The values of one column as text, sorted. */
export const texts = (rows: readonly Row[], column: string): string[] =>
  rows.map((row) => String(row[column])).sort();

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

export const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column]), 0);
