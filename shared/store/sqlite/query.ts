/** Read-only SQL with named parameters. */
import type { DatabaseSync, SQLInputValue, StatementColumnMetadata } from 'node:sqlite';
import { type ColumnType, type Row, TABLES, type Value } from '../../../schemas/tables.ts';
import { JobtrailError, messageOf } from '../../errors.ts';
import type { QueryParams, QueryParamValue, QueryResult } from '../store.ts';
import { scalarFrom, stringsFrom } from './values.ts';

/** @throws JobtrailError `query-param` with SQLite's message when the SQL or its parameters are wrong. */
export function runQuery(
  database: DatabaseSync,
  sql: string,
  params: QueryParams,
  limit = Number.POSITIVE_INFINITY,
): QueryResult {
  database.exec('PRAGMA query_only = ON');
  try {
    const statement = database.prepare(sql);
    const named = Object.fromEntries(
      Object.entries(params).map(([name, param]) => [`@${name}`, toParam(param)]),
    );
    const columns = statement.columns();
    const lists = columns.map((column) => originType(column) === 'strings');
    const rows: Row[] = [];
    statement.setReturnArrays(true);
    for (const values of statement.iterate(named)) {
      if (rows.length >= limit) break;
      rows.push(toRow(columns, lists, Object.values(values)));
    }
    return { columns: columns.map(({ name }) => name), rows };
  } catch (error) {
    throw new JobtrailError(
      'query-param',
      `SQLite: ${messageOf(error)}`,
      'Check the SQL and its parameters.',
      {
        cause: error,
      },
    );
  } finally {
    database.exec('PRAGMA query_only = OFF');
  }
}

function toRow(
  columns: readonly StatementColumnMetadata[],
  lists: readonly boolean[],
  values: readonly Parameters<typeof scalarFrom>[0][],
): Row {
  const row: Record<string, Value> = Object.create(null);
  columns.forEach(({ name }, i) => {
    const value = values[i] ?? null;
    row[name] = lists[i] === true ? stringsFrom(value) : scalarFrom(value);
  });
  return row;
}

/** node:sqlite binds a number as a real; an int64 stays one as a bigint. */
function toParam(param: QueryParamValue): SQLInputValue {
  if (param.value === null) return null;
  return param.type === 'int64' ? BigInt(param.value) : param.value;
}

/** The declared type of the column a result column comes from, also through views. */
function originType({ table, column }: StatementColumnMetadata): ColumnType | undefined {
  const origin = Object.values(TABLES).find(({ name }) => name === table);
  return origin?.columns.find(({ name }) => name === column)?.type;
}
