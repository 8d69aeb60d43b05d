/** One portion: prepared, hushed, committed, and the state after it. */
import type { Decoded } from '../envelope/envelope.ts';
import { isUndated } from '../envelope/entry-time.ts';
import { JobtrailError } from '../errors.ts';
import { later } from '../alerts/times.ts';
import { prepareAttested } from '../pipeline/attest.ts';
import { commitPrepared } from '../pipeline/commit.ts';
import { addCounts, type OutcomeCounts } from '../pipeline/outcome.ts';
import type { Prepared, Preparer } from '../pipeline/prepare.ts';
import type { Store } from '../store/store.ts';
import { digestRef } from './digest.ts';
import type { Portion } from './input.ts';
import type { Pace } from './pace.ts';
import { quietly, violationsAmong, type DigestOf, type Violation } from './quiet.ts';
import type { BackfillState } from './state.ts';
import { openDigests, type OpenOptions } from './tell.ts';

/** Of entries younger than that the pipeline is still the one to bring them, and to tell of them. */
export const YOUNGEST_MS = 3 * 3_600_000;
export const TOO_YOUNG = 'backfill:too-young';

export interface PrepareOptions {
  readonly preparer: Preparer;
  /** What is in force at an event time is known; see Ingest. */
  readonly ready: (time: string) => Promise<void> | undefined;
  /** Clock of rows. */
  readonly now: () => string;
}

export interface PortionOptions extends PrepareOptions, OpenOptions {
  /** How many entries are committed in which time. */
  readonly pace?: Pace | undefined;
}

/** Entries of one commit of a source. */
const COMMIT = 500;

/** @param keepUnproven an entry whose proof cannot be judged is kept in quarantine; else it is an error, and may be tried again */
export async function takePortion(
  options: PortionOptions,
  { entries, cursor }: Portion,
  keepUnproven: boolean,
): Promise<void> {
  const { kept } = options;
  const before = kept.now();
  const youngest = youngestOf(before);
  const digestOf: DigestOf = (environment) => digestRef(before.run, environment);
  let counts: OutcomeCounts = before.counts;
  let { reached, receipt } = before;
  for (let at = 0; at < entries.length; at += COMMIT) {
    const some = entries.slice(at, at + COMMIT);
    reached = newest(reached, some, youngest);
    const prepared = await prepareAll(options, some, youngest, keepUnproven);
    const quiet = await hushed(options, prepared, digestOf);
    await openDigests(options, quiet.environments);
    await options.pace?.(some.length);
    const result = await commitPrepared({ ...options, path: 'backfill' }, quiet.prepared);
    counts = addCounts(counts, result.counts);
    receipt = result.receipts.at(-1) ?? receipt;
  }
  kept.save({
    ...kept.now(),
    cursor,
    counts,
    ...(reached === undefined ? undefined : { reached }),
    ...(receipt === undefined ? undefined : { receipt }),
  });
}

export const youngestOf = ({ startedAt }: Pick<BackfillState, 'startedAt'>): string =>
  later(startedAt, -YOUNGEST_MS);

/** @param youngest entries after it are left out, by name */
export async function prepareAll(
  options: PrepareOptions,
  entries: readonly Decoded[],
  youngest: string,
  keepUnproven: boolean,
): Promise<readonly Prepared[]> {
  const last = newest(undefined, entries, youngest);
  if (last !== undefined) await options.ready(last);
  const prepared: Prepared[] = [];
  for (const decoded of entries) prepared.push(await prepare(options, decoded, youngest, keepUnproven));
  return prepared;
}

async function prepare(
  { preparer, now }: PrepareOptions,
  decoded: Decoded,
  youngest: string,
  keepUnproven: boolean,
): Promise<Prepared> {
  if (decoded.kind === 'entry' && decoded.eventTime > youngest) {
    const { source } = preparer.prepare(decoded, now());
    return { kind: 'filtered', source, rule: TOO_YOUNG };
  }
  try {
    return await prepareAttested(preparer, decoded, now);
  } catch (error) {
    const unproven = error instanceof JobtrailError && error.code === 'issuer-keys-unavailable';
    if (!unproven || !keepUnproven) throw error;
    // As a function keeps it in the end: one issuer that is gone must not keep all that came after its records out.
    const { source } = preparer.prepare(decoded, now());
    return preparer.quarantine(decoded, source, 'delivery-exhausted', error.message, UNPROVEN, now());
  }
}

const UNPROVEN = 'Its proof could not be judged: once the keys of its issuer can be had, redrive it.';

interface Hushed {
  readonly prepared: readonly Prepared[];
  /** That something new is found in. */
  readonly environments: readonly (string | undefined)[];
}

async function hushed(
  { store }: PortionOptions,
  prepared: readonly Prepared[],
  digestOf: DigestOf,
): Promise<Hushed> {
  const found = prepared.flatMap((item) => (item.kind === 'rows' ? violationsAmong(item.entry.rows) : []));
  const known = found.length === 0 ? NONE : await knownAmong(store, found);
  return {
    prepared: prepared.map((item) => (item.kind === 'rows' ? quietly(item, known, digestOf) : item)),
    environments: found.flatMap(({ id, environment }) => (known.has(id) ? [] : [environment])),
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Those that an alert holds, or that are stored: then the pipeline found it a moment ago, and the sweep of `deliver` is about to tell. */
async function knownAmong(store: Store, found: readonly Violation[]): Promise<ReadonlySet<string>> {
  const ids = found.map(({ id }) => id);
  const held = (await store.alerts.episodesOf(ids)).map(({ finding }) => finding);
  const stored = (await store.alerts.findings(ids)).map(({ id }) => id);
  return new Set([...held, ...stored]);
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
