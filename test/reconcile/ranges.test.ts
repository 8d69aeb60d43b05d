/** Ranges that are read as one bring what each of them would have brought, and every row once. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergedBuckets, mergedTimes } from '../../shared/reconcile/ranges.ts';
import { bucketEnd, type GroupRange } from '../../shared/store/work.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });
const range = fc.record({
  family: fc.constantFrom('touched', 'runs'),
  subject: fc.constantFrom('x', 'y'),
  from: text,
  until: text,
});
const ALL = ['', ...['a', 'b', 'c'].flatMap((one) => [one, ...['a', 'b', 'c'].map((two) => one + two)])];

const rowsOf = (ranges: readonly GroupRange[], endOf: (until: string) => string): readonly string[] =>
  ranges.flatMap(({ family, subject, from, until }) =>
    ALL.filter((bucket) => bucket >= from && bucket <= endOf(until)).map(
      (bucket) => `${family} ${subject} ${bucket}`,
    ),
  );

it.each([
  ['times', mergedTimes, (until: string) => until],
  ['buckets', mergedBuckets, bucketEnd],
] as const)('%s', (_name, merge, endOf) => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      // A range whose end is before its beginning has nothing in it.
      const sound = ranges.filter(({ from, until }) => from <= endOf(until));
      const rows = rowsOf(merge(sound), endOf);
      expect(new Set(rows)).toEqual(new Set(rowsOf(sound, endOf)));
      expect(new Set(rows).size).toBe(rows.length);
    }),
  );
});
