/**
 * A backfill from its input to its digests. Each portion goes the way of every entry, is committed, and then its place is
 * written down: killed anywhere, the same command goes on from there, and what comes again is a duplicate.
 */
import { isUndated } from '../envelope/entry-time.ts';
import type { Decoded } from '../envelope/envelope.ts';
import { later } from '../alerts/times.ts';
import { prepareAttested } from '../pipeline/attest.ts';
import { commitPrepared } from '../pipeline/commit.ts';
import { addCounts, type OutcomeCounts } from '../pipeline/outcome.ts';
import type { Prepared, Preparer } from '../pipeline/prepare.ts';
import type { Store } from '../store/store.ts';
import { digestRef } from './digest.ts';
import type { Input, Portion } from './input.ts';
import type { Clock } from './pace.ts';
import { patiently, type OnWait } from './patience.ts';
import { quietly, violationsAmong, type DigestOf } from './quiet.ts';
import type { BackfillState } from './state.ts';

/** Of entries younger than that the pipeline is still the one to bring them, and to tell of them. */
export const YOUNGEST_MS = 3 * 3_600_000;
export const TOO_YOUNG = 'backfill:too-young';

export interface BackfillOptions {
  readonly input: Input;
  readonly store: Store;
  readonly preparer: Preparer;
  /** What is in force at an event time is known; see Ingest. */
  readonly ready: (time: string) => Promise<void> | undefined;
  /** Clock of rows. */
  readonly now: () => string;
  readonly clock: Clock;
  readonly state: BackfillState;
  /** Keeps the state: called after each commit. */
  readonly save: (state: BackfillState) => void;
  readonly onPortion?: (state: BackfillState, part: number | undefined) => void;
  readonly onWait?: OnWait;
}

/** Entries of one commit of a source. */
const COMMIT = 500;

/**
 * Reads the input to its end.
 * @returns the state with everything read
 * @throws JobtrailError: the state is kept, and the same call goes on from it
 */
export async function readBackfill(options: BackfillOptions): Promise<BackfillState> {
  let { state } = options;
  const readToEnd = async (forward: () => void): Promise<BackfillState> => {
    for await (const portion of options.input.read(state.cursor)) {
      state = await take(options, state, portion);
      forward();
    }
    state = { ...state, read: true };
    options.save(state);
    return state;
  };
  return patiently(options.clock, readToEnd, options.onWait);
}

async function take(
  options: BackfillOptions,
  before: BackfillState,
  { entries, cursor, part }: Portion,
): Promise<BackfillState> {
  let state = before;
  const youngest = later(state.startedAt, -YOUNGEST_MS);
  const digestOf: DigestOf = (environment) => digestRef(before.run, environment);
  let counts: OutcomeCounts = state.counts;
  let { reached } = state;
  for (let at = 0; at < entries.length; at += COMMIT) {
    const some = entries.slice(at, at + COMMIT);
    reached = newest(reached, some, youngest);
    if (reached !== undefined) await options.ready(reached);
    const prepared: Prepared[] = [];
    for (const decoded of some) prepared.push(await prepare(options, decoded, youngest));
    const quiet = await hushed(options.store, prepared, digestOf);
    state = withEnvironments(options, state, quiet.environments);
    const result = await commitPrepared({ ...options, path: 'backfill' }, quiet.prepared);
    counts = addCounts(counts, result.counts);
  }
  state = { ...state, cursor, counts, ...(reached === undefined ? undefined : { reached }) };
  options.save(state);
  options.onPortion?.(state, part);
  return state;
}

async function prepare(
  { preparer, now }: BackfillOptions,
  decoded: Decoded,
  youngest: string,
): Promise<Prepared> {
  if (decoded.kind === 'entry' && decoded.eventTime > youngest) {
    const { source } = preparer.prepare(decoded, now());
    return { kind: 'filtered', source, rule: TOO_YOUNG };
  }
  return prepareAttested(preparer, decoded, now);
}

interface Hushed {
  readonly prepared: readonly Prepared[];
  /** That something is found in. */
  readonly environments: readonly (string | undefined)[];
}

async function hushed(store: Store, prepared: readonly Prepared[], digestOf: DigestOf): Promise<Hushed> {
  const found = prepared.flatMap((item) => (item.kind === 'rows' ? violationsAmong(item.entry.rows) : []));
  const known =
    found.length === 0
      ? new Set<string>()
      : new Set((await store.alerts.episodesOf(found.map(({ id }) => id))).map(({ finding }) => finding));
  return {
    prepared: prepared.map((item) => (item.kind === 'rows' ? quietly(item, known, digestOf) : item)),
    environments: found.map(({ environment }) => environment),
  };
}

/** Kept before what was found there is stored: nothing that a digest is to tell of may be forgotten. */
export function withEnvironments(
  { save }: Pick<BackfillOptions, 'save'>,
  state: BackfillState,
  environments: readonly (string | undefined)[],
): BackfillState {
  const known = new Set(state.environments);
  for (const environment of environments) known.add(environment ?? '');
  if (known.size === state.environments.length) return state;
  const more = { ...state, environments: [...known].toSorted() };
  save(more);
  return more;
}

function newest(
  reached: string | undefined,
  entries: readonly Decoded[],
  youngest: string,
): string | undefined {
  let most = reached;
  for (const entry of entries) {
    if (entry.kind !== 'entry' || isUndated(entry) || entry.eventTime > youngest) continue;
    if (most === undefined || entry.eventTime > most) most = entry.eventTime;
  }
  return most;
}
