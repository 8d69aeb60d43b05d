import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitOf } from '../../shared/observed/retry.ts';

const NOW = Date.parse('2026-02-02T01:00:00Z');

describe('the wait before an API is asked again', () => {
  it('doubles, within the random half, up to a bound', () => {
    for (let tried = 1; tried <= 20; tried += 1) {
      const most = Math.min(500 * 2 ** (tried - 1), 20_000);
      const wait = waitOf(undefined, tried, 500, NOW);
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }
  });

  it('is what Retry-After asks, in seconds or until a date', () => {
    expect(waitOf('30', 1, 500, NOW)).toBe(30_000);
    expect(waitOf('Mon, 02 Feb 2026 01:00:45 GMT', 1, 500, NOW)).toBe(45_000);
  });

  it('is never shorter than the backoff, whatever the header says', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('0', '-5', 'NaN', 'Mon, 02 Feb 2026 00:00:00 GMT')),
        (header) => {
          const wait = waitOf(header, 3, 500, NOW);
          expect(wait).toBeGreaterThanOrEqual(1000);
        },
      ),
    );
  });
});
