/**
 * What takes several records, of backfilled ones: the queue of their open work, judged by the rules that reconcile asks. What is found
 * is put under the digest of the run before it is stored. Late evidence takes alerts back here as it does in reconcile.
 *
 * Up to where each way of records is known is what reconcile wrote down last. What waits for more stays on the queue, and
 * the next backfill judges it.
 */
import type { Row } from '../../schemas/tables.ts';
import type { EpisodeRef } from '../alerts/notice.ts';
import type { AlertStore } from '../alerts/store.ts';
import type { Bundle } from '../config/bundle.ts';
import { RULES } from '../corroboration/rules/index.ts';
import { isAwaited, planeOf, sourceOfPath } from '../corroboration/health/path.ts';
import type { WatermarkOf } from '../corroboration/verdict.ts';
import type { Logger } from '../observe/log.ts';
import { createReconciler, type Tick } from '../reconcile/reconciler.ts';
import { withGrace } from '../reconcile/grace.ts';
import { atEnd } from '../reconcile/to-end.ts';
import type { Store } from '../store/store.ts';
import { READY, type SettleBatch, type WorkItem, type WorkStore } from '../store/work.ts';
import { BACKFILL_QUEUE, violationsAmong, type DigestOf } from './quiet.ts';

export interface JudgeOptions {
  readonly store: Store;
  readonly bundleAt: (time: string) => Bundle;
  readonly ready: (time: string) => Promise<void> | undefined;
  readonly digestOf: DigestOf;
  /** Whether an alert is a digest of this run. */
  readonly isDigest: (episode: EpisodeRef) => boolean;
  /** Told of environments that something is found in; it is stored when that has ended. */
  readonly onFound: (environments: readonly (string | undefined)[]) => Promise<void>;
  /** Told of alerts that were resolved and stand again by what came, in place of those who would be paged. */
  readonly onAgain: (episode: EpisodeRef) => void;
  /** Told of how many records were taken off the queue. */
  readonly onTaken?: (records: number) => void;
  /** Asked between two batches: true ends it there, with work left. */
  readonly stopped?: () => boolean;
  /** The newest event time that was read. */
  readonly end: string;
  readonly now: () => string;
  readonly logger: Logger;
}

export interface Judgement extends Pick<Tick, 'verdicts' | 'resolved'> {
  /** New findings. */
  readonly findings: number;
  /** Records that wait for what is not known yet. */
  readonly waiting: number;
}

/** Open work that waits; apart, so that a round ends. */
const WAITING_QUEUE = `${BACKFILL_QUEUE}-waiting`;
const AFTER_ALL = '9999-12-31T23:59:59.999999999Z';
const MOST = 1_000_000;

/** @throws JobtrailError of the store: what is not said yet is still on the queue */
export async function judgeBackfilled(options: JudgeOptions): Promise<Judgement> {
  const { store, bundleAt, ready, now, logger } = options;
  await ready(now());
  const watermarks = await watermarksOf(options);
  const { tick } = createReconciler({
    store: { ...store, work: await ownQueue(options), alerts: quietAlerts(options) },
    rules: RULES,
    bundleAt,
    ready,
    now,
    logger,
    dueUntil: () => AFTER_ALL,
    isSettled: true,
  });
  const { verdicts, findings, resolved } = await tick(withGrace(watermarks, bundleAt(now()).facts));
  const waiting = await store.work.countDue(WAITING_QUEUE, AFTER_ALL, MOST);
  return { verdicts, findings: findings.length, resolved, waiting };
}

/** The store's work as a round sees it: the backfill's queue for that of what is due, and no other. */
async function ownQueue(options: JudgeOptions): Promise<WorkStore> {
  const { store } = options;
  const { work } = store;
  let taken = 0;
  let before = await work.due(WAITING_QUEUE, AFTER_ALL, MOST);
  return {
    ...work,
    async due(queue, until, limit): Promise<readonly WorkItem[]> {
      if (queue !== READY || options.stopped?.() === true) return [];
      const fresh = await work.due(BACKFILL_QUEUE, until, limit);
      const again = before.slice(0, limit - fresh.length);
      before = before.slice(again.length);
      taken += fresh.length + again.length;
      options.onTaken?.(taken);
      return [...fresh, ...again];
    },
    queues: async () => [],
    async settle(batch) {
      await holdNew(options, batch);
      return work.settle({ ...batch, open: batch.open.map((item) => ({ ...item, queue: WAITING_QUEUE })) });
    },
  };
}

/**
 * Late evidence takes alerts back here too. One that it brings back would page, so that is told by the command and not by the alert;
 * and a digest is open until its run has told of it, whatever stands at the moment.
 */
export const quietAlerts = ({
  store: { alerts },
  isDigest,
  onAgain,
}: Pick<JudgeOptions, 'store' | 'isDigest' | 'onAgain'>): AlertStore => ({
  ...alerts,
  transition(transition) {
    const { change, episode } = transition;
    if (isDigest(episode)) return Promise.resolve(false);
    if (change !== 'reopen') return alerts.transition(transition);
    onAgain(episode);
    return Promise.resolve(false);
  },
});

/** What is stored already is somebody else's finding, and told by others. */
async function holdNew({ store, digestOf, onFound }: JudgeOptions, { findings }: SettleBatch): Promise<void> {
  const violations = violationsAmong(findings.map((row) => ({ table: 'Findings', row })));
  if (violations.length === 0) return;
  const stored = new Set((await store.alerts.findings(violations.map(({ id }) => id))).map(({ id }) => id));
  const fresh = violations.filter(({ id }) => !stored.has(id));
  if (fresh.length === 0) return;
  await onFound(fresh.map(({ environment }) => environment));
  await store.alerts.hold(
    fresh.map(({ id, severity, environment }) => ({ id, severity, episode: digestOf(environment) })),
  );
}

/** Of a store that no reconcile looks after, everything that it has is known up to the end of what was read. */
async function watermarksOf({ store, end }: JudgeOptions): Promise<WatermarkOf> {
  const paths = await store.work.paths();
  if (paths.length > 0) return keptWatermarks(paths);
  const { rows } = await store.query(RECEIVED, {});
  return atEnd(new Set(rows.map((row) => String(row['Source']))), end);
}

const RECEIVED = 'SELECT DISTINCT Source FROM Receipts WHERE Stored + Duplicate > 0';

/**
 * Of what waits for a source or a plane, the least of its paths; undefined where one of them was never vouched for.
 * @param paths rows of Paths
 */
export function keptWatermarks(paths: readonly Row[]): WatermarkOf {
  const known = paths
    .map((row) => ({ path: String(row['Path']), status: row['Status'], watermark: row['Watermark'] }))
    .filter(({ path, status }) => status !== 'retired' && status !== 'unseen' && isAwaited(path));
  return (awaited) => {
    let least: string | undefined;
    for (const { path, watermark } of known) {
      if (path !== awaited && sourceOfPath(path) !== awaited && planeOf(path) !== awaited) continue;
      if (typeof watermark !== 'string') return undefined;
      if (least === undefined || watermark < least) least = watermark;
    }
    return least;
  };
}
