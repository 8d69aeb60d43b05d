/** What becomes of prepared entries: committed, or foreseen by what is stored now. */
import type { Decoded } from '../envelope/envelope.ts';
import { JobtrailError } from '../errors.ts';
import { prepareAttested } from '../pipeline/attest.ts';
import { commitPrepared } from '../pipeline/commit.ts';
import { createForesight, eventIdOf, storedAmong, type Fates } from '../pipeline/foresee.ts';
import { UNROUTED, type Prepared, type Preparer } from '../pipeline/prepare.ts';
import type { RedriveOptions } from './options.ts';

/** Ends entries; one for a run, since a dry run remembers what it has foreseen. */
export type EndEntries = (items: readonly Prepared[]) => Promise<Fates>;

export const createEnding = (options: RedriveOptions): EndEntries =>
  options.dryRun ? createForesight(options.store) : (items) => committed(options, items);

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
  const doubtful = items.filter((item) => ends.get(item) === 'duplicate' && eventIdOf(item) !== undefined);
  const known = await storedAmong(store, doubtful);
  for (const item of doubtful) if (!known.has(eventIdOf(item) ?? '')) ends.set(item, 'quarantined');
  return ends;
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
