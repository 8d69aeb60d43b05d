/** A filter of Cloud Logging (sink, exclusion, view) as a question put to entries. */
import type { Json } from '../sources/fields.ts';
import { matches } from './evaluate.ts';
import { tokensOf, type Token } from './lex.ts';
import { NotRead } from './not-read.ts';
import { parse, type Expression } from './parse.ts';

export interface Filter {
  /** Undefined: not known here, or left to chance by `sample(…)`. */
  matches(entry: Json): boolean | undefined;
  /** It calls `sample(…)`: what it matches is a share of what it says. */
  readonly samples: boolean;
}

/** Characters, as the service has it. */
const MAX_QUERY = 20_000;
const UNREAD: Filter = { matches: () => undefined, samples: false };

/** An empty text matches everything; one that makes no query matches nobody knows what. */
export function filterOf(text: string): Filter {
  const tokens = orUndefined(() => readTokens(text));
  // What cannot be read whole may still sample: it is not read into quotes.
  if (tokens === undefined) return { ...UNREAD, samples: SAMPLE_CALL.test(unquoted(text)) };
  const samples = tokens.some((token, at) => isSample(token) && tokens[at + 1]?.kind === 'open');
  const expression = orUndefined(() => parse(tokens));
  return expression === undefined
    ? { ...UNREAD, samples }
    : { matches: (entry) => matches(expression, entry), samples };
}

export interface Query {
  readonly expression: Expression;
  readonly tokens: readonly Token[];
}

/** @throws NotRead with the place, for whoever is to be told what is wrong with a filter */
export function readQuery(text: string): Query {
  const tokens = readTokens(text);
  return { expression: parse(tokens), tokens };
}

function readTokens(text: string): readonly Token[] {
  if (text.length > MAX_QUERY) throw new NotRead(MAX_QUERY, `it is longer than ${MAX_QUERY} characters`);
  return tokensOf(text);
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

const isSample = (token: Token): boolean => token.kind === 'word' && token.text.toLowerCase() === 'sample';

const SAMPLE_CALL = /\bsample\s*\(/i;

const unquoted = (text: string): string =>
  text
    .split('"')
    .filter((_, at) => at % 2 === 0)
    .join(' ');
