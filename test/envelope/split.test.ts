import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../schemas/log-entry.ts';
import { joinPieces, splitOf } from '../../shared/envelope/split.ts';

const piece = (
  index: number,
  permissions: readonly string[],
  more: Partial<LogEntry['protoPayload']> = {},
): LogEntry => ({
  logName: 'projects/p/logs/l',
  insertId: 'a',
  protoPayload: {
    methodName: 'm',
    authenticationInfo: { principalEmail: 'ana@example.com' },
    authorizationInfo: permissions.map((permission) => ({ permission })),
    ...more,
  },
  // Index 0 is left out in proto3 JSON.
  split: index === 0 ? { uid: 'u', totalSplits: 3 } : { uid: 'u', index, totalSplits: 3 },
});

const PIECES = [
  piece(0, ['a', 'b'], { resourceLocation: { currentLocations: ['us'] } }),
  piece(1, ['c'], { resourceLocation: { currentLocations: ['eu'] }, methodName: 'other', resourceName: 'r' }),
  piece(2, ['c', 'd']),
];

describe('splitOf', () => {
  it('takes an absent index for 0', () => {
    expect(PIECES.map(splitOf)).toEqual([0, 1, 2].map((index) => ({ uid: 'u', index, total: 3 })));
    expect(splitOf({ insertId: 'whole' })).toBeUndefined();
  });
});

describe('joinPieces', () => {
  it('joins lists in the order of the pieces and takes scalars of the lowest, in any order of arrival', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 0, 2], { minLength: 5 }), (order) => {
        const joined = joinPieces(order.flatMap((index) => PIECES[index] ?? []));
        expect(joined?.present).toEqual([0, 1, 2]);
        expect(joined?.missing).toEqual([]);
        expect(joined?.entry.split).toEqual({ uid: 'u', totalSplits: 3 });
        expect(joined?.entry.protoPayload).toEqual({
          methodName: 'm',
          resourceName: 'r',
          authenticationInfo: { principalEmail: 'ana@example.com' },
          authorizationInfo: ['a', 'b', 'c', 'd'].map((permission) => ({ permission })),
          resourceLocation: { currentLocations: ['us', 'eu'] },
        });
      }),
    );
  });

  it('says which pieces are missing', () => {
    expect(joinPieces(PIECES.slice(1, 2))).toMatchObject({ present: [1], missing: [0, 2] });
    expect(joinPieces([{ split: { uid: 'u', index: 2 } }])).toMatchObject({ present: [2], missing: [0, 1] });
    expect(joinPieces([{ split: { uid: 'u', index: 1, totalSplits: 2 ** 31 } }])?.missing).toHaveLength(999);
    expect(joinPieces([{ insertId: 'whole' }])).toMatchObject({ present: [0], missing: [] });
    expect(joinPieces([])).toBeUndefined();
  });

  it('takes a hostile key as a key', () => {
    const hostile = JSON.parse(
      '{"jsonPayload":{"__proto__":{"polluted":1},"l":[1]},"split":{"uid":"u","index":1}}',
    ) as LogEntry;
    const joined = joinPieces([{ jsonPayload: { l: [0] }, split: { uid: 'u' } }, hostile]);
    expect(joined?.entry.jsonPayload?.['l']).toEqual([0, 1]);
    expect(Object.hasOwn(joined?.entry.jsonPayload ?? {}, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
