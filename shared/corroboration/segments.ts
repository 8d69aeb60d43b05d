/**
 * Where the endless row of a group's calls is cut, so that each verdict hangs on a bounded part of it. One cut for each cell of
 * ten minutes, in the cell's second half, chosen by what happened within five minutes of it alone: any order of arrival, and
 * any late record, leads to the same cuts.
 *
 * It lies in the longest pause that no pair of nearest records spans. Where nearly every call has its partner much nearer
 * than that pause, nothing is under way at the cut: it divides for good. In traffic so dense, or so much delayed, that nobody
 * can tell which record is whose, it does not, and records across the cut may be partners too: what only they explain is
 * undetermined.
 */
import { firstFrom, type Side } from './matching.ts';

const MINUTE = 60_000;
export const CELL_MS = 10 * MINUTE;
const ZONE_MS = 5 * MINUTE;
/** How far around a zone is looked; no pair lies farther apart. */
export const REACH_MS = 5 * MINUTE;
/**
 * Of the calls that could have a partner, so many have one that is nearest to each other. Where nothing holds the two sides
 * together it is two thirds, at any rate of calls.
 */
const COUPLED = 0.8;
/** So many of the pairs are no farther apart than what counts as the usual distance. */
const NEARLY_ALL = 0.9;
/** A pause so many times longer than the distance in nearly all pairs is none that a pair spans. */
const PAUSE = 4;

export interface Cut {
  /** Milliseconds; a record of this time is after it. */
  readonly at: number;
  /** Nothing is under way: no pair lies on both sides. */
  readonly divides: boolean;
}

/** What a cut looks at: calls as the API recorded them, and as each kind of hop did. */
export interface Row {
  readonly starts: readonly Side[];
  readonly hops: readonly (readonly Side[])[];
}

export const cellOf = (at: number): number => Math.floor(at / CELL_MS);
export const cellStart = (cell: number): number => cell * CELL_MS;

/** @param row the calls of the cell and of the first five minutes of the next, in the order of time */
export function cutOf(cell: number, row: Row): Cut {
  const end = cellStart(cell + 1);
  const zone = { from: end - ZONE_MS, until: end };
  const near = (sides: readonly Side[]): readonly Side[] =>
    sides.slice(firstFrom(sides, zone.from - REACH_MS), firstFrom(sides, zone.until + REACH_MS));
  const starts = near(row.starts);
  const hops = row.hops.map(near);
  const couples = hops.map((calls) => coupled(starts, calls));
  const pairs = couples.flatMap((one) => one.pairs).toSorted((a, b) => a.from - b.from);
  const times = [...starts, ...hops.flat()].map(({ at }) => at).toSorted((a, b) => a - b);
  const pauses = pausesIn(times, zone);
  const free = withoutSpanned(pauses, pairs);
  const best = longest(free) ?? longest(pauses);
  if (best === undefined) return { at: zone.from + ZONE_MS / 2, divides: true };
  const distances = pairs.map(({ from, until }) => until - from).toSorted((a, b) => a - b);
  const usual = distances[Math.ceil(distances.length * NEARLY_ALL) - 1] ?? 0;
  const divides =
    best.length > REACH_MS ||
    (free.length > 0 && couples.every(({ isTight }) => isTight) && best.length >= PAUSE * usual);
  return { at: best.at, divides };
}

interface Pause {
  readonly at: number;
  /** Of the whole pause, which may begin or end outside of the zone. */
  readonly length: number;
}

function pausesIn(
  times: readonly number[],
  { from, until }: { from: number; until: number },
): readonly Pause[] {
  const ends = [from - REACH_MS, ...times, until + REACH_MS];
  return ends.flatMap((time, i) => {
    const next = ends[i + 1];
    const begin = Math.max(time, from);
    const stop = Math.min(next ?? time, until);
    if (next === undefined || stop - begin < 2) return [];
    return [{ at: Math.ceil((begin + stop) / 2), length: next - time }];
  });
}

const longest = (pauses: readonly Pause[]): Pause | undefined =>
  pauses.reduce<Pause | undefined>(
    (best, one) => (best === undefined || one.length > best.length ? one : best),
    undefined,
  );

interface Spanned {
  readonly from: number;
  readonly until: number;
}

/** Both in the order of time. */
function withoutSpanned(pauses: readonly Pause[], pairs: readonly Spanned[]): readonly Pause[] {
  let next = 0;
  let reached = -Infinity;
  return pauses.filter(({ at }) => {
    for (let pair = pairs[next]; pair !== undefined && pair.from < at; pair = pairs[next]) {
      reached = Math.max(reached, pair.until);
      next += 1;
    }
    return reached < at;
  });
}

interface Coupled {
  readonly pairs: readonly Spanned[];
  readonly isTight: boolean;
}

/** Pairs of a start and a hop of which each is the other's nearest. */
function coupled(starts: readonly Side[], hops: readonly Side[]): Coupled {
  const nearestHop = nearestOf(starts, hops);
  const nearestStart = nearestOf(hops, starts);
  const pairs: Spanned[] = [];
  for (const [i, start] of starts.entries()) {
    const hop = hops[nearestHop[i] ?? -1];
    if (hop === undefined || nearestStart[nearestHop[i] ?? -1] !== i) continue;
    pairs.push({ from: Math.min(start.at, hop.at), until: Math.max(start.at, hop.at) });
  }
  return { pairs, isTight: pairs.length >= COUPLED * Math.min(starts.length, hops.length) };
}

const NONE = -1;

/** Of each side the index of the nearest that shares an identity, the earlier of two; -1 where none is within reach. */
function nearestOf(sides: readonly Side[], others: readonly Side[]): readonly number[] {
  const ofIdentity = new Map<string, { readonly at: number; readonly index: number }[]>();
  for (const [index, { identities, at }] of others.entries()) {
    for (const id of identities) {
      const known = ofIdentity.get(id);
      if (known === undefined) ofIdentity.set(id, [{ at, index }]);
      else known.push({ at, index });
    }
  }
  return sides.map(({ identities, at }) => {
    let down = NONE;
    let up = others.length;
    for (const id of identities) {
      const known = ofIdentity.get(id) ?? [];
      const first = firstFrom(known, at);
      down = Math.max(down, known[first - 1]?.index ?? NONE);
      up = Math.min(up, known[first]?.index ?? others.length);
    }
    const before = at - (others[down]?.at ?? -Infinity);
    const after = (others[up]?.at ?? Infinity) - at;
    if (Math.min(before, after) > REACH_MS) return NONE;
    return before <= after ? down : up;
  });
}
