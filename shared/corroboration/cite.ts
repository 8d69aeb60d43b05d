/** An event as a verdict cites it: what it is in it, who could have written it, whom it names. */
import { textOf } from '../detections/evidence.ts';
import { partiesOf } from '../detections/kinds.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Cited } from './rule.ts';

export function citedAs(role: string, event: TrailEvent): Cited {
  const parties = partiesOf(event);
  return {
    eventId: event.id,
    role,
    provenance: event.provenance,
    ...(event.action === 'api.call' ? { grade: gradeOf(event) } : undefined),
    ...(parties.length === 0 ? undefined : { claims: parties }),
  };
}

/** A request was seen, or only the connection it may have been in. */
export const gradeOf = ({ claims }: TrailEvent): 'request' | 'connection' =>
  textOf(claims, 'grade') === 'connection' ? 'connection' : 'request';
