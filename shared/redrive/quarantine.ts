/**
 * Quarantined entries through the present code: what can be read now is stored, and the row is marked; what still fails stays as it
 * is. Killed anywhere, the next run finds what is not marked: what was stored before its mark is a duplicate then.
 */
import type { Row } from '../../schemas/tables.ts';
import { patiently } from '../backfill/patience.ts';
import type { Prepared } from '../pipeline/prepare.ts';
import { eventIdOf, reasonOf, type Fates } from '../pipeline/foresee.ts';
import { createEnding, prepareAll, type EndEntries } from './fates.ts';
import type { RedriveOptions } from './options.ts';
import { countPending, pendingRows, type QuarantineFilter } from './pending.ts';
import { reread } from './reread.ts';
import { NO_TALLY, tallied, type Tally } from './tally.ts';

const MAX_RULE = 128;

export async function redriveQuarantine(options: RedriveOptions, filter: QuarantineFilter): Promise<Tally> {
  const { store, clock, onWait } = options;
  const total = Math.min(await countPending(store, filter), filter.limit ?? Number.POSITIVE_INFINITY);
  const end = createEnding(options);
  let tally = NO_TALLY;
  for await (const rows of pendingRows(store, filter)) {
    const became = await patiently(clock, () => redriveRows(options, end, rows), onWait);
    for (const [row, what] of became) tally = tallied(tally, row['Reason'], what);
    options.onBatch?.(tally, total);
    if (options.stopped?.() === true) break;
  }
  return tally;
}

/** What becomes of a row. */
type Became =
  | { readonly outcome: 'stored' | 'duplicate'; readonly eventIds: readonly string[] }
  | { readonly outcome: 'filtered'; readonly rule: string }
  | { readonly outcome: 'stays'; readonly why: string };

async function redriveRows(
  options: RedriveOptions,
  end: EndEntries,
  rows: readonly Row[],
): Promise<readonly (readonly [Row, Became])[]> {
  const became = new Map<Row, Became>();
  const all: { readonly row: Row; readonly prepared: readonly Prepared[] }[] = [];
  for (const row of rows) {
    const prepared = await prepareRow(options, row);
    if ('outcome' in prepared) became.set(row, prepared);
    else all.push({ row, prepared });
  }
  const fates = await end(all.flatMap(({ prepared }) => prepared));
  const marks: Row[] = [];
  for (const { row, prepared } of all) {
    const what = becameOf(prepared, fates);
    became.set(row, what);
    if (what.outcome !== 'stays') marks.push(markOf(row, what, options.now()));
  }
  if (!options.dryRun && marks.length > 0) await options.store.markRedriven(marks);
  return [...became];
}

/** All of its entries, or why the row stays. */
async function prepareRow(options: RedriveOptions, row: Row): Promise<readonly Prepared[] | Became> {
  const read = reread(row);
  if (read.kind === 'stays') return { outcome: 'stays', why: read.why };
  const prepared = await prepareAll(options, options.preparerFor(String(row['Source'])), read.entries);
  if ('waits' in prepared) return { outcome: 'stays', why: prepared.waits };
  // One of several that still fails keeps the row: its raw text holds them all.
  const why = prepared.map(reasonOf).find((reason) => reason !== undefined);
  return why === undefined ? prepared : { outcome: 'stays', why };
}

function becameOf(prepared: readonly Prepared[], fates: Fates): Became {
  const all = prepared.map((item) => fates.get(item) ?? 'filtered');
  if (all.includes('quarantined')) return { outcome: 'stays', why: 'row-refused' };
  const eventIds = prepared.map(eventIdOf).filter((id) => id !== undefined);
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
