import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claim, digestClaim, listClaim, objectClaim, type Claims } from '../../shared/audit/claims.ts';

describe('claims', () => {
  it('are left out where there is nothing, and cut with a mark where there is much', () => {
    const claims: Claims = {};
    claim(claims, 'none', undefined);
    claim(claims, 'empty', '');
    claim(claims, 'no', false);
    claim(claims, 'zero', 0);
    listClaim(claims, 'list', []);
    claim(claims, 'long', 'x'.repeat(1000));
    expect(claims).toEqual({ no: false, zero: 0, long: `${'x'.repeat(256)}…` });
  });

  it('keep lists as JSON in text and count what does not fit', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 400 }), { minLength: 1, maxLength: 700 }), (items) => {
        const claims: Claims = {};
        listClaim(claims, 'list', items);
        const kept = JSON.parse(String(claims['list'])) as unknown[];
        expect(kept).toEqual(items.slice(0, kept.length));
        expect(kept.length + Number(claims['listBeyondLimit'] ?? 0)).toBe(items.length);
        expect(String(claims['list']).length).toBeLessThanOrEqual(16_384);
      }),
      { numRuns: 50 },
    );
  });

  it('digest an object alike whatever the order of its keys, and keep its text', () => {
    const one: Claims = {};
    const other: Claims = {};
    objectClaim(one, 'spec', { a: 1, b: [{ c: 2, d: 3 }] });
    objectClaim(other, 'spec', { b: [{ d: 3, c: 2 }], a: 1 });
    expect(one['specDigest']).toBe(other['specDigest']);
    expect(one['specDigest']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(String(one['spec']))).toEqual({ a: 1, b: [{ c: 2, d: 3 }] });
    // The text too, so that another printer's form of an entry is no other content of it.
    expect(other).toEqual(one);
  });

  it('take secrets out of the text of an object', () => {
    const claims: Claims = {};
    objectClaim(claims, 'spec', { password: 'correct-horse-battery' });
    expect(JSON.stringify(claims)).not.toContain('correct-horse-battery');
    expect(claims['spec']).toContain('redacted');
  });

  it('tell a large object, and one that may hold credentials, by its digest alone', () => {
    const claims: Claims = {};
    objectClaim(claims, 'large', { text: 'x'.repeat(20_000) });
    digestClaim(claims, 'secret', { text: 'x' });
    expect(Object.keys(claims)).toEqual(['largeDigest', 'secretDigest']);
  });
});
