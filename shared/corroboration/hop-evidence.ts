/** Which hops must have seen a start of work, and what is there of them. */
import { partiesOf } from '../detections/kinds.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { latest, later } from '../alerts/times.ts';
import { CONNECTED_SECONDS } from './declared.ts';
import { callFamilyOf, connectedEngine, connectionGroup } from './call-family.ts';
import { HOP_KINDS, isStart, samePlace, type HopKind } from './call-records.ts';
import type { Segment } from './call-segments.ts';
import type { Call } from './calls.ts';
import { startsPaired, withinOf, type Paired } from './call-pairs.ts';
import { nearIn, shareIdentity, type Crowd } from './matching.ts';
import { memo } from './memo.ts';
import type { Context } from './rule.ts';
import { doersOf, recordedAs } from './same-identity.ts';
import { around, dayPlus, msBetween } from './span.ts';
import { dayOf } from './traces.ts';

/** Days in which somebody's calls came through a hop, after which they are expected to. */
const SEEN_DAYS = 30;

/** Google's own agents call the API from inside; whom an entry with nothing to require covers is excused. */
export function requiredHops(event: TrailEvent, { declared, facts }: Context): readonly HopKind[] {
  if (event.actor?.kind === 'system') return [];
  const required = declared.corroboration.evidenceFor(event);
  if (required !== undefined) return HOP_KINDS.filter((kind) => required.require.includes(kind));
  const call = callFamilyOf(event.callKey);
  if (call === undefined) return [];
  const day = dayOf(event.time);
  const projects = new Set([call.project, '']);
  // All are asked before any answer is looked at, so that they are loaded together.
  return HOP_KINDS.filter((kind) =>
    partiesOf(event)
      .flatMap((who) =>
        [...projects].map((project) =>
          facts.sightings(
            'hop',
            `${kind}|${call.engine}|${project}|${who}`,
            dayPlus(day, -SEEN_DAYS),
            dayPlus(day, -1),
          ),
        ),
      )
      .some((seen) => seen.length > 0),
  );
}

/** What there is of one kind of hop for a start. */
export interface HopEvidence {
  readonly kind: HopKind;
  readonly paired: Paired;
  /** Until when a record of it may still come. */
  readonly until: string;
  /** Connections to the API by the same identity, in one of which the call may have been. */
  readonly connections: readonly TrailEvent[];
  /** Calls of the same identity whose answer the hop did not see. */
  readonly unanswered: readonly Call[];
  /** Records that say what is needed, and that anybody could have written. */
  readonly forgeable: readonly Call[];
}

export function evidenceOf(start: Call, kind: HopKind, segment: Segment, context: Context): HopEvidence {
  const { declared } = context;
  const paired: Paired = startsPaired(segment, kind, declared).get(start) ?? {
    is: 'alone',
    crowd: { anchors: [start], partners: [], alone: [start] },
  };
  const within = withinOf(start, declared);
  const required = declared.corroboration.evidenceFor(start.event);
  const open = connectedWithin(start.event, context);
  const connections = paired.is === 'paired' || kind !== 'mesh' ? [] : connectionsOf(start, open, context);
  const waits =
    kind === 'mesh' && required?.grade === 'connection' && connections.length === 0
      ? Math.max(within, open)
      : within;
  const last = paired.is === 'paired' ? start.event.time : lastOf(paired.crowd, start.event.time);
  const near = (calls: readonly Call[]): readonly Call[] =>
    nearIn(calls, start.at, within).filter(
      (call) => call.event.via === kind && shareIdentity(call, start) && samePlace(call.place, start.place),
    );
  return {
    kind,
    paired,
    until: later(last, waits + declared.corroboration.lateness(kind)),
    connections,
    unanswered: paired.is === 'paired' ? [] : near(segment.unanswered),
    forgeable: paired.is === 'paired' ? [] : near(segment.forgeable),
  };
}

/** Of those that cannot be told apart nobody is judged before all of them could be. */
export const lastOf = (crowd: Crowd<Call, Call>, time: string): string => latest(lastAnchor(crowd), time);

const lastAnchor = memo((crowd: Crowd<Call, Call>) =>
  crowd.anchors.reduce((last, { event }) => latest(last, event.time), ''),
);

/** Milliseconds that a connection and a call in it may lie apart. */
function connectedWithin(start: TrailEvent, { declared }: Context): number {
  const required = declared.corroboration.evidenceFor(start);
  return (required?.connectionSeconds ?? CONNECTED_SECONDS) * 1000;
}

/** Starts of work that may have been calls in this connection; none where the record is of something else. */
export function startsBeside(connection: TrailEvent, context: Context): readonly TrailEvent[] {
  const engine = connectedEngine(connection.callKey);
  if (engine === undefined) return [];
  const span = around(connection.time, context.declared.corroboration.connectedMs);
  return [...new Set(doersOf(connection).flatMap(recordedAs))]
    .flatMap((who) => context.facts.witnesses('start', who, span))
    .filter(
      (event) =>
        isStart(event) &&
        callFamilyOf(event.callKey)?.engine === engine &&
        Math.abs(msBetween(event.time, connection.time)) <= connectedWithin(event, context),
    );
}

/** Whether a record tells of a connection at its end or at its beginning, it does not say. */
function connectionsOf(start: Call, ms: number, { facts }: Context): readonly TrailEvent[] {
  const engine = callFamilyOf(start.event.callKey)?.engine ?? '';
  const span = around(start.event.time, ms);
  const found = doersOf(start.event)
    .flatMap(recordedAs)
    .flatMap((who) => facts.witnesses('call', connectionGroup(engine, who), span));
  return [...new Map(found.map((event) => [event.id, event])).values()];
}

/** Milliseconds by which the first record of a call came later than it could be waited for. */
export function latenessOf(call: Call, until: string): number {
  const received = call.events.flatMap(({ receiveTime }) => receiveTime ?? []).toSorted()[0];
  return received === undefined ? 0 : Math.max(0, Date.parse(received) - Date.parse(until));
}
