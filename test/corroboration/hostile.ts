/** Texts as whoever chooses a name might choose it: separators, line ends, halves of characters, and no end. */
import fc from 'fast-check';

export const LONG = 'x'.repeat(10_000);
const SEPARATORS = ['|', '>', '~', '\n', 'a', '\ud800', '\udc00', '\ufffd', '~sha256:', LONG];
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...SEPARATORS), fc.string({ maxLength: 3, unit: 'binary' })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');
