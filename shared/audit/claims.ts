/**
 * Declared evidence fields of audit events: scalars under names that are literals of the code, never keys of an entry.
 * Everything here is written by callers, so everything has a limit; what is left out is counted, never dropped unseen.
 */
import { canonicalDigest } from '../envelope/canonical.ts';
import { redactSecrets } from '../secrets/redact.ts';
import { isObject, type Json } from '../sources/fields.ts';

export type Claims = Record<string, string | number | boolean>;

/** Characters of an ordinary claim. */
const MAX_CLAIM = 256;
/** Items and characters of a list, an expression or an object that a later reader compares with another. */
const MAX_ITEMS = 500;
const MAX_EVIDENCE = 16_384;

/** Notes a value where there is one. What is cut keeps its head and ends in `…`. */
export function claim(
  claims: Claims,
  name: string,
  value: string | number | boolean | undefined,
  limit = MAX_CLAIM,
): void {
  if (value === undefined || value === '') return;
  claims[name] = typeof value === 'string' ? cut(value, limit) : value;
}

const cut = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit).toWellFormed()}…` : text;

/** A filter or condition: longer than other claims, because a reader compares it with the one before. */
export function expressionClaim(claims: Claims, name: string, value: string | undefined): void {
  claim(claims, name, value, MAX_EVIDENCE);
}

/**
 * A list as a JSON array in text, with how many of its items did not fit under `<name>BeyondLimit`. Nothing where it is
 * empty.
 */
export function listClaim(
  claims: Claims,
  name: string,
  items: readonly (string | readonly string[])[],
): void {
  if (items.length === 0) return;
  const parts: string[] = [];
  let size = 2;
  for (const item of items) {
    if (parts.length >= MAX_ITEMS) break;
    const part = JSON.stringify(item);
    size += part.length + 1;
    if (size > MAX_EVIDENCE) break;
    parts.push(part);
  }
  claims[name] = `[${parts.join(',')}]`;
  if (parts.length < items.length) claims[`${name}BeyondLimit`] = items.length - parts.length;
}

/**
 * An object of the control plane: the SHA-256 of its canonical JSON under `<name>Digest`, equal for equal objects whatever
 * the order of their keys, and its text with the keys in order, secrets taken out, where it fits: another printer's form of
 * an entry makes no other claims. Rare entries only: the object is written out again.
 */
export function objectClaim(claims: Claims, name: string, value: Json | undefined): void {
  const text = digestClaim(claims, name, value);
  if (text === undefined) return;
  const shown = redactSecrets(text).text;
  if (shown.length <= MAX_EVIDENCE) claims[name] = shown;
}

/** The digest alone, of an object that may hold credentials. Returns the text that was digested. */
export function digestClaim(claims: Claims, name: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value, withSortedKeys);
  claims[`${name}Digest`] = canonicalDigest(text);
  return text;
}

const withSortedKeys = (_key: string, value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
