/** How long the rest of a sequence is waited for, and on what; and whether it is one of a job. */
import { later } from '../../alerts/times.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { callFamilyOf } from '../call-family.ts';
import type { AwaitedPath, Context } from '../rule.ts';

/** When the rest must be here: after the window, and as late as records of the event's way may be. */
export function untilOf(event: TrailEvent, windowMs: number, { declared }: Context): string {
  const [path = event.source] = awaitedOf(event);
  return later(event.time, windowMs + declared.corroboration.lateness(path));
}

/** The rest comes the way that the event came. */
export const awaitedOf = ({ via, source }: TrailEvent): readonly AwaitedPath[] => [
  via === 'direct' ? source : via,
];

export const isOnJob = ({ job, parentJob, callKey, action }: TrailEvent): boolean =>
  job !== undefined ||
  parentJob !== undefined ||
  action.startsWith('job.') ||
  callFamilyOf(callKey) !== undefined;
