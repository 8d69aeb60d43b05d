/**
 * Log entries in the proportions of a platform at work. Real shapes at real sizes, nothing padded. A function of count
 * and seed; cheap enough (prototypes once, then only what is fresh) that setting a benchmark up does not outlast it.
 */
import { Random } from '../../cli/day/random.ts';
import { Fresh, cut, sharedSlots } from './fresh.ts';
import type { Prototype } from './fresh.ts';
import { PARTS, type MixClass, type Part, type PartName } from './parts.ts';
import { population } from './population.ts';
import type { Population } from './population.ts';

export interface MixEntry {
  readonly class: MixClass;
  readonly part: PartName;
  /** JSON of a LogEntry as a log sink publishes it, or of a record as its own writer sends it. */
  readonly text: string;
}

const NAMES = Object.keys(PARTS).filter((name): name is PartName => Object.hasOwn(PARTS, name));

/**
 * Two hundred turns, spread so that every stretch of the mix is like the whole: each part gains its share at every turn,
 * and the one that has gained most has the turn.
 */
const PATTERN: readonly PartName[] = pattern();

function pattern(): readonly PartName[] {
  const gained = new Map(NAMES.map((name) => [name, 0]));
  return Array.from({ length: 200 }, () => {
    let most: PartName = 'mesh';
    for (const name of NAMES) {
      gained.set(name, (gained.get(name) ?? 0) + PARTS[name].share);
      if ((gained.get(name) ?? 0) > (gained.get(most) ?? 0)) most = name;
    }
    gained.set(most, (gained.get(most) ?? 0) - 100);
    return most;
  });
}

/** One entry of a call; the first one opens the call and draws what its entries share. */
interface Step {
  readonly prototype: Prototype;
  readonly opens?: readonly number[];
}

function steps({ make, variety }: Part, random: Random, people: Population): readonly [Step, ...Step[]] {
  const all = Array.from({ length: variety }, () => {
    const entries = make(random, people).map(cut);
    return entries.map((prototype, i): Step =>
      i === 0 ? { prototype, opens: sharedSlots(entries) } : { prototype },
    );
  }).flat();
  const [first, ...rest] = all;
  if (first === undefined) throw new RangeError('a part of the mix has no entries');
  return [first, ...rest];
}

/** Each part has ids of its own, so that an entry of another part between the two ends of a call does no harm. */
class Stream {
  readonly #steps: readonly [Step, ...Step[]];
  readonly #fresh: Fresh;
  #next = 0;

  constructor(list: readonly [Step, ...Step[]], fresh: Fresh) {
    this.#steps = list;
    this.#fresh = fresh;
  }

  next(): string {
    const step = this.#steps[this.#next % this.#steps.length] ?? this.#steps[0];
    this.#next += 1;
    if (step.opens !== undefined) this.#fresh.nextCall(step.opens);
    return this.#fresh.render(step.prototype);
  }
}

/** 2026-11-19T08:00:00Z. */
const START = Date.UTC(2026, 10, 19, 8);
/** Between the beginnings of two parts, so that no two entries share a time; milliseconds. */
const APART = 0.0713;

/** An entry a millisecond over all parts. */
function stream(name: PartName, seed: number): Stream {
  const random = new Random(seed);
  const people = population(random.fork('population'));
  const part = PARTS[name];
  const start = START + NAMES.indexOf(name) * APART;
  const fresh = new Fresh(random.fork(`${name}-ids`).bits(), start, 100 / part.share);
  return new Stream(steps(part, random.fork(name), people), fresh);
}

/** The mix with the part of each entry told. */
export function* classifiedEntries(count: number, seed: number): Generator<MixEntry, void, undefined> {
  const streams = new Map(NAMES.map((name) => [name, stream(name, seed)]));
  for (let i = 0; i < count; i += 1) {
    const part = PATTERN[i % PATTERN.length] ?? 'mesh';
    const next = streams.get(part);
    if (next !== undefined) yield { class: PARTS[part].class, part, text: next.next() };
  }
}

export function* mixEntries(count: number, seed: number): Generator<string, void, undefined> {
  for (const { text } of classifiedEntries(count, seed)) yield text;
}

/** Of one part alone. */
export function* partEntries(
  part: PartName,
  count: number,
  seed: number,
): Generator<string, void, undefined> {
  const entries = stream(part, seed);
  for (let i = 0; i < count; i += 1) yield entries.next();
}
