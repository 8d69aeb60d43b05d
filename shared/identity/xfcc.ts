/**
 * X-Forwarded-Client-Cert, one element per proxy, the first hop leftmost.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 *
 * Only the last element is written by the nearest proxy; what stands before it came in with the request. Nothing in
 * it may change how the last one is read: a quote left open runs into the trusted element and makes the header
 * malformed, which is told apart from a header that names somebody.
 */

/** Characters; Envoy takes 60 KiB of headers by default. */
export const MAX_XFCC = 65_536;

export interface XfccElement {
  /** URI SANs of the proxy that received the connection. */
  readonly by: readonly string[];
  /** URI SANs of the client's certificate. */
  readonly uri: readonly string[];
  readonly dns: readonly string[];
  /** Distinguished name (RFC 2253); often empty in a mesh. */
  readonly subject?: string;
  /** SHA-256 of the client's certificate, hex. */
  readonly hash?: string;
}

type Building = { by: string[]; uri: string[]; dns: string[]; subject?: string; hash?: string };

/** Undefined when the header is malformed, too long or empty. Linear in its length. */
export function parseXfcc(header: string): readonly XfccElement[] | undefined {
  if (header.length > MAX_XFCC) return undefined;
  const elements: XfccElement[] = [];
  let element: Building | undefined;
  let at = skipSpace(header, 0);
  while (at < header.length) {
    // Lists of HTTP headers may hold empty elements, and an element may end in `;`.
    if (header[at] === ',' || header[at] === ';') {
      if (header[at] === ',') element = undefined;
      at = skipSpace(header, at + 1);
      continue;
    }
    const pair = readPair(header, at);
    if (pair === undefined) return undefined;
    if (element === undefined) {
      element = { by: [], uri: [], dns: [] };
      elements.push(element);
    }
    assign(element, pair.key, pair.value);
    at = skipSpace(header, pair.end);
    if (at < header.length && header[at] !== ',' && header[at] !== ';') return undefined;
  }
  return elements.length === 0 ? undefined : elements;
}

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly end: number;
}

function readPair(header: string, start: number): Pair | undefined {
  let at = start;
  while (at < header.length && isKeyCharacter(header.charCodeAt(at))) at += 1;
  if (at === start || header[at] !== '=') return undefined;
  const key = header.slice(start, at).toLowerCase();
  return header[at + 1] === '"' ? readQuoted(header, key, at + 2) : readToken(header, key, at + 1);
}

function readToken(header: string, key: string, start: number): Pair | undefined {
  let at = start;
  while (at < header.length && header[at] !== ',' && header[at] !== ';') {
    if (header[at] === '"') return undefined;
    at += 1;
  }
  return { key, value: header.slice(start, at).trim(), end: at };
}

/** Envoy escapes the quote and nothing else: a backslash before any other character is itself. */
function readQuoted(header: string, key: string, start: number): Pair | undefined {
  let value = '';
  let from = start;
  for (;;) {
    const quote = header.indexOf('"', from);
    if (quote < 0) return undefined;
    if (header[quote - 1] !== '\\') {
      return { key, value: value + header.slice(from, quote), end: quote + 1 };
    }
    value += `${header.slice(from, quote - 1)}"`;
    from = quote + 1;
  }
}

function assign(element: Building, key: string, value: string): void {
  if (value === '') return;
  switch (key) {
    case 'by':
      element.by.push(value);
      return;
    case 'uri':
      element.uri.push(value);
      return;
    case 'dns':
      element.dns.push(value);
      return;
    case 'subject':
      element.subject = value;
      return;
    case 'hash':
      element.hash = value;
      return;
    default:
  }
}

/** ASCII letters. */
const isKeyCharacter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

function skipSpace(header: string, start: number): number {
  let at = start;
  while (header[at] === ' ' || header[at] === '\t') at += 1;
  return at;
}
