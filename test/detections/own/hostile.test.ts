/** Nothing that a rule's author or an event's writer can write makes a judgement long, wrong in silence, or lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetect } from '../../../shared/detections/detect.ts';
import { MAX_LIST } from '../../../shared/detections/own/event-view.ts';
import { COST_LIMIT } from '../../../shared/detections/own/cost.ts';
import { compileExpression, scopeOf } from '../../../shared/detections/own/expression.ts';
import { parseRules } from '../../../shared/detections/own/parse.ts';
import type { Looked } from '../../../shared/detections/detection.ts';
import type { TrailEvent } from '../../../shared/model/trail-event.ts';
import { GROUND } from './corpus.ts';
import { lookedAt as eventAt } from './edges.ts';
import { RIGHT } from './refused.ts';

const lookedAt = (event: Partial<TrailEvent>): Looked => eventAt(GROUND.facts, event);

function evaluate(text: string, event: Partial<TrailEvent> = {}): unknown {
  const compiled = compileExpression(text);
  if (compiled.kind === 'wrong') throw new Error(compiled.refusals[0]?.reason);
  return compiled.expression.evaluate(scopeOf(lookedAt(event)));
}

function millisecondsOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** Far above what is needed, far below what a hang is. */
const SOON = 2000;

function findingsOf(where: string, event: Partial<TrailEvent>) {
  const text = RIGHT.replace('event.outcome == "allowed"', () => where).replace(
    'event.environment == "prod"',
    'true',
  );
  const parsed = parseRules([{ name: 'own.yaml', text }]);
  if (parsed.kind === 'wrong') throw new Error(parsed.problems[0]?.reason);
  return createDetect(parsed.rules.map(({ detection }) => detection))(lookedAt(event));
}

describe('what could run long', () => {
  const lists = (count: number): Partial<TrailEvent> => ({
    datasets: Array.from({ length: count }, (_, n) => ({
      dataset: `gs://bucket/${'a'.repeat(1000)}${n}`,
      op: 'read' as const,
    })),
  });

  it('ends soon for the costliest expression that is taken, on the longest event', () => {
    const walk =
      'event.datasets.all(d, d.matches("(a+)+[b-z]?(a|aa)+[0-9]") && d.contains("aa") && d != "x" && d.size() > 3)';
    const compiled = compileExpression(walk);
    expect(compiled.kind).toBe('compiled');
    let answer: unknown;
    expect(millisecondsOf(() => (answer = evaluate(walk, lists(MAX_LIST))))).toBeLessThan(SOON);
    expect(answer).toBe(true);
  });

  it('does not backtrack', () => {
    const text = `${'a'.repeat(16_000)}!`;
    expect(
      millisecondsOf(() => evaluate('event.resource.matches("^(a+)+$")', { resource: text })),
    ).toBeLessThan(SOON);
    expect(evaluate('event.resource.matches("^(a+)+$")', { resource: text })).toBe(false);
    expect(evaluate('event.resource.matches("a!$")', { resource: text })).toBe(true);
  });

  it('stops a pattern that costs too much on a long text, and says so', () => {
    const resource = 'x'.repeat(200_000);
    const finding = findingsOf('event.resource.matches("(?:[a-z]{1,50}y){10}")', {
      resource,
      job: undefined,
    })[0];
    expect(finding?.verdict).toBe('undetermined');
    expect(finding?.evidence[0]?.[1]).toContain('more steps than one event may cost');
  });

  it('does not cut a list that is longer than what is counted with: the event is undetermined', () => {
    expect(evaluate('event.datasets.exists(d, d == "x")', lists(MAX_LIST))).toBe(false);
    const finding = findingsOf('event.datasets.exists(d, d == "x")', lists(10_000))[0];
    expect(finding?.verdict).toBe('undetermined');
    expect(finding?.evidence[0]?.[1]).toContain('event.datasets has 10000 items');
    const claims = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`c${n}`, n]));
    expect(findingsOf('event.claims.exists(c, c == "x")', { claims })[0]?.verdict).toBe('undetermined');
  });

  it('takes no expression whose cost has no bound that is small', () => {
    // Every nesting of walks over whatever lists there are.
    const list = fc.constantFrom(
      'event.datasets',
      'event.actingFor',
      'event.claims',
      'event.reads.filter(f, f != "")',
      '["a", "b"]',
    );
    const macro = fc.constantFrom('all', 'exists', 'exists_one');
    fc.assert(
      fc.property(fc.array(fc.tuple(list, macro), { minLength: 1, maxLength: 6 }), (walks) => {
        const text = walks.reduceRight(
          (inner, [of, by], depth) => `${of}.${by}(v${depth}, ${inner})`,
          '"x" != "y"',
        );
        const compiled = compileExpression(text);
        const long = walks.filter(([of]) => of !== '["a", "b"]').length;
        expect(long > 1 && compiled.kind === 'compiled').toBe(false);
        if (compiled.kind === 'wrong') return;
        const scope = scopeOf(lookedAt(lists(MAX_LIST)));
        expect(millisecondsOf(() => compiled.expression.evaluate(scope))).toBeLessThan(SOON);
      }),
      { numRuns: 60 },
    );
    expect(COST_LIMIT).toBeLessThan(MAX_LIST * MAX_LIST);
  });

  it('parses what is deep, long or strange without falling over', () => {
    for (const text of [
      '('.repeat(1900),
      '!'.repeat(1900),
      '-'.repeat(1999),
      `${'['.repeat(900)}1`,
      '"'.repeat(1999),
      '{'.repeat(999),
    ]) {
      expect(compileExpression(text).kind).toBe('wrong');
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) =>
        ['compiled', 'wrong'].includes(compileExpression(text).kind),
      ),
    );
  });
});

