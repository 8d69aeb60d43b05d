import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesOf } from '../../cli/run/policy-test.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { PUSH_AHEAD_MS } from '../../shared/config/timeline.ts';
import { DECISIONS } from '../../shared/policy/decision.ts';
import { AWAITED_ATTRIBUTES, cedarSchema } from '../../shared/policy/schema.ts';
import { codes, namedFiles, readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('policy.md');
const bundle = readBundle(join(ROOT, 'docs/bundle'));

describe('docs/policy.md', () => {
  it('shows the bundle that its tests read', () => {
    const shown = namedFiles(page);
    expect(shown.size).toBe(3);
    for (const [file, text] of shown) expect(text).toBe(readFileSync(join(ROOT, file), 'utf8'));
  });

  it('shows cases that pass, one for each outcome', () => {
    expect(casesOf(join(ROOT, 'docs/bundle'), bundle).failing).toEqual([]);
    const cases = namedFiles(page).get('docs/bundle/policies/tests/prod.yaml') ?? '';
    for (const outcome of DECISIONS) expect(cases).toContain(`expect: ${outcome}`);
  });

  it('lists every outcome, and what is awaited', () => {
    const outcomes = section(page, 'Outcomes');
    const [listed, awaited] = outcomes.split('### Undetermined');
    expect(tableRows(listed ?? '').flatMap(([cell = '']) => codes(cell))).toEqual([...DECISIONS]);
    expect(
      tableRows(awaited ?? '').map(([attribute = '', waits = '']) => [codes(attribute), codes(waits)]),
    ).toEqual(Object.entries(AWAITED_ATTRIBUTES).map(([name, waits]) => [[`context.${name}`], [waits]]));
  });

  it('names every attribute that policies may look at', () => {
    const attributes = new Set(
      Array.from(cedarSchema().matchAll(/^ {2}(\w+)\??: /gm), (match) => match[1] ?? ''),
    );
    expect(attributes.size).toBeGreaterThan(20);
    const named = new Set([...codes(page), ...codes(page).map((text) => text.split('.').at(-1) ?? '')]);
    expect([...attributes].filter((name) => !named.has(name))).toEqual([]);
  });

  it('states the limits as they are', () => {
    expect(page).toContain('524,288 characters');
    expect(page).toContain('2,000 policies');
    expect(PUSH_AHEAD_MS).toBe(5 * 60_000);
    expect(page).toContain('at least five minutes ahead');
  });
});
