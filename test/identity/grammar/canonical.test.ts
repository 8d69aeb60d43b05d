import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identity, MAX_ID, parsePrincipalId } from '../../../shared/identity/grammar/canonical.ts';
import { parseGooglePrincipal } from '../../../shared/identity/grammar/google-member.ts';

describe('canonical ids', () => {
  test('long subjects stay distinct and fit their column', () => {
    const long = 'a'.repeat(8192);
    const one = identity('workload', 'pool/1/p', `${long}1`).id;
    const other = identity('workload', 'pool/1/p', `${long}2`).id;
    expect(one).not.toBe(other);
    expect(one).toHaveLength(MAX_ID);
    expect(one).toMatch(/^workload:pool\/1\/p:a+~sha256:[0-9a-f]{64}$/);
    expect(identity('workload', 'pool/1/p', 'a'.repeat(900)).id).not.toContain('~sha256:');
  });

  test('nobody can write the digest of another', () => {
    const victim = identity('workload', 'pool/1/p', 'a'.repeat(8192));
    const forged = identity('workload', 'pool/1/p', victim.id.slice('workload:pool/1/p:'.length));
    expect(forged.id).not.toBe(victim.id);
  });

  test.each([
    ['a zero-width space', 'ana\u200b@example.com'],
    ['a bidirectional override', 'ana\u202e@example.com'],
    ['a soft hyphen', 'a\u00adna@example.com'],
    ['a control character', 'ana\u0007@example.com'],
    ['a lone surrogate', 'ana\ud800@example.com'],
  ])('%s is not shown and not lost', (_what, email) => {
    const { id } = parseGooglePrincipal(email);
    expect(id).toContain('~sha256:');
    expect(id.isWellFormed()).toBe(true);
    expect(id).not.toBe(parseGooglePrincipal('ana@example.com').id);
  });

  test('lone surrogates stay apart from each other', () => {
    expect(parseGooglePrincipal('\ud800').id).not.toBe(parseGooglePrincipal('\ud801').id);
  });

  test.each([
    '',
    'user',
    'user:google',
    'user:google:',
    'robot:google:x',
    'user:goggle:x',
    'user:google:a\u0000',
    `user:google:${'a'.repeat(MAX_ID)}`,
  ])('%j is none', (text) => {
    expect(parsePrincipalId(text)).toBeUndefined();
  });

  test('distinct parts give distinct ids, and an id reads back as itself', () => {
    const subject = fc.string({ unit: 'binary', minLength: 1, maxLength: 1500 });
    fc.assert(
      fc.property(subject, subject, (a, b) => {
        const one = identity('user', 'workforce/p', a);
        expect(one.id === identity('user', 'workforce/p', b).id).toBe(a === b);
        expect(one.id.length).toBeLessThanOrEqual(MAX_ID);
        expect(parsePrincipalId(one.id)?.id).toBe(one.id);
      }),
    );
  });
});
