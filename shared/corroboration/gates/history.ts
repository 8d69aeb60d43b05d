/** What became of the same attempt before a change: a success shows that nothing was opened, a refusal that something was. */
import type { TrailEvent } from '../../model/trail-event.ts';
import { callGroup, callFamilyOf } from '../call-family.ts';
import type { Facts, Span } from '../facts.ts';
import { doersOf, isSameIdentity } from '../same-identity.ts';
import { later } from '../../alerts/times.ts';

const DAY_MS = 86_400_000;
const LOOK_BACK_DAYS = 90;

const groupOf = ({ callKey }: TrailEvent): string | undefined => {
  const call = callFamilyOf(callKey);
  return call === undefined ? undefined : callGroup(call);
};

/** Of access to data the method, of calls that start work what they start. */
const isAlike = (one: TrailEvent, event: TrailEvent): boolean =>
  groupOf(event) === undefined
    ? one.method === event.method && one.project === event.project
    : groupOf(one) === groupOf(event) &&
      callFamilyOf(one.callKey)?.project === callFamilyOf(event.callKey)?.project;

const isSameAttempt = (one: TrailEvent, event: TrailEvent): boolean =>
  one.via === event.via &&
  isAlike(one, event) &&
  (doersOf(event).length === 0
    ? doersOf(one).length === 0
    : doersOf(one).some((who) => doersOf(event).some((other) => isSameIdentity(who, other))));

/** The last that is known of it from before; undefined where nothing is. */
export function attemptBefore(
  event: TrailEvent,
  change: TrailEvent,
  facts: Facts,
): 'allowed' | 'denied' | undefined {
  const span = { from: later(change.time, -LOOK_BACK_DAYS * DAY_MS), until: change.time };
  const passed = passedBefore(event, span, facts);
  const refused = doersOf(event).flatMap((who) => facts.witnesses('denied', who, span));
  const [last] = [...passed, ...refused]
    .filter((one) => one.time < change.time && one.provenance !== 'tenant' && isSameAttempt(one, event))
    .filter(({ outcome }) => outcome === 'allowed' || outcome === 'denied')
    .toSorted((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time > b.time ? -1 : 1));
  return last?.outcome === 'allowed' || last?.outcome === 'denied' ? last.outcome : undefined;
}

/** Accesses to data that were allowed are too many to be kept by who made them. */
function passedBefore(event: TrailEvent, span: Span, facts: Facts): readonly TrailEvent[] {
  const group = groupOf(event);
  if (group === undefined) return [];
  return event.action === 'api.call'
    ? facts.witnesses('call', group, span)
    : doersOf(event).flatMap((who) => facts.witnesses('start', who, span));
}
