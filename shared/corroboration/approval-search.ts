/** The approvals that may be meant for an event, as they are recorded, and the nearest of them to holding. */
import { later } from '../alerts/times.ts';
import { textOf } from '../detections/evidence.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { approvalOf, heldBy, isFor, STANDINGS, type Approval, type Asked, type Held } from './approvals.ts';
import type { Facts, Span } from './facts.ts';
import { doersOf, writtenAs } from './same-identity.ts';
import { forth } from './span.ts';

const DAY_MS = 86_400_000;
/** An approval that was given longer ago is none that anybody remembers. */
const LONGEST_DAYS = 400;
/** One that is given so much later is told as such: it was the paper for what had been done. */
const AFTERWARDS_MS = DAY_MS;

/** When an approval may be dated that has to do with an event of this time. */
export const approvalSpan = (time: string): Span => ({
  from: later(time, -LONGEST_DAYS * DAY_MS),
  until: forth(time, AFTERWARDS_MS).until,
});

/** When events may have happened that an approval has to do with: also where it was over, which is told of it. */
export const eventSpan = ({ event }: Approval): Span => ({
  from: later(event.time, -AFTERWARDS_MS),
  until: forth(event.time, LONGEST_DAYS * DAY_MS).until,
});

/** An approval with what was decided under its id otherwise. */
export interface Recorded {
  readonly approval: Approval;
  readonly ends: readonly TrailEvent[];
}

export function approvalsFor(event: TrailEvent, facts: Facts): readonly Recorded[] {
  const span = approvalSpan(event.time);
  const distinct = new Map<string, Approval>();
  for (const who of doersOf(event).flatMap(writtenAs)) {
    for (const record of facts.witnesses('grant', who, span)) {
      const approval = approvalOf(record);
      if (approval !== undefined && isFor(approval, event)) distinct.set(record.id, approval);
    }
  }
  return [...distinct.values()].map((approval) => ({ approval, ends: endsOf(approval, event.time, facts) }));
}

/** The id says whose refusals and withdrawals they are; nothing after the event changes what held at it. */
const endsOf = ({ id, event }: Approval, at: string, facts: Facts): readonly TrailEvent[] =>
  event.time > at ? [] : facts.witnesses('grant', `id:${id}`, { from: event.time, until: at });

export interface Found extends Recorded {
  readonly held: Held;
}

/** From the nearest to the farthest; of equals the earliest. */
export function rank(recorded: readonly Recorded[], asked: Asked): readonly Found[] {
  return recorded
    .flatMap((one) => {
      const held = heldBy(one.approval, one.ends, asked);
      return held === undefined ? [] : [{ ...one, held }];
    })
    .toSorted(byNearness);
}

const distance = ({ held }: Found): number => STANDINGS.indexOf(held.standing);

export const byNearness = (a: Found, b: Found): number =>
  distance(a) - distance(b) || (orderOf(a) < orderOf(b) ? -1 : 1);

const orderOf = ({ approval: { event } }: Found): string => `${event.time} ${event.id}`;

/** The approvals that a record of a decision is about: itself, or those that it takes back. */
export function approvalsAbout(record: TrailEvent, facts: Facts): readonly Approval[] {
  const own = approvalOf(record);
  if (own !== undefined) return [own];
  const id = textOf(record.claims, 'approvalId');
  if (id === undefined || (record.action !== 'grant.revoke' && record.action !== 'grant.deny')) return [];
  const span = { from: later(record.time, -LONGEST_DAYS * DAY_MS), until: record.time };
  return facts.witnesses('grant', `id:${id}`, span).flatMap((one) => approvalOf(one) ?? []);
}
