/**
 * Quarantined entries through the present code: what can be read now is stored, and the row is marked; what still fails stays as it
 * is. Killed anywhere, the next run finds what is not marked: what was stored before its mark is a duplicate then.
 */
import type { Row } from '../../schemas/tables.ts';
import type { Clock } from '../backfill/pace.ts';
import { patiently, type OnWait } from '../backfill/patience.ts';
import { prepareAttested } from '../pipeline/attest.ts';
import { commitPrepared } from '../pipeline/commit.ts';
import type { Prepared, Preparer } from '../pipeline/prepare.ts';
import type { Store } from '../store/store.ts';
import { reread } from './reread.ts';
import { NO_TALLY, tallied, type Tally } from './tally.ts';

export interface QuarantineFilter {
  readonly reasons?: readonly string[] | undefined;
  readonly sources?: readonly string[] | undefined;
  /** First seen then or later; RFC 3339 as in rows. */
  readonly since?: string | undefined;
  /** Rows at most. */
  readonly limit?: number | undefined;
}

export interface RedriveOptions {
  readonly store: Store;
  /** For entries that came to the function of this source; `unrouted`: any. */
  readonly preparerFor: (source: string) => Preparer;
  /** What is in force at an event time is known; see Ingest. */
  readonly ready: (time: string) => Promise<void> | undefined;
  readonly now: () => string;
  /** Only tells what would become of each. */
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly onWait?: OnWait;
  readonly onBatch?: (tally: Tally) => void;
}

/** Rows read again at once. */
const BATCH = 100;
const MAX_RULE = 128;

export async function redriveQuarantine(options: RedriveOptions, filter: QuarantineFilter): Promise<Tally> {
  const { store } = options;
  const done = new Set<string>();
  for await (const row of store.scan('Redriven')) done.add(String(row['QuarantineId']));
  let tally = NO_TALLY;
  let taken = 0;
  let batch: Row[] = [];
  const flush = async (): Promise<void> => {
    const became = await patiently(options.clock, () => redriveRows(options, batch), options.onWait);
    for (const [row, what] of became) tally = tallied(tally, row['Reason'], what);
    batch = [];
    options.onBatch?.(tally);
  };
  for await (const row of store.scan('Quarantine')) {
    if (done.has(String(row['QuarantineId'])) || !matches(row, filter)) continue;
    if (filter.limit !== undefined && taken >= filter.limit) break;
    taken += 1;
    batch.push(row);
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return tally;
}

function matches(row: Row, { reasons, sources, since }: QuarantineFilter): boolean {
  return (
    (reasons === undefined || reasons.includes(String(row['Reason']))) &&
    (sources === undefined || sources.includes(String(row['Source']))) &&
    (since === undefined || String(row['FirstSeen']) >= since)
  );
}

/** What becomes of a row. */
export type Became =
  | { readonly outcome: 'stored' | 'duplicate'; readonly eventIds: readonly string[] }
  | { readonly outcome: 'filtered'; readonly rule: string }
  | { readonly outcome: 'stays'; readonly why: string };

interface Ready {
  readonly row: Row;
  readonly prepared: readonly Prepared[];
}

async function redriveRows(
  options: RedriveOptions,
  rows: readonly Row[],
): Promise<readonly (readonly [Row, Became])[]> {
  const became = new Map<Row, Became>();
  const all: Ready[] = [];
  for (const row of rows) {
    const prepared = await prepareRow(options, row);
    if ('outcome' in prepared) became.set(row, prepared);
    else all.push({ row, prepared });
  }
  const fates = options.dryRun ? await foreseen(options, all) : await committed(options, all);
  const marks: Row[] = [];
  for (const { row, prepared } of all) {
    const what = becameOf(prepared, fates);
    became.set(row, what);
    if (what.outcome !== 'stays') marks.push(markOf(row, what, options.now()));
  }
  if (!options.dryRun && marks.length > 0) await options.store.markRedriven(marks);
  return rows.flatMap((row) => {
    const what = became.get(row);
    return what === undefined ? [] : [[row, what] as const];
  });
}

/** All of its entries, or why the row stays. */
async function prepareRow(
  { preparerFor, ready, now }: RedriveOptions,
  row: Row,
): Promise<readonly Prepared[] | Became> {
  const read = reread(row);
  if (read.kind === 'stays') return { outcome: 'stays', why: read.why };
  const preparer = preparerFor(String(row['Source']));
  const prepared: Prepared[] = [];
  for (const decoded of read.entries) {
    if (decoded.kind === 'entry') await ready(decoded.eventTime);
    const item = await prepareAttested(preparer, decoded, now);
    if (item.kind === 'rows' && item.entry.kind === 'quarantine') {
      // One of several that still fails keeps the row: its raw text holds them all.
      return { outcome: 'stays', why: String(item.entry.rows[0].row['Reason']) };
    }
    prepared.push(item);
  }
  return prepared;
}

type Fates = ReadonlyMap<Prepared, string>;

async function committed({ store, preparerFor, now }: RedriveOptions, all: readonly Ready[]): Promise<Fates> {
  const items = all.flatMap(({ prepared }) => prepared);
  const context = { store, preparer: preparerFor('unrouted'), path: 'redrive', now };
  const { fates } = await commitPrepared(context, items);
  return new Map(items.map((item, index) => [item, fates[index] ?? 'filtered']));
}

/** By what is stored now: an entry whose id is known would be a duplicate. */
async function foreseen({ store }: RedriveOptions, all: readonly Ready[]): Promise<Fates> {
  const items = all.flatMap(({ prepared }) => prepared);
  const ids = [...new Set(items.flatMap(eventIdsOf))];
  const known = new Set((await store.eventsById(ids)).map((row) => String(row['EventId'])));
  const seen = new Set<string>();
  return new Map(
    items.map((item): readonly [Prepared, string] => {
      if (item.kind === 'filtered') return [item, 'filtered'];
      const [id = ''] = eventIdsOf(item);
      const again = known.has(id) || seen.has(id);
      seen.add(id);
      return [item, again ? 'duplicate' : 'stored'];
    }),
  );
}

const eventIdsOf = (item: Prepared): readonly string[] =>
  item.kind === 'rows' ? [String(item.entry.rows[0].row['EventId'])] : [];

function becameOf(prepared: readonly Prepared[], fates: Fates): Became {
  const all = prepared.map((item) => fates.get(item) ?? 'filtered');
  if (all.includes('quarantined')) return { outcome: 'stays', why: 'row-refused' };
  const eventIds = prepared.flatMap(eventIdsOf);
  if (all.some((fate) => fate === 'stored' || fate === 'conflicting')) return { outcome: 'stored', eventIds };
  if (all.includes('duplicate')) return { outcome: 'duplicate', eventIds };
  const [first] = prepared;
  return { outcome: 'filtered', rule: first?.kind === 'filtered' ? first.rule : '' };
}

const MAX_IDS = 1000;

function markOf(row: Row, what: Exclude<Became, { outcome: 'stays' }>, now: string): Row {
  return {
    QuarantineId: row['QuarantineId'],
    RedrivenAt: now,
    Outcome: what.outcome,
    EventIds: what.outcome === 'filtered' ? undefined : what.eventIds.slice(0, MAX_IDS),
    Rule: what.outcome === 'filtered' ? what.rule.slice(0, MAX_RULE) : undefined,
    ExpireAt: row['ExpireAt'],
  };
}
