/**
 * Receipts → states. A minute is written whole from all its receipts, whatever was known of it: reading the same once or ten
 * times comes to the same state. What leaves the window teaches what is usual.
 */
import { parseArrivals, type PathArrivals } from './arrivals.ts';
import { addAll } from './delays.ts';
import { learn } from './learned.ts';
import { minuteAt, minuteOf, MINUTE_MS, msOfMinute } from './minutes.ts';
import { otherOf, sourceOfPath } from './path.ts';
import { newState, type MinuteArrivals, type PathState, type States } from './state.ts';

/** What commits of whole minutes brought. */
export interface Reading {
  /** The first minute that was read whole, `2026-11-18T10:20`; at most two hours before `until`. */
  readonly from: string;
  /** The last. */
  readonly until: string;
  /** Every receipt whose commit is in these minutes; arrivals as `arrivalsOf` wrote them. */
  readonly receipts: readonly { readonly commitTime: string; readonly arrivals: string }[];
}

export const WINDOW_MINUTES = 120;
/** Remembered at once: hostile names do not fill the table. */
const MAX_STATES = 512;

type Minutes = Map<string, MinuteArrivals>;

/** @throws ZodError for arrivals that `arrivalsOf` has not made. */
export function foldArrivals(states: States, reading: Reading): States {
  const { from, until } = reading;
  const read = new Map<string, Minutes>();
  const newest = new Map<string, string>();
  for (const { commitTime, arrivals } of reading.receipts) {
    const minute = minuteOf(commitTime);
    if (minute < from || minute > until) continue;
    const { paths, others } = parseArrivals(arrivals);
    for (const [named, arrived] of Object.entries(paths)) {
      const path =
        states.has(named) || read.has(named) || states.size + read.size < MAX_STATES ? named : otherOf(named);
      addArrivals(bucketOf(read, path, minute), arrived);
      if (arrived.newest > (newest.get(path) ?? '')) newest.set(path, arrived.newest);
    }
    for (const [source, count] of Object.entries(others ?? {}))
      bucketOf(read, source, minute).others += count;
  }
  const oldest = minuteAt(msOfMinute(until) - (WINDOW_MINUTES - 1) * MINUTE_MS);
  const next = new Map<string, PathState>();
  for (const path of new Set([...states.keys(), ...read.keys()])) {
    const state = states.get(path) ?? newState(until);
    next.set(path, folded(state, read.get(path) ?? new Map(), { from, until, oldest }, newest.get(path)));
  }
  return next;
}

function folded(
  state: PathState,
  read: Minutes,
  { from, until, oldest }: { readonly from: string; readonly until: string; readonly oldest: string },
  newest: string | undefined,
): PathState {
  const minutes: Record<string, MinuteArrivals> = {};
  const learnedUntil = state.learned.until ?? '';
  const closed = [];
  const known = Object.entries(state.minutes).filter(([minute]) => minute < from || minute > until);
  const all = [...known, ...read].filter(([minute]) => minute >= learnedUntil);
  for (const [minute, arrived] of all.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (minute >= oldest) minutes[minute] = arrived;
    else closed.push({ minute, n: arrived.n, quarters: arrived.quarters });
  }
  const active = all
    .filter(([, { n }]) => n > 0)
    .map(([minute]) => minute)
    .toSorted();
  const firstSeen = least(state.firstSeen, active[0]);
  const lastSeen = most(state.lastSeen, active.at(-1));
  const newestEvent = most(state.newestEvent, newest);
  return {
    ...state,
    ...(firstSeen === undefined ? undefined : { firstSeen }),
    ...(lastSeen === undefined ? undefined : { lastSeen }),
    ...(newestEvent === undefined ? undefined : { newestEvent }),
    minutes,
    learned: learn(state.learned, closed, oldest, state.memory?.gaps ?? []),
  };
}

const least = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
const most = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

function bucketOf(read: Map<string, Minutes>, path: string, minute: string): MinuteArrivals {
  let minutes = read.get(path);
  if (minutes === undefined) {
    minutes = new Map();
    read.set(path, minutes);
  }
  let bucket = minutes.get(minute);
  if (bucket === undefined) {
    bucket = { n: 0, skewed: 0, toLogging: [], toCommit: [], quarters: {}, starts: {}, others: 0 };
    minutes.set(minute, bucket);
  }
  return bucket;
}

function addArrivals(bucket: MinuteArrivals, arrived: PathArrivals): void {
  bucket.n += arrived.n;
  bucket.skewed += arrived.skewed ?? 0;
  addAll(bucket.toLogging, arrived.toLogging);
  addAll(bucket.toCommit, arrived.toCommit);
  for (const [quarter, [events, calls, allowed]] of Object.entries(arrived.quarters)) {
    const known = bucket.quarters[quarter] ?? [0, 0, 0];
    bucket.quarters[quarter] = [known[0] + events, known[1] + calls, known[2] + allowed];
  }
  for (const [quarter, engines] of Object.entries(arrived.starts ?? {})) {
    const known = (bucket.starts[quarter] ??= {});
    for (const [engine, count] of Object.entries(engines)) known[engine] = (known[engine] ?? 0) + count;
  }
}

/** Whether anything ever came by it: a state may stand for what is declared, or only for what made no event. */
export const wasSeen = ({ firstSeen }: PathState): boolean => firstSeen !== undefined;

/** Paths of a source among the states. */
export const pathsOfSource = (states: States, source: string): readonly string[] =>
  [...states.keys()].filter((path) => sourceOfPath(path) === source);

/** Minutes of a state in `[from, until)`, milliseconds. */
export function minutesIn(state: PathState, from: number, until: number): readonly MinuteArrivals[] {
  return Object.entries(state.minutes).flatMap(([minute, arrived]) => {
    const at = msOfMinute(minute);
    return at >= from && at < until ? [arrived] : [];
  });
}
