/** Reads by key and by SQL. Facts never change, so each read stands for itself; none takes a lock. */
import type { Database, protos } from '@google-cloud/spanner';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import { byEdgeKey, byEventTime } from '../order.ts';
import type { EdgeKeyRange, QueryParams, QueryResult } from '../store.ts';
import { queryError, spannerError } from './errors.ts';
import { columnNames, fromClientRow } from './values.ts';

const TIMEOUT = 20_000;
const PAGE = 500;
/** The client repeats a failed stream twice, seconds apart, before it shows the error; the caller repeats if it should. */
const OPTIONS = { timeout: TIMEOUT, retryRequestOptions: { noResponseRetries: 0 } };
const ALL_COLUMNS: Readonly<Record<'Events' | 'Edges', string[]>> = {
  Events: columnNames('Events'),
  Edges: columnNames('Edges'),
};
const SLIM_EVENT = ALL_COLUMNS.Events.filter((name) => name !== 'Raw');

export interface KeyRange {
  readonly startClosed?: string[];
  readonly startOpen?: string[];
  readonly endClosed: string[];
}

export async function readRanges(
  database: Database,
  table: TableName,
  columns: string[],
  ranges: KeyRange[],
  more: { index?: string; limit?: number } = {},
): Promise<Row[]> {
  if (ranges.length === 0) return [];
  try {
    const [rows] = await database.table(table).read({ ranges, columns, gaxOptions: OPTIONS, ...more });
    return rows.map(fromClientRow);
  } catch (error) {
    throw spannerError(error);
  }
}

export const prefix = (...key: string[]): KeyRange => ({ startClosed: key, endClosed: key });

export async function readEdges(
  database: Database,
  ranges: readonly EdgeKeyRange[],
): Promise<readonly Row[]> {
  const distinct = new Map<string, KeyRange>();
  for (const { node, ops } of ranges) {
    for (const key of ops === undefined ? [[node]] : ops.map((op) => [node, op])) {
      distinct.set(JSON.stringify(key), prefix(...key));
    }
  }
  const rows = await readRanges(database, 'Edges', ALL_COLUMNS.Edges, [...distinct.values()]);
  const unique = new Map(rows.map((row) => [JSON.stringify(TABLES.Edges.key.map((name) => row[name])), row]));
  return [...unique.values()].sort(byEdgeKey);
}

export async function readEventsByJob(
  database: Database,
  jobIds: readonly string[],
): Promise<readonly Row[]> {
  const ranges = [...new Set(jobIds)].map((id) => prefix(id));
  const keys = await readRanges(database, 'Events', ['EventId', 'Variant'], ranges, { index: 'EventsByJob' });
  const rows = await readRanges(
    database,
    'Events',
    SLIM_EVENT,
    keys.map((key) => prefix(String(key['EventId']), String(key['Variant']))),
  );
  return rows.sort(byEventTime);
}

export async function readEventsById(
  database: Database,
  eventIds: readonly string[],
): Promise<readonly Row[]> {
  const ranges = [...new Set(eventIds)].map((id) => prefix(id));
  return (await readRanges(database, 'Events', ALL_COLUMNS.Events, ranges)).sort(byEventTime);
}

/** Pages in key order; each page starts after the last key of the one before. */
export async function* scanTable(database: Database, table: TableName): AsyncIterable<Row> {
  const columns = columnNames(table);
  const limit = PAGE;
  let page = await readRanges(database, table, columns, [{ startClosed: [], endClosed: [] }], { limit });
  while (page.length > 0) {
    yield* page;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    const startOpen = TABLES[table].key.map((name) => String(last[name]));
    page = await readRanges(database, table, columns, [{ startOpen, endClosed: [] }], { limit });
  }
}

export async function runQuery(
  database: Database,
  sql: string,
  params: QueryParams,
  limit = Number.POSITIVE_INFINITY,
): Promise<QueryResult> {
  const entries = Object.entries(params);
  const stream = database.runStream({
    sql,
    params: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
    types: Object.fromEntries(entries.map(([name, { type }]) => [name, type])),
    gaxOptions: OPTIONS,
    requestOptions: { requestTag: 'jobtrail-query' },
  });
  let columns: readonly string[] = [];
  stream.on('response', (response: protos.google.spanner.v1.IPartialResultSet) => {
    columns = response.metadata?.rowType?.fields?.map((field) => field.name ?? '') ?? columns;
  });
  const rows: Row[] = [];
  try {
    for await (const row of stream) {
      if (rows.length >= limit) break;
      rows.push(fromClientRow(row));
    }
  } catch (error) {
    throw queryError(error);
  }
  return { columns, rows };
}
