/** What becomes of prepared entries: committed, or foreseen by what is stored now. */
import type { Decoded } from '../envelope/envelope.ts';
import { JobtrailError } from '../errors.ts';
import { prepareAttested } from '../pipeline/attest.ts';
import { commitPrepared, type Fate } from '../pipeline/commit.ts';
import { UNROUTED, type Prepared, type Preparer } from '../pipeline/prepare.ts';
import type { Store } from '../store/store.ts';
import type { RedriveOptions } from './options.ts';

export type Fates = ReadonlyMap<Prepared, Fate>;

/** Ends entries; one for a run, since a dry run remembers what it has foreseen. */
export type EndEntries = (items: readonly Prepared[]) => Promise<Fates>;

export function createEnding(options: RedriveOptions): EndEntries {
  if (!options.dryRun) return (items) => committed(options, items);
  const seen = new Set<string>();
  return (items) => foreseen(options.store, items, seen);
}

async function committed(
  { store, preparerFor, now }: RedriveOptions,
  items: readonly Prepared[],
): Promise<Fates> {
  const { fates } = await commitPrepared(
    { store, preparer: preparerFor(UNROUTED), path: 'redrive', now },
    items,
  );
  const ends = new Map(items.map((item, index) => [item, fates[index] ?? 'filtered']));
  // What the store refuses is kept in quarantine; where it was there before that is a duplicate, of the row and of no event.
  const doubtful = items.filter((item) => ends.get(item) === 'duplicate' && isEvent(item));
  const known = await storedOf(store, doubtful);
  for (const item of doubtful) if (!known.has(eventIdOf(item) ?? '')) ends.set(item, 'quarantined');
  return ends;
}

async function foreseen(store: Store, items: readonly Prepared[], seen: Set<string>): Promise<Fates> {
  const known = await storedOf(store, items);
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
}

async function storedOf(store: Store, items: readonly Prepared[]): Promise<ReadonlySet<string>> {
  const ids = new Set(items.map(eventIdOf).filter((id) => id !== undefined));
  const rows = ids.size === 0 ? [] : await store.eventsById([...ids]);
  return new Set(rows.map((row) => String(row['EventId'])));
}

const isEvent = (item: Prepared): boolean => item.kind === 'rows' && item.entry.kind === 'event';

/** Undefined for what makes no event. */
export function eventIdOf(item: Prepared): string | undefined {
  return item.kind === 'rows' && item.entry.kind === 'event'
    ? String(item.entry.rows[0].row['EventId'])
    : undefined;
}

/** Why an entry is quarantined (again); undefined where it is not. */
export function reasonOf(item: Prepared): string | undefined {
  return item.kind === 'rows' && item.entry.kind === 'quarantine'
    ? String(item.entry.rows[0].row['Reason'])
    : undefined;
}

/** Entries of one row or message, or the code of what keeps them from being prepared now. */
export async function prepareAll(
  { ready, now }: RedriveOptions,
  preparer: Preparer,
  entries: readonly Decoded[],
): Promise<readonly Prepared[] | { readonly waits: string }> {
  const prepared: Prepared[] = [];
  for (const decoded of entries) {
    if (decoded.kind === 'entry') await ready(decoded.eventTime);
    try {
      prepared.push(await prepareAttested(preparer, decoded, now));
    } catch (error) {
      // One proof that cannot be judged now keeps no other row and no other message from being redriven.
      if (!(error instanceof JobtrailError) || error.code !== 'issuer-keys-unavailable') throw error;
      return { waits: error.code };
    }
  }
  return prepared;
}
