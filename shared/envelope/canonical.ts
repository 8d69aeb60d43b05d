/**
 * The canonical form of a JSON text: equal for two renditions of one content. Keys in code unit order, no whitespace,
 * shortest escapes, numbers by their exact decimal value (`1.0`, `1` and `10e-1` are one; integers above 2^53 keep all
 * digits), of equal keys the last. Off the hot path: computed for entries without an insert id and when two contents
 * under one event id are compared.
 */
import { sha256 } from './event-id.ts';
import { compact, endOfString, nestsTooDeep } from './json-text.ts';

/** SHA-256 hex of the canonical form; of the text as it is where that is no JSON or nests too deep. Never throws. */
export function canonicalDigest(text: string): string {
  return sha256(canonicalJson(text) ?? text);
}

/** The canonical form, or undefined where the text is no JSON or nests too deep. */
export function canonicalJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return nestsTooDeep(text) ? undefined : new Printer(compact(text)).value();
}

/**
 * Prints what it reads of valid compact JSON. Works on the text because a parsed value has lost the digits of numbers.
 * Recursive: the depth is limited before.
 */
class Printer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): string {
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#object();
      case '[':
        return this.#list();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): string {
    const members = new Map<string, string>();
    this.#at += 1;
    while (this.#text.charAt(this.#at) === '"') {
      const key = this.#string();
      this.#at += 1;
      members.set(String(JSON.parse(key)), `${key}:${this.value()}`);
      this.#comma();
    }
    this.#at += 1;
    const sorted = [...members].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([, member]) => member).join(',')}}`;
  }

  #list(): string {
    const items: string[] = [];
    this.#at += 1;
    while (this.#text.charAt(this.#at) !== ']') {
      items.push(this.value());
      this.#comma();
    }
    this.#at += 1;
    return `[${items.join(',')}]`;
  }

  #comma(): void {
    if (this.#text.charAt(this.#at) === ',') this.#at += 1;
  }

  #string(): string {
    const from = this.#at;
    this.#at = endOfString(this.#text, from);
    const source = this.#text.slice(from, this.#at);
    return source.includes('\\') ? JSON.stringify(JSON.parse(source)) : source;
  }

  #scalar(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !',]}'.includes(this.#text.charAt(this.#at))) this.#at += 1;
    const source = this.#text.slice(from, this.#at);
    return source === 'true' || source === 'false' || source === 'null' ? source : decimal(source);
  }
}

/** A JSON number as integer digits and a power of ten: `-12.50` → `-125e-1`, `0.0` → `0`. */
function decimal(source: string): string {
  const negative = source.startsWith('-');
  const exponentAt = source.search(/[eE]/);
  const mantissa = source.slice(negative ? 1 : 0, exponentAt < 0 ? undefined : exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(source.slice(exponentAt + 1));
  if (!Number.isSafeInteger(exponent)) return source;
  const dot = mantissa.indexOf('.');
  const digits = dot < 0 ? mantissa : mantissa.slice(0, dot) + mantissa.slice(dot + 1);
  let from = 0;
  while (from < digits.length && digits.charCodeAt(from) === 48) from += 1;
  let to = digits.length;
  while (to > from && digits.charCodeAt(to - 1) === 48) to -= 1;
  if (from === to) return '0';
  const fraction = dot < 0 ? 0 : mantissa.length - dot - 1;
  const power = exponent - fraction + digits.length - to;
  return `${negative ? '-' : ''}${digits.slice(from, to)}${power === 0 ? '' : `e${power}`}`;
}
