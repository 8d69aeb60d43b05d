/** What several records say of backfilled ones: put under the digest before it is stored, and no alert is opened again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../shared/alerts/episode.ts';
import { createPlan } from '../../shared/alerts/plan.ts';
import { later } from '../../shared/alerts/times.ts';
import { digestRef } from '../../shared/backfill/digest.ts';
import { judgeBackfilled, quietAlerts, type JudgeOptions } from '../../shared/backfill/judge.ts';
import { BACKFILL_QUEUE } from '../../shared/backfill/quiet.ts';
import { readBackfill } from '../../shared/backfill/run.ts';
import { openDigests, tellDigests } from '../../shared/backfill/tell.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { SILENT } from '../../shared/observe/log.ts';
import { commitPrepared } from '../../shared/pipeline/commit.ts';
import { reconcileToEnd } from '../../shared/reconcile/to-end.ts';
import { SOURCE_NAMES } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { COMPANY, DAY } from '../pipeline/deliveries.ts';
import { backfilling, decode, inputOf, PREPARER, RUN, STARTED } from './runs.ts';

const END = '2026-11-19T12:00:00.000000000Z';
const TEXTS = DAY.filter(
  ({ subscription, category }) => subscription !== 'databricks' && category !== 'ordinary',
).map(({ data }) => data);

let store: Store;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

const judging = (over: Partial<JudgeOptions> = {}): JudgeOptions => ({
  store,
  bundleAt: () => COMPANY,
  ready: () => undefined,
  digestOf: (environment) => digestRef(RUN, environment),
  isDigest: () => false,
  onFound: () => Promise.resolve(),
  onAgain: () => undefined,
  end: END,
  now: () => STARTED,
  logger: SILENT,
  ...over,
});

it('an alert that was resolved and stands again is not opened, which would page: the command is told', async () => {
  const context = { store, preparer: PREPARER, path: 'push', now: () => STARTED };
  const prepared = TEXTS.flatMap(decode).map((decoded) => PREPARER.prepare(decoded, STARTED));
  await commitPrepared(context, prepared);
  const all = {
    store,
    rules: RULES,
    bundle: COMPANY,
    sources: new Set<string>(SOURCE_NAMES),
    logger: SILENT,
  };
  await reconcileToEnd({ ...all, end: END, now: () => STARTED });
  const events = new Set((await Array.fromAsync(store.scan('Events'))).map((row) => row['EventId']));
  const verdict = (await Array.fromAsync(store.scan('Verdicts'))).find(
    (row) => row['Verdict'] === 'violated' && events.has(row['AnchorId']),
  );
  const [finding] = await store.alerts.findings([String(verdict?.['FindingId'])]);
  if (verdict === undefined || finding === undefined) throw new Error('no violation of an event');
  const paging = { ...COMPANY.config, routes: [{ channels: ['oncall'], continue: false }] };
  const channels = { oncall: { kind: 'pagerduty', routingKey: 'env:KEY' } } as const;
  const [episode] = await store.alerts.claim([finding], STARTED, createPlan({ ...paging, channels }));
  if (episode === undefined) throw new Error('no episode');
  const at = later(STARTED, 1000);
  await store.alerts.transition({
    id: 'resolved',
    episode,
    change: 'resolve',
    at,
    by: ENGINE,
    because: 'late evidence',
  });
  const satisfied = {
    ...verdict,
    VerdictId: 'f'.repeat(32),
    Verdict: 'satisfied',
    FindingId: null,
    DecidedAt: at,
  };
  const anchor = { id: String(verdict['AnchorId']), eventTime: String(verdict['EventTime']) };
  const work = { ...anchor, queue: BACKFILL_QUEUE, dueAt: anchor.eventTime };
  await store.work.settle({ verdicts: [satisfied], findings: [], done: [], open: [work] });

  const again: string[] = [];
  const now = (): string => later(STARTED, 60_000);
  await judgeBackfilled(judging({ now, onAgain: ({ id, n }) => void again.push(`${id}/${n}`) }));
  expect(again).toEqual([`${episode.id}/1`]);
  const [after] = await store.alerts.episodes({ ids: [episode.id], limit: 10 });
  expect(after?.state).toBe('resolved');
});

it('ends where it is asked to, with the rest on its queue', async () => {
  await readBackfill(backfilling(store, inputOf([TEXTS])));
  const left = (): Promise<number> => store.work.countDue(BACKFILL_QUEUE, '9999', 100_000);
  const all = await left();
  expect(all).toBeGreaterThan(10);
  const taken: number[] = [];
  await judgeBackfilled(judging({ stopped: () => true, onTaken: (records) => void taken.push(records) }));
  expect([await left(), taken]).toEqual([all, []]);
  const judged = await judgeBackfilled(judging({ onTaken: (records) => void taken.push(records) }));
  expect(await left()).toBe(0);
  expect(taken.at(-1)).toBe(all);
  expect(judged.findings).toBeGreaterThan(0);
});

it('a digest stays open until its run has told of it, and is closed where nothing stands', async () => {
  const found = { id: 'a'.repeat(64), severity: 'high', episode: digestRef(RUN, 'prod') } as const;
  const options = backfilling(store, inputOf([]));
  await openDigests(options, ['prod']);
  await store.alerts.hold([found]);
  const isDigest = ({ id }: { readonly id: string }): boolean => id === digestRef(RUN, 'prod').id;
  const quiet = quietAlerts(judging({ isDigest }));
  const resolve = {
    id: 'r',
    episode: digestRef(RUN, 'prod'),
    change: 'resolve',
    at: later(STARTED, 1),
    by: ENGINE,
    because: 'x',
  } as const;
  expect(await quiet.transition(resolve)).toBe(false);
  const state = async (): Promise<string | undefined> =>
    (await store.alerts.episodes({ rule: 'backfill-digest', limit: 10 }))[0]?.state;
  expect(await state()).toBe('open');
  const { config: alerting, digest: bundle } = COMPANY;
  const now = (): string => later(STARTED, 1000);
  expect(await tellDigests({ store, alerting, run: RUN, environments: ['prod'], bundle, now })).toEqual([]);
  expect(await state()).toBe('resolved');
});