describe('what could be wrong in silence', () => {
  it('is undetermined where an expression errs on an event, never quiet', () => {
    for (const where of [
      'event.claims["absent"] == "x"',
      'event.claims["n"] > "5"',
      'event.actingFor[3] == "x"',
      '1 / int("0") == 1',
    ]) {
      const [finding, ...more] = findingsOf(where, { claims: { n: 5 }, job: undefined });
      expect(more).toEqual([]);
      expect(finding?.verdict, where).toBe('undetermined');
      expect(finding?.evidence[0]?.[1]).toMatch(/^own-example: where: \S/);
    }
  });

  it('makes no less of what is found where key or evidence err: a caller could bring that about', () => {
    const absent = findingsOf('true', {})[0];
    expect(absent).toMatchObject({ verdict: 'violation', key: `event ${'0'.repeat(64)}` });
    const long = (end: string) =>
      findingsOf('true', { job: `dataproc:p/r/job/${'j'.repeat(2000)}${end}` as TrailEvent['job'] })[0];
    expect(long('a')).toMatchObject({ verdict: 'violation' });
    expect(long('a')?.key.length).toBeLessThanOrEqual(1024);
    expect(long('a')?.key).not.toBe(long('b')?.key);
  });

  it('compares numbers as numbers', () => {
    const claims = { n: 200, big: 2 ** 60, half: 0.5, text: '200', no: false };
    const holds = [
      'event.claims["n"] == 200',
      'event.claims["n"] == 200.0',
      'event.claims["n"] >= 199.5',
      'event.claims["half"] < 1',
      'event.claims["big"] > 1000',
      'event.claims["text"] != 200',
      'event.claims["no"] == false',
      'int(event.claims["text"]) == event.claims["n"]',
    ];
    expect(holds.filter((text) => evaluate(text, { claims }) !== true)).toEqual([]);
  });

  it('reads own claims only, whatever they are called', () => {
    const claims = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;
    expect(evaluate('"toString" in event.claims', { claims })).toBe(false);
    expect(evaluate('event.claims["constructor"]', { claims })).toBe('y');
    expect(evaluate('"constructor" in event.claims')).toBe(false);
  });

  it('finds the same in every time zone', () => {
    const before = process.env['TZ'];
    try {
      for (const zone of ['UTC', 'America/Los_Angeles', 'Asia/Kolkata']) {
        process.env['TZ'] = zone;
        expect(evaluate('event.time.getHours()')).toBe(2n);
        expect(evaluate('string(event.time.getDate()) + "." + string(event.time.getDayOfWeek())')).toBe(
          '2.1',
        );
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});
