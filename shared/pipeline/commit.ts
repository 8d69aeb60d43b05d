/**
 * Prepared entries → committed rows. A batch goes in as a whole; one that the store will never take is cut in two
 * until the one row is found, which is quarantined, so that its neighbours are stored.
 */
import { JobtrailError } from '../errors.ts';
import type { CommitBatch, CommitResult, EntryFate, Store } from '../store/store.ts';
import { addCounts, NO_COUNTS, type OutcomeCounts } from './outcome.ts';
import type { Prepared, PreparedRows, Preparer, RoutedName } from './prepare.ts';

export interface CommitContext {
  readonly store: Store;
  readonly preparer: Preparer;
  /** push, pull, replay, backfill. */
  readonly path: string;
  readonly now: () => string;
}

export type Fate = EntryFate | 'filtered';

export interface BatchResult {
  /** In the order of the entries given. */
  readonly fates: readonly Fate[];
  readonly counts: OutcomeCounts;
  /** Ids of the receipts, in the order of the commits. */
  readonly receipts: readonly string[];
}

/**
 * Commits entries of any sources, one commit and one receipt for each source.
 * @throws JobtrailError with disposition `retry`; what was committed before stays, and is a duplicate next time.
 */
export async function commitPrepared(
  context: CommitContext,
  items: readonly Prepared[],
): Promise<BatchResult> {
  const fates: Fate[] = items.map(() => 'filtered');
  const bySource = new Map<RoutedName, number[]>();
  items.forEach((item, index) => {
    const indexes = bySource.get(item.source);
    if (indexes === undefined) bySource.set(item.source, [index]);
    else indexes.push(index);
  });
  let counts = NO_COUNTS;
  const receipts: string[] = [];
  for (const [source, indexes] of bySource) {
    const rows: PreparedRows[] = [];
    const places: number[] = [];
    const filteredBy: Record<string, number> = Object.create(null);
    let newest: string | undefined;
    for (const index of indexes) {
      const item = items[index];
      if (item === undefined) continue;
      if (item.receiveTime !== undefined && (newest === undefined || item.receiveTime > newest))
        newest = item.receiveTime;
      if (item.kind === 'filtered') {
        filteredBy[item.rule] = (filteredBy[item.rule] ?? 0) + 1;
      } else {
        rows.push(item);
        places.push(index);
      }
    }
    const result = await commitRows(context, source, rows, filteredBy, newest);
    result.fates.forEach((fate, i) => {
      const place = places[i];
      if (place !== undefined) fates[place] = fate;
    });
    counts = addCounts(counts, result.counts);
    receipts.push(...result.receipts);
  }
  return { fates, counts, receipts };
}

/** Ways in by which records come as they are made: what they bring tells how their paths are. */
const LIVE: ReadonlySet<string> = new Set(['push', 'pull']);

type RowsResult = Pick<CommitResult, 'fates' | 'counts'> & { readonly receipts: readonly string[] };

async function commitRows(
  context: CommitContext,
  source: RoutedName,
  items: readonly PreparedRows[],
  filteredBy: CommitBatch['filteredBy'],
  newest: string | undefined,
): Promise<RowsResult> {
  const unknownMethods: Record<string, number> = Object.create(null);
  for (const { unknownMethod } of items) {
    if (unknownMethod !== undefined) unknownMethods[unknownMethod] = (unknownMethods[unknownMethod] ?? 0) + 1;
  }
  const now = context.now();
  try {
    const { fates, counts, receiptId } = await context.store.commit({
      source,
      path: context.path,
      entries: items.map((item) => item.entry),
      filteredBy,
      unknownMethods,
      now,
      arrivals: LIVE.has(context.path),
      ...(newest === undefined ? undefined : { newestReceiveTime: newest }),
    });
    return { fates, counts, receipts: [receiptId] };
  } catch (error) {
    if (!(error instanceof JobtrailError) || error.code !== 'row-refused' || items.length === 0) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      if (only.entry.kind === 'quarantine') throw error;
      const kept = context.preparer.quarantine(
        only.decoded,
        source,
        'row-refused',
        error.message,
        error.hint,
        now,
      );
      return commitRows(context, source, [kept], filteredBy, newest);
    }
    const middle = items.length >> 1;
    const first = await commitRows(context, source, items.slice(0, middle), filteredBy, newest);
    const second = await commitRows(context, source, items.slice(middle), {}, newest);
    return {
      fates: [...first.fates, ...second.fates],
      counts: addCounts(first.counts, second.counts),
      receipts: [...first.receipts, ...second.receipts],
    };
  }
}
