/**
 * What every rule must have that is no detection of one entry. `UPDATE_VERSIONS=1` writes test/corroboration/versions.json anew.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeRules } from '../../shared/alerts/describe.ts';
import { CATALOGUE } from '../../shared/corroboration/catalogue.ts';
import { SIGHTING_FAMILIES } from '../../shared/corroboration/facts.ts';
import type { Rule } from '../../shared/corroboration/rule.ts';
import { BASELINE_RULES, RULES } from '../../shared/corroboration/rules/index.ts';
import { PRIOR_RULES } from '../../shared/corroboration/rules/with-prior.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { CALLERS_OWN, duplicates, NUMBERS } from '../support/rule-text.ts';
import { itIsWellTold } from '../support/well-told.ts';
import { casesOf, resultOf, type NamedCase } from './cases.ts';
import {
  allFiles,
  currentVersions,
  madeOf,
  recordedVersions,
  recordVersions,
  ruleFiles,
  textOfFile,
} from './versions.ts';

/** What of the catalogue cannot be told by one entry at all: found by rules of its own name. */
const WHOLE = 'U01 U02 U07 U08 U12 L01 L02 L03 L08 L09 L12 D08 D09 X03 P01'.split(' ');

/** What one entry tells in part: the other part, by the name of its rule. */
const HALVES: Readonly<Record<string, readonly string[]>> = {
  U13: ['data-access-outside-jobs'],
  U14: ['runtime-account-new-service'],
  L07: ['export-path-lagging'],
  L10: ['hop-successes-missing'],
  L13: ['source-clock-skew'],
  D01: ['mesh-policy-inline-edit', 'change-without-deploy-record'],
  D04: ['gateway-config-inline-edit', 'change-without-deploy-record'],
  D05: ['job-role-granted', 'change-without-deploy-record'],
  X04: ['spanner-partitioned-reads'],
  X05: ['databricks-downloads'],
  P03: ['self-grant-then-job'],
  P04: ['planted-template-started', 'job-template-or-schedule-planted'],
};

/** Rules that wait, and have no case of evidence that came late, with the reason. */
const NEVER_LATE: Readonly<Record<string, string>> = {
  'agent-job-without-sponsor': 'a signed approval tells no time of receipt, so that none is known to be late',
  'change-without-deploy-record': 'a signed deploy record tells no time of receipt',
  'job-artifact-overwritten': 'a signed deploy record tells no time of receipt',
  'used-under-undeclared-policy': 'what it waits for is an earlier change, which adds to what is found',
  'job-reads-undeclared-data': 'what it waits for are reads, which add to what is found',
  'denied-then-succeeded-elsewhere':
    'the hop’s record is judged late by audit-record-without-gateway-evidence',
  'identity-mismatch-mesh-vs-audit': 'what it waits for are better joins, which take a finding back',
};

/** Labels that no case can show, with the test that does. */
const SHOWN_ELSEWHERE: Readonly<Record<string, { readonly labels: readonly string[]; readonly by: string }>> =
  {
    // Cases have one content of each entry.
    'log-sequence-gap': { labels: ['contents', 'differs'], by: 'contents.test.ts' },
  };

const NAMES: ReadonlySet<string> = new Set(SOURCES.map(({ name }) => name));
const AGAIN: ReadonlySet<Rule> = new Set([...PRIOR_RULES, ...BASELINE_RULES]);
const OVER_RECORDS = RULES.filter((rule) => !AGAIN.has(rule));

describe('the catalogue', () => {
  it('lists every file that defines a rule, under the name of its id', () => {
    const defining = ruleFiles().filter((file) => /=\s*defineRule\(/.test(textOfFile(file)));
    expect(OVER_RECORDS.map(({ id }) => id).toSorted()).toEqual(
      defining.map((file) => basename(file, '.ts')).toSorted(),
    );
    expect(CATALOGUE.filter(({ group }) => group === 'records').map(({ id }) => id)).toEqual(
      OVER_RECORDS.map(({ id }) => id),
    );
  });

  it('says nothing twice, and nothing that a detection says', () => {
    const all = [...DETECTIONS, ...CATALOGUE];
    expect(duplicates(all.map(({ id }) => id))).toEqual([]);
    expect(duplicates(all.map(({ title }) => title.toLowerCase()))).toEqual([]);
    expect(duplicates(all.map(({ why }) => why.toLowerCase()))).toEqual([]);
    expect(duplicates(all.map(({ runbook }) => runbook.join('\n')))).toEqual([]);
    expect(duplicates(RULES.map(({ id }) => id))).toEqual([]);
  });

  it('takes detections again under their own id and text', () => {
    for (const rule of AGAIN) {
      const detection = DETECTIONS.find(({ id }) => id === rule.id);
      const { number, title, why, runbook, maps, peers } = rule;
      expect({ number, title, why, runbook, maps, peers }).toEqual({
        number: detection?.number,
        title: detection?.title,
        why: detection?.why,
        runbook: detection?.runbook,
        maps: detection?.maps,
        peers: detection?.peers,
      });
    }
  });

  it.each(WHOLE)('has %s under its name', (number) => {
    expect([...RULES, ...CATALOGUE].map(({ id }) => id)).toContain(NUMBERS[number]);
  });

  it.each(Object.entries(HALVES))('has what of %s takes more than one entry', (number, names) => {
    const ids = [...RULES, ...CATALOGUE].map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([...names]));
    expect(DETECTIONS.map(({ id }) => id)).toContain(NUMBERS[number]);
  });

  it('is what alerts are told with', () => {
    const textOf = describeRules([]);
    for (const { id, why, runbook } of CATALOGUE) expect(textOf(id)).toMatchObject({ why, runbook });
  });

  it('does not look at what the caller says of itself', () => {
    for (const file of allFiles()) expect(textOfFile(file), file).not.toMatch(CALLERS_OWN);
  });

  it('has the versions that are recorded: a changed file is a changed rule until somebody says otherwise', () => {
    const current = currentVersions();
    const before = recordedVersions();
    const lowered = Object.entries(current).filter(
      ([id, { version }]) => version < (before[id]?.version ?? 0),
    );
    expect(lowered, 'a version is never lowered').toEqual([]);
    if (process.env['UPDATE_VERSIONS'] === '1') recordVersions(current);
    const recorded = recordedVersions();
    const ids = new Set([...Object.keys(current), ...Object.keys(recorded)]);
    expect(
      [...ids].filter((id) => !isDeepStrictEqual(current[id], recorded[id])),
      'raise `version` where the same records would be judged differently, then UPDATE_VERSIONS=1',
    ).toEqual([]);
  });

  it('would notice a change in what a rule is made of', () => {
    expect(madeOf('rules/denied-job-burst.ts')).toEqual(
      expect.arrayContaining(['rules/denied-job-burst.ts', 'bursts.ts', 'rule.ts']),
    );
  });
});

