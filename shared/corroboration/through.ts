/** The hops at which the call that started some work was seen, one call for one start. */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { groupOf, HOP_KINDS, samePlace, type HopKind } from './call-records.ts';
import { segmentOf, segmentsAround } from './call-segments.ts';
import type { Call } from './calls.ts';
import type { Facts } from './facts.ts';
import { match } from './matching.ts';
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
  const { starts, hops } = segmentOf(group, event.time, facts);
  const own = starts.find(({ events }) => events.some(({ id }) => id === event.id));
  if (own === undefined) return undefined;
  const reach = windowMs(event, declared);
  const fits = (a: Call, b: Call): boolean => samePlace(a.place, b.place) && Math.abs(a.at - b.at) <= reach;
  return HOP_KINDS.flatMap((via) => {
    const pair = match(starts, hops[via], { fits, reach }).pairs.get(own);
    return pair === undefined ? [] : [{ via, join: pair.join, event: pair.partner.event }];
  });
}

/** The starts whose hops hang on a record of a hop or of another start. */
export function startsAround(record: TrailEvent, facts: Facts): readonly TrailEvent[] {
  const group = groupOf(record);
  if (group === undefined) return [];
  return segmentsAround(group, record.time, facts).flatMap(({ starts }) =>
    starts.flatMap(({ events }) => events),
  );
}
