/**
 * What is usual for a path, by hour of the week: how long it is silent between two arrivals, and how much comes in a quarter of
 * an hour. Learned from minutes when they leave the window, each once, so that reading receipts again teaches nothing twice.
 */
import * as z from 'zod';
import { hourOfWeek, minuteAt, msOfMinute, MINUTE_MS, QUARTER_MS, quarterOf } from './minutes.ts';

/** Upper ends, minutes. */
const GAP_ENDS = [1, 2, 3, 5, 8, 15, 30, 60, 120, 240, 480, 1440, 2880, 10_080] as const;
/** Above it all counts of an hour are halved: what was usual last year is not. */
const MAX_GAPS = 2000;
/** Fewer say nothing. */
const MIN_GAPS = 30;
/** Quarters of that hour of the week after which an older one hardly counts: eight weeks. */
const MEMORY_QUARTERS = 32;
const MIN_QUARTERS = 16;
/** A quarter is complete for what is usual when it ended that long before the minute that is learned from. */
const SETTLED_MS = 60 * MINUTE_MS;
const MAX_OPEN = 24;

const minute = z.string().length(16);
const count = z.number().int().min(0);
const hour = z.string().regex(/^[0-9]{1,3}$/);

export const Learned = z.strictObject({
  /** Minutes before it are learned from. */
  until: minute.optional(),
  /** The last of them in which something came. */
  lastActive: minute.optional(),
  /** Silences by hour of the week of their beginning. */
  gaps: z.record(hour, z.array(count).max(GAP_ENDS.length + 1)),
  /** Events by quarter of event time that may still grow. */
  open: z.record(minute, count),
  /** Quarters before it are in `volume`. */
  quarter: minute.optional(),
  /** Events of a quarter by hour of the week: how many quarters, mean, variance. */
  volume: z.record(hour, z.tuple([count, z.number(), z.number()])),
});
export type Learned = z.infer<typeof Learned>;

export const emptyLearned = (): Learned => ({ gaps: {}, open: {}, volume: {} });

export interface ClosedMinute {
  readonly minute: string;
  /** Events that came in it. */
  readonly n: number;
  readonly quarters: Readonly<Record<string, readonly [number, number, number]>>;
}

/**
 * Learns from minutes that will not change any more, in their order; those that it has learned from already are left out.
 * @param outages silences that lie in one of them are an incident, and not usual
 */
export function learn(
  learned: Learned,
  closed: readonly ClosedMinute[],
  until: string,
  outages: readonly (readonly [string, string])[],
): Learned {
  if (learned.until !== undefined && until <= learned.until) return learned;
  const next: Learned = {
    ...learned,
    until,
    gaps: { ...learned.gaps },
    open: { ...learned.open },
    volume: { ...learned.volume },
  };
  for (const one of closed) {
    if (one.n === 0 || (learned.until !== undefined && one.minute < learned.until)) continue;
    if (next.lastActive !== undefined) addGap(next, next.lastActive, one.minute, outages);
    next.lastActive = one.minute;
    next.quarter ??= quarterOf(one.minute);
    for (const [quarter, [events]] of Object.entries(one.quarters)) {
      const known = next.open[quarter];
      if (quarter < next.quarter || (known === undefined && Object.keys(next.open).length >= MAX_OPEN))
        continue;
      next.open[quarter] = (known ?? 0) + events;
    }
  }
  settleQuarters(next, until, outages);
  return next;
}

function addGap(
  learned: Learned,
  from: string,
  until: string,
  outages: readonly (readonly [string, string])[],
): void {
  if (overlaps(from, until, outages)) return;
  const minutes = (msOfMinute(until) - msOfMinute(from)) / MINUTE_MS;
  const at = GAP_ENDS.findIndex((end) => minutes <= end);
  const hourKey = String(hourOfWeek(from));
  const counts = [...(learned.gaps[hourKey] ?? [])];
  const bucket = at < 0 ? GAP_ENDS.length : at;
  while (counts.length <= bucket) counts.push(0);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
  const total = counts.reduce((sum, each) => sum + each, 0);
  learned.gaps[hourKey] = total > MAX_GAPS ? counts.map((each) => Math.floor(each / 2)) : counts;
}

function settleQuarters(
  learned: Learned,
  until: string,
  outages: readonly (readonly [string, string])[],
): void {
  if (learned.quarter === undefined) return;
  let at = msOfMinute(learned.quarter);
  const end = msOfMinute(until) - SETTLED_MS;
  // After a long time without a reading what lies between is not known, and nothing is learned of it.
  if (end - at > 96 * QUARTER_MS) at = Math.floor(end / QUARTER_MS) * QUARTER_MS;
  for (; at + QUARTER_MS <= end; at += QUARTER_MS) {
    const quarter = minuteAt(at);
    if (!overlaps(quarter, minuteAt(at + QUARTER_MS), outages))
      addVolume(learned, quarter, learned.open[quarter] ?? 0);
  }
  learned.quarter = minuteAt(at);
  for (const quarter of Object.keys(learned.open)) {
    if (quarter < learned.quarter) delete learned.open[quarter];
  }
}

function addVolume(learned: Learned, quarter: string, events: number): void {
  const key = String(hourOfWeek(quarter));
  const [n, mean, variance] = learned.volume[key] ?? [0, 0, 0];
  const weight = 1 / Math.min(n + 1, MEMORY_QUARTERS);
  const delta = events - mean;
  learned.volume[key] = [
    Math.min(n + 1, MEMORY_QUARTERS),
    mean + weight * delta,
    (1 - weight) * (variance + weight * delta * delta),
  ];
}

/** Texts of minutes and of times compare as far as the minute goes. */
const overlaps = (from: string, until: string, outages: readonly (readonly [string, string])[]): boolean =>
  outages.some(([begin, end]) => begin.slice(0, 16) <= until && end.slice(0, 16) >= from);

/**
 * Milliseconds of silence that 999 of 1000 are not longer than, in the hour of the week of `at`, or at any time where that
 * hour is not known well. Undefined while too little is known.
 */
export function usualGapMs(learned: Learned, at: string): number | undefined {
  const ofHour = learned.gaps[String(hourOfWeek(at))] ?? [];
  const all: number[] = [];
  for (const counts of Object.values(learned.gaps))
    counts.forEach((each, bucket) => {
      all[bucket] = (all[bucket] ?? 0) + each;
    });
  const counts = sum(ofHour) >= MIN_GAPS ? ofHour : all;
  const total = sum(counts);
  if (total < MIN_GAPS) return undefined;
  const rank = Math.ceil(total * 0.999);
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    seen += counts[bucket] ?? 0;
    if (seen >= rank) return (GAP_ENDS[bucket] ?? GAP_ENDS[GAP_ENDS.length - 1] ?? 1) * MINUTE_MS;
  }
  return undefined;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + (each ?? 0), 0);

/** How far a quarter's count lies from what is usual, in standard deviations; undefined while too little is known. */
export function volumeScore(
  learned: Learned,
  quarter: string,
  events: number,
): { readonly z: number; readonly usual: number } | undefined {
  const known = learned.volume[String(hourOfWeek(quarter))];
  if (known === undefined || known[0] < MIN_QUARTERS) return undefined;
  const [, mean, variance] = known;
  // Counts vary by chance alone by the root of their mean; steady traffic is not held to the entry.
  const deviation = Math.max(Math.sqrt(variance), Math.sqrt(mean), mean * 0.05, 1);
  return { z: (events - mean) / deviation, usual: mean };
}
