/** Text of a Cedar file → its policies one by one, each with its place, so that a mistake in one does not hide the others. */

export interface PolicyText {
  readonly text: string;
  /** Where it begins: after the spaces and comments in front of it. */
  readonly offset: number;
}

/**
 * A policy ends with `;`, which stands nowhere else in Cedar but in strings and comments. What follows the last one is a
 * policy without an end, where it is not empty.
 */
export function policyTexts(text: string): readonly PolicyText[] {
  const found: PolicyText[] = [];
  let start = skipBlank(text, 0);
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') at = endOfString(text, at);
    else if (character === '/' && text.charAt(at + 1) === '/') at = endOfLine(text, at);
    else at += 1;
    if (character !== ';') continue;
    found.push({ text: text.slice(start, at), offset: start });
    start = skipBlank(text, at);
    at = start;
  }
  if (start < text.length) found.push({ text: text.slice(start), offset: start });
  return found;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
    if (!text.startsWith('//', at)) return at;
    at = endOfLine(text, at);
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}
