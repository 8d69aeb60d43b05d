import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeline } from '../../shared/config/timeline.ts';
import { bundleOf } from '../policy/support/events.ts';

const NAMES = ['before', 'a', 'b', 'c'] as const;
const BUNDLES = new Map(
  NAMES.map((name) => [name, bundleOf('', { environments: { [name]: [`shop-${name}`] } })]),
);
const bundle = (name: (typeof NAMES)[number]) => {
  const found = BUNDLES.get(name);
  if (found === undefined) throw new Error(name);
  return found;
};
const at = (minute: number): string =>
  `2026-01-05T${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00.000000000Z`;

describe('a timeline', () => {
  it('answers with the last bundle from before an event, whatever was asked before', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({ minute: fc.integer({ min: 1, max: 1000 }), name: fc.constantFrom(...NAMES) }),
          { maxLength: 6, selector: ({ minute }) => minute },
        ),
        fc.array(fc.integer({ min: 0, max: 1001 }), { minLength: 1 }),
        (pushed, asked) => {
          const timeline = createTimeline(
            bundle('before'),
            pushed.map(({ minute, name }) => ({ from: at(minute), bundle: bundle(name) })),
          );
          for (const minute of asked) {
            const [latest] = pushed
              .filter((one) => one.minute <= minute)
              .toSorted((x, y) => y.minute - x.minute);
            expect(timeline.at(at(minute))).toBe(bundle(latest?.name ?? 'before'));
          }
        },
      ),
    );
  });
});
