import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression, Path, Value } from '../../shared/logging-query/parse.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { matches, parseFilter } from '../../shared/sink-filter/filter.ts';
import { printFilter } from '../../shared/sink-filter/print.ts';
import type { Json } from '../../shared/sources/fields.ts';

function refused(text: string): JobtrailError | undefined {
  try {
    parseFilter(text, 'filters/a.txt');
    return undefined;
  } catch (error) {
    if (error instanceof JobtrailError) return error;
    throw error;
  }
}

describe('a filter that is none', () => {
  it.each([
    ['severity=', 'line 1, column 10: a value is expected'],
    ['severity=NOTICE AND', 'line 1, column 20: a field, a text or a function is expected'],
    ['AND severity=NOTICE', 'line 1, column 1: a field, a text or a function is expected'],
    ['a="1"\nAND (b="2"', 'line 2, column 11: `)` is expected'],
    ['a="1")', 'line 1, column 6: nothing is open that could be closed here'],
    ['a="1"\n-- fine\nb="2', 'line 3, column 3: the quote is not closed'],
    ["a='1'", "line 1, column 3: `'` has no meaning here; texts are in double quotes"],
    ['insertId=a:b', 'line 1, column 11: a value with an operator in it is in quotes'],
    [`${'('.repeat(52)}a=1${')'.repeat(52)}`, 'line 1, column 52: parentheses are more than 50 deep'],
    [`a="${'x'.repeat(20_000)}"`, 'line 1, column 20001: it is longer than 20000 characters'],
    ['a="(" b=~"^(" c="("', 'line 1, column 10: it is no regular expression of RE2'],
    ['b!~("fine" OR "(?=look)")', 'line 1, column 15: it is no regular expression of RE2'],
    ['b=~"fine" c=~("(a)" OR "[b")', 'line 1, column 24: it is no regular expression of RE2'],
    ['log_id("a"', 'line 1, column 11: the filter ends where more is expected'],
  ])('%s', (text, said) => {
    const error = refused(text);
    expect(error?.code).toBe('filter-unreadable');
    expect(error?.message).toContain(`filters/a.txt cannot be read at ${said}`);
    expect(error?.hint).not.toBe('');
  });

  it('is refused as such, whatever the text', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...Array.from('ab.=<>!~:()",-\\ \n*'), 'AND ', 'OR ', 'NOT ', '=~"', 'log_id('),
      maxLength: 60,
    });
    fc.assert(
      fc.property(noise, (text) => {
        const code = refused(text)?.code;
        const outcome = code ?? typeof matches(parseFilter(text), {});
        expect(['filter-unreadable', 'boolean', 'undefined']).toContain(outcome);
      }),
    );
  });
});

describe('fields that an entry does not have', () => {
  const entry = {
    logName: 'projects/p/logs/stdout',
    jsonPayload: { held: 'a', empty: '', none: null, list: [] },
  };
  it.each([
    // In a payload every comparison with one fails, and so its negation holds.
    ['jsonPayload.gone="a"', false],
    ['jsonPayload.gone!="a"', false],
    ['jsonPayload.gone:"a"', false],
    ['jsonPayload.gone=~"a"', false],
    ['jsonPayload.gone!~"a"', false],
    ['jsonPayload.gone<1', false],
    ['jsonPayload.gone:*', false],
    ['NOT jsonPayload.gone:*', true],
    ['NOT jsonPayload.gone="a"', true],
    ['-jsonPayload.gone="a"', true],
    ['jsonPayload.held.deeper:*', false],
    ['protoPayload.serviceName:*', false],
    // Held, and empty.
    ['jsonPayload.empty:*', true],
    ['jsonPayload.empty=""', true],
    ['jsonPayload.list:*', false],
    // Of the entry itself: they have their default, and do not exist for that.
    ['severity=DEFAULT', true],
    ['trace=""', true],
    ['trace:*', false],
    ['httpRequest.status=0', true],
    // Own properties only.
    ['jsonPayload.constructor:*', false],
    ['jsonPayload.__proto__:*', false],
    ['jsonPayload.toString:*', false],
  ])('%s: %s', (text, expected) => {
    expect(matches(parseFilter(text), entry)).toBe(expected);
  });
});

