/**
 * decode → normalise → identify → rows, with zod, against base64 + JSON.parse + one SHA-256 of the same bytes, of the mix
 * of all sources.
 *
 * A function has one source. So a turn is a run of one source's entries as that source's function works on them, all
 * sources in one process, and the mix is the sum of the turns; that has the budget. Beside it stand the same entries one by
 * one in the order of the mix, as a replay of a whole platform has them: there each entry finds the processor's caches full of
 * what others need, and asks the sources in turn which of them owns it.
 */
import { hash } from 'node:crypto';
import { decodeEntry } from '../shared/envelope/entry.ts';
import { SOURCES } from '../shared/sources/index.ts';
import type { Source } from '../shared/sources/source.ts';
import {
  chunks,
  groupsInTurns,
  round,
  type Bench,
  type BenchResult,
  type Share,
  type Told,
} from './harness.ts';
import { mixEntries } from './mix/mix.ts';
import { benchContext, benchPreparer, NOW } from './support/prepared.ts';

const ENTRIES = 20_000;
/** Entries of one turn: short ones, so that floor and subject meet the same moods of the machine. */
const TURN = 100;
const ROUNDS = { warmup: 150, rounds: 11 };

export const core: Bench = {
  name: 'core',
  about: 'decode to rows, per entry, one core',
  run() {
    const texts = [...mixEntries(ENTRIES, 1)];
    const bySource = Map.groupBy(texts, sourceOf());
    const sizes = new Map(Array.from(bySource, ([source, own]) => [source, sizeOf(own)]));
    const turns = Array.from(bySource, ([group, own]) =>
      chunks(messagesOf(own), TURN).map((work) => ({ group, work })),
    ).flat();
    const mixed = chunks(messagesOf(texts), TURN).map((work) => ({ group: 'mix', work }));

    const { all, median, groups } = groupsInTurns(ROUNDS, spread(turns), floor, bySourceSubject());
    const oneByOne = groupsInTurns(ROUNDS, mixed, floor, subject(SOURCES)).all;
    const frequent = [...sizes].toSorted(([, a], [, b]) => b.entries - a.entries);
    const mix = told('core', all, sizeOf(texts));
    const result: BenchResult = {
      ...mix,
      budget: 2,
      kind: 'at-most',
      detail: { ...mix.detail, 'median of the rounds': round(median) },
    };
    return Promise.resolve([
      result,
      ...frequent.map(([source, size]) => told(`core: ${source}`, groups.get(source) ?? all, size)),
      told('core: sources in turns', oneByOne, { entries: ENTRIES }),
    ]);
  },
};

interface Size {
  readonly entries: number;
  /** Of an entry on average. */
  readonly bytes?: number;
}

function told(name: string, { floor: below, subject: above }: Share, { entries, bytes }: Size): Told {
  const each = (ms: number): number => round((ms * 1000) / entries);
  return {
    name,
    ratio: round(above / below),
    detail: {
      'floor µs/entry': each(below),
      'core µs/entry': each(above),
      ...(bytes === undefined ? {} : { 'bytes/entry': round(bytes, 0) }),
      '% of entries': round((entries * 100) / ENTRIES, 1),
    },
  };
}

const sizeOf = (texts: readonly string[]): Size => ({
  entries: texts.length,
  bytes: texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) / texts.length,
});

const messagesOf = (texts: Iterable<string>): string[] =>
  Array.from(texts, (text) => Buffer.from(text).toString('base64'));

/** By the source that owns an entry. @throws Error when a source refuses one, which would be measured as something else. */
function sourceOf(): (text: string) => string {
  const preparer = benchPreparer();
  const context = benchContext();
  return (text) => {
    const [decoded] = decodeEntry(Buffer.from(text), context);
    if (decoded === undefined) throw new Error('an entry of the mix decodes to nothing');
    const prepared = preparer.prepare(decoded, NOW);
    if (prepared.kind === 'rows' && prepared.entry.kind === 'quarantine')
      throw new Error(`an entry of the mix is quarantined: ${text.slice(0, 200)}`);
    return prepared.source;
  };
}

/** The turns of each group spread over the whole, so that no source is always met after the same other one. */
function spread<T>(turns: readonly T[]): T[] {
  const step = 37;
  return Array.from({ length: step }, (_, from) => turns.filter((_turn, i) => i % step === from)).flat();
}

function floor(messages: readonly string[]): void {
  for (const message of messages) {
    const bytes = Buffer.from(message, 'base64');
    keep(JSON.parse(bytes.toString('utf8')));
    keep(hash('sha256', bytes, 'hex'));
  }
}

type Subject = (messages: readonly string[]) => void;

function subject(sources: readonly Source[]): Subject {
  const preparer = benchPreparer(sources);
  const context = benchContext(sources);
  return (messages) => {
    for (const message of messages) {
      for (const decoded of decodeEntry(Buffer.from(message, 'base64'), context))
        keep(preparer.prepare(decoded, NOW));
    }
  };
}

/** Each source by itself. */
function bySourceSubject(): (messages: readonly string[], source: string) => void {
  const subjects = new Map<string, Subject>(SOURCES.map((source) => [source.name, subject([source])]));
  return (messages, source) => {
    const own = subjects.get(source);
    if (own === undefined) throw new Error(`no source ${source}`);
    own(messages);
  };
}

/** A result that nobody could see might not be computed. */
const seen: { last?: unknown } = {};
function keep(result: unknown): void {
  seen.last = result;
}
