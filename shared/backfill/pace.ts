/** How fast an API is asked: requests spaced evenly, so that no minute has more than was agreed. */

/** The clock of an edge; tests hand in one that is wound by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Resolves when the next request may be sent. */
export type Pace = () => Promise<void>;

const MINUTE_MS = 60_000;

/** @param perMinute requests in any 60 seconds, at most */
export function createPace(perMinute: number, clock: Clock): Pace {
  // Whole, so that what is lost by adding fractions lets no request in.
  const everyMs = Math.ceil(MINUTE_MS / perMinute);
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.now();
    const at = Math.max(now, next);
    next = at + everyMs;
    if (at > now) await clock.sleep(at - now);
  };
}
