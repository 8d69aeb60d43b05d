import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256, textDigest } from '../../shared/envelope/event-id.ts';

describe('textDigest', () => {
  it('is that of each text, in whatever order texts are asked for', () => {
    const few = fc.constantFrom('', 'a', 'b', '{"a":"é"}', '{"a":"e"}');
    fc.assert(
      fc.property(fc.array(fc.oneof(few, fc.string({ unit: 'grapheme' }))), (texts) => {
        for (const text of texts) expect(textDigest(text)).toBe(sha256(text));
      }),
    );
  });
});
