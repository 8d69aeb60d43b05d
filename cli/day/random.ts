/**
 * Numbers that look random and are a function of a seed: the same seed gives the same day, byte for byte, on every
 * machine. The generator is sfc32 (Doty-Humphrey, PractRand), 32-bit integer operations only.
 */

const HEX = '0123456789abcdef';
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

/** FNV-1a, 32 bits: turns a name into a seed. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export class Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#a = this.#seed;
    this.#b = this.#seed ^ 0x9e3779b9;
    this.#c = this.#seed ^ 0x85ebca6b;
    for (let i = 0; i < 12; i += 1) this.bits();
  }

  /** A generator of its own for one named thing, so that adding another thing leaves this one's numbers alone. */
  fork(name: string): Random {
    return new Random(this.#seed ^ hash32(name));
  }

  /** 32 bits, unsigned. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((this.bits() / 0x1_0000_0000) * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.bits() / 0x1_0000_0000 < probability;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.int(0, list.length - 1)] ?? list[0];
  }

  digits(length: number): string {
    let text = String(this.int(1, 9));
    while (text.length < length) text += String(this.int(0, 9));
    return text;
  }

  hex(length: number): string {
    return this.#letters(HEX, length);
  }

  /** Lower-case letters and digits, as Cloud Logging's insert ids have them. */
  base36(length: number): string {
    return this.#letters(BASE36, length);
  }

  /** RFC 9562 version 4. */
  uuid(): string {
    const hex = this.hex(31);
    const variant = HEX.charAt(8 + (this.bits() & 3));
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }

  #letters(alphabet: string, length: number): string {
    let text = '';
    for (let i = 0; i < length; i += 1) text += alphabet.charAt(this.int(0, alphabet.length - 1));
    return text;
  }
}