describe('input that is hostile', () => {
  it('takes linear time for any regular expression', () => {
    const filter = parseFilter('textPayload=~"^(a+)+$" OR textPayload=~"(a|aa)*b"');
    // One that goes back and forth would not end before the test's time is over, nor ever.
    expect(matches(filter, { textPayload: `${'a'.repeat(50_000)}!` })).toBe(false);
  });

  it('takes entries as deep as they come', () => {
    let deep: Json = { end: 'needle' };
    for (let level = 0; level < 50_000; level += 1) deep = { a: deep };
    expect(matches(parseFilter('"NEEDLE"'), { jsonPayload: deep })).toBe(true);
    expect(matches(parseFilter(`jsonPayload.${'a.'.repeat(100)}b:*`), { jsonPayload: deep })).toBe(false);
  });
});

const word = fc
  .stringMatching(/^[A-Za-z0-9_/%*][A-Za-z0-9_./%*]{0,8}$/)
  .filter((text) => !/^(and|or|not)$/i.test(text));
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => !/^(and|or|not)$/i.test(one));
const path: fc.Arbitrary<Path> = fc.oneof(
  fc.constantFrom<Path>(['resource', 'type'], ['severity'], ['httpRequest', 'status'], ['trace']),
  fc.tuple(fc.constantFrom('labels', 'jsonPayload', 'anything'), fc.string({ minLength: 1, maxLength: 6 })),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  text.map((one) => ({ text: one, quoted: true })),
  word.map((one) => ({ text: one, quoted: false })),
);
const ENTRY_VALUES = ['k8s_container', 'NOTICE', '200', 'a', ''];
const known: fc.Arbitrary<Expression> = fc.record({
  kind: fc.constant('comparison' as const),
  path: fc.constantFrom<Path>(
    ['resource', 'type'],
    ['severity'],
    ['jsonPayload', 'a'],
    ['labels', 'gone'],
    ['trace'],
  ),
  operator: fc.constantFrom('=' as const, '!=' as const, ':' as const, '>=' as const, '=~' as const),
  value: fc.constantFrom(...ENTRY_VALUES).map((one) => ({ text: one, quoted: true })),
});
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({
    kind: fc.constant('comparison' as const),
    path,
    operator: fc.constantFrom(
      '=' as const,
      '!=' as const,
      ':' as const,
      '<' as const,
      '<=' as const,
      '>' as const,
    ),
    value,
  }),
  text.map((one) => ({ kind: 'text' as const, text: one })),
  fc.record({
    kind: fc.constant('call' as const),
    name: fc.constantFrom('log_id', 'source', 'sample', 'search'),
    args: fc.array(fc.oneof(word, text), { maxLength: 2 }),
  }),
  known,
);

/** Up to four levels above the leaves. */
function expressions(of: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.letrec<{ node: Expression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'filter' },
      of,
      tie('node').map((one): Expression => ({ kind: 'not', of: one })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
        )
        .map(([kind, parts]): Expression => ({ kind, of: parts })),
    ),
  })).node;
}

const ENTRY = {
  logName: 'projects/p/logs/stdout',
  severity: 'NOTICE',
  resource: { type: 'k8s_container' },
  jsonPayload: { a: 'a', n: 200 },
};

const answer = (expression: Expression): boolean | undefined => matches({ text: '', expression }, ENTRY);
const not = (of: Expression): Expression => ({ kind: 'not', of });

describe('an expression', () => {
  it('prints as a text that reads as the same expression', () => {
    fc.assert(
      fc.property(expressions(leaf), (expression) => {
        const printed = printFilter(expression) ?? '';
        expect(parseFilter(printed).expression).toEqual(expression);
        // Printed once more, the text is the same.
        expect(printFilter(parseFilter(printed).expression)).toBe(printed);
      }),
      { numRuns: 500 },
    );
  });

  it('prints nothing of what is not understood', () => {
    expect(printFilter(parseFilter('severity=NOTICE AND cast(a, INT64) > 5').expression)).toBeUndefined();
    expect(printFilter(parseFilter('-- nothing').expression)).toBe('');
  });

  it('answers by the rules of logic', () => {
    const answers = new Set<boolean | undefined>();
    fc.assert(
      fc.property(expressions(leaf), expressions(known), (a, b) => {
        answers.add(answer(a));
        expect(answer(not(not(a)))).toBe(answer(a));
        expect(answer(not({ kind: 'and', of: [a, b] }))).toBe(answer({ kind: 'or', of: [not(a), not(b)] }));
        expect(answer(not({ kind: 'or', of: [a, b] }))).toBe(answer({ kind: 'and', of: [not(a), not(b)] }));
        expect(answer({ kind: 'and', of: [a, b] })).toBe(answer({ kind: 'and', of: [b, a] }));
        expect(answer({ kind: 'or', of: [a, a] })).toBe(answer(a));
      }),
      { numRuns: 500 },
    );
    // All three answers were among them.
    expect(answers).toEqual(new Set([true, false, undefined]));
  });
});
