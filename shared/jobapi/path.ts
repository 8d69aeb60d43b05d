/**
 * A URL path written by a client, taken apart so that no spelling of it reads as another one. Linear, bounded.
 */

/** Longer paths are no call of these APIs: their longest route has 13 segments and names of at most 128 characters. */
const MAX_PATH = 4096;
const MAX_SEGMENTS = 32;

/**
 * Segments of the path, each percent-decoded once. Undefined where two servers could read it differently: an encoded
 * slash or backslash, `.` and `..`, empty segments (`//`, a trailing `/`), control characters, broken encoding.
 */
export function pathSegments(path: string): readonly string[] | undefined {
  if (path.length < 2 || path.length > MAX_PATH || path.charCodeAt(0) !== 0x2f) return undefined;
  const segments: string[] = [];
  for (let from = 1; from <= path.length;) {
    let to = path.indexOf('/', from);
    if (to < 0) to = path.length;
    const segment = decodeSegment(path.slice(from, to));
    if (segment === undefined || segments.push(segment) > MAX_SEGMENTS) return undefined;
    from = to + 1;
    if (to === path.length - 1) return undefined;
  }
  return segments;
}

function decodeSegment(raw: string): string | undefined {
  const text = raw.includes('%') ? percentDecode(raw) : raw;
  if (text === undefined || text === '' || text === '.' || text === '..') return undefined;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c === 0x2f || c === 0x5c || c === 0x7f) return undefined;
  }
  return text;
}

function percentDecode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** The part before `?` or `#`. */
export function withoutQuery(target: string): string {
  const end = queryStart(target);
  return end < 0 ? target : target.slice(0, end);
}

/** Where the query (or a fragment) begins, -1 without one. */
export function queryStart(target: string): number {
  const query = target.indexOf('?');
  const fragment = target.indexOf('#');
  return query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
}

/** The value of a query parameter that is given exactly once under either of its two names; else undefined. */
export function queryParam(target: string, camel: string, snake: string): string | undefined {
  const start = target.indexOf('?');
  if (start < 0 || target.length > MAX_PATH) return undefined;
  const hash = target.indexOf('#', start);
  let found: string | undefined;
  for (const pair of target.slice(start + 1, hash < 0 ? target.length : hash).split('&')) {
    const eq = pair.indexOf('=');
    const name = percentDecode(eq < 0 ? pair : pair.slice(0, eq));
    if (name !== camel && name !== snake) continue;
    if (found !== undefined || eq < 0) return undefined;
    found = percentDecode(pair.slice(eq + 1));
    if (found === undefined) return undefined;
  }
  return found;
}
