/** `UPDATE_GOLDEN=1` writes anew what is said of wrong rules and what right ones find. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runRuleCases } from '../../../shared/detections/own/cases.ts';
import { parseRules } from '../../../shared/detections/own/parse.ts';
import { GROUND, judgedRules, ownFailure, plain, refusals, RULE_FILES } from './corpus.ts';
import { RIGHT, WRONG } from './refused.ts';

if (process.env['UPDATE_GOLDEN'] === '1') {
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(value, undefined, 2)}\n`);
  write('refused.golden.json', refusals(parseRules));
  write('judged.golden.json', judgedRules(parseRules, runRuleCases));
}

describe('own rules', () => {
  it.each(RULE_FILES)('$name passes its own cases', (file) => {
    const parsed = parseRules([file]);
    expect(parsed.kind === 'wrong' ? parsed.problems : []).toEqual([]);
    const results = parsed.kind === 'parsed' ? runRuleCases(parsed.rules, GROUND) : [];
    expect(results.length).toBeGreaterThan(1);
    expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });

  it('are refused with file, line, reason and what to write instead', () => {
    expect(parseRules([{ name: 'own.yaml', text: RIGHT }]).kind).toBe('parsed');
    expect(WRONG.filter(([, from]) => !RIGHT.includes(from))).toEqual([]);
    const told = refusals(parseRules);
    expect(Object.entries(told).filter(([, problems]) => problems.length === 0)).toEqual([]);
  });

  it('say and find what is recorded', () => {
    expect(ownFailure({ parseRules, runRuleCases })).toBe(undefined);
    expect(plain(judgedRules(parseRules, runRuleCases))).toBeTypeOf('object');
  });
});
