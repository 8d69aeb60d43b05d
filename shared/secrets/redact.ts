/**
 * Takes secrets out of text before it is stored or shown. What is taken out leaves a mark, `[redacted:KIND:HASH]`, with
 * the first eight hex digits of its SHA-256, so that two places that held one secret can be told from two secrets.
 *
 * Linear in the text, whoever wrote it. JSON stays valid JSON. Idempotent. The result is at most ten times as long as
 * the text. Detection is best effort: a secret without a known prefix under a name that does not tell is not found.
 */
import { JsonStrings } from './json-strings.ts';
import { markAt, markOf } from './mark.ts';
import {
  ALNUM,
  ANCHOR,
  ANCHOR_STARTS,
  BEARER,
  CHARS,
  KEY_TAIL,
  kindOfKey,
  PEM,
  PEM_BEGIN,
  PEM_END,
  tokenKind,
  trigram,
  URL_SAFE,
} from './patterns.ts';
import { flagStart, urlCredentials, valueAfter, type Range } from './values.ts';

export interface Redacted {
  readonly text: string;
  /** How many secrets were taken out. */
  readonly found: number;
}

export function redactSecrets(text: string): Redacted {
  const first = new Redactor(text).redact();
  // Text that was no JSON because of what was taken out is JSON now, and JSON is read more closely.
  if (first.found === 0 || first.json || !isJson(first.text)) return { text: first.text, found: first.found };
  const second = new Redactor(first.text).redact();
  return { text: second.text, found: first.found + second.found };
}

/** Words that stand for the absence of a value. */
const NO_VALUE = new Set(['null', 'true', 'false', 'none', 'undefined']);
const MIN_SCHEME_VALUE = 16;

class Redactor {
  readonly #text: string;
  /** The low byte of every character: all that the filter reads, and bytes are read faster than characters. */
  readonly #bytes: Uint8Array;
  readonly #parts: string[] = [];
  #done = 0;
  #found = 0;
  #strings: JsonStrings | undefined;
  #modeKnown = false;
  /** The last run measured of each class of characters: several anchors may lie in one run. */
  readonly #runs = new Map<number, Range>();
  /** Next PEM footer; -1 where there is none, -2 before the first search. */
  #pemEnd = -2;

  constructor(text: string) {
    this.#text = text;
    this.#bytes = Buffer.from(text, 'latin1');
  }

