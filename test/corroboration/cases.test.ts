/**
 * Walks every rule over several records through its cases, in the order given, reversed and doubled: what is found must not
 * depend on it. `UPDATE_GOLDEN=1` writes anew what findings tell; read the difference, since people are woken by these words.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { bundleOf } from '../detections/cases.ts';
import { byKey, casesOf, goldenOf, judgeRecorded, recordedOf, resultOf, writeGolden } from './cases.ts';

describe.each(RULES)('$id', (rule) => {
  const cases = casesOf(rule.id);

  it('has at least two cases that fire and two near misses that stay quiet', async () => {
    if (process.env['UPDATE_GOLDEN'] === '1') await writeGolden(rule, cases);
    expect(cases.filter(({ kind }) => kind === 'fires').length).toBeGreaterThanOrEqual(2);
    expect(cases.filter(({ kind }) => kind === 'quiet').length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(goldenOf(rule.id))).toEqual(
      cases.filter(({ kind }) => kind === 'fires').map(({ name }) => name),
    );
  });

  it.each(cases)('$name: $note', async (one) => {
    const result = await resultOf(rule, one);
    const told = goldenOf(rule.id)[one.name] ?? [];
    const found = one.found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(
      byKey(result.findings).map(({ key, severity, verdict, summary, evidence }) => ({
        key,
        severity,
        verdict,
        summary,
        evidence,
      })),
    ).toEqual(
      found.map(({ key, severity, verdict }, at) => ({
        key,
        severity: severity ?? rule.severity,
        verdict: verdict ?? 'violation',
        ...told[at],
      })),
    );
    expect(one.found.length > 0).toBe(one.kind === 'fires');
    expect(result).toMatchObject(one.verdicts);
    for (const finding of result.findings) {
      expect(finding.key).not.toBe('');
      for (const [label] of finding.evidence) expect(rule.evidence).toContain(label);
    }
    const bundle = bundleOf(one);
    const reversed = await recordedOf([...one.entries, ...one.entries].toReversed(), bundle);
    expect((await judgeRecorded(rule, reversed, bundle, one.watermarks)).ids).toEqual(result.ids);
  });
});

it('has no cases of a rule that is none', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const ids = new Set(RULES.map(({ id }) => id));
  expect(folders.map(({ name }) => name).filter((name) => !ids.has(name))).toEqual([]);
});
