/** The core of one instance, opened: its store, what is in force, its committer. */
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import {
  createGroupCommitter,
  DEFAULT_LIMITS,
  type GroupLimits,
} from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, type Ingest } from '../../shared/pipeline/ingest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { createTimelineSource } from './timeline.ts';

export interface IngestOptions {
  readonly source: Source;
  readonly environment: {
    readonly store: string;
    readonly emulatorHost: string | undefined;
    readonly storeMs: number;
    /** Where they differ from the defaults. */
    readonly commit: Partial<GroupLimits>;
  };
  /** What holds until the store says otherwise. */
  readonly bundle: Bundle;
  readonly logger: Logger;
  /** By which way records come. */
  readonly path: 'push' | 'pull';
}

/** @throws JobtrailError when the store cannot be opened or read. */
export async function openIngest(options: IngestOptions): Promise<Ingest> {
  const { source, environment, bundle, logger, path } = options;
  const { emulatorHost, storeMs: commitMs } = environment;
  const store = await openStore(environment.store, { emulatorHost, commitMs });
  const now = createClock(Date.now);
  const { timeline, ready } = createTimelineSource({
    store: store.bundles,
    before: bundle,
    now: Date.now,
    onError: (error) => logger.log('WARNING', messageOf(error), { at: 'bundles in force' }),
  });
  await ready(now());
  const preparer = createPreparer({
    sources: [source],
    beside: [canariesOf(source.name)],
    loaded: bundle,
    timeline,
    detections: DETECTIONS,
    fetchKeys: createKeyFetcher({ now: Date.now }),
  });
  return {
    source,
    preparer,
    committer: createGroupCommitter(
      { store, preparer, path, now },
      { ...DEFAULT_LIMITS, ...environment.commit },
    ),
    now,
    ready,
    attempts: DEFAULT_ATTEMPTS,
  };
}
