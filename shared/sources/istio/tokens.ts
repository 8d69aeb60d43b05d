/** The words of Envoy's text line: found at a place, never searched for, each with a bounded or local scan. */

export const QUOTE = 0x22;
export const SPACE = 0x20;

/** The characters up to the next space, at most to `stop`. */
export function word(line: string, from: number, stop: number): string {
  if (from >= stop) return '';
  const space = line.indexOf(' ', from);
  return line.slice(from, space < 0 || space > stop ? stop : space);
}

/** Digits at a place; no number Envoy writes has more than 20. */
export function digits(line: string, from: number): string {
  let end = from;
  while (end - from < 21 && isDigit(line.charCodeAt(end))) end += 1;
  return line.slice(from, end);
}

export const countOrNone = (line: string, from: number): string =>
  line.charCodeAt(from) === 0x2d ? '-' : digits(line, from);

export const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

/** `-`, or codes of capitals and digits joined by commas. */
export function isFlags(text: string): boolean {
  if (text === '-') return true;
  if (text.length === 0 || text.length > 128) return false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (!((c >= 0x41 && c <= 0x5a) || isDigit(c) || c === 0x2c)) return false;
  }
  return true;
}

/** `-`, `IP:PORT`, `[IP6]:PORT`, `envoy://…`, or a Unix socket's path or name: never with a space or a quote. */
export function isAddress(line: string, from: number, to: number): boolean {
  if (to - from === 1) return line.charCodeAt(from) === 0x2d;
  if (to <= from || to - from > 256) return false;
  const first = line.charCodeAt(from);
  let marked = first === 0x2f || first === 0x40;
  for (let i = from; i < to; i += 1) {
    const c = line.charCodeAt(i);
    if (c <= SPACE || c === QUOTE) return false;
    if (c === 0x3a) marked = true;
  }
  return marked;
}

/** RFC 3339 in the shape Envoy's `%START_TIME%` has by default. */
export function isInstant(text: string): boolean {
  if (text.length < 20 || text.charCodeAt(10) !== 0x54) return false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (!(isDigit(c) || c === 0x2d || c === 0x3a || c === 0x2e || c === 0x2b || c === 0x54 || c === 0x5a)) {
      return false;
    }
  }
  return true;
}
