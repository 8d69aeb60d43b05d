/** Row values ↔ the client's values. */
import { type Column, type Row, type TableName, TABLES, type Value } from '../../../schemas/tables.ts';

export const columnNames = (table: TableName): string[] => TABLES[table].columns.map(({ name }) => name);

/** Every column of the table: the client refuses undefined, and rows of one mutation must have the same columns. */
export function toMutation(columns: readonly Column[], row: Row): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const { name } of columns) values[name] = row[name] ?? null;
  return values;
}

/** `field` is one `{name, value}` of the client's row. */
export function fromField(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (Array.isArray(value)) return value.map((element) => String(fromField(element)));
  // PreciseDate prints nine fraction digits.
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'object' && 'value' in value) return fromWrapped(value.value);
  return JSON.stringify(value);
}

/** INT64, FLOAT64 and NUMERIC come wrapped, as text where a number would lose digits. */
function fromWrapped(value: unknown): Value {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

interface Field {
  readonly name: string;
  readonly value: unknown;
}

function isFields(row: unknown): row is readonly Field[] {
  return Array.isArray(row);
}

/** A row of the client, which is an array of fields, as a row of ours. */
export function fromClientRow(row: unknown): Row {
  const values: Record<string, Value> = Object.create(null);
  if (isFields(row)) for (const { name, value } of row) values[name] = fromField(value);
  return values;
}
