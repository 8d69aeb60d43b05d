/** The strings of a JSON text by position, moving forward only. */
import type { Range } from './values.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Of a number, `true`, `false` and `null`. */
const SCALAR: ReadonlySet<number> = new Set(Buffer.from('+-.0123456789Eaeflnrstu'));

/** `bare`: a number, which stands without quotes. */
type Value = Range & { readonly bare: boolean };

export class JsonStrings {
  readonly #text: string;
  /** Content of the current string, without its quotes. */
  start = 0;
  end = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Makes the string that holds `position` the current one; false where the position is between strings. */
  moveTo(position: number): boolean {
    while (this.end < position) {
      const open = this.#text.indexOf('"', this.end + 1);
      if (open < 0) return false;
      this.start = open + 1;
      this.end = this.#closeOf(this.start);
    }
    return position >= this.start;
  }

  /** True where the current string is the key of a member. */
  isKey(): boolean {
    return this.#text.charCodeAt(this.#next(this.end + 1)) === 0x3a;
  }

  /**
   * What the current string, a key, stands for: a string, a number, or the strings and numbers of a list up to the first
   * element that is neither a scalar nor a word. A number is given with `bare`, since what takes its place needs quotes.
   */
  valuesOfKey(): readonly Value[] {
    let at = this.#next(this.#next(this.end + 1) + 1);
    if (this.#text.charCodeAt(at) !== 0x5b) {
      const { start, end, after, bare, isWord } = this.#scalar(at);
      return after === at || isWord ? [] : [{ start, end, bare }];
    }
    const found: Value[] = [];
    do {
      const from = this.#next(at + 1);
      const { start, end, after, bare, isWord } = this.#scalar(from);
      if (after === from) break;
      if (!isWord) found.push({ start, end, bare });
      at = this.#next(after);
    } while (this.#text.charCodeAt(at) === 0x2c);
    return found;
  }

  /** The string that follows the current one in a list. */
  nextElement(): Range | undefined {
    const comma = this.#next(this.end + 1);
    if (this.#text.charCodeAt(comma) !== 0x2c) return undefined;
    const at = this.#next(comma + 1);
    if (this.#text.charCodeAt(at) !== QUOTE) return undefined;
    const end = this.#closeOf(at + 1);
    // In an object it is the key of the next member.
    return this.#text.charCodeAt(this.#next(end + 1)) === 0x3a ? undefined : { start: at + 1, end };
  }

  /** The string, number or word at a position; where none begins, `after` is that position. */
  #scalar(at: number): Value & { readonly after: number; readonly isWord: boolean } {
    if (this.#text.charCodeAt(at) === QUOTE) {
      const end = this.#closeOf(at + 1);
      return { start: at + 1, end, after: end + 1, bare: false, isWord: false };
    }
    let end = at;
    while (SCALAR.has(this.#text.charCodeAt(end))) end += 1;
    const first = this.#text.charCodeAt(at);
    return { start: at, end, after: end, bare: true, isWord: first >= 0x61 && first <= 0x7a };
  }

  /** First position from `from` on that is not white space. */
  #next(from: number): number {
    let i = from;
    while (i < this.#text.length && this.#text.charCodeAt(i) <= 0x20) i += 1;
    return i;
  }

  #closeOf(start: number): number {
    for (let at = this.#text.indexOf('"', start); at >= 0; at = this.#text.indexOf('"', at + 1)) {
      let run = at;
      while (run > start && this.#text.charCodeAt(run - 1) === BACKSLASH) run -= 1;
      if ((at - run) % 2 === 0) return at;
    }
    return this.#text.length;
  }
}
