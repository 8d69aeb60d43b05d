import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBundle } from '../../shared/config/bundle.ts';
import { HEALTH_RULES } from '../../shared/corroboration/health/rules.ts';
import { CATALOGUE } from '../../shared/corroboration/catalogue.ts';
import { JOINS } from '../../shared/corroboration/rule.ts';
import { PROVENANCE_MEANING } from '../../scripts/docs/vocabulary.ts';
import { parseReconcileEnvironment } from '../../functions/reconcile/environment.ts';
import { codes, fences, readPage, ROOT, section, tableRows } from './page.ts';

describe('docs/corroboration.md', () => {
  const page = readPage('corroboration.md');

  it('shows declarations that are accepted', () => {
    const [text = ''] = fences(page, 'yaml');
    const { facts } = parseBundle({ config: { name: 'jobtrail.yaml', text }, policies: [], rules: [] });
    expect(facts.corroboration.deployRecords).toBe('required');
    expect(facts.corroboration.declaresInputs).toBe(true);
    expect(facts.corroboration.path('kong/edge')).toMatchObject({ required: true, canary: true });
  });

  it('names rules that there are', () => {
    const named = tableRows(page.slice(0, page.indexOf('## Three values')));
    const ids = CATALOGUE.map(({ id }) => id);
    expect(named.map(([, , rule = '']) => codes(rule)[0])).toEqual(
      named.map(([, , rule = '']) => ids.find((id) => codes(rule)[0] === id)),
    );
    const byDefault = tableRows(section(page, 'When nothing is declared')).flatMap(([rule = '']) =>
      codes(rule),
    );
    expect(byDefault.filter((rule) => !ids.includes(rule))).toEqual([]);
  });

  it('lists every provenance and every join, the surest first', () => {
    const tables = tableRows(section(page, 'Evidence and what it is worth'));
    const first = tables.flatMap(([word = '']) => codes(word));
    expect(first.filter((word) => JOINS.some((one) => one === word))).toEqual([...JOINS]);
    expect(new Set(first.filter((word) => Object.hasOwn(PROVENANCE_MEANING, word)))).toEqual(
      new Set(Object.keys(PROVENANCE_MEANING)),
    );
  });
});

describe('docs/reconcile.md', () => {
  const rows = tableRows(section(readPage('reconcile.md'), 'Environment')).map((row) =>
    row.map((cell) => codes(cell)[0] ?? cell),
  );

  it('lists every variable that is read', () => {
    const text = readFileSync(join(ROOT, 'functions/reconcile/environment.ts'), 'utf8');
    const read = Array.from(text.matchAll(/^ {2}(JOBTRAIL_[A-Z_]+): /gm), ([, name = '']) => name);
    expect(rows.map(([name = '']) => name).toSorted()).toEqual(read.toSorted());
  });

  it('gives the defaults that hold', () => {
    const byDefault = new Map(rows.map(([name, value]) => [name, value]));
    const { seconds, askLogging } = parseReconcileEnvironment({});
    expect(byDefault.get('JOBTRAIL_RECONCILE_SECONDS')).toBe(String(seconds));
    expect(byDefault.get('JOBTRAIL_ASK_LOGGING')).toBe(String(askLogging));
  });
});

describe('docs/source-health.md', () => {
  it('has every rule about paths', () => {
    const listed = tableRows(section(readPage('source-health.md'), 'Alerts')).flatMap(([rule = '']) =>
      codes(rule),
    );
    expect(listed).toEqual(HEALTH_RULES.map(({ id }) => id));
  });
});
