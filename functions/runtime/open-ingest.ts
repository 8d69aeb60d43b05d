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
import type { Store } from '../../shared/store/store.ts';
import { openCore } from './core.ts';
import { retried } from './retried.ts';

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

/**
 * Opened when it is first asked for, and shared. Where that failed the next who asks tries again, over the same connection: a
 * client of its own for each try would be left behind, one after the other, while the store is away.
 * @returns what throws JobtrailError, in the promise, when the store cannot be opened or read
 */
export function ingestOpener(options: IngestOptions): () => Promise<Ingest> {
  const { store: spec, emulatorHost, storeMs } = options.environment;
  const store = retried(() => openStore(spec, { emulatorHost, storeMs }));
  return retried(async () => ingestOver(await store(), options));
}

async function ingestOver(store: Store, options: IngestOptions): Promise<Ingest> {
  const { source, environment, bundle, logger, path } = options;
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
