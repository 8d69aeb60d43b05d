/**
 * Finds the end of one JSON value in a stream of bytes, whatever the chunks. Knows as much of JSON's grammar as tells
 * at once that a value is broken (a line end in a string, a bracket that closes another, a value where a key must be),
 * so that the elements after a broken one are not taken for a part of it. Linear; keeps one byte for each level.
 */
import { MAX_DEPTH } from './json-text.ts';

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

export type Scan =
  /** `end`: index in the chunk after the value's last byte. */
  | { readonly kind: 'ended'; readonly end: number }
  | { readonly kind: 'more' }
  /**
   * `at`: index in the chunk of the byte that cannot be there. `restart`: how many bytes after the value's first byte
   * the last `{` stands that begins a line with the indentation of the value itself; 0 for none.
   */
  | { readonly kind: 'broken'; readonly at: number; readonly restart: number };

const MORE: Scan = { kind: 'more' };

export class ValueScanner {
  /** Bytes seen before the current chunk. */
  #seen = 0;
  #depth = 0;
  readonly #stack = new Uint8Array(MAX_DEPTH + 1);
  #inString = false;
  #escaped = false;
  /** Last byte that is no whitespace; 0 at the start. Of a string its closing quote. */
  #last = 0;
  #lastAt = 0;
  #lineStart = -1;
  #restart = 0;
  #indent = 0;

  /** @param indent bytes of whitespace before the value on its line */
  begin(indent: number): void {
    this.#seen = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#last = 0;
    this.#lastAt = 0;
    this.#lineStart = -1;
    this.#restart = 0;
    this.#indent = indent;
  }

  /** Reads on to the end of the chunk. After `begin` the value starts at `from` with `{`, `[` or `"`. */
  scan(chunk: Uint8Array, from: number): Scan {
    const base = this.#seen - from;
    for (let at = from; at < chunk.length; at += 1) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
        if (at >= chunk.length) break;
        if (chunk[at] === NEWLINE) return this.#broken(at);
        if (this.#depth === 0) return { kind: 'ended', end: at + 1 };
        continue;
      }
      const byte = chunk[at] ?? 0;
      if (byte === NEWLINE) this.#lineStart = base + at + 1;
      if (byte <= 32) continue;
      if (byte === OPEN_OBJECT && this.#beginsLikeValue(base + at)) this.#restart = base + at;
      if (!this.#fits(byte)) return this.#broken(at);
      this.#last = byte;
      this.#lastAt = base + at;
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#depth += 1;
        if (this.#depth > MAX_DEPTH) return this.#broken(at);
        this.#stack[this.#depth] = byte;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth === 0) return { kind: 'ended', end: at + 1 };
      }
    }
    this.#seen = base + chunk.length;
    return MORE;
  }

  /** Index of the closing quote or of a line end; the chunk's length where neither comes. */
  #skipString(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped && at < chunk.length) {
      this.#escaped = false;
      at += 1;
    }
    while (at < chunk.length) {
      const byte = chunk[at];
      if (byte === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (byte === NEWLINE) return at;
      if (byte === BACKSLASH) {
        at += 1;
        if (at === chunk.length) this.#escaped = true;
      }
      at += 1;
    }
    return chunk.length;
  }

  #beginsLikeValue(at: number): boolean {
    return this.#lineStart >= 0 && at - this.#lineStart === this.#indent && this.#lastAt < this.#lineStart;
  }

  /** Whether the byte may follow the last one; only what tells a broken value early, JSON.parse checks the rest. */
  #fits(byte: number): boolean {
    const top = this.#stack[this.#depth];
    switch (byte) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        return this.#depth === 0 || this.#last === COLON || (top === OPEN_LIST && this.#opensSlot());
      case QUOTE:
        return this.#depth === 0 || this.#last === COLON || this.#last === OPEN_OBJECT || this.#opensSlot();
      case CLOSE_OBJECT:
        return top === OPEN_OBJECT;
      case CLOSE_LIST:
        return top === OPEN_LIST;
      case COLON:
        return top === OPEN_OBJECT && this.#last === QUOTE;
      case COMMA:
        return this.#last !== COMMA && this.#last !== COLON && this.#last !== top;
      default:
        return this.#last !== OPEN_OBJECT && this.#last !== QUOTE;
    }
  }

  #opensSlot(): boolean {
    return this.#last === COMMA || this.#last === OPEN_LIST;
  }

  #broken(at: number): Scan {
    return { kind: 'broken', at, restart: this.#restart };
  }
}
