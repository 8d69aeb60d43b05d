/** The hops at which the call that started some work was seen, one call for one start. */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { groupOf, HOP_KINDS, samePlace, type HopKind } from './call-records.ts';
import { segmentOf, type Segment } from './call-segments.ts';
import type { Call } from './calls.ts';
import type { Facts } from './facts.ts';
import { match, type Pair } from './matching.ts';
import { memo } from './memo.ts';
import type { Join } from './rule.ts';

/** How far apart the two records of one call may lie where nothing is declared. */
const WITHIN_SECONDS = 120;

export const windowMs = (event: TrailEvent, declared: DeclaredFacts): number =>
  1000 * (declared.corroboration.evidenceFor(event)?.withinSeconds ?? WITHIN_SECONDS);

export interface Hop {
  readonly via: HopKind;
  readonly join: Join;
  readonly event: TrailEvent;
}

/** In the order of the names of hops. Undefined where hops do not tell calls of this kind apart. */
export function hopsOf(event: TrailEvent, declared: DeclaredFacts, facts: Facts): readonly Hop[] | undefined {
  const group = groupOf(event);
  if (group === undefined) return undefined;
  const segment = segmentOf(group, event.time, facts);
  const own = segment.startOf.get(event.id);
  if (own === undefined) return undefined;
  const reach = windowMs(event, declared);
  return HOP_KINDS.flatMap((via) => {
    const pair = pairsOf(segment, via, reach).get(own);
    return pair === undefined ? [] : [{ via, join: pair.join, event: pair.partner.event }];
  });
}

type Pairs = ReadonlyMap<Call, Pair<Call>>;
const pairsByReach = memo((_segment: Segment) => new Map<string, Pairs>());

/** Of every start of the segment, matched once. */
function pairsOf(segment: Segment, via: HopKind, reach: number): Pairs {
  const known = pairsByReach(segment);
  const key = `${via} ${reach}`;
  let pairs = known.get(key);
  if (pairs === undefined) {
    const fits = (a: Call, b: Call): boolean => samePlace(a.place, b.place) && Math.abs(a.at - b.at) <= reach;
    known.set(key, (pairs = match(segment.starts, segment.hops[via], { fits, reach }).pairs));
  }
  return pairs;
}
