/** The four ends of a received message (stored, duplicate, filtered, quarantined) as counts that must balance. */
export interface OutcomeCounts {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly filtered: number;
  readonly quarantined: number;
  /** Part of stored: entries whose event id was known with another content. */
  readonly conflicting: number;
}

export const NO_COUNTS: OutcomeCounts = {
  received: 0,
  stored: 0,
  duplicate: 0,
  filtered: 0,
  quarantined: 0,
  conflicting: 0,
};

export function addCounts(a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts {
  return {
    received: a.received + b.received,
    stored: a.stored + b.stored,
    duplicate: a.duplicate + b.duplicate,
    filtered: a.filtered + b.filtered,
    quarantined: a.quarantined + b.quarantined,
    conflicting: a.conflicting + b.conflicting,
  };
}

/** received = stored + duplicate + filtered + quarantined. */
export function balances(counts: OutcomeCounts): boolean {
  return counts.received === counts.stored + counts.duplicate + counts.filtered + counts.quarantined;
}
