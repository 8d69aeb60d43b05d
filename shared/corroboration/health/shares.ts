/** What of a path's records is of one kind: calls that were allowed, and records whose times do not fit. */
import { evidence } from '../../detections/evidence.ts';
import type { Condition, JudgeInput } from './condition.ts';
import { minutesIn } from './fold.ts';
import { HOUR_MS, MINUTE_MS } from './minutes.ts';
import { planeOf } from './path.ts';
import { hopSuccessesMissing, sourceClockSkew } from './rules.ts';
import type { PathHealth } from './status.ts';
import { timeOf } from './vouching.ts';

const RATIO_MS = 30 * MINUTE_MS;
const MIN_CALLS = 20;

/** Hops whose calls go on and none of whose successes is recorded any more. */
export function missingSuccesses({ states, healths, now }: JudgeInput): readonly Condition[] {
  const at = Date.parse(now);
  return healths
    .filter(({ path }) => planeOf(path) !== undefined)
    .map(({ path }): Condition => {
      const of = { rule: hopSuccessesMissing, key: path };
      const state = states.get(path);
      if (state === undefined) return { ...of, state: 'unknown' };
      const count = (from: number, until: number): readonly [calls: number, allowed: number] => {
        let [calls, allowed] = [0, 0];
        for (const { quarters } of minutesIn(state, from, until)) {
          for (const [, c, a] of Object.values(quarters)) {
            calls += c;
            allowed += a;
          }
        }
        return [calls, allowed];
      };
      const from = at - RATIO_MS;
      const [calls, successes] = count(from, at + MINUTE_MS);
      const [, before] = count(at - 2 * HOUR_MS, from);
      if (successes > 0) return { ...of, state: 'healthy' };
      if (calls < MIN_CALLS || before < MIN_CALLS) return { ...of, state: 'unknown' };
      return {
        ...of,
        state: 'active',
        summary: `${path} recorded ${calls} calls in half an hour, and none that succeeded; before it recorded successes.`,
        evidence: evidence(
          ['path', path],
          ['calls', calls],
          ['successes', successes],
          ['before', before],
          ['from', timeOf(from)],
          ['until', now],
        ),
      };
    });
}

const SKEW_MS = 10 * MINUTE_MS;
const MIN_SKEWED = 3;

export function skewedClocks({ states, healths, now }: JudgeInput): readonly Condition[] {
  const at = Date.parse(now);
  return healths.flatMap(({ path, status }: PathHealth): Condition[] => {
    const of = { rule: sourceClockSkew, key: path };
    const state = states.get(path);
    if (state === undefined || status === 'unseen') return [];
    const minutes = minutesIn(state, at - SKEW_MS, at + MINUTE_MS);
    const all = minutes.reduce((sum, { n }) => sum + n, 0);
    const skewed = minutes.reduce((sum, one) => sum + one.skewed, 0);
    if (all === 0) return [{ ...of, state: 'unknown' }];
    if (skewed < MIN_SKEWED || skewed <= all * 0.01) return [{ ...of, state: 'healthy' }];
    return [
      {
        ...of,
        state: 'active',
        summary: `The times of ${skewed} of ${all} records of ${path} do not fit when they were received.`,
        evidence: evidence(
          ['path', path],
          ['skewed', skewed],
          ['of', all],
          ['from', timeOf(at - SKEW_MS)],
          ['until', now],
        ),
      },
    ];
  });
}
