import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { fit, fitRaw, unlinked } from '../../shared/alerts/text.ts';
import { hostileText } from './arbitrary.ts';

describe('cutting text', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too long', 11, 'one too lo…'],
    ['\u{1f600}\u{1f600}', 3, '\u{1f600}…'],
    ['ab\u0301c', 3, 'a…'],
    [`e${'\u0301'.repeat(50)}`, 5, 'e\u0301\u0301\u0301…'],
  ])('%j to %i', (text, max, expected) => {
    expect(fit(text, max)).toBe(expected);
    expect(fitRaw(text, max)).toBe(expected);
  });

  it('stays under the limit, well-formed, and shows something', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 8, max: 500 }), (text, max) => {
        for (const cut of [fit(text, max), fitRaw(text, max)]) {
          expect(cut.length).toBeLessThanOrEqual(max);
          expect(cut.isWellFormed()).toBe(true);
          expect(cut === '').toBe(text === '');
          expect(cut === '…' && text !== '…').toBe(false);
        }
        expect(fit(text, max)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  it.each([
    ['https://e.example', 'https[:]//e.example'],
    ['xgs://e.example', 'xgs[:]//e.example'],
    ['WWW.e.example', 'www[.]e.example'],
    ['gs://b/o spiffe://acme.example/ns/a', 'gs://b/o spiffe://acme.example/ns/a'],
  ])('leaves no web address: %s', (text, expected) => expect(unlinked(text)).toBe(expected));
});
