import { describe, expect, it } from 'vitest';
import { atLeast, lowerBound, quantile } from '../../../bench/simulate/statistics.ts';

describe('lowerBound', () => {
  it.each([
    // All found: the bound is 0.05 to the power of 1/n.
    [3000, 3000, 0.999],
    [150, 150, 0.98023],
    [59, 59, 0.95049],
    [1, 1, 0.05],
    // Quantiles 0.05 of Beta(k, n - k + 1).
    [2999, 3000, 0.99842],
    [95, 100, 0.89775],
    [9, 10, 0.60584],
    [5, 10, 0.22244],
    [1, 100, 0.00051],
    [0, 100, 0],
    [0, 0, 0],
  ])('of %i of %i is %f', (found, tried, bound) => {
    expect(lowerBound(found, tried)).toBeCloseTo(bound, 5);
  });

  it('is where as many or more come about in one of twenty cases', () => {
    for (const [found, tried] of [
      [4, 7],
      [148, 150],
      [2990, 3000],
    ] as const) {
      expect(atLeast(found, tried, lowerBound(found, tried))).toBeCloseTo(0.05, 6);
    }
  });
});

it('takes quantiles by rank', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.99, 1].map((q) => quantile(values, q))).toEqual([1, 3, 5, 5]);
  expect(quantile([], 0.5)).toBeUndefined();
});
