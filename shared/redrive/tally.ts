/** What a redrive came to: every row or message is exactly one of stored, duplicate, filtered, stays. */

export interface Count {
  readonly rows: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly filtered: number;
  readonly stays: number;
}

export interface Tally extends Count {
  /** By the reason of the quarantine. */
  readonly byReason: ReadonlyMap<string, Count>;
  /** Of what stays, by what is wrong with it now. */
  readonly staysFor: ReadonlyMap<string, number>;
}

const NO_COUNT: Count = { rows: 0, stored: 0, duplicate: 0, filtered: 0, stays: 0 };
export const NO_TALLY: Tally = { ...NO_COUNT, byReason: new Map(), staysFor: new Map() };

type Outcome = { readonly outcome: 'stored' | 'duplicate' | 'filtered' | 'stays'; readonly why?: string };

export function tallied(tally: Tally, reason: unknown, what: Outcome): Tally {
  const name = String(reason);
  const byReason = new Map(tally.byReason);
  byReason.set(name, plus(byReason.get(name) ?? NO_COUNT, what));
  const staysFor = new Map(tally.staysFor);
  if (what.why !== undefined) staysFor.set(what.why, (staysFor.get(what.why) ?? 0) + 1);
  return { ...plus(tally, what), byReason, staysFor };
}

const plus = (count: Count, { outcome }: Outcome): Count => ({
  rows: count.rows + 1,
  stored: count.stored + (outcome === 'stored' ? 1 : 0),
  duplicate: count.duplicate + (outcome === 'duplicate' ? 1 : 0),
  filtered: count.filtered + (outcome === 'filtered' ? 1 : 0),
  stays: count.stays + (outcome === 'stays' ? 1 : 0),
});

/** rows = stored + duplicate + filtered + stays. */
export const tallyBalances = ({ rows, stored, duplicate, filtered, stays }: Count): boolean =>
  rows === stored + duplicate + filtered + stays;
