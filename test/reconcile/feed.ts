/** Entries into a store as a function commits them, for what is tested beyond a single batch. */
import type { Bundle } from '../../shared/config/bundle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { commitPrepared } from '../../shared/pipeline/commit.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { adoptBy } from '../../shared/sources/adopt.ts';
import type { Store } from '../../shared/store/store.ts';

type Entry = Readonly<Record<string, unknown>>;

export async function feed(
  store: Store,
  bundle: Bundle,
  entries: readonly Entry[],
  now: string,
): Promise<void> {
  const preparer = createPreparer({ sources: SOURCES, loaded: bundle, detections: DETECTIONS });
  const adopt = adoptBy(SOURCES);
  const decoded = entries.flatMap((entry) =>
    decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf: ordinals(), adopt }),
  );
  const prepared = await Promise.all(
    decoded.map(async (one) => preparer.prepare(one, now, await preparer.attest(one))),
  );
  await commitPrepared({ store, preparer, path: 'push', now: () => now }, prepared);
}
