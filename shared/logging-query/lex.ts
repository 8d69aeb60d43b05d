/**
 * Tokens of the Logging query language. https://docs.cloud.google.com/logging/docs/view/logging-query-language
 * Quotes are told apart from the rest here, so that nothing quoted is ever taken for an operator or a call.
 */
import { NotRead } from './not-read.ts';

export const OPERATORS = ['=~', '!~', '!=', '<=', '>=', '=', '<', '>', ':'] as const;
export type Operator = (typeof OPERATORS)[number];

export type Token = Placed &
  (
    | { readonly kind: 'open' | 'close' | 'comma' | 'minus' }
    | { readonly kind: 'operator'; readonly operator: Operator }
    /** Unquoted: a path, a value, a keyword, the name of a function. `strange`: has characters that may have to be in quotes. */
    | { readonly kind: 'word'; readonly text: string; readonly strange?: true }
    /** `escapes`: has some that are kept as they are, for regular expressions. */
    | { readonly kind: 'string'; readonly text: string; readonly escapes?: true }
  );

interface Placed {
  readonly start: number;
  readonly end: number;
}

const PUNCTUATION: ReadonlyMap<string, 'open' | 'close' | 'comma'> = new Map([
  ['(', 'open'],
  [')', 'close'],
  [',', 'comma'],
]);
const SPACE = /\s/;
/** What ends an unquoted text. */
const ENDS_WORD = /[\s()<>=!:,"'~]/;
/** Characters of a word that need no quotes for sure. Two dashes begin a comment, though perhaps not in a word. */
const PLAIN_WORD = /^(?!.*--)[\p{L}\p{N}_.\-/%*@+$]+$/u;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** @throws NotRead where a character belongs to no token: an open quote, an operator that is none */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const character = text.charAt(at);
    if (SPACE.test(character)) {
      at += 1;
      continue;
    }
    if (text.startsWith('--', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
      continue;
    }
    const punctuation = PUNCTUATION.get(character);
    const operator = OPERATORS.find((one) => text.startsWith(one, start));
    if (punctuation !== undefined) {
      at += 1;
      tokens.push({ kind: punctuation, start, end: at });
    } else if (operator !== undefined) {
      at += operator.length;
      tokens.push({ kind: 'operator', operator, start, end: at });
    } else if (character === '"') {
      const read = quoted(text, at);
      at = read.end;
      const escapes = read.escapes ? ({ escapes: true } as const) : undefined;
      tokens.push({ kind: 'string', text: read.text, ...escapes, start, end: at });
    } else if (character === '-' && tokens.at(-1)?.kind !== 'operator') {
      // In front of a comparison it is NOT; behind an operator it is the sign of a number.
      at += 1;
      tokens.push({ kind: 'minus', start, end: at });
    } else {
      while (at < text.length && !ENDS_WORD.test(text.charAt(at))) at += 1;
      if (at === start)
        throw new NotRead(start, `\`${character}\` has no meaning here; texts are in double quotes`);
      const word = text.slice(start, at);
      const strange = PLAIN_WORD.test(word) ? undefined : ({ strange: true } as const);
      tokens.push({ kind: 'word', text: word, ...strange, start, end: at });
    }
  }
  return tokens;
}

interface Quoted {
  readonly text: string;
  readonly escapes: boolean;
  readonly end: number;
}

function quoted(text: string, open: number): Quoted {
  const parts: string[] = [];
  let escapes = false;
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { text: parts.join(''), escapes, end: at + 1 };
    if (character !== '\\') {
      parts.push(character);
      continue;
    }
    at += 1;
    const escaped = text.charAt(at);
    const known = ESCAPES.get(escaped) ?? (escaped === '"' || escaped === '\\' ? escaped : undefined);
    // `\.` and the like are regular expressions', which have a meaning of their own for them.
    escapes ||= known === undefined;
    parts.push(known ?? `\\${escaped}`);
  }
  throw new NotRead(open, 'the quote is not closed');
}
