/** Nothing is new, and nobody has been away, where the records only begin. */
import type { TrailEvent } from '../model/trail-event.ts';
import type { Context } from './rule.ts';
import { dayPlus } from './span.ts';
import { dayOf } from './traces.ts';

/** Before every day there is a record of. */
export const FIRST_DAY = '0000-01-01';

/** Whether the event's environment has been recorded for so many days. What is in no environment has no beginning. */
export function isRecordedFor(event: TrailEvent, days: number, { facts }: Context): boolean {
  const { environment } = event;
  if (environment === undefined) return false;
  const until = dayPlus(dayOf(event.time), -days);
  return facts.sightings('environment', environment, FIRST_DAY, until).length > 0;
}

export const isLearned = (event: TrailEvent, context: Context): boolean =>
  isRecordedFor(event, context.declared.corroboration.thresholds.learnDays, context);

/** Whole days from one day to a later one. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** All of a day, both ends inclusive. */
export const spanOfDay = (day: string): { readonly from: string; readonly until: string } => ({
  from: `${day}T00:00:00.000000000Z`,
  until: `${day}T23:59:59.999999999Z`,
});
