/** What makes rows of entries, for every edge: which bundle is in force when, and preparers that judge by it. */
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import type { Timeline } from '../../shared/config/timeline.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import { createPreparer, type Preparer } from '../../shared/pipeline/prepare.ts';
import type { Source } from '../../shared/sources/source.ts';
import type { BundleStore } from '../../shared/store/bundles.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { createTimelineSource } from './timeline.ts';

export interface CoreOptions {
  readonly store: BundleStore;
  /** What holds until the store says otherwise. */
  readonly bundle: Bundle;
  readonly logger: Logger;
}

export interface Core {
  readonly timeline: Timeline;
  /** Undefined at once where the timeline may be asked for this event time; else settles when it may. */
  readonly ready: (time: string) => Promise<void> | undefined;
  /**
   * For entries of these sources. All preparers of a core share the keys that they fetched.
   * @param beside asked after them; see PreparerOptions
   */
  readonly preparerOf: (sources: readonly Source[], beside?: readonly Source[]) => Preparer;
  /** The clock of rows. */
  readonly now: () => string;
}

/** Ready for events of now. @throws JobtrailError when the store cannot be read. */
export async function openCore({ store, bundle, logger }: CoreOptions): Promise<Core> {
  const now = createClock(Date.now);
  const { timeline, ready } = createTimelineSource({
    store,
    before: bundle,
    now: Date.now,
    onError: (error) => logger.log('WARNING', messageOf(error), { at: 'bundles in force' }),
  });
  await ready(now());
  const fetchKeys = createKeyFetcher({ now: Date.now });
  return {
    timeline,
    ready,
    now,
    preparerOf: (sources, beside = []) =>
      createPreparer({ sources, beside, loaded: bundle, timeline, detections: DETECTIONS, fetchKeys }),
  };
}
