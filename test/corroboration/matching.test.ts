/** One-to-one pairs against a brute force: nobody is left over who had a partner, and no order changes who is. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  match,
  shareIdentity,
  type Matching,
  type Pairing,
  type Side,
} from '../../shared/corroboration/matching.ts';

const REACH = 10;
const pairing: Pairing<Side, Side> = {
  fits: (a, p) => Math.abs(a.at - p.at) <= REACH,
  reach: REACH,
};

const side = (prefix: string): fc.Arbitrary<Side> =>
  fc
    .record({
      at: fc.integer({ min: 0, max: 40 }),
      id: fc.uuid(),
      identities: fc.uniqueArray(fc.constantFrom('ana', 'ben', 'eve'), { maxLength: 2 }),
      request: fc.option(fc.constantFrom('r1', 'r2'), { nil: undefined, freq: 3 }),
      job: fc.option(fc.constantFrom('j1', 'j2'), { nil: undefined, freq: 3 }),
    })
    .map(({ at, id, identities, request, job }) => ({
      id: `${prefix}${id}`,
      at,
      identities: new Set(identities),
      keys: {
        'request-id': request === undefined ? [] : [request],
        'job-id': job === undefined ? [] : [job],
      },
    }));
const sides = (prefix: string, maxLength = 7): fc.Arbitrary<readonly Side[]> =>
  fc.uniqueArray(side(prefix), { maxLength, selector: ({ id }) => id });
const plain = (all: readonly Side[]): readonly Side[] => all.map((one) => ({ ...one, keys: {} }));

const told = ({ pairs, alone, partnersAlone }: Matching<Side, Side>) => ({
  pairs: [...pairs].map(([a, { partner, join }]) => `${a.id} ${partner.id} ${join}`).toSorted(),
  alone: [...alone]
    .map(([a, crowd]) =>
      [
        a.id,
        ...[crowd.anchors, crowd.partners, crowd.alone].map((all) => all.map(({ id }) => id).join()),
      ].join(' '),
    )
    .toSorted(),
  partnersAlone: partnersAlone.map(({ id }) => id),
});

/** The most pairs there can be, by trying all. */
function most(anchors: readonly Side[], partners: readonly Side[]): number {
  const [first, ...others] = anchors;
  if (first === undefined) return 0;
  let best = most(others, partners);
  for (const partner of partners) {
    if (!pairing.fits(first, partner) || !shareIdentity(first, partner)) continue;
    best = Math.max(
      best,
      1 +
        most(
          others,
          partners.filter((one) => one !== partner),
        ),
    );
  }
  return best;
}

const shuffled = <T>(all: readonly T[], seed: number): readonly T[] =>
  all
    .map((one, i) => ({ one, key: Math.sin((i + 1) * (seed + 1)) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }) => one);

describe('pairs', () => {
  it('are the same in any order', () => {
    fc.assert(
      fc.property(sides('a'), sides('p'), fc.nat(), (anchors, partners, seed) => {
        const there = told(match(anchors, partners, pairing));
        expect(told(match(shuffled(anchors, seed), shuffled(partners, seed + 7), pairing))).toEqual(there);
      }),
      { numRuns: 500 },
    );
  });

  it('are as many as there can be', () => {
    fc.assert(
      fc.property(sides('a'), sides('p'), (anchors, partners) => {
        const [left, right] = [plain(anchors), plain(partners)];
        const { pairs, alone, partnersAlone } = match(left, right, pairing);
        expect(pairs.size).toBe(most(left, right));
        expect(alone.size).toBe(left.length - pairs.size);
        expect(partnersAlone).toHaveLength(right.length - pairs.size);
        for (const [a, { partner }] of pairs)
          expect(pairing.fits(a, partner) && shareIdentity(a, partner)).toBe(true);
        expect(new Set([...pairs.values()].map(({ partner }) => partner)).size).toBe(pairs.size);
      }),
      { numRuns: 500 },
    );
  });

  it('leave those over who could have changed places, and no others', () => {
    fc.assert(
      fc.property(sides('a', 6), sides('p', 6), (anchors, partners) => {
        const [left, right] = [plain(anchors), plain(partners)];
        const { alone } = match(left, right, pairing);
        const best = most(left, right);
        for (const [a, crowd] of alone) {
          expect(crowd.alone).toContain(a);
          expect(crowd.anchors.length - crowd.partners.length).toBe(crowd.alone.length);
          // Without any one of them as many pairs remain: each of them may be the one without.
          for (const other of crowd.anchors)
            expect(
              most(
                left.filter((one) => one !== other),
                right,
              ),
            ).toBe(best);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep those first that are to be first', () => {
    fc.assert(
      fc.property(sides('a'), sides('p'), sides('q', 3), (anchors, partners, more) => {
        const [left, right] = [plain(anchors), plain(partners)];
        const first = new Set(match(left, right, pairing).pairs.keys());
        const { pairs } = match(left, [...right, ...plain(more)], { ...pairing, first });
        for (const a of first) expect(pairs.has(a)).toBe(true);
      }),
    );
  });

  it('are made by the strongest key that there is', () => {
    fc.assert(
      fc.property(sides('a'), sides('p'), (anchors, partners) => {
        const { pairs, partnersAlone, alone } = match(anchors, partners, pairing);
        const free = new Set(partnersAlone);
        const shares = (a: Side, p: Side): boolean =>
          (['request-id', 'job-id'] as const).some((join) =>
            (a.keys[join] ?? []).some((key) => (p.keys[join] ?? []).includes(key)),
          );
        // Nobody whom a key joins to a free partner has another one by less, or none.
        const joined = (a: Side, partner: Side, join: string): boolean =>
          join === 'identity-and-time'
            ? ![...free].some((p) => shares(a, p) && pairing.fits(a, p))
            : shares(a, partner);
        for (const [a, { partner, join }] of pairs) expect(joined(a, partner, join)).toBe(true);
        for (const a of alone.keys())
          for (const p of free) expect(shares(a, p) && pairing.fits(a, p)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('give a key that two carry to the one whom its partner names', () => {
    const at = (id: string, who: string, time: number): Side => ({
      id,
      at: time,
      identities: new Set([who]),
      keys: { 'request-id': ['r'] },
    });
    const [thief, own, call] = [at('a', 'eve', 1), at('b', 'ana', 2), at('c', 'ana', 2)];
    const { pairs, alone } = match([thief, own], [call], pairing);
    expect(pairs.get(own)?.partner).toBe(call);
    expect([...alone.keys()]).toEqual([thief]);
  });
});

it('takes seconds at most for a burst of thousands by one identity', () => {
  const many = (prefix: string, count: number, offset: number): readonly Side[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `${prefix}${i}`,
      at: i * 140 + ((i * 7919) % 10_000) + offset,
      identities: new Set(['etl']),
      keys: {},
    }));
  const wide = { fits: (a: Side, p: Side) => Math.abs(a.at - p.at) <= 120_000, reach: 120_000 };
  for (const [n, m] of [
    [4000, 4000],
    [4000, 3990],
    [4000, 2000],
    [2000, 4000],
  ] as const) {
    const { pairs } = match(many('a', n, 3000), many('p', m, 0), wide);
    expect(pairs.size).toBe(Math.min(n, m));
  }
});
