/** Histograms of delays in fixed buckets, which add up and say what nearly all are below. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Upper ends, milliseconds; what is above the last is in one more bucket. */
export const DELAY_ENDS = [
  SECOND,
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  6 * HOUR,
  24 * HOUR,
] as const;

/** Counts by bucket; trailing zeros may be missing. */
export type Histogram = number[];

export const bucketOf = (delayMs: number): number => {
  let at = 0;
  for (const end of DELAY_ENDS) {
    if (delayMs <= end) return at;
    at += 1;
  }
  return at;
};

export function addTo(histogram: Histogram, bucket: number, count = 1): void {
  while (histogram.length <= bucket) histogram.push(0);
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}

export function addAll(histogram: Histogram, other: readonly number[]): void {
  other.forEach((count, bucket) => {
    if (count > 0) addTo(histogram, bucket, count);
  });
}

export const totalOf = (histogram: readonly number[]): number =>
  histogram.reduce((sum, count) => sum + count, 0);

/** How many are above a delay, by whole buckets: those in the bucket of `delayMs` itself are not. */
export const above = (histogram: readonly number[], delayMs: number): number =>
  totalOf(histogram.slice(bucketOf(delayMs) + 1));

/** Milliseconds that this share of all is not above: the end of a bucket. Undefined for none. */
export function quantile(histogram: readonly number[], share: number): number | undefined {
  const total = totalOf(histogram);
  if (total === 0) return undefined;
  const rank = Math.ceil(total * share);
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    seen += count;
    if (seen >= rank) return DELAY_ENDS[bucket] ?? Number.POSITIVE_INFINITY;
  }
  return Number.POSITIVE_INFINITY;
}
