/** Which bundle was in force when. Pure: the edge reads what was pushed, this answers for any event time. */
import type { Bundle } from './bundle.ts';

/** Milliseconds between a push and the earliest event time that it can hold from: every instance reads it before. */
export const PUSH_AHEAD_MS = 5 * 60_000;

export interface InForce {
  /** RFC 3339, UTC, nine fraction digits: inclusive; until the next one's. */
  readonly from: string;
  readonly bundle: Bundle;
}

export interface Timeline {
  /** @param time event time, RFC 3339, UTC, nine fraction digits, `Z` */
  at(time: string): Bundle;
}

/** @param before what holds for events from before the first: the functions' own file, or the defaults */
export function createTimeline(before: Bundle, pushed: readonly InForce[]): Timeline {
  const newestFirst = pushed.toSorted((a, b) => (a.from < b.from ? 1 : -1));
  // Events come more or less in the order of their time: the last answer mostly holds for the next.
  let last: { readonly from: string; readonly until: string; readonly bundle: Bundle } | undefined;
  return {
    at(time) {
      if (last !== undefined && time >= last.from && time < last.until) return last.bundle;
      const index = newestFirst.findIndex((one) => one.from <= time);
      const found = newestFirst[index];
      const next = index < 0 ? newestFirst.at(-1) : newestFirst[index - 1];
      last = { from: found?.from ?? '', until: next?.from ?? '\uffff', bundle: found?.bundle ?? before };
      return last.bundle;
    },
  };
}
