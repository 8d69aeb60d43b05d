/** Single events of a kind that only their number makes a finding: which rule counts them, for whom. */
import { partiesOf } from '../detections/kinds.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** `RULE|WHO` for each count that the event belongs to. */
export function repeatsOf(event: TrailEvent): readonly string[] {
  const rules = COUNTED.filter(({ counts }) => counts(event));
  if (rules.length === 0) return NONE;
  const [who = '-'] = partiesOf(event);
  return rules.map(({ rule }) => `${rule}|${who}`);
}

const NONE: readonly string[] = [];

interface Counted {
  readonly rule: string;
  readonly counts: (event: TrailEvent) => boolean;
}

const COUNTED: readonly Counted[] = [];
