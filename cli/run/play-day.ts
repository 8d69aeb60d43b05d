/**
 * A day in the order in which it was delivered, minutes at a time: what came in them is pushed, then reconcile looks at what is
 * there, as of that instant of the day.
 */
import type { DayMessage } from '../day/publish.ts';
import type { DayMinutes } from './day-minutes.ts';

/** For a path without canaries a longer time without a look is one in which nobody vouched for it. */
const STEP_MS = 10 * 60_000;
const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Rounds after the end of the day: by them is decided what waits for the last of its records. */
const AFTER_MS = 90 * 60_000;

export interface PlayOptions {
  /** In order of delivery. */
  readonly messages: readonly DayMessage[];
  /** `YYYY-MM-DD` */
  readonly date: string;
  /**
   * Minutes of the day that are pushed at once; absent: those between two looks. Of more than that, looks see records up to so
   * much before they came.
   */
  readonly segmentMinutes?: number;
  /** Resolves when all of them are acknowledged. */
  readonly push: (messages: readonly DayMessage[]) => Promise<void>;
  /** Asks the engines for the day's jobs, when it is over; resolves with how many they list. */
  readonly poll: () => Promise<number>;
  readonly minutes: DayMinutes;
}

/** @returns how many jobs were listed */
export async function playDay({
  messages,
  date,
  segmentMinutes,
  push,
  poll,
  minutes,
}: PlayOptions): Promise<number> {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const last = midnight + DAY_MS + AFTER_MS;
  const waiting = messages[Symbol.iterator]();
  let next = waiting.next();
  let clock = 0;
  let listed = 0;
  // Longer segments end at a quarter past, so that the looks right after an hour see no more of it than there was.
  let until = midnight + (segmentMinutes === undefined ? 0 : QUARTER_MS);
  const every = segmentMinutes === undefined ? STEP_MS : segmentMinutes * 60_000;
  for (let at = midnight; at <= last; at += STEP_MS) {
    if (at > until) until += every;
    const segment: DayMessage[] = [];
    for (; next.done !== true; next = waiting.next()) {
      // One that is delivered again bears its old time: it comes after those before it.
      clock = Math.max(clock, Date.parse(next.value.publishTime));
      if (clock > until && at < last) break;
      segment.push(next.value);
    }
    if (segment.length > 0) await push(segment);
    if (at === midnight + DAY_MS) listed = await poll();
    await minutes.run(new Date(at));
  }
  return listed;
}
