/**
 * The parts of an entry that no other entry has: insert id, times, request and trace ids. Prototypes carry a mark where
 * one belongs; a mark becomes a value that is drawn once for each entry, or once for all entries of one call.
 */
import { entryJson } from '../../cli/day/entry.ts';
import type { Draft, Json } from '../../cli/day/entry.ts';
import { Random } from '../../cli/day/random.ts';

/** Once for each entry. `eventTime` has milliseconds, `epochMs` is digits, the others have nanoseconds. */
const PER_ENTRY = [
  'insertId',
  'timestamp',
  'receiveTimestamp',
  'requestTime',
  'eventTime',
  'epochMs',
  'entryUuid',
] as const;
/** Once for all entries of a call: both ends of a mesh request, both ends of an operation. */
const PER_CALL = [
  'requestId',
  'traceId',
  'clientSpan',
  'serverSpan',
  'job',
  'uuid',
  'operation',
  'number',
] as const;
type Slot = (typeof PER_ENTRY)[number] | (typeof PER_CALL)[number];

const SLOTS: readonly Slot[] = [...PER_ENTRY, ...PER_CALL];
const MARK = /\u27e6([a-zA-Z]+)\u27e7/;
const QUOTED_NUMBER = /"\u27e6#([a-zA-Z]+)\u27e7"/g;

export const mark = (slot: Slot): string => `\u27e6${slot}\u27e7`;
/** A mark whose value becomes a JSON number. */
export const bare = (slot: 'epochMs' | 'number'): string => `\u27e6#${slot}\u27e7`;

/** The JSON text of a record that is no LogEntry. */
export const recordText = (record: Json): string =>
  JSON.stringify(record).replaceAll(QUOTED_NUMBER, '\u27e6$1\u27e7');

/** The JSON text of a LogEntry, with the marks that every one has. */
export const stamped = (draft: Draft): string =>
  entryJson(draft, {
    insertId: mark('insertId'),
    timestamp: mark('timestamp'),
    receiveTimestamp: mark('receiveTimestamp'),
  }).replaceAll(QUOTED_NUMBER, '\u27e6$1\u27e7');

/** An entry's text cut at its marks: `texts[i]`, value of `slots[i]`, `texts[i + 1]`, … */
export interface Prototype {
  readonly texts: readonly string[];
  readonly slots: readonly number[];
}

/** The marks of a call's entries whose values they share. */
export function sharedSlots(entries: readonly Prototype[]): readonly number[] {
  const used = new Set(entries.flatMap(({ slots }) => slots));
  return [...used].filter((slot) => slot >= PER_ENTRY.length);
}

export function cut(text: string): Prototype {
  const parts = text.split(MARK);
  return {
    texts: parts.filter((_, i) => i % 2 === 0),
    slots: parts
      .filter((_, i) => i % 2 === 1)
      .map((name) => {
        const index = SLOTS.findIndex((slot) => slot === name);
        if (index < 0) throw new RangeError(`no value is known for the mark ${name}`);
        return index;
      }),
  };
}

const NS_PER_MS = 1e6;

/** Four hex digits for each 16 bits: printing them one by one would cost more than the rest of an entry. */
const HEX4: readonly string[] = Array.from({ length: 0x10000 }, (_, bits) =>
  bits.toString(16).padStart(4, '0'),
);

/** Values for the marks: distinct, rising in time, a function of the seed. */
export class Fresh {
  readonly #random: Random;
  readonly #start: number;
  readonly #step: number;
  readonly #prefix: string;
  readonly #values: string[] = SLOTS.map(() => '');
  #count = 0;
  #second = -1;
  #secondText = '';

  /** `start` in epoch milliseconds; `step`: milliseconds between two entries. */
  constructor(seed: number, start: number, step: number) {
    this.#random = new Random(seed);
    this.#start = start;
    this.#step = step;
    this.#prefix = this.#random.base36(5);
  }

  /** Draws what all entries of one call share; `slots` as `sharedSlots` told them. */
  nextCall(slots: readonly number[]): void {
    for (const slot of slots) {
      const name = PER_CALL[slot - PER_ENTRY.length];
      if (name !== undefined) this.#values[slot] = this.#shared(name);
    }
  }

  #shared(slot: (typeof PER_CALL)[number]): string {
    switch (slot) {
      case 'traceId':
        return this.#hex16() + this.#hex16();
      case 'clientSpan':
      case 'serverSpan':
      case 'job':
        return this.#hex16();
      case 'requestId':
      case 'uuid':
      case 'operation':
        return this.#uuid();
      case 'number':
        return String(1e14 + this.#random.bits());
    }
  }

  render({ texts, slots }: Prototype): string {
    this.#nextEntry();
    const values = this.#values;
    let text = texts[0] ?? '';
    for (let i = 0; i < slots.length; i += 1) text += `${values[slots[i] ?? 0] ?? ''}${texts[i + 1] ?? ''}`;
    return text;
  }

  #nextEntry(): void {
    const at = this.#start + this.#count * this.#step;
    const values = this.#values;
    values[0] = this.#prefix + (this.#count + 0x1000_0000).toString(36);
    values[1] = this.#time(at);
    values[2] = this.#time(at + 412.6);
    values[3] = values[1];
    values[4] = `${values[1].slice(0, 23)}Z`;
    values[5] = String(Math.floor(at));
    values[6] = this.#uuid();
    this.#count += 1;
  }

  /** RFC 3339, nine fraction digits. */
  #time(ms: number): string {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, 20);
    }
    const nanos = Math.floor((ms - second * 1000) * NS_PER_MS);
    return `${this.#secondText}${String(nanos).padStart(9, '0')}Z`;
  }

  #hex16(): string {
    const [a, b] = [this.#random.bits(), this.#random.bits()];
    return `${HEX4[a >>> 16] ?? ''}${HEX4[a & 0xffff] ?? ''}${HEX4[b >>> 16] ?? ''}${HEX4[b & 0xffff] ?? ''}`;
  }

  /** RFC 9562 version 4. */
  #uuid(): string {
    const [a, b] = [this.#random.bits(), this.#random.bits()];
    const version = HEX4[(b & 0x0fff) | 0x4000] ?? '';
    const variant = HEX4[((b >>> 16) & 0x3fff) | 0x8000] ?? '';
    const tail = this.#hex16();
    return `${HEX4[a >>> 16] ?? ''}${HEX4[a & 0xffff] ?? ''}-${tail.slice(0, 4)}-${version}-${variant}-${tail.slice(4)}`;
  }
}
