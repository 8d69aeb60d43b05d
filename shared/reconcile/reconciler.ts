/**
 * One round of reconcile: takes what is due off the queue of open work, judges it with what is recorded around it, writes what is
 * new to say, and puts back what waits for a later watermark. It reads open work and what that work asks for, never the history,
 * so that its cost follows the open work. All state is in the store, and what it writes is a function of the records: two of
 * them at once, or one killed anywhere, end with the same verdicts.
 */
import type { Bundle } from '../config/bundle.ts';
import { anchorOfSighting } from '../corroboration/anchors.ts';
import { createFactCache } from '../corroboration/fact-cache.ts';
import { anchorOf, type Anchor, type Rule } from '../corroboration/rule.ts';
import { isLookedAt, settle, type Crash } from '../corroboration/settle.ts';
import type { Lost, Waiting, WatermarkOf } from '../corroboration/verdict.ts';
import { findingRow } from '../alerts/finding-row.ts';
import { DAY_MS, later } from '../alerts/times.ts';
import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../../schemas/tables.ts';
import { READY, shardOf, type WorkItem } from '../store/work.ts';
import { createJudgedOnce, type JudgedOnce } from './judged-once.ts';
import { createFactLoader, type ReadEvents } from './load-facts.ts';
import { reinstate, retract } from './retract.ts';
import { withRouting, type AskLogging } from './routing.ts';
import { say, type Retracted } from './verdict-rows.ts';

export interface ReconcilerOptions {
  readonly store: Store;
  readonly rules: readonly Rule[];
  /** The bundle in force at an event time. */
  readonly bundleAt: (time: string) => Bundle;
  /** Settles when `bundleAt` may be asked for this event time; undefined at once where it may. */
  readonly ready?: (time: string) => Promise<void> | undefined;
  /** Clock of rows. */
  readonly now: () => string;
  /** Up to when open work is taken; absent: up to now. */
  readonly dueUntil?: () => string;
  /** Told of findings that are new, before what they take back is resolved. */
  readonly publish?: ((findingIds: readonly string[]) => Promise<void>) | undefined;
  /**
   * Whether records of a path from then may be missing for good, since nothing vouched for it: what waited for them is not
   * decided by their absence. Absent: none are.
   */
  readonly lost?: Lost;
  /** Looks whether a record that is missing exists and was not routed; absent: nobody looks. */
  readonly askLogging?: AskLogging | undefined;
  readonly logger: Logger;
  /** What rounds before made of rows (load-facts.ts); absent: nothing is kept. */
  readonly read?: ReadEvents;
  /** Whether all that is judged here is stored before a round begins: what others store meanwhile is judged by others. */
  readonly isSettled?: boolean;
  /** Items judged together. */
  readonly batch?: number;
}

export interface Tick {
  /** Items taken off the queue. */
  readonly taken: number;
  readonly verdicts: number;
  /** New findings. */
  readonly findings: readonly string[];
  /** Episodes that late evidence resolved. */
  readonly resolved: number;
  /** Items that wait, by the path they wait for; of this round. */
  readonly waiting: ReadonlyMap<string, number>;
  /** Work is left that was due: the round ended by its time. */
  readonly unfinished: boolean;
}

export interface Reconciler {
  /**
   * @param watermarkOf up to which instant each path's records are here, with the grace that rules have in theirs (grace.ts)
   * @param until clock of rows at which a round ends, with work left
   * @throws JobtrailError of the store: the round is repeated by the next one
   */
  readonly tick: (watermarkOf: WatermarkOf, until?: string) => Promise<Tick>;
}

