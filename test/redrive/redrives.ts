/** What a redrive is given in a test: an embedded store, the sources as deployed, a clock that is wound by hand. */
import type { Clock } from '../../shared/backfill/pace.ts';
import type { RedriveOptions } from '../../shared/redrive/options.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Store } from '../../shared/store/store.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { COMPANY, PREPARERS } from '../pipeline/deliveries.ts';

export const NOW = '2026-11-25T00:00:00.000000000Z';
const ANY = createPreparer({ sources: SOURCES, loaded: COMPANY });

/** Wound by whoever sleeps by it. */
export function woundClock(): Clock & { readonly wind: (milliseconds: number) => void } {
  let now = Date.parse(NOW);
  const wind = (milliseconds: number): void => void (now += milliseconds);
  return {
    now: () => now,
    wind,
    sleep(milliseconds) {
      wind(milliseconds);
      return Promise.resolve();
    },
  };
}

export const redriving = (store: Store, over: Partial<RedriveOptions> = {}): RedriveOptions => ({
  store,
  preparerFor: (source) => PREPARERS.get(source) ?? ANY,
  ready: () => undefined,
  now: () => NOW,
  dryRun: false,
  clock: woundClock(),
  ...over,
});

/** A store that never takes a row of these events. */
export const refusing = (inner: Store, isRefused: (eventId: string) => boolean): Store => ({
  ...inner,
  commit(batch) {
    const refused = batch.entries.some(
      ({ kind, rows: [{ row }] }) => kind === 'event' && isRefused(String(row['EventId'])),
    );
    if (refused) throw new JobtrailError('row-refused', 'a value does not fit', 'it goes to quarantine');
    return inner.commit(batch);
  },
});