/** A rule may wait for whichever path of a plane. */
const PLANES: ReadonlyMap<string, string> = new Map([
  ['gateway', 'kong'],
  ['mesh', 'istio'],
]);

describe.each(CATALOGUE)('$id', (rule) => {
  const { id, number, version, evidence, sources } = rule;

  it('has a stable name', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(id.length).toBeLessThanOrEqual(64);
    expect(id.startsWith('own-')).toBe(false);
    expect(version).toBeGreaterThanOrEqual(1);
    const numbered = Object.entries(NUMBERS).find(([, name]) => name === id)?.[0];
    const half = Object.entries(HALVES).find(([of, names]) => of === number && names.includes(id))?.[0];
    expect(number).toBe(numbered ?? half);
  });

  itIsWellTold(rule);

  it('reads sources that there are', () => {
    expect(sources).not.toEqual([]);
    const every = rule.group === 'paths' && sources.length === 1 ? ['*'] : [];
    expect(sources.filter((name) => !NAMES.has(name) && !every.includes(name))).toEqual([]);
    expect(duplicates(sources)).toEqual([]);
    const partners = (rule.partners ?? []).map((name) => PLANES.get(name) ?? name);
    expect(partners.filter((name) => !sources.includes(name))).toEqual([]);
  });

  it.skipIf(rule.group === 'records')('tells each of its evidence fields somewhere', () => {
    const files = allFiles().filter((file) =>
      rule.group === 'paths'
        ? file.startsWith('health/') && file !== 'health/rules.ts'
        : file.startsWith('own-'),
    );
    const text = files.map(textOfFile).join('\n');
    expect(duplicates(evidence)).toEqual([]);
    expect(evidence.filter((label) => !text.includes(`['${label}',`))).toEqual([]);
  });
});

/** Nobody vouches for anything. */
const NOBODY = Object.fromEntries([...NAMES, 'gateway', 'mesh'].map((path) => [path, null]));

async function waitsIn(rule: Rule, cases: readonly NamedCase[]): Promise<boolean> {
  for (const one of cases) {
    const { waiting } = await resultOf(rule, { ...one, watermarks: NOBODY });
    if (waiting > 0) return true;
  }
  return false;
}

describe.each(RULES)('cases of $id', (rule) => {
  const { id, on, onSightings = [], evidence } = rule;
  const cases = casesOf(id);

  it('are about actions and sightings that there are', () => {
    expect([...on, ...onSightings]).not.toEqual([]);
    expect(duplicates(on)).toEqual([]);
    expect(on.filter((action) => !ACTIONS.includes(action))).toEqual([]);
    expect(onSightings.filter((family) => !SIGHTING_FAMILIES.includes(family))).toEqual([]);
  });

  it.skipIf(AGAIN.has(rule))('show each evidence field', async () => {
    const results = await Promise.all(cases.map((one) => resultOf(rule, one)));
    const shown = new Set(
      results
        .flatMap(({ findings }) => findings.flatMap((finding) => finding.evidence))
        .map(([label]) => label),
    );
    expect(duplicates(evidence)).toEqual([]);
    const elsewhere = SHOWN_ELSEWHERE[id];
    const text = elsewhere === undefined ? '' : readFileSync(join(import.meta.dirname, elsewhere.by), 'utf8');
    for (const label of elsewhere?.labels ?? []) {
      expect(shown.has(label)).toBe(false);
      expect(text).toContain(`['${label}',`);
    }
    expect(evidence.filter((label) => !shown.has(label))).toEqual(elsewhere?.labels ?? []);
  });

  it('show a path that nothing vouches for, and evidence that came late, where it waits', async () => {
    const waits = await waitsIn(rule, cases);
    const unhealthy = cases.filter(({ watermarks }) => Object.values(watermarks).includes(null));
    expect(await waitsIn(rule, unhealthy), 'a case with a watermark that is null').toBe(waits);
    const late = cases.filter(({ verdicts }) => (verdicts.late ?? 0) > 0);
    const excused = NEVER_LATE[id] !== undefined;
    expect(late.length > 0 !== excused, 'either a case of late evidence, or why there is none').toBe(waits);
  });
});

it('excuses nobody who is not there', () => {
  expect(Object.keys(NEVER_LATE).filter((id) => !RULES.some((rule) => rule.id === id))).toEqual([]);
});
