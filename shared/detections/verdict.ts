/** What an entry that may not say how it ended is worth: some Databricks events come without a response. */
import type { TrailEvent } from '../model/trail-event.ts';
import type { Found } from './detection.ts';

/** `violation` where it was done, `undetermined` where the entry does not tell, undefined where it was not. */
export function verdictOf({ outcome }: TrailEvent): Found['verdict'] {
  if (outcome === 'allowed') return 'violation';
  return outcome === 'unknown' ? 'undetermined' : undefined;
}