/** Neighbours in time hang on the same records: the more of them are judged together, the fewer are read and judged twice. */
const BATCH = 4_000;
/** About 25 cells each with their indexes, of the 80,000 of a commit. */
const VERDICTS_OF_COMMIT = 1_000;
/** Verdicts and findings are kept as the control plane's events. */
const VERDICT_DAYS = 400;

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { store, rules, bundleAt, now, logger, batch = BATCH } = options;

  async function tick(watermarkOf: WatermarkOf, until?: string): Promise<Tick> {
    const waiting = new Map<string, number>();
    const findings: string[] = [];
    let taken = 0;
    let verdicts = 0;
    let resolved = 0;
    const once = options.isSettled === true ? createJudgedOnce() : undefined;
    for (;;) {
      if (until !== undefined && now() >= until)
        return { taken, verdicts, findings, resolved, waiting, unfinished: true };
      const items = await take(watermarkOf);
      if (items.length === 0) return { taken, verdicts, findings, resolved, waiting, unfinished: false };
      const done = await settleItems(items, watermarkOf, once);
      taken += items.length;
      verdicts += done.verdicts;
      findings.push(...done.findings);
      for (const { queue } of done.open) waiting.set(queue, (waiting.get(queue) ?? 0) + 1);
      if (done.findings.length > 0) await options.publish?.(done.findings);
      resolved += await retract(store, done.retracted, now());
      await reinstate(store, done.stands, now());
    }
  }

  /** What is due, whatever it was waiting for. */
  async function take(watermarkOf: WatermarkOf): Promise<readonly WorkItem[]> {
    const items: WorkItem[] = [...(await store.work.due(READY, (options.dueUntil ?? now)(), batch))];
    if (items.length >= batch) return items;
    for (const queue of await store.work.queues()) {
      if (queue === READY) continue;
      const watermark = watermarkOf(queue);
      if (watermark === undefined) continue;
      items.push(...(await store.work.due(queue, watermark, batch - items.length)));
      if (items.length >= batch) break;
    }
    return items;
  }

  async function settleItems(
    items: readonly WorkItem[],
    watermarkOf: WatermarkOf,
    once: JudgedOnce | undefined,
  ): Promise<Settled> {
    const loader = createFactLoader(store, options.read);
    const readAt = now();
    const records = await recordsOf(items, loader);
    for (const { time } of records) await options.ready?.(time);
    const { judged, crashes } = await settle(records, {
      rules,
      bundleAt,
      load: (queries, cache) => loader.load(queries, cache),
      cache: createFactCache(),
      ...(once === undefined ? undefined : { isJudged: once.has }),
    });
    once?.add(items, judged);
    for (const crash of crashes) report(crash);
    const before = await store.work.verdicts(judged.map(({ anchor }) => anchor.id));
    const at = now();
    const expireAt = later(at, VERDICT_DAYS * DAY_MS);
    const said = say(judged, { watermarkOf, lost: options.lost, before, readAt, now: at, expireAt });
    const open = openOf(items, said.waiting);
    const told = await withRouting(said.findings, options.askLogging);
    const rows = told.map((finding) =>
      findingRow(finding, { shard: shardOf(finding.id), variant: '', storedAt: at, expireAt }),
    );
    const findings: string[] = [];
    for (const part of inParts(said.verdicts, rows))
      findings.push(...(await store.work.settle({ ...part, done: [], open: [], readAt })));
    // Last, so that whatever is not said yet is still open work.
    await store.work.settle({ verdicts: [], findings: [], done: items, open, readAt });
    return { verdicts: said.verdicts.length, findings, retracted: said.retracted, stands: said.stands, open };
  }

  /** Items as what rules are asked about; an event that expired meanwhile is none. */
  async function recordsOf(
    items: readonly WorkItem[],
    loader: ReturnType<typeof createFactLoader>,
  ): Promise<readonly Anchor[]> {
    const events = await loader.events(
      items.flatMap(({ id, sighting }) => (sighting === undefined ? [id] : [])),
    );
    const seen = items.flatMap(({ sighting }) => (sighting === undefined ? [] : [sighting]));
    const sightings = await loader.sightings(seen);
    return [...events.map(anchorOf), ...sightings.map(anchorOfSighting)];
  }

  const report = ({ rule, record, message }: Crash): void =>
    logger.log('ERROR', 'a rule failed and did not judge a record', { rule, record, detail: message });

  return { tick };
}

/**
 * Records of one dense hour hang together by the thousands, and a commit has its limit: each verdict with its finding, in commits
 * of a size that Spanner takes. All of them are said again, the same, by whoever finds the work still open.
 */
function* inParts(
  verdicts: readonly Row[],
  findings: readonly Row[],
): Generator<{ readonly verdicts: readonly Row[]; readonly findings: readonly Row[] }> {
  const byId = new Map(findings.map((row) => [row['FindingId'], row]));
  for (let from = 0; from < verdicts.length; from += VERDICTS_OF_COMMIT) {
    const some = verdicts.slice(from, from + VERDICTS_OF_COMMIT);
    const found = some.map((row) => byId.get(row['FindingId'])).filter((row) => row !== undefined);
    yield { verdicts: some, findings: found };
  }
}

interface Settled {
  readonly verdicts: number;
  readonly findings: readonly string[];
  readonly retracted: readonly Retracted[];
  readonly stands: readonly string[];
  readonly open: readonly WorkItem[];
}

/**
 * What waits is open work of its own, for each path at the instant that comes first, since of two paths one may stand still: also
 * where it was decided before, and a later record undid that. Where its rule would not be asked about it, the records that led to it
 * stay open in its place.
 */
function openOf(items: readonly WorkItem[], waiting: ReturnType<typeof say>['waiting']): readonly WorkItem[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const open = new Map<string, WorkItem>();
  const put = (item: WorkItem, { on, until }: Waiting): void => {
    const key = `${item.id} ${on}`;
    const known = open.get(key);
    if (known === undefined || until < known.dueAt) open.set(key, { ...item, queue: on, dueAt: until });
  };
  for (const { judged, wait } of waiting) {
    if (isLookedAt(judged.rule, judged.anchor)) {
      put(itemOf(judged.anchor), wait);
      continue;
    }
    for (const id of judged.reachedBy) {
      const item = byId.get(id);
      if (item !== undefined) put(item, wait);
    }
  }
  return [...open.values()];
}

const itemOf = (anchor: Anchor): WorkItem => ({
  queue: READY,
  dueAt: anchor.time,
  id: anchor.id,
  eventTime: anchor.time,
  ...(anchor.kind === 'sighting'
    ? {
        sighting: {
          family: anchor.sighting.family,
          subject: anchor.sighting.subject,
          bucket: anchor.sighting.bucket,
        },
      }
    : undefined),
});
