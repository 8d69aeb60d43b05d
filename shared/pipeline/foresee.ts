/** What would become of prepared entries, by what is stored now: for runs that only tell. */
import type { Store } from '../store/store.ts';
import type { Fate } from './commit.ts';
import type { Prepared } from './prepare.ts';

export type Fates = ReadonlyMap<Prepared, Fate>;

/** One for a run: an entry that it has met is a duplicate when it comes again. */
export function createForesight(store: Store): (items: readonly Prepared[]) => Promise<Fates> {
  const seen = new Set<string>();
  return async (items) => {
    const known = await storedAmong(store, items);
    return new Map(
      items.map((item): readonly [Prepared, Fate] => {
        if (item.kind === 'filtered') return [item, 'filtered'];
        const id = eventIdOf(item);
        if (id === undefined) return [item, 'quarantined'];
        const again = known.has(id) || seen.has(id);
        seen.add(id);
        return [item, again ? 'duplicate' : 'stored'];
      }),
    );
  };
}

/** Ids of the events among them that are stored. */
export async function storedAmong(store: Store, items: readonly Prepared[]): Promise<ReadonlySet<string>> {
  const ids = new Set(items.map(eventIdOf).filter((id) => id !== undefined));
  const rows = ids.size === 0 ? [] : await store.eventsById([...ids]);
  return new Set(rows.map((row) => String(row['EventId'])));
}

/** Undefined for what makes no event. */
export function eventIdOf(item: Prepared): string | undefined {
  return item.kind === 'rows' && item.entry.kind === 'event'
    ? String(item.entry.rows[0].row['EventId'])
    : undefined;
}

/** Why an entry is quarantined; undefined where it is not. */
export function reasonOf(item: Prepared): string | undefined {
  return item.kind === 'rows' && item.entry.kind === 'quarantine'
    ? String(item.entry.rows[0].row['Reason'])
    : undefined;
}
