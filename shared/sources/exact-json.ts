/** JSON whose integers may be above 2^53, which JSON.parse would change without a word. */

/** A number of more digits than are always a safe integer. A string that looks so costs a second parse, no more. */
const LONG_NUMBER = /[:,[]\s{0,8}-?[0-9]{16}/;

/** @throws SyntaxError where the text is no JSON. Integers that a number cannot hold are strings of their digits. */
export function parseExact(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

/** As `parseExact`, where JSON.parse has read the text already: its value, unless that has lost digits. */
export function exactValue(value: unknown, text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : value;
}

/** `context.source` is the number as it is written (ECMAScript, JSON.parse source text access). */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?[0-9]+$/.test(source) ? source : value;
}
