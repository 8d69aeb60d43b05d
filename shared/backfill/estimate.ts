/** What a backfill would come to, from its beginning: nothing is stored, no state is kept, no place is remembered. */
import { createForesight, reasonOf } from '../pipeline/foresee.ts';
import type { Store } from '../store/store.ts';
import type { Input } from './input.ts';
import { prepareAll, youngestOf, type PrepareOptions } from './portion.ts';

export interface EstimateOptions extends PrepareOptions {
  readonly input: Input;
  readonly store: Store;
  /** When it begins: what is younger than three hours then is left out. */
  readonly startedAt: string;
  /** Entries that are read, and the rest of a portion. */
  readonly most: number;
  readonly onPortion?: (read: number, part: number | undefined) => void;
  readonly stopped?: () => boolean;
}

export interface Estimate {
  /** Entries that were read. */
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly filtered: number;
  readonly quarantined: number;
  /** Would be stored, by source. */
  readonly bySource: ReadonlyMap<string, number>;
  readonly byRule: ReadonlyMap<string, number>;
  readonly byReason: ReadonlyMap<string, number>;
  /** Part of the whole that was read, 0 to 1; undefined where that is not known. */
  readonly part: number | undefined;
  /** Newest event time that was read. */
  readonly reached: string | undefined;
  /** All was read: what is told is no estimate. */
  readonly whole: boolean;
}

/** Names kept apart; the rest is counted under `other`. */
const MAX_NAMES = 1000;

/** @throws JobtrailError of the input, or of the store */
export async function estimateBackfill(options: EstimateOptions): Promise<Estimate> {
  const { input, store, most, stopped } = options;
  const foresee = createForesight(store);
  const counts = { stored: 0, duplicate: 0, filtered: 0, quarantined: 0 };
  const [bySource, byRule, byReason] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  let read = 0;
  let part: number | undefined;
  let reached: string | undefined;
  let whole = true;
  for await (const portion of input.read(undefined)) {
    const prepared = await prepareAll(options, portion.entries, youngestOf(options), true);
    for (const [item, fate] of await foresee(prepared)) {
      counts[fate === 'conflicting' ? 'stored' : fate] += 1;
      if (item.kind === 'filtered') count(byRule, item.rule);
      else if (fate === 'stored') count(bySource, item.source);
      else if (fate === 'quarantined') count(byReason, reasonOf(item) ?? '');
    }
    for (const decoded of portion.entries)
      if (decoded.kind === 'entry' && (reached === undefined || decoded.eventTime > reached))
        reached = decoded.eventTime;
    read += portion.entries.length;
    part = portion.part;
    options.onPortion?.(read, part);
    if ((read >= most && part !== 1) || stopped?.() === true) {
      whole = false;
      break;
    }
  }
  return { read, ...counts, bySource, byRule, byReason, part, reached, whole };
}

function count(map: Map<string, number>, name: string): void {
  const known = map.get(name);
  if (known !== undefined || map.size < MAX_NAMES) map.set(name, (known ?? 0) + 1);
  else map.set('other', (map.get('other') ?? 0) + 1);
}
