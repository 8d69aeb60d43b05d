/**
 * Every case of every rule through the store: however late the entries come, up to a day, and however they are cut into commits
 * and rounds, the last verdicts are those that the rule gives with everything at hand.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../shared/config/bundle.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import type { Rule } from '../../shared/corroboration/rule.ts';
import type { WatermarkOf } from '../../shared/corroboration/verdict.ts';
import { createReconciler } from '../../shared/reconcile/reconciler.ts';
import { latestVerdicts } from '../../shared/reconcile/verdict-rows.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { openSqliteStore } from '../../shared/store/sqlite/store.ts';
import { later } from '../../shared/alerts/times.ts';
import { casesOf, judgeRecorded, recordedOf, type NamedCase } from '../corroboration/cases.ts';
import { bundleOf } from '../detections/cases.ts';
import { feed } from './feed.ts';

const LONG_AFTER = '2040-01-01T00:00:00.000000000Z';
const FOR_EVER = '9999-12-31T23:59:59.999999999Z';
const silent = createLogger(() => undefined, {});

/** Orders drawn for each case: more of them look further, at a few seconds each (`JOBTRAIL_ORDERS=20`). */
const ORDERS = Number(process.env['JOBTRAIL_ORDERS'] ?? 1);

/** Ids of the last verdicts after the chunks were committed one by one, with a round after each. */
async function lastVerdicts(
  rule: Rule,
  one: NamedCase,
  bundle: Bundle,
  chunks: readonly (readonly NamedCase['entries'][number][])[],
): Promise<readonly string[]> {
  const store = openSqliteStore(':memory:');
  let clock = LONG_AFTER;
  const { tick } = createReconciler({
    store,
    rules: [rule],
    bundleAt: () => bundle,
    now: () => clock,
    logger: silent,
    batch: 7,
  });
  const watermarkOf: WatermarkOf = (path) => {
    const declared = one.watermarks[path];
    return declared === undefined ? FOR_EVER : (declared ?? undefined);
  };
  for (const chunk of chunks) {
    await feed(store, bundle, chunk, clock);
    await tick(watermarkOf);
    clock = later(clock, 60_000);
  }
  const rows = [];
  for await (const row of store.scan('Verdicts')) rows.push(row);
  await store.close();
  return [...latestVerdicts(rows).values()]
    .filter((row) => row['Cited'] !== '[]')
    .map((row) => String(row['VerdictId']))
    .toSorted();
}

/** How late a record may be and still change a verdict: the bound of reconciliation of the slowest sources. */
const BOUND_MS = 24 * 3_600_000;

function inOrderOfArrival(entries: NamedCase['entries'], delays: readonly number[]): NamedCase['entries'] {
  return entries
    .map((entry, at) => ({ entry, arrives: timeOf(entry) + (delays[at] ?? 0) }))
    .toSorted((a, b) => a.arrives - b.arrives)
    .map(({ entry }) => entry);
}

/** Of a LogEntry or of a record; those that state it in a form of their own come first. */
function timeOf(entry: Readonly<Record<string, unknown>>): number {
  const { timestamp, time, eventTime } = entry;
  const at = typeof timestamp === 'number' ? timestamp : Date.parse(String(timestamp ?? time ?? eventTime));
  return Number.isNaN(at) ? 0 : at;
}

const judged = async (rule: Rule, one: NamedCase, bundle: Bundle) =>
  (await judgeRecorded(rule, await recordedOf(one.entries, bundle), bundle, one.watermarks)).ids;

describe.each(RULES)('$id', (rule) => {
  const cases = casesOf(rule.id);

  it.each(cases.filter(({ inOrder }) => inOrder === undefined))('$name, in any order', async (one) => {
    const bundle = bundleOf(one);
    const expected = await judged(rule, one, bundle);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: BOUND_MS }), {
          minLength: one.entries.length,
          maxLength: one.entries.length,
        }),
        fc.integer(
          one.inOrder === undefined
            ? { min: 1, max: 3 }
            : { min: one.entries.length, max: one.entries.length },
        ),
        async (delays, size) => {
          const entries = inOrderOfArrival(one.entries, delays);
          const chunks = [];
          for (let at = 0; at < entries.length; at += size) chunks.push(entries.slice(at, at + size));
          expect(await lastVerdicts(rule, one, bundle, chunks)).toEqual(expected);
        },
      ),
      { numRuns: ORDERS },
    );
  });

  it.each(cases.filter(({ inOrder }) => inOrder !== undefined))(
    '$name, in its order: $inOrder',
    async (one) => {
      const bundle = bundleOf(one);
      expect(await lastVerdicts(rule, one, bundle, [one.entries])).toEqual(await judged(rule, one, bundle));
    },
  );
});
