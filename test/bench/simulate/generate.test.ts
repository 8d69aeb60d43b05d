import { hash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate, type Generated } from '../../../bench/simulate/generate.ts';
import { INJECTION_KINDS } from '../../../bench/simulate/injections/index.ts';
import { drive } from '../../../bench/simulate/pipeline.ts';

const OPTIONS = { seed: 7, jobs: 60, days: 2, injections: 12, canarySeconds: 3600 } as const;

const digestOf = ({ deliveries, texts, stories }: Generated): string =>
  hash('sha256', JSON.stringify([deliveries, texts, stories]));

describe('a generated organisation', () => {
  const generated = generate(OPTIONS);

  it('is the same, byte for byte, for the same seed, and another for another', () => {
    expect(digestOf(generate(OPTIONS))).toBe(digestOf(generated));
    expect(digestOf(generate({ ...OPTIONS, seed: 8 }))).not.toBe(digestOf(generated));
  });

  it('arrives in order of arrival, not of what happened', () => {
    const arrivals = generated.deliveries.map(({ arrival }) => arrival);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
  });

  it('has as many injections of each rule as were asked for, of every kind', () => {
    const injections = generated.stories.flatMap(({ injection }) => injection ?? []);
    const byRule = Map.groupBy(injections, ({ rule }) => rule);
    for (const rule of new Set(INJECTION_KINDS.map((kind) => kind.rule)))
      expect(byRule.get(rule)?.length, rule).toBe(OPTIONS.injections);
    const kinds = new Set(injections.map(({ rule, variant }) => `${rule} ${variant}`));
    for (const { rule, variant } of INJECTION_KINDS) expect(kinds).toContain(`${rule} ${variant}`);
  });

  it('says nowhere in an entry which story it is of', () => {
    for (const { text } of generated.deliveries) expect(text).not.toMatch(/"story"|injection/);
  });

  it('is stored whole by the pipeline: nothing in quarantine, nothing left out, no unknown method', async () => {
    const driven = drive(generated.texts);
    try {
      for (let at = 0; at < generated.deliveries.length; at += 500) {
        const some = generated.deliveries.slice(at, at + 500);
        await driven.commit(some, some.at(-1)?.arrival ?? 0);
      }
      const { quarantined, filtered, unknown, stored, duplicates, errors } = driven.tally;
      expect({ quarantined, filtered, unknown, errors }).toEqual({
        quarantined: new Map(),
        filtered: new Map(),
        unknown: new Map(),
        errors: new Map(),
      });
      expect(stored + duplicates).toBe(generated.deliveries.length);
    } finally {
      await driven.close();
    }
  });
});

/** What drives the pipeline, and what reports of it. */
const DRIVES = new Set(['judge.ts', 'pipeline.ts', 'simulate.ts']);

it('shares no code with what it tests: the generator imports of itself and of Node only', () => {
  const root = join(import.meta.dirname, '../../../bench/simulate');
  for (const file of globSync('**/*.ts', { cwd: root })) {
    if (DRIVES.has(file)) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/from '([^']+)'/g)) {
      if (specifier.startsWith('node:') || specifier === 'zod') continue;
      const target = relative(root, join(root, dirname(file), specifier));
      expect(target.startsWith('..'), `${file} imports ${specifier}`).toBe(false);
    }
  }
});
