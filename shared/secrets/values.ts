/**
 * Where the value of a secret's key begins and ends, in text of any kind: `key=value`, `key: value`, `--key value`,
 * `"key": "value"`, and the same inside a JSON string, where quotes carry backslashes. Positions only; every step moves
 * forward, so a caller that continues at the end of what it was given is linear.
 */

import { markAt } from './mark.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** More backslashes before a quote than seven levels of JSON in JSON make are no nesting. */
const MAX_ESCAPES = 127;
/** Characters looked at to find the start of a flag. */
const MAX_FLAG = 64;

const BACKSLASH = 0x5c;
const isQuote = (code: number): boolean => code === 0x22 || code === 0x27 || code === 0x60;
const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

function afterSpaces(text: string, from: number, limit: number): number {
  let i = from;
  while (i < limit && isSpace(text.charCodeAt(i))) i += 1;
  return i;
}

function backslashes(text: string, from: number, limit: number): number {
  let i = from;
  while (i < limit && text.charCodeAt(i) === BACKSLASH) i += 1;
  return i - from;
}

/**
 * Where the command-line flag begins whose name ends in a secret's name (`--db-password`, `-Dhive.password`), -1 where
 * the word is no flag.
 */
export function flagStart(text: string, key: number, floor: number): number {
  let i = key;
  const stop = Math.max(floor, key - MAX_FLAG);
  while (i > stop && isNameChar(text.charCodeAt(i - 1))) i -= 1;
  if (text.charCodeAt(i) !== 0x2d) return -1;
  if (i === floor) return i;
  const before = text.charCodeAt(i - 1);
  return isSpace(before) || isQuote(before) ? i : -1;
}

function isNameChar(code: number): boolean {
  if (code >= 0x30 && code <= 0x39) return true;
  if (code >= 0x41 && code <= 0x5a) return true;
  return (code >= 0x61 && code <= 0x7a) || code === 0x2d || code === 0x2e || code === 0x5f;
}

/** How far a bare value reaches. */
type Reach = 'word' | 'header';

/**
 * Value of the key that ends at `from`, not beyond `limit`. Undefined where no value follows, and where it is a nested
 * object or list. `header` keys (Authorization, Cookie) after a colon have the rest of the line as their value.
 */
export function valueAfter(
  text: string,
  from: number,
  limit: number,
  flag: boolean,
  header: boolean,
): Range | undefined {
  let i = from;
  let quoted = false;
  const slashes = backslashes(text, i, limit);
  if (i + slashes < limit && isQuote(text.charCodeAt(i + slashes))) {
    quoted = true;
    i += slashes + 1;
  } else if (slashes > 0) return undefined;
  const separator = afterSpaces(text, i, limit);
  const code = separator < limit ? text.charCodeAt(separator) : 0;
  const spaced = separator > i;
  let reach: Reach = 'word';
  if (code === 0x3a || code === 0x3d) {
    i = separator + 1;
    // `:=`, `=>` and `==` separate as well; `secret://name` is a URI.
    if (text.charCodeAt(i) === 0x3d || text.charCodeAt(i) === 0x3e) i += 1;
    else if (text.startsWith('//', i)) return undefined;
    if (header && code === 0x3a) reach = 'header';
  } else if (flag && quoted && code === 0x2c) {
    i = separator + 1;
  } else if (flag && spaced && !quoted && code !== 0x2d) {
    i = separator;
  } else return undefined;
  i = afterSpaces(text, i, limit);
  if (i >= limit) return undefined;

  const depth = backslashes(text, i, limit);
  const open = i + depth;
  if (open < limit && isQuote(text.charCodeAt(open))) {
    const start = open + 1;
    const end = depth > MAX_ESCAPES ? -1 : closingQuote(text, start, limit, text.charAt(open), depth);
    return end < 0 ? bare(text, start, limit, 'word') : { start, end };
  }
  return bare(text, i, limit, reach);
}

/**
 * Start of the delimiter that closes a value opened by a quote with `depth` backslashes: the next quote of that kind
 * with as many or fewer. More of them are a quote inside the value.
 */
function closingQuote(text: string, start: number, limit: number, quote: string, depth: number): number {
  for (let at = text.indexOf(quote, start); at >= 0 && at < limit; at = text.indexOf(quote, at + 1)) {
    let run = at;
    while (run > start && text.charCodeAt(run - 1) === BACKSLASH) run -= 1;
    if (at - run <= depth) return run;
  }
  return -1;
}

const SCHEMES = new Set(['bearer', 'basic', 'digest', 'token', 'negotiate', 'apikey']);

function bare(text: string, start: number, limit: number, reach: Reach): Range | undefined {
  let end = bareEnd(text, start, limit, reach);
  if (reach === 'word' && end - start < 10 && SCHEMES.has(text.slice(start, end).toLowerCase())) {
    const next = afterSpaces(text, end, limit);
    if (next > end) end = Math.max(end, bareEnd(text, next, limit, reach));
  }
  if (end === start) return undefined;
  return { start, end };
}

/** First character that cannot belong to a bare value; escapes of JSON are stepped over whole. */
function bareEnd(text: string, start: number, limit: number, reach: Reach): number {
  let i = start;
  while (i < limit) {
    const code = text.charCodeAt(i);
    if (isQuote(code) || code === 0x0a || code === 0x0d) break;
    // A key in PEM has spaces and is found by its own header.
    if (code === 0x2d && text.startsWith('-----BEGIN ', i)) break;
    if (code === 0x5b && markAt(text, i) > 0) break;
    if (reach === 'word' && (isSpace(code) || code === 0x26 || code === 0x2c || code === 0x3b)) break;
    if (code !== BACKSLASH) {
      i += 1;
      continue;
    }
    const escaped = text.charAt(i + 1);
    if ('"nrt'.includes(escaped)) break;
    i += escaped === 'u' ? 6 : 2;
  }
  return Math.min(i, limit);
}

/**
 * The user information of `scheme://user:password@host`, given the position after `://`: tokens stand in either part.
 * Undefined where there is no password, and where a mark of an earlier run stands in the authority.
 */
export function urlCredentials(text: string, from: number): Range | undefined {
  let colon = -1;
  let at = -1;
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || isQuote(code) || code === BACKSLASH) break;
    // `/`, `?`, `#`, `<`, `>` end the authority.
    if (code === 0x2f || code === 0x3f || code === 0x23 || code === 0x3c || code === 0x3e) break;
    if (code === 0x5b && markAt(text, i) > 0) return undefined;
    if (code === 0x3a && colon < 0) colon = i;
    if (code === 0x40) at = i;
  }
  return colon >= 0 && at > colon + 1 ? { start: from, end: at } : undefined;
}
