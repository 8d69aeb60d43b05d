/** The strings of a JSON text by position, moving forward only. */
import type { Range } from './values.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
   * What the current string, a key, stands for: a string, the strings at the start of a list, or a number. A number is
   * given with `bare`, since what takes its place needs quotes.
   */
  valuesOfKey(): readonly (Range & { readonly bare: boolean })[] {
    let at = this.#next(this.#next(this.end + 1) + 1);
    const isList = this.#text.charCodeAt(at) === 0x5b;
    if (isList) at = this.#next(at + 1);
    else if (this.#text.charCodeAt(at) !== QUOTE) return this.#number(at);
    const found: (Range & { bare: boolean })[] = [];
    while (this.#text.charCodeAt(at) === QUOTE) {
      const end = this.#closeOf(at + 1);
      found.push({ start: at + 1, end, bare: false });
      at = this.#next(end + 1);
      if (!isList || this.#text.charCodeAt(at) !== 0x2c) break;
      at = this.#next(at + 1);
    }
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

  #number(at: number): readonly (Range & { readonly bare: boolean })[] {
    let end = at;
    while (end < this.#text.length && '+-.0123456789Ee'.includes(this.#text.charAt(end))) end += 1;
    return end === at ? [] : [{ start: at, end, bare: true }];
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
