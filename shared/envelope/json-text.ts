/**
 * Work on JSON text that JSON.parse has accepted, without building it anew: parsing and printing again would change
 * numbers (`1e5`, integers above 2^53) and with them the digest. Every function is one linear pass.
 */

/** Levels of nesting that are read. Real entries have fewer than 20. */
export const MAX_DEPTH = 1000;

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const COMMA = 44;
const COLON = 58;

/** The text without whitespace between its tokens; the very same string where there is none. */
export function compact(text: string): string {
  if (!mayHoldWhitespace(text)) return text;
  let out = '';
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code <= SPACE) {
      out += text.slice(from, at);
      while (text.charCodeAt(at) <= SPACE) at += 1;
      from = at;
    } else {
      at += 1;
    }
  }
  return from === 0 ? text : out + text.slice(from);
}

/**
 * False only where no whitespace stands between tokens. Tabs and line ends are never inside a JSON string, so one of
 * them decides. A space is judged by its neighbours: the first of a run between tokens follows the end of a token, and
 * only some tokens, another space or the end may come after that one. A string that looks so (`a, 1`) costs the pass.
 */
function mayHoldWhitespace(text: string): boolean {
  if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || text.indexOf('\t') >= 0) return true;
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
    if (at === 0 || at === text.length - 1) return true;
    const before = MARKS[text.charCodeAt(at - 1)] ?? 0;
    const after = MARKS[text.charCodeAt(at + 1)] ?? 0;
    if ((before & OPENS) !== 0 && (after & FIRST) !== 0 && !isWord(text, at + 1) && endsToken(text, at - 2)) {
      return true;
    }
    if ((before & LAST) !== 0 && (after & FOLLOWS) !== 0) return true;
  }
  return false;
}

/** After it a value or a key comes. */
const OPENS = 1;
/** Begins a value or key, or is whitespace or the bracket that closes an empty container. */
const FIRST = 2;
/** Ends a value or key. */
const LAST = 4;
/** Stands after a value or key. */
const FOLLOWS = 8;
const MARKS = new Uint8Array(128);
mark('{[,:', OPENS);
mark('{["0123456789-tfn}] ', FIRST);
mark('"}]0123456789el', LAST);
mark(',:}] ', FOLLOWS);

function mark(characters: string, flag: number): void {
  for (let i = 0; i < characters.length; i += 1) {
    const code = characters.charCodeAt(i);
    MARKS[code] = (MARKS[code] ?? 0) | flag;
  }
}

/** True where `t`, `f` or `n` begins another word than true, false and null. */
function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 116) return !text.startsWith('true', at);
  if (code === 102) return !text.startsWith('false', at);
  return code === 110 && !text.startsWith('null', at);
}

/**
 * False only where the bracket, comma or colon after `at` is part of a string, as the comma of `Thu, 19 Nov` is: between tokens
 * one has a token before it, or whitespace that was found there. Letters end the tokens true, false and null alone.
 */
function endsToken(text: string, at: number): boolean {
  const separator = text.charCodeAt(at + 1);
  if (separator !== COMMA && separator !== COLON) return true;
  const code = text.charCodeAt(at);
  if (separator === COLON) return code === QUOTE;
  if (((MARKS[code] ?? 0) & LAST) === 0) return false;
  if (code === 101) return text.endsWith('true', at + 1) || text.endsWith('false', at + 1);
  return code !== 108 || text.endsWith('null', at + 1);
}

/** The index after the closing quote of the string that opens at `at`. */
export function endOfString(text: string, at: number): number {
  let close = text.indexOf('"', at + 1);
  while (close >= 0) {
    let back = close - 1;
    while (text.charCodeAt(back) === BACKSLASH) back -= 1;
    if ((close - back) % 2 === 1) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

/** True where the text nests deeper than MAX_DEPTH. Short texts and those with few brackets are not walked. */
export function nestsTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false;
  const lists = countUpTo(text, '[', MAX_DEPTH + 1);
  // A list takes two characters, an object within which another level is five: `{"":` and its end.
  if (lists + (text.length - 2 * lists) / 5 < MAX_DEPTH) return false;
  if (lists + countUpTo(text, '{', MAX_DEPTH + 1) <= MAX_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
    } else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 125 || code === 93) {
      depth -= 1;
    }
  }
  return false;
}

function countUpTo(text: string, bracket: '[' | '{', most: number): number {
  let count = 0;
  for (let at = text.indexOf(bracket); at >= 0 && count < most; at = text.indexOf(bracket, at + 1))
    count += 1;
  return count;
}

/** Members of an object's text: each key with the compact text of its value. Of equal keys the last, as in JSON.parse. */
export function members(objectText: string): Map<string, string> {
  const text = compact(objectText);
  const found = new Map<string, string>();
  let at = 1;
  while (text.charCodeAt(at) === QUOTE) {
    const colon = endOfString(text, at);
    const end = endOfValue(text, colon + 1);
    found.set(String(JSON.parse(text.slice(at, colon))), text.slice(colon + 1, end));
    at = end + 1;
  }
  return found;
}

/** Elements of an array's text, compact. */
export function elements(arrayText: string): string[] {
  const text = compact(arrayText);
  const found: string[] = [];
  let at = 1;
  while (at < text.length - 1) {
    const end = endOfValue(text, at);
    found.push(text.slice(at, end));
    at = end + 1;
  }
  return found;
}

/** In compact text, the index of the `,` or closing bracket that follows the value at `at`. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
      continue;
    }
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      if (depth === 0) return i;
      depth -= 1;
    } else if (code === 44 && depth === 0) return i;
    i += 1;
  }
  return i;
}
