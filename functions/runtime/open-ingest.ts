/** The core of one instance, opened: its store, what is in force, its committer. */
import type { Bundle } from '../../shared/config/bundle.ts';
import type { Logger } from '../../shared/observe/log.ts';
import {
  createGroupCommitter,
  DEFAULT_LIMITS,
  type GroupLimits,
} from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, type Ingest } from '../../shared/pipeline/ingest.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import { openCore } from './core.ts';

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
  const { ready, preparerOf, now } = await openCore({ store: store.bundles, bundle, logger });
  const preparer = preparerOf([source], [canariesOf(source.name)]);
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
