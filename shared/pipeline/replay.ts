/**
 * A stream of entries through the same core as deployed, in batches: for files, backfill and tests. Holds one
 * batch of each source at a time, whatever the length of the stream.
 */
import type { Row } from '../../schemas/tables.ts';
import { isUndated } from '../envelope/entry-time.ts';
import type { Decoded } from '../envelope/envelope.ts';
import { prepareAttested } from './attest.ts';
import { commitPrepared, type CommitContext } from './commit.ts';
import { addCounts, NO_COUNTS, type OutcomeCounts } from './outcome.ts';
import type { Prepared } from './prepare.ts';

export interface ReplayOptions extends CommitContext {
  /** Entries of one source in one commit. */
  readonly batchSize?: number;
  /** Called with each stored event row, in order. */
  readonly onEvent?: (row: Row) => void | Promise<void>;
  readonly onBatch?: (summary: ReplaySummary) => void;
}

export interface ReplaySummary extends OutcomeCounts {
  /** Event rows stored. */
  readonly events: number;
  /** Of them, those whose entry states no time. */
  readonly undated: number;
  readonly filteredBy: ReadonlyMap<string, number>;
  readonly quarantinedBy: ReadonlyMap<string, number>;
  readonly unknownMethods: ReadonlyMap<string, number>;
  /** New findings by rule. */
  readonly foundBy: ReadonlyMap<string, number>;
  /** Stored by source. */
  readonly storedBy: ReadonlyMap<string, number>;
  /** The latest time that a record tells, of its receipt where it tells one; undefined where none does. */
  readonly end: string | undefined;
}

/** Names kept apart in a summary; the rest is counted under `other`. A hostile file must not grow a map. */
const MAX_NAMES = 1000;

export async function replayEntries(
  entries: AsyncIterable<Decoded> | Iterable<Decoded>,
  options: ReplayOptions,
): Promise<ReplaySummary> {
  const size = options.batchSize ?? 500;
  const filteredBy = new Map<string, number>();
  const quarantinedBy = new Map<string, number>();
  const unknownMethods = new Map<string, number>();
  const storedBy = new Map<string, number>();
  const foundBy = new Map<string, number>();
  let counts: OutcomeCounts = NO_COUNTS;
  let events = 0;
  let undated = 0;
  let end: string | undefined;
  const batches = new Map<string, Prepared[]>();

  const summary = (): ReplaySummary => ({
    ...counts,
    events,
    undated,
    filteredBy,
    quarantinedBy,
    unknownMethods,
    storedBy,
    foundBy,
    end,
  });

  async function flush(items: Prepared[]): Promise<void> {
    const result = await commitPrepared(options, items);
    counts = addCounts(counts, result.counts);
    for (const [index, item] of items.entries()) {
      const fate = result.fates[index];
      if (item.kind === 'filtered') count(filteredBy, item.rule);
      else if (fate === 'quarantined') count(quarantinedBy, reasonOf(item));
      else if (fate === 'stored' || fate === 'conflicting') {
        events += 1;
        if (item.decoded.kind === 'entry' && isUndated(item.decoded)) undated += 1;
        count(storedBy, item.source);
        for (const { table, row } of item.entry.rows)
          if (table === 'Findings') count(foundBy, String(row['Rule']));
        if (item.unknownMethod !== undefined) count(unknownMethods, item.unknownMethod);
        if (options.onEvent !== undefined) await options.onEvent(item.entry.rows[0].row);
      }
    }
    options.onBatch?.(summary());
  }

  for await (const decoded of entries) {
    end = latestOf(end, decoded);
    const ready = prepareAttested(options.preparer, decoded, options.now);
    const prepared = ready instanceof Promise ? await ready : ready;
    let batch = batches.get(prepared.source);
    if (batch === undefined) {
      batch = [];
      batches.set(prepared.source, batch);
    }
    batch.push(prepared);
    if (batch.length >= size) {
      batches.delete(prepared.source);
      await flush(batch);
    }
  }
  for (const batch of batches.values()) await flush(batch);
  return summary();
}

/** An entry that states no time tells no end. */
function latestOf(end: string | undefined, decoded: Decoded): string | undefined {
  if (decoded.kind !== 'entry' || isUndated(decoded)) return end;
  const time = decoded.receiveTime ?? decoded.eventTime;
  return end === undefined || time > end ? time : end;
}

function reasonOf(item: Extract<Prepared, { kind: 'rows' }>): string {
  const { table, row } = item.entry.rows[0];
  // An entry whose event row the store refused was quarantined in its place.
  return table === 'Quarantine' ? String(row['Reason']) : 'row-refused';
}

function count(map: Map<string, number>, name: string): void {
  const known = map.get(name);
  if (known !== undefined || map.size < MAX_NAMES) map.set(name, (known ?? 0) + 1);
  else map.set('other', (map.get('other') ?? 0) + 1);
}
