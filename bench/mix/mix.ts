/**
 * Log entries in the proportions of a platform at work: of every twenty, twelve of the mesh, five of data access, two
 * of jobs, one of the control plane. Real shapes at real sizes, nothing padded. A function of count and seed; cheap
 * enough (prototypes once, then only what is fresh) that setting a benchmark up does not outlast it.
 */
import { Random } from '../../cli/day/random.ts';
import { entryJson } from '../../cli/day/entry.ts';
import type { Draft } from '../../cli/day/entry.ts';
import { dataAccessEntries } from './data-access-entries.ts';
import { controlEntries, jobEntries, ownedReads } from './dataproc-entries.ts';
import { Fresh, cut, mark, sharedSlots } from './fresh.ts';
import type { Prototype } from './fresh.ts';
import { meshEntries } from './mesh-entries.ts';
import { population } from './population.ts';
import type { Population } from './population.ts';

export type MixClass = 'mesh' | 'data' | 'job' | 'control';

/** In percent. */
export const SHARES: Readonly<Record<MixClass, number>> = { mesh: 60, data: 25, job: 10, control: 5 };

/** One in twenty is 5 %; spread so that every stretch of the mix is like the whole. */
const PATTERN: readonly MixClass[] = [
  ...(['mesh', 'data', 'mesh', 'mesh', 'job', 'mesh', 'data', 'mesh', 'mesh', 'data'] as const),
  ...(['mesh', 'mesh', 'control', 'mesh', 'data', 'mesh', 'job', 'mesh', 'data', 'mesh'] as const),
];

/** Calls of each class that are told apart by more than their ids. */
const VARIETY: Readonly<Record<MixClass, number>> = { mesh: 400, data: 300, job: 200, control: 80 };

interface MixOptions {
  /** Data access by Dataproc and Dataflow reads alone, which the project's sources own. */
  readonly owned?: boolean;
}

export interface MixEntry {
  readonly class: MixClass;
  /** LogEntry, JSON, as a log sink publishes it. */
  readonly text: string;
}

/** One entry of a call; the first one opens the call and draws what its entries share. */
interface Step {
  readonly prototype: Prototype;
  readonly opens?: readonly number[];
}

type Maker = (random: Random, people: Population) => readonly Draft[];

function steps(make: Maker, random: Random, people: Population, variety: number): readonly [Step, ...Step[]] {
  const stamp = {
    insertId: mark('insertId'),
    timestamp: mark('timestamp'),
    receiveTimestamp: mark('receiveTimestamp'),
  };
  const all = Array.from({ length: variety }, () => {
    const entries = make(random, people).map((draft) => cut(entryJson(draft, stamp)));
    return entries.map((prototype, i): Step =>
      i === 0 ? { prototype, opens: sharedSlots(entries) } : { prototype },
    );
  }).flat();
  const [first, ...rest] = all;
  if (first === undefined) throw new RangeError('a class of the mix has no entries');
  return [first, ...rest];
}

/** Each class has ids of its own, so that an entry of another class between the two ends of a call does no harm. */
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

/** An entry a millisecond over all classes; the classes begin apart, so that no two entries share a time. */
const msBetween = (name: MixClass): number => 100 / SHARES[name];

function streams(seed: number, owned: boolean): Readonly<Record<MixClass, Stream>> {
  const random = new Random(seed);
  const people = population(random.fork('population'));
  const stream = (name: MixClass, make: Maker, offset: number): Stream =>
    new Stream(
      steps(make, random.fork(name), people, VARIETY[name]),
      new Fresh(random.fork(`${name}-ids`).bits(), START + offset, msBetween(name)),
    );
  return {
    mesh: stream('mesh', meshEntries, 0),
    data: stream('data', owned ? ownedReads : dataAccessEntries, 0.2113),
    job: stream('job', jobEntries, 0.4229),
    control: stream('control', controlEntries, 0.6337),
  };
}

/** The mix with the class of each entry told. */
export function* classifiedEntries(
  count: number,
  seed: number,
  options: MixOptions = {},
): Generator<MixEntry, void, undefined> {
  const byClass = streams(seed, options.owned === true);
  for (let i = 0; i < count; i += 1) {
    const name = PATTERN[i % PATTERN.length] ?? 'mesh';
    yield { class: name, text: byClass[name].next() };
  }
}

export function* mixEntries(
  count: number,
  seed: number,
  options: MixOptions = {},
): Generator<string, void, undefined> {
  for (const { text } of classifiedEntries(count, seed, options)) yield text;
}
