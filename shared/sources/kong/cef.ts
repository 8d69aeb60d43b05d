/**
 * A CEF line of Konnect's audit log webhook (ArcSight Common Event Format, version 0):
 *
 *   TIMESTAMP konghq.com CEF:0|KongInc|Konnect|1.0|CLASS|NAME|SEVERITY|key=value key=value … user_agent=TEXT sig=SIGNATURE
 *
 * Threat: the user agent is the client's text, with spaces and, where Konnect does not escape it, with `key=value` pairs
 * of its own. It is last but the signature, so what stands between the first `user_agent=` and the last `sig=` is never
 * looked into; a key that comes twice before it makes the line ambiguous, and it is refused.
 */
import type { Json } from '../fields.ts';

const MARK = 'CEF:0|KongInc|';
/** Before the mark stand a time and a host name. */
const MAX_HEAD = 256;
const MAX_LINE = 65_536;
const AGENT = ' user_agent=';
const SIGNATURE = ' sig=';
const HEADER = ['event_vendor', 'event_product', 'event_version', 'event_class_id', 'name', 'severity'];

export const isCefLine = (line: string): boolean => line.slice(0, MAX_HEAD).includes(MARK);

/** The line under the keys that Konnect's JSON has; undefined where it is not of the grammar or can be read in two ways. */
export function parseCef(line: string): Json | undefined {
  const start = line.slice(0, MAX_HEAD).indexOf(MARK);
  if (start < 0 || line.length > MAX_LINE) return undefined;
  const fields = new Map<string, string>();
  let at = start + 'CEF:0|'.length;
  for (const key of HEADER) {
    const end = endOfField(line, at);
    if (end < 0) return undefined;
    fields.set(key, unescaped(line.slice(at, end)));
    at = end + 1;
  }
  fields.set('event_ts', line.slice(0, start).split(' ', 1)[0] ?? '');
  const extension = ` ${line.slice(at).trimEnd()}`;
  const agent = extension.indexOf(AGENT);
  const known = agent < 0 ? withoutSignature(extension) : extension.slice(0, agent);
  return putPairs(fields, known) ? Object.fromEntries(fields) : undefined;
}

function withoutSignature(extension: string): string {
  const at = extension.lastIndexOf(SIGNATURE);
  return at < 0 ? extension : extension.slice(0, at);
}

/** The next `|` that no backslash escapes, -1 for none. */
function endOfField(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x7c) return at;
  }
  return -1;
}

/** Longest key of the format. */
const MAX_KEY = 32;

/** A value ends where a space and the next `key=` begin, so it may hold spaces. False where a key comes twice. */
function putPairs(fields: Map<string, string>, text: string): boolean {
  let key: string | undefined;
  let from = 0;
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
    const next = keyAt(text, at + 1);
    if (next === undefined) continue;
    if (key !== undefined) fields.set(key, unescaped(text.slice(from, at)));
    if (fields.has(next)) return false;
    key = next;
    from = at + 1 + next.length + 1;
  }
  if (key !== undefined) fields.set(key, unescaped(text.slice(from)));
  return key !== undefined;
}

function keyAt(text: string, from: number): string | undefined {
  let end = from;
  while (end - from <= MAX_KEY && isKeyCharacter(text.charCodeAt(end))) end += 1;
  return end > from && text.charCodeAt(end) === 0x3d ? text.slice(from, end) : undefined;
}

const isKeyCharacter = (c: number): boolean =>
  (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c === 0x5f;

/** `\|`, `\=`, `\\`; a backslash before anything else stands for itself. */
const unescaped = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\([|=\\])/g, '$1') : text;
