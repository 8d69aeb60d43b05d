/** What both redrives need from their edge. */
import type { Clock } from '../backfill/pace.ts';
import type { OnWait } from '../backfill/patience.ts';
import type { Preparer } from '../pipeline/prepare.ts';
import type { Store } from '../store/store.ts';
import type { Tally } from './tally.ts';

export interface RedriveOptions {
  readonly store: Store;
  /** For entries that came to the function of this source; any other name: whoever owns them. */
  readonly preparerFor: (source: string) => Preparer;
  /** What is in force at an event time is known; see Ingest. */
  readonly ready: (time: string) => Promise<void> | undefined;
  readonly now: () => string;
  /** Only tells what would become of each. */
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly onWait?: OnWait;
  /** @param total rows or messages in all, where that is known */
  readonly onBatch?: (tally: Tally, total: number | undefined) => void;
  /** Asked between two batches: true ends it there. */
  readonly stopped?: () => boolean;
}
