/**
 * Pairs of a segment: starts of work with the calls that passed a hop, and the other way round. One to one; a hop's kinds each
 * for itself, since a call comes through the gateway and through the mesh.
 */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { samePlace, type HopKind } from './call-records.ts';
import { isWithin, type Segment } from './call-segments.ts';
import type { Call } from './calls.ts';
import { match, type Crowd, type Pair, type Pairing } from './matching.ts';
import { REACH_MS } from './segments.ts';

/** Where nothing is declared: how far the two records of one call may lie apart. */
const WITHIN_MS = 120_000;
/** The API records the start of what takes long only when it begins. */
const ANSWERED_MS = 300_000;

export type Paired =
  | { readonly is: 'paired'; readonly call: Call; readonly join: Pair<Call>['join'] }
  /** Only records beyond a cut that does not divide could be its partner. */
  | { readonly is: 'beyond'; readonly crowd: Crowd<Call, Call> }
  | { readonly is: 'alone'; readonly crowd: Crowd<Call, Call> };

type Result = ReadonlyMap<Call, Paired>;

const results = new WeakMap<Segment, WeakMap<DeclaredFacts, Map<string, Result>>>();

function once(segment: Segment, declared: DeclaredFacts, name: string, compute: () => Result): Result {
  const byFacts = results.get(segment) ?? new WeakMap<DeclaredFacts, Map<string, Result>>();
  results.set(segment, byFacts);
  const byName = byFacts.get(declared) ?? new Map<string, Result>();
  byFacts.set(declared, byName);
  const known = byName.get(name);
  if (known !== undefined) return known;
  const result = compute();
  byName.set(name, result);
  return result;
}

/** Milliseconds that a start's two records may lie apart. */
export function withinOf(start: Call, { corroboration }: DeclaredFacts): number {
  const seconds = corroboration.evidenceFor(start.event)?.withinSeconds;
  return seconds === undefined ? WITHIN_MS : seconds * 1000;
}

/** What became of each start of the segment among the calls that passed a kind of hop. */
export const startsPaired = (segment: Segment, kind: HopKind, declared: DeclaredFacts): Result =>
  once(segment, declared, `starts ${kind}`, () => {
    const within = new Map(segment.starts.map((start) => [start, withinOf(start, declared)]));
    return pairUp(segment, segment.starts, segment.hops[kind], {
      fits: (start, call) =>
        Math.abs(call.at - start.at) <= (within.get(start) ?? WITHIN_MS) &&
        samePlace(start.place, call.place),
      reach: Math.max(WITHIN_MS, ...new Set(within.values())),
    });
  });

/** How long after a call its start may be recorded. */
export const answerWithinOf = (call: Call, declared: DeclaredFacts): number =>
  Math.max(ANSWERED_MS, withinOf(call, declared));

/** What became of each call that passed a kind of hop among the records of the API, refusals among them. */
export const callsPaired = (segment: Segment, kind: HopKind, declared: DeclaredFacts): Result =>
  once(segment, declared, `calls ${kind}`, () => {
    const within = new Map(segment.hops[kind].map((call) => [call, withinOf(call, declared)]));
    const fits = (call: Call, answer: Call): boolean => {
      const before = within.get(call) ?? WITHIN_MS;
      const delay = answer.at - call.at;
      return (
        delay >= -before && delay <= Math.max(ANSWERED_MS, before) && samePlace(call.place, answer.place)
      );
    };
    const reach = Math.max(ANSWERED_MS, ...new Set(within.values()));
    return pairUp(segment, segment.hops[kind], segment.answers, { fits, reach });
  });

function pairUp(
  segment: Segment,
  anchors: readonly Call[],
  partners: readonly Call[],
  pairing: Pairing<Call, Call>,
): Result {
  const { from, until } = segment;
  const own = anchors.filter((one) => isWithin(segment, one));
  const inside = partners.filter((one) => isWithin(segment, one));
  const first = match(own, inside, pairing);
  const result = new Map<Call, Paired>();
  for (const [anchor, { partner, join }] of first.pairs)
    result.set(anchor, { is: 'paired', call: partner, join });
  const beyond = partners.filter(
    ({ at }) =>
      (!from.divides && at < from.at && at >= from.at - REACH_MS) ||
      (!until.divides && at >= until.at && at < until.at + REACH_MS),
  );
  const second =
    beyond.length === 0 || first.alone.size === 0
      ? first
      : match(own, [...inside, ...beyond], { ...pairing, first: new Set(first.pairs.keys()) });
  for (const [anchor, crowd] of first.alone) {
    const alone = second.alone.get(anchor);
    result.set(anchor, alone === undefined ? { is: 'beyond', crowd } : { is: 'alone', crowd: alone });
  }
  return result;
}
