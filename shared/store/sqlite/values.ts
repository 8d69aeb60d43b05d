/** Row values ↔ SQLite values: string arrays are JSON text, everything else is as it is. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Column, Row, Table, TableName, Value } from '../../../schemas/tables.ts';
import { TABLES } from '../../../schemas/tables.ts';

export const columnNames = (table: TableName): readonly string[] =>
  TABLES[table].columns.map(({ name }) => name);

/** Values of a row in the order of the columns. */
export function toSql(columns: readonly Column[], row: Row): SQLInputValue[] {
  return columns.map(({ name }) => {
    const value = row[name];
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? null);
  });
}

/** A whole or partial row of a table; NULL columns are there as null. */
export function fromSql(table: Table, record: Record<string, SQLOutputValue>): Row {
  const row: Record<string, Value> = {};
  for (const { name, type } of table.columns) {
    const value = record[name];
    if (value !== undefined) row[name] = type === 'strings' ? stringsFrom(value) : scalarFrom(value);
  }
  return row;
}

export function scalarFrom(value: SQLOutputValue): Value {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** Element texts of a JSON array; null stays null. */
export function stringsFrom(value: SQLOutputValue): Value {
  if (typeof value !== 'string') return null;
  const parsed: unknown = JSON.parse(value);
  return Array.isArray(parsed) ? parsed.map(String) : null;
}