  redact(): Redacted & { readonly json: boolean } {
    for (let at = this.#next(0); at >= 0;) at = this.#next(this.#look(at));
    const json = this.#strings !== undefined;
    if (this.#found === 0) return { text: this.#text, found: 0, json };
    this.#parts.push(this.#text.slice(this.#done));
    return { text: this.#parts.join(''), found: this.#found, json };
  }

  /** The first position from `from` on where an anchor may begin, -1 where there is none. */
  #next(from: number): number {
    const bytes = this.#bytes;
    let last = 0;
    for (let i = from; i < bytes.length; i += 1) {
      last = trigram(last, bytes[i] ?? 0);
      const goesOn = ANCHOR_STARTS[last] ?? 0;
      if (goesOn === 0 || i < from + 2) continue;
      if (((goesOn >>> ((bytes[i + 1] ?? 0) & 31)) & 1) === 1) return i - 2;
    }
    return -1;
  }

  /** Handles the anchor at a position, if there is one; returns where to go on, beyond the position. */
  #look(at: number): number {
    if (this.#text.startsWith('://', at)) {
      const credentials = urlCredentials(this.#text, at + 3);
      return credentials === undefined ? at + 3 : Math.max(this.#cut(credentials, 'url-credentials'), at + 3);
    }
    ANCHOR.lastIndex = at;
    const hit = ANCHOR.exec(this.#text);
    return hit === null ? at + 1 : Math.max(this.#anchor(hit), at + hit[0].length);
  }

  #anchor(hit: RegExpExecArray): number {
    const at = hit.index;
    const end = at + hit[0].length;
    const { token, key, scheme } = hit.groups ?? {};
    if (token !== undefined) return token === 'eyJ' ? this.#jwt(at) : this.#token(at, token);
    if (key !== undefined) return this.#keyed(at, key);
    if (scheme !== undefined) return this.#scheme(end);
    return hit[0].startsWith('[') ? at + markAt(this.#text, at) : this.#pem(at);
  }

  #token(at: number, literal: string): number {
    const kind = tokenKind(literal);
    if (kind === undefined) return at;
    const after = at + literal.length;
    const end = this.#runEnd(after, kind.chars);
    const length = end - at;
    if (length < kind.min || length > kind.max || this.#is(end, ALNUM)) return after;
    return this.#cut({ start: at, end }, kind.kind);
  }

  /** `header.payload[.signature]`; header and payload are JSON objects in base64url. */
  #jwt(at: number): number {
    const text = this.#text;
    const header = this.#runEnd(at, URL_SAFE);
    if (text.charCodeAt(header) !== 0x2e || !text.startsWith('eyJ', header + 1)) return at + 3;
    const payload = this.#runEnd(header + 1, URL_SAFE);
    const end = text.charCodeAt(payload) === 0x2e ? this.#runEnd(payload + 1, URL_SAFE) : payload;
    return this.#cut({ start: at, end }, 'jwt');
  }

  #scheme(start: number): number {
    const end = this.#runEnd(start, BEARER);
    return end - start < MIN_SCHEME_VALUE ? start : this.#cut({ start, end }, 'bearer');
  }

  #pem(at: number): number {
    const text = this.#text;
    PEM_BEGIN.lastIndex = at;
    if (!PEM_BEGIN.test(text)) return at;
    const body = PEM_BEGIN.lastIndex;
    const { limit } = this.#segment(at);
    if (this.#pemEnd !== -1 && this.#pemEnd < body) this.#pemEnd = text.indexOf('-----END ', body);
    if (this.#pemEnd >= body && this.#pemEnd < limit) {
      PEM_END.lastIndex = this.#pemEnd;
      if (PEM_END.test(text)) return this.#cut({ start: at, end: PEM_END.lastIndex }, 'private-key');
    }
    // No end: a key that was cut off, with line breaks that may be escaped.
    let end = this.#runEnd(body, PEM);
    while (end > body && text.charCodeAt(end - 1) === 0x5c) end -= 1;
    return this.#cut({ start: at, end }, 'private-key');
  }

  /** The value that stands under the name of a secret. */
  #keyed(at: number, key: string): number {
    const text = this.#text;
    KEY_TAIL.lastIndex = at + key.length;
    const end = KEY_TAIL.test(text) ? KEY_TAIL.lastIndex : at + key.length;
    const { floor, limit } = this.#segment(at);
    const kind = kindOfKey(key);
    const strings = this.#strings;
    const flag = flagStart(text, at, floor);
    // `passwords` and `apiKeys` hold several of them; a number under such a name is how many there are.
    const plural = end + 1 === limit && (text.charCodeAt(end) | 0x20) === 0x73;
    if (strings !== undefined && (plural || end === limit) && strings.isKey()) {
      let next = end;
      for (const value of strings.valuesOfKey()) {
        if (!plural || !value.bare) next = this.#cut(value, kind, value.bare);
      }
      return next;
    }
    if (strings !== undefined && end === limit) {
      if (flag < 0) return end;
      const value = strings.nextElement();
      return value === undefined || text.charCodeAt(value.start) === 0x2d ? end : this.#cut(value, kind);
    }
    // An argument of its own, `"--password=a b,c"`, has everything after the sign as its value.
    if (strings !== undefined && flag === floor && text.charAt(end) === '=') {
      const rest = { start: end + 1, end: limit };
      if (!text.slice(rest.start, rest.end).includes(' -')) return this.#cut(rest, kind);
    }
    const value = valueAfter(text, end, limit, flag >= 0, kind === 'authorization' || kind === 'cookie');
    if (value === undefined) return end;
    const open = text.charCodeAt(value.start);
    if ((open === 0x5b || open === 0x7b) && markAt(text, value.start) === 0) return end;
    return this.#cut(value, kind);
  }

  /** The stretch of text that a value can reach over: the JSON string around a position, or the whole text. */
  #segment(at: number): { readonly floor: number; readonly limit: number } {
    if (!this.#modeKnown) {
      this.#modeKnown = true;
      if (isJson(this.#text)) this.#strings = new JsonStrings(this.#text);
    }
    const strings = this.#strings;
    if (strings === undefined) return { floor: 0, limit: this.#text.length };
    return strings.moveTo(at) ? { floor: strings.start, limit: strings.end } : { floor: at, limit: at };
  }

  /** Replaces a range, unless it is empty, says that there is no value, or begins with a mark; returns where to go on. */
  #cut(range: Range, kind: string, quoted = false): number {
    const { start, end } = range;
    if (start < this.#done || end <= start) return end;
    const mark = markAt(this.#text, start);
    if (mark > 0) return start + mark;
    const secret = this.#text.slice(start, end);
    if (secret.length < 10 && NO_VALUE.has(secret.toLowerCase())) return end;
    this.#parts.push(
      this.#text.slice(this.#done, start),
      quoted ? `"${markOf(kind, secret)}"` : markOf(kind, secret),
    );
    this.#done = end;
    this.#found += 1;
    return end;
  }

  #is(at: number, chars: number): boolean {
    return ((CHARS[this.#text.charCodeAt(at)] ?? 0) & chars) !== 0;
  }

  /** End of the run of characters of a class that begins at a position. */
  #runEnd(from: number, chars: number): number {
    const known = this.#runs.get(chars);
    if (known !== undefined && from >= known.start && from <= known.end) return known.end;
    let end = from;
    while (this.#is(end, chars)) end += 1;
    this.#runs.set(chars, { start: from, end });
    return end;
  }
}

function isJson(text: string): boolean {
  const first = text.trimStart().charAt(0);
  if (first !== '{' && first !== '[' && first !== '"') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
