/** Work that may be begun again as it is: tried again while what keeps it from ending may pass by itself. */
import { JobtrailError } from '../errors.ts';
import type { Clock } from './pace.ts';

/** Tries without a step forward: half a minute. */
const ATTEMPTS = 6;
const BACKOFF_MS = 1_000;

export type OnWait = (milliseconds: number, why: string) => void;

/**
 * @param work is given what tells of a step forward, after which the tries are counted anew, and whether it is the last try
 * @throws the error of the last try, or one that another try does not mend
 */
export async function patiently<T>(
  clock: Clock,
  work: (forward: () => void, last: boolean) => Promise<T>,
  onWait?: OnWait,
): Promise<T> {
  let tried = 0;
  for (;;) {
    try {
      return await work(() => (tried = 0), tried === ATTEMPTS - 1);
    } catch (error) {
      tried += 1;
      if (!(error instanceof JobtrailError) || error.disposition !== 'retry' || tried >= ATTEMPTS)
        throw error;
      const wait = BACKOFF_MS * 2 ** (tried - 1);
      onWait?.(wait, error.message);
      await clock.sleep(wait);
    }
  }
}
