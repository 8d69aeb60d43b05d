/** Ranges to read, those that overlap as one: neighbours in time ask for nearly the same, and each row is to come once. Pure. */
import { bucketEnd, type GroupRange } from '../store/work.ts';

/** Both ends inclusive. */
export const mergedTimes = (ranges: readonly GroupRange[]): readonly GroupRange[] =>
  merged(ranges, (until) => until);

/** Of buckets: one that begins with `until` is in it. */
export const mergedBuckets = (ranges: readonly GroupRange[]): readonly GroupRange[] =>
  merged(ranges, bucketEnd);

/** @param endOf the last text that is in a range with this end */
function merged(ranges: readonly GroupRange[], endOf: (until: string) => string): readonly GroupRange[] {
  const groups = Map.groupBy(ranges, ({ family, subject }) => JSON.stringify([family, subject]));
  return [...groups.values()].flatMap((group) => {
    const all: GroupRange[] = [];
    for (const range of group.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
      const last = all.at(-1);
      if (last === undefined || range.from > endOf(last.until)) all.push(range);
      else if (endOf(range.until) > endOf(last.until)) all[all.length - 1] = { ...last, until: range.until };
    }
    return all;
  });
}
