/**
 * Quarantined rows that have no mark yet, by pages: of a fault that lasted for a night there may be millions, and the raw text of
 * each may be long.
 */
import type { Row } from '../../schemas/tables.ts';
import type { QueryParams, QueryParamValue, Store } from '../store/store.ts';

export interface QuarantineFilter {
  readonly reasons?: readonly string[] | undefined;
  readonly sources?: readonly string[] | undefined;
  /** First seen then or later; RFC 3339 as in rows. */
  readonly since?: string | undefined;
  /** Rows at most. */
  readonly limit?: number | undefined;
}

/** Rows of a page, and bytes that they had when they came. */
const PAGE_ROWS = 100;
const PAGE_BYTES = 16_000_000;

const COLUMNS = 'q.QuarantineId, q.Source, q.Reason, q.Message, q.Raw, q.RawEncoding, q.ExpireAt';

/** How many there are, the limit left aside. */
export async function countPending(store: Store, filter: QuarantineFilter): Promise<number> {
  const { where, params } = conditions(filter);
  const sql = `SELECT COUNT(*) AS Pending FROM Quarantine AS q WHERE ${where}`;
  const { rows } = await store.query(sql, params);
  return Number(rows[0]?.['Pending'] ?? 0);
}

/** In the order of their ids. */
export async function* pendingRows(
  store: Store,
  filter: QuarantineFilter,
): AsyncGenerator<readonly Row[], void, undefined> {
  const { where, params } = conditions(filter);
  const sizes = `SELECT q.QuarantineId, q.RawBytes FROM Quarantine AS q
WHERE ${where} AND q.QuarantineId > @after ORDER BY q.QuarantineId LIMIT @rows`;
  const whole = `SELECT ${COLUMNS} FROM Quarantine AS q
WHERE ${where} AND q.QuarantineId > @after AND q.QuarantineId <= @last ORDER BY q.QuarantineId`;
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  let after = '';
  while (left > 0) {
    const page = { after: string(after), rows: int64(Math.min(PAGE_ROWS, left)) };
    const last = lastOfPage((await store.query(sizes, { ...params, ...page })).rows);
    if (last === undefined) return;
    const { rows } = await store.query(whole, { ...params, after: string(after), last: string(last) });
    // More than were counted, where some came in between.
    yield rows.slice(0, left);
    left -= rows.length;
    after = last;
  }
}

/** The first row always, and those after it while there is room. */
function lastOfPage(rows: readonly Row[]): string | undefined {
  let last: string | undefined;
  let bytes = 0;
  for (const row of rows) {
    bytes += Number(row['RawBytes']);
    if (last !== undefined && bytes > PAGE_BYTES) return last;
    last = String(row['QuarantineId']);
  }
  return last;
}

function conditions({ reasons, sources, since }: QuarantineFilter): {
  readonly where: string;
  readonly params: QueryParams;
} {
  const params: Record<string, QueryParamValue> = { since: { type: 'timestamp', value: since ?? null } };
  const oneOf = (column: string, values: readonly string[] | undefined): readonly string[] => {
    if (values === undefined) return [];
    const either = values.map((value, at) => {
      params[`${column}${at}`] = string(value);
      return `q.${column} = @${column}${at}`;
    });
    return [`(${either.join(' OR ')})`];
  };
  const all = [
    'NOT EXISTS (SELECT 1 FROM Redriven AS r WHERE r.QuarantineId = q.QuarantineId)',
    '(@since IS NULL OR q.FirstSeen >= @since)',
    ...oneOf('Reason', reasons),
    ...oneOf('Source', sources),
  ];
  return { where: all.join(' AND '), params };
}

const string = (value: string): QueryParamValue => ({ type: 'string', value });
const int64 = (value: number): QueryParamValue => ({ type: 'int64', value });
