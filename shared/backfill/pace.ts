/** How fast something is asked for: evenly spaced, so that no minute has more than was agreed. */
import type { Clock } from '../google-api/client.ts';

export type { Clock };

/** Resolves when the next request may be sent; or so many of whatever is counted. */
export type Pace = (units?: number) => Promise<void>;

const MINUTE_MS = 60_000;

/** @param perMinute units in any 60 seconds, at most */
export function createPace(perMinute: number, clock: Clock): Pace {
  let next = Number.NEGATIVE_INFINITY;
  return async (units = 1) => {
    const now = clock.now();
    const at = Math.max(now, next);
    // Whole, so that what is lost by adding fractions lets nothing in.
    next = at + Math.ceil((MINUTE_MS / perMinute) * units);
    if (at > now) await clock.sleep(at - now);
  };
}
