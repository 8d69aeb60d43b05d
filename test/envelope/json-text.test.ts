import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDigest, canonicalJson } from '../../shared/envelope/canonical.ts';
import { compact, elements, MAX_DEPTH, members, nestsTooDeep } from '../../shared/envelope/json-text.ts';

const unit = fc.constantFrom('a', ' ', ',', ':', '"', '\\', '{', '}', '[', '1', '\n', 't', '\u00e9');
/** Any JSON value; strings are rich in what tells tokens apart. */
const value = fc.jsonValue({ stringUnit: unit }).map((json) => withoutNegativeZero(json));
/** Without backslashes in keys: V8 13.6 can take an escaped key for another that it met at the same place. */
const plainValue = value.map((json) => withoutBackslashKeys(json));

function withoutNegativeZero(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutNegativeZero);
  if (typeof json !== 'object' || json === null) return json === 0 ? 0 : json;
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, withoutNegativeZero(item)]));
}

function withoutBackslashKeys(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutBackslashKeys);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [key.replaceAll(/["\\\n]/g, '_'), withoutBackslashKeys(item)]),
  );
}

/** The text with whitespace put between its tokens. */
function spaced(text: string, gaps: readonly string[]): string {
  let inString = false;
  let out = '';
  let gap = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (inString) {
      out += char;
      if (char === '\\') out += text.charAt((i += 1));
      else if (char === '"') inString = false;
    } else {
      const before = gaps[gap++ % gaps.length] ?? '';
      const after = gaps[gap++ % gaps.length] ?? '';
      if (char === '"') inString = true;
      if ('{}[],:'.includes(char)) out += before + char + after;
      else out += char;
    }
  }
  return out;
}

const gaps = fc.array(fc.constantFrom('', ' ', '  ', '\n', '\t', '\r\n '), { minLength: 1, maxLength: 7 });

describe('compact', () => {
  it('takes out whitespace between tokens and nothing else', () => {
    fc.assert(
      fc.property(value, gaps, (json, between) => {
        const text = JSON.stringify(json);
        expect(compact(text)).toBe(text);
        expect(compact(spaced(text, between))).toBe(text);
        expect(compact(JSON.stringify(json, null, 2))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['{"a": true}', '{"a":true}'],
    ['{"a":true }', '{"a":true}'],
    ['[1 ,2]', '[1,2]'],
    ['[1e5, 12345678901234567890]', '[1e5,12345678901234567890]'],
    [' {}', '{}'],
    ['{} ', '{}'],
    ['{"a":"x, \\" y: z"} ', '{"a":"x, \\" y: z"}'],
    ['{"a" :null}', '{"a":null}'],
    ['[ ]', '[]'],
    ['[[] ,[]]', '[[],[]]'],
    ['{"date":"Thu, 19 Nov","to":"Tue, 1 fal, 2 e: 3"}', '{"date":"Thu, 19 Nov","to":"Tue, 1 fal, 2 e: 3"}'],
    ['{"date":"Thu, 19 Nov","a":true, "b":1}', '{"date":"Thu, 19 Nov","a":true,"b":1}'],
    ['[false, 1,null, 2,true, 3]', '[false,1,null,2,true,3]'],
  ])('%j', (text, expected) => {
    expect(compact(text)).toBe(expected);
  });
});

describe('members and elements', () => {
  it('give the parts of any object and array', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), plainValue),
        fc.array(plainValue),
        gaps,
        (object, array, between) => {
          const parts = members(spaced(JSON.stringify(object), between));
          const read = (part: string): unknown => JSON.parse(part);
          expect(Object.fromEntries(Array.from(parts, ([key, part]) => [key, read(part)]))).toEqual({
            ...object,
          });
          expect(elements(spaced(JSON.stringify(array), between)).map(read)).toEqual(array);
        },
      ),
    );
  });
});

describe('nestsTooDeep', () => {
  it.each([
    [MAX_DEPTH, false],
    [MAX_DEPTH + 1, true],
    [100_000, true],
  ])('%i levels: %s', (levels, expected) => {
    expect(nestsTooDeep(`${'['.repeat(levels)}${']'.repeat(levels)}`)).toBe(expected);
  });

  it.each([
    ['objects', '{"":', '}', 1],
    ['lists', '[', ']', 1],
    ['both in turns', '[{"":', '}]', 2],
  ])('counts %s to the level', (_name, open, close, levels) => {
    const nested = (turns: number): string => `${open.repeat(turns)}0${close.repeat(turns)}`;
    expect(nestsTooDeep(nested(MAX_DEPTH / levels))).toBe(false);
    expect(nestsTooDeep(nested(MAX_DEPTH / levels + 1))).toBe(true);
  });

  it('counts an innermost object of two characters', () => {
    expect(nestsTooDeep(`${'{"":'.repeat(MAX_DEPTH)}{}${'}'.repeat(MAX_DEPTH)}`)).toBe(true);
  });

  it('does not count brackets side by side or in strings', () => {
    expect(nestsTooDeep(JSON.stringify(Array.from({ length: 5000 }, () => ({ a: '[{"[' }))))).toBe(false);
  });
});

describe('canonicalDigest', () => {
  const shuffled = (json: unknown, seed: number): unknown => {
    if (Array.isArray(json)) return json.map((item) => shuffled(item, seed));
    if (typeof json !== 'object' || json === null) return json;
    const entries = Object.entries(json).map(([key, item]) => [key, shuffled(item, seed)] as const);
    return Object.fromEntries(
      entries.toSorted(([a], [b]) => ((a.length * seed) % 7) - ((b.length * seed) % 7)),
    );
  };

  it('does not see key order and whitespace', () => {
    fc.assert(
      fc.property(value, fc.nat(), gaps, (json, seed, between) => {
        const other = spaced(JSON.stringify(shuffled(json, seed)), between);
        expect(canonicalDigest(other)).toBe(canonicalDigest(JSON.stringify(json)));
      }),
    );
  });

  it('keeps the value: parsing the canonical form again gives it', () => {
    fc.assert(
      fc.property(plainValue, (json) => {
        expect(JSON.parse(canonicalJson(JSON.stringify(json)) ?? '')).toEqual(json);
      }),
    );
  });

  it.each([
    ['1', '1.0'],
    ['100', '1e2'],
    ['10e-1', '1'],
    ['-0.0', '0'],
    ['0.00123', '1.23E-3'],
    ['"\\u0061\\/"', '"a/"'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"__proto__":1,"a":2}', '{"a":2,"__proto__":1}'],
  ])('%s is %s', (a, b) => {
    expect(canonicalDigest(a)).toBe(canonicalDigest(b));
  });

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['1', '"1"'],
    ['[1,2]', '[2,1]'],
    ['{}', '[]'],
    ['1', '-1'],
    ['1e999999999999999999', '1e999999999999999998'],
    ['{"__proto__":1}', '{}'],
    ['no json', 'No json'],
  ])('%s is not %s', (a, b) => {
    expect(canonicalDigest(a)).not.toBe(canonicalDigest(b));
  });
});
