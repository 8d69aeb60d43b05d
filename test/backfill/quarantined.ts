/** A store as a fault left it: entries in quarantine that are sound, beside some that are not. */
import { readBundle } from '../../shared/config/read-bundle.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { commitPrepared } from '../../shared/pipeline/commit.ts';
import { adoptFor, entriesOf } from '../../shared/redrive/reread.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Store } from '../../shared/store/store.ts';

const NOW = '2026-11-25T00:00:00.000000000Z';

/** As a normaliser that crashed on each of them would have left them. */
export async function quarantineAll(store: Store, texts: readonly string[], config: string): Promise<void> {
  const preparer = createPreparer({ sources: SOURCES, loaded: readBundle(config) });
  const items = texts
    .flatMap((text): readonly Decoded[] => entriesOf(Buffer.from(text), adoptFor('')))
    .map((decoded) => {
      const source = preparer.prepare(decoded, NOW).source;
      const reason = `The normaliser of ${source} failed on this entry: it crashed`;
      return preparer.quarantine(decoded, source, 'normaliser-crash', reason, 'redrive it', NOW);
    });
  for (let at = 0; at < items.length; at += 500)
    await commitPrepared({ store, preparer, path: 'push', now: () => NOW }, items.slice(at, at + 500));
}
