import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Rule, RuleCase } from '../../schemas/rule.ts';
import { COST_LIMIT } from '../../shared/detections/own/cost.ts';
import { DECISION_FIELDS, EVENT_FIELDS, MAX_LIST } from '../../shared/detections/own/event-view.ts';
import { FUNCTIONS, MACROS, METHODS } from '../../shared/detections/own/functions.ts';
import { codes, namedFiles, readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('own-rules.md');
const EXAMPLE = 'docs/rules/restricted-data-at-night.yaml';
const namesOf = (spelled: Iterable<string>): string[] =>
  [...new Set([...spelled].map((one) => one.split('/')[0] ?? ''))].toSorted();

describe('docs/own-rules.md', () => {
  it('shows the rule that its tests run', () => {
    expect(namedFiles(page).get(EXAMPLE)).toBe(readFileSync(join(ROOT, EXAMPLE), 'utf8'));
  });

  it('names every key of a rule', () => {
    expect(tableRows(section(page, 'Keys')).map(([key = '']) => key.replaceAll('`', ''))).toEqual(
      Object.keys(Rule.shape),
    );
    expect(Object.keys(RuleCase.shape)).toEqual(expect.arrayContaining(['fires', 'quiet', 'event', 'entry']));
  });

  it('names every field that expressions know', () => {
    const named = tableRows(section(page, 'Expressions')).flatMap(([cell = '']) => codes(cell));
    const fields = (of: object, prefix: string): string[] =>
      Object.entries(of).flatMap(([name, type]: [string, unknown]) =>
        typeof type === 'object' && type !== null
          ? fields(type, `${prefix}.${name}`)
          : [name === 'claims' ? `${prefix}.claims["name"]` : `${prefix}.${name}`],
      );
    expect(named.toSorted()).toEqual(
      [...fields(EVENT_FIELDS, 'event'), ...fields(DECISION_FIELDS, 'decision')].toSorted(),
    );
  });

  it('names every function that can be called, and no other', () => {
    const lines = section(page, 'Expressions')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    const named = lines.flatMap(codes).map((one) => one.split('(')[0] ?? '');
    expect([...new Set(named.filter((one) => one !== 'x in list'))].toSorted()).toEqual(
      namesOf([...FUNCTIONS, ...METHODS, ...MACROS]),
    );
  });

  it('states the limits as they are', () => {
    const limits = section(page, 'Limits');
    for (const limit of [COST_LIMIT, MAX_LIST, 10_000_000, 2000])
      expect(limits).toContain(limit.toLocaleString('en-US'));
  });
});
