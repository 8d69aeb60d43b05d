/** What stands when records came portion by portion, each judged to its end before the next, and alerts were made of what was found. */
import type { Row } from '../../schemas/tables.ts';
import { createPlan } from '../../shared/alerts/plan.ts';
import { later } from '../../shared/alerts/times.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import type { WatermarkOf } from '../../shared/corroboration/verdict.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { commitPrepared } from '../../shared/pipeline/commit.ts';
import type { Prepared, Preparer } from '../../shared/pipeline/prepare.ts';
import { withGrace } from '../../shared/reconcile/grace.ts';
import { createReconciler } from '../../shared/reconcile/reconciler.ts';
import { sweepRetracted } from '../../shared/reconcile/retract.ts';
import { latestVerdicts } from '../../shared/reconcile/verdict-rows.ts';
import { openSqliteStore } from '../../shared/store/sqlite/store.ts';
import type { Store } from '../../shared/store/store.ts';

/** A record, ready to be committed. */
export interface Came {
  readonly prepared: Prepared;
  readonly preparer: Preparer;
  /** RFC 3339, as in rows; the empty text where it tells none. */
  readonly time: string;
}

export interface Portion {
  readonly records: readonly Came[];
  /** As far as each path is known once they are here. */
  readonly watermarkOf: WatermarkOf;
}

/** One line for everything that stands, sorted: equal lines for equal ends, however they were come to. */
export type Standing = readonly string[];

/** After everything that any record tells. */
export const AFTERWARDS = '2040-01-01T00:00:00.000000000Z';
const END_OF_TIME = '9999-12-31T23:59:59.999999999Z';
const MINUTE_MS = 60_000;
const ALL = 100_000;
const SWEPT = new Set(RULES.map(({ id }) => id));

/** @throws where a rule failed on a record */
export async function standingAfter(portions: readonly Portion[], bundle: Bundle): Promise<Standing> {
  const store = openSqliteStore(':memory:');
  const failed: string[] = [];
  let clock = AFTERWARDS;
  const now = (): string => clock;
  const plan = createPlan(bundle.config);
  const { tick } = createReconciler({
    store,
    rules: RULES,
    bundleAt: () => bundle,
    now,
    dueUntil: () => END_OF_TIME,
    isSettled: portions.length === 1,
    logger: createLogger((line) => failed.push(line), {}),
  });
  try {
    for (const { records, watermarkOf } of portions) {
      for (const [preparer, ofOne] of Map.groupBy(records, (one) => one.preparer))
        await commitPrepared(
          { store, preparer, path: 'push', now },
          ofOne.map(({ prepared }) => prepared),
        );
      await tick(withGrace(watermarkOf, bundle.facts));
      // As `deliver` and the sweep of reconcile do.
      await store.alerts.claim(await store.alerts.unclaimedFindings('0000', ALL), clock, plan);
      await sweepRetracted(store, SWEPT, clock);
      clock = later(clock, MINUTE_MS);
    }
    if (failed.length > 0) throw new Error(failed.join('\n'));
    return await standingIn(store);
  } finally {
    await store.close();
  }
}

async function standingIn(store: Store): Promise<Standing> {
  const said = latestVerdicts(await Array.fromAsync(store.scan('Verdicts')));
  // What was said and withdrawn is as if it had never been said.
  const verdicts = [...said].filter(
    ([, { Cited: cited, Verdict: verdict }]) => cited !== '[]' || verdict === 'violated',
  );
  const told = new Set(verdicts.map(([, { FindingId: id }]) => id));
  const findings = (await Array.fromAsync(store.scan('Findings'))).filter(({ FindingId: id }) =>
    told.has(id),
  );
  const episodes = await store.alerts.episodes({ states: ['open', 'acknowledged'], limit: ALL });
  return [
    ...verdicts.map(
      ([triple, row]) =>
        `verdict ${triple}: ${String(row['Verdict'])} ${String(row['VerdictId'])}, finding ${String(row['FindingId'])}: ${String(row['Reason'])}`,
    ),
    ...findings.map((row) => `finding ${JSON.stringify(CONTENT.map((column) => row[column] ?? null))}`),
    ...episodes.map(({ rule, key }) => `alert ${rule} ${key}`),
  ].toSorted();
}

const CONTENT = [
  'FindingId',
  'Rule',
  'FindingKey',
  'Verdict',
  'Severity',
  'Summary',
  'Evidence',
  'EventId',
  'OtherEvents',
] as const;

/** What one of them has and the other has not. */
export function difference(
  atOnce: Standing,
  byPortions: Standing,
): { readonly missing: readonly string[]; readonly beside: readonly string[] } {
  const [one, other] = [new Set(atOnce), new Set(byPortions)];
  return {
    missing: atOnce.filter((line) => !other.has(line)),
    beside: byPortions.filter((line) => !one.has(line)),
  };
}

/**
 * Of the audit log of each engine and project the first record. Which jobs are older than it, and whether there is such a log, is
 * known from it; jobs that were judged before it are not judged anew (a gap of job-ran-without-audit-record), so that it comes first.
 */
export function beginningsOf(records: readonly Came[]): ReadonlySet<Came> {
  const first = new Map<string, { readonly bucket: string; readonly record: Came }>();
  for (const record of records) {
    for (const row of sightingsOf(record)) {
      if (row['Family'] !== 'audit') continue;
      const [log, bucket] = [String(row['Subject']), String(row['Bucket'])];
      const known = first.get(log);
      if (known === undefined || bucket < known.bucket) first.set(log, { bucket, record });
    }
  }
  return new Set([...first.values()].map(({ record }) => record));
}

const sightingsOf = ({ prepared }: Came): readonly Row[] =>
  prepared.kind === 'rows'
    ? (prepared.entry.sightings ?? []).flatMap(({ table, row }) => (table === 'Sightings' ? [row] : []))
    : [];
