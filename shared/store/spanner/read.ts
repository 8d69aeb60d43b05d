/** Reads by key and by SQL. Facts never change, so each read stands for itself; none takes a lock. */
import type { protos } from '@google-cloud/spanner';
import { type Row, type TableName, TABLES } from '../../../schemas/tables.ts';
import { byEdgeKey, byEventTime } from '../order.ts';
import type { EdgeKeyRange, QueryParams, QueryResult } from '../store.ts';
import type { Connection } from './connection.ts';
import { isDenied, queryError, spannerError } from './errors.ts';
import { inTime } from './in-time.ts';
import { columnNames, fromClientRow } from './values.ts';

const PAGE = 500;
/** The client repeats a failed stream twice, seconds apart, before it shows the error; the caller repeats if it should. */
export const readOptions = (ms: number) => ({ timeout: ms, retryRequestOptions: { noResponseRetries: 0 } });
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
  { database, ms }: Connection,
  table: TableName,
  columns: string[],
  ranges: KeyRange[],
  more: { index?: string; limit?: number } = {},
): Promise<Row[]> {
  if (ranges.length === 0) return [];
  const request = { ranges, columns, gaxOptions: readOptions(ms), ...more };
  try {
    const [rows] = await inTime(ms, `a read of ${table}`, database.table(table).read(request));
    return rows.map(fromClientRow);
  } catch (error) {
    throw spannerError(error);
  }
}

export const prefix = (...key: string[]): KeyRange => ({ startClosed: key, endClosed: key });

export async function readEdges(
  connection: Connection,
  ranges: readonly EdgeKeyRange[],
): Promise<readonly Row[]> {
  const distinct = new Map<string, KeyRange>();
  for (const { node, ops } of ranges) {
    for (const key of ops === undefined ? [[node]] : ops.map((op) => [node, op])) {
      distinct.set(JSON.stringify(key), prefix(...key));
    }
  }
  const rows = await readRanges(connection, 'Edges', ALL_COLUMNS.Edges, [...distinct.values()]);
  const unique = new Map(rows.map((row) => [JSON.stringify(TABLES.Edges.key.map((name) => row[name])), row]));
  return [...unique.values()].sort(byEdgeKey);
}

export async function readEventsByJob(
  connection: Connection,
  jobIds: readonly string[],
): Promise<readonly Row[]> {
  const ranges = [...new Set(jobIds)].map((id) => prefix(id));
  const keys = await readRanges(connection, 'Events', ['EventId', 'Variant'], ranges, {
    index: 'EventsByJob',
  });
  const rows = await readRanges(
    connection,
    'Events',
    SLIM_EVENT,
    keys.map((key) => prefix(String(key['EventId']), String(key['Variant']))),
  );
  return rows.sort(byEventTime);
}

export async function readEventsById(
  connection: Connection,
  eventIds: readonly string[],
): Promise<readonly Row[]> {
  const ranges = [...new Set(eventIds)].map((id) => prefix(id));
  try {
    return (await readRanges(connection, 'Events', ALL_COLUMNS.Events, ranges)).sort(byEventTime);
  } catch (error) {
    // An auditor's role reads everything but the raw texts.
    if (!isDenied(error)) throw error;
    return (await readRanges(connection, 'Events', SLIM_EVENT, ranges)).sort(byEventTime);
  }
}

/** Pages in key order; each page starts after the last key of the one before. */
export async function* scanTable(connection: Connection, table: TableName): AsyncIterable<Row> {
  const columns = columnNames(table);
  const limit = PAGE;
  let page = await readRanges(connection, table, columns, [{ startClosed: [], endClosed: [] }], { limit });
  while (page.length > 0) {
    yield* page;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    const startOpen = TABLES[table].key.map((name) => String(last[name]));
    page = await readRanges(connection, table, columns, [{ startOpen, endClosed: [] }], { limit });
  }
}

export async function runQuery(
  { database, ms }: Connection,
  sql: string,
  params: QueryParams,
  limit = Number.POSITIVE_INFINITY,
): Promise<QueryResult> {
  const stream = database.runStream({
    sql,
    ...queryParams(params),
    gaxOptions: readOptions(ms),
    requestOptions: { requestTag: 'jobtrail-query' },
  });
  let columns: readonly string[] = [];
  stream.on('response', (response: protos.google.spanner.v1.IPartialResultSet) => {
    columns = response.metadata?.rowType?.fields?.map((field) => field.name ?? '') ?? columns;
  });
  const read = async (): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const row of stream) {
      if (rows.length >= limit) break;
      rows.push(fromClientRow(row));
    }
    return rows;
  };
  try {
    const rows = await inTime(ms, 'a query', read());
    return { columns, rows };
  } catch (error) {
    stream.destroy();
    throw queryError(error);
  }
}

/** As the client takes them: values and types apart. */
export function queryParams(params: QueryParams) {
  const entries = Object.entries(params);
  return {
    params: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
    types: Object.fromEntries(entries.map(([name, { type }]) => [name, type])),
  };
}
