/**
 * A backfill from its input to its digests. Each portion goes the way of every entry, is committed, and then its place is
 * written down: killed anywhere, the same command goes on from there, and what comes again is a duplicate.
 */
import type { Input } from './input.ts';
import type { Clock } from './pace.ts';
import { patiently, type OnWait } from './patience.ts';
import { takePortion, type PortionOptions } from './portion.ts';
import type { BackfillState } from './state.ts';

export interface BackfillOptions extends PortionOptions {
  readonly input: Input;
  readonly clock: Clock;
  readonly onPortion?: (state: BackfillState, part: number | undefined) => void;
  readonly onWait?: OnWait;
  /** Asked between two portions: true ends the reading there. */
  readonly stopped?: () => boolean;
}

/**
 * Reads the input to its end, or to where it is stopped.
 * @returns the state with everything read, or with what was read
 * @throws JobtrailError: the state is kept, and the same call goes on from it
 */
export async function readBackfill(options: BackfillOptions): Promise<BackfillState> {
  const { kept, stopped } = options;
  // Before anything is stored, so that a state that cannot be kept is told first.
  kept.save(kept.now());
  const readToEnd = async (forward: () => void, last: boolean): Promise<void> => {
    for await (const portion of options.input.read(kept.now().cursor)) {
      await takePortion(options, portion, last);
      options.onPortion?.(kept.now(), portion.part);
      forward();
      if (stopped?.() === true) return;
    }
    kept.save({ ...kept.now(), read: true });
  };
  await patiently(options.clock, readToEnd, options.onWait);
  return kept.now();
}
