/**
 * Whenever it is judged, the same stands: records in any order and in any portions, each portion judged to its end before the next
 * one comes, leave the verdicts, the findings with their content and the open alerts that one judgement of everything leaves.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../bench/simulate/generate.ts';
import { bundleOf as bundleOfTexts } from '../../bench/simulate/pipeline.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import type { WatermarkOf } from '../../shared/corroboration/verdict.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { createPreparer, type Preparer } from '../../shared/pipeline/prepare.ts';
import { adoptBy } from '../../shared/sources/adopt.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { casesOf } from '../corroboration/cases.ts';
import { bundleOf } from '../detections/cases.ts';
import { COMPANY, DAY, decodeDelivery, preparerOf } from '../pipeline/deliveries.ts';
import {
  AFTERWARDS,
  beginningsOf,
  type Came,
  difference,
  type Portion,
  standingAfter,
  type Standing,
} from './stands.ts';

/** More of them look further, at some seconds each (`JOBTRAIL_ORDERS=50`). */
const RUNS = Number(process.env['JOBTRAIL_ORDERS'] ?? 2);

interface Corpus {
  readonly bundle: Bundle;
  readonly records: readonly Came[];
}

/** How far the paths are known after a portion. */
type Known =
  /** Everything is: what is missing is judged by its absence, each time. */
  | 'everything'
  /** Up to the newest record, as a backfill has it. */
  | 'reached'
  /** Each path for itself, some of them not at all, until the end. */
  | 'lagging';

interface Drawn {
  readonly known: Known;
  /** Of each record, what it comes by beside its time. */
  readonly order: 'any' | 'in-time' | 'mostly-in-time' | 'newest-first';
  readonly portions: number;
  /** Of places and cuts: drawn one by one they would mostly be at the ends. */
  readonly seed: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  known: fc.constantFrom('everything', 'reached', 'lagging'),
  order: fc.constantFrom('any', 'any', 'in-time', 'mostly-in-time', 'newest-first'),
  portions: fc.integer({ min: 3, max: 10 }),
  seed: fc.integer(),
});

const HOUR_MS = 3_600_000;

function portionsOf({ records }: Corpus, { known, order, portions, seed }: Drawn): readonly Portion[] {
  const random = randomFrom(seed);
  const beginnings = beginningsOf(records);
  const rest = records
    .filter((record) => !beginnings.has(record))
    .map((record) => ({ record, at: placeOf(record, order, random) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ record }) => record);
  const cuts = Array.from({ length: portions - 1 }, () => Math.round(random() * rest.length));
  const ends = [...cuts, rest.length].toSorted((a, b) => a - b);
  const chunks = [[...beginnings], ...ends.map((end, i) => rest.slice(ends[i - 1] ?? 0, end))];
  let reached = '';
  return chunks.map((chunk, i) => {
    for (const { time } of chunk) if (time > reached) reached = time;
    const isLast = i === chunks.length - 1;
    return { records: chunk, watermarkOf: isLast ? () => AFTERWARDS : watermarkOf(known, reached, random) };
  });
}

function watermarkOf(known: Known, reached: string, random: () => number): WatermarkOf {
  if (known === 'everything') return () => AFTERWARDS;
  if (known === 'reached') return () => reached;
  const stands = new Map<string, string | undefined>();
  return (path) => {
    if (!stands.has(path)) stands.set(path, random() < 0.4 ? undefined : reached);
    return stands.get(path);
  };
}

function placeOf({ time }: Came, order: Drawn['order'], random: () => number): number {
  const at = time === '' ? 0 : Date.parse(time);
  if (order === 'any') return random();
  if (order === 'newest-first') return -at;
  const late = order === 'mostly-in-time' && random() < 0.1 ? 24 : 0.2;
  return at + random() * late * HOUR_MS;
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const atOnce = (corpus: Corpus): Promise<Standing> =>
  standingAfter([{ records: corpus.records, watermarkOf: () => AFTERWARDS }], corpus.bundle);

async function prepared(decoded: readonly Decoded[], preparer: Preparer): Promise<readonly Came[]> {
  const now = (): string => AFTERWARDS;
  return Promise.all(
    decoded.map(async (one) => ({
      prepared: await prepareAttested(preparer, one, now),
      preparer,
      time: one.kind === 'entry' ? one.eventTime : '',
    })),
  );
}

async function corpusOf(texts: readonly string[], bundle: Bundle): Promise<Corpus> {
  const preparer = createPreparer({ sources: SOURCES, loaded: bundle, detections: DETECTIONS });
  const adopt = adoptBy(SOURCES);
  const decoded = texts.flatMap((text) => decodeEntry(Buffer.from(text), { ordinalOf: ordinals(), adopt }));
  return { bundle, records: await prepared(decoded, preparer) };
}

/** A small organisation over half a day with violations of every rule injected, and the months before; heartbeats left out. */
async function organisation(): Promise<Corpus> {
  const { texts, deliveries } = generate({
    seed: 31,
    jobs: 16,
    days: 0.5,
    injections: 3,
    outages: [],
    size: { people: 6, services: 6, agents: 2, clusters: 3, pipelines: 4, projects: 2 },
  });
  const told = deliveries.filter(({ story, again }) => story !== undefined && !again);
  return corpusOf(
    told.map(({ text }) => text),
    bundleOfTexts(texts),
  );
}

async function day(): Promise<Corpus> {
  const seen = new Set<string>();
  const records: Came[] = [];
  for (const delivery of DAY) {
    if (delivery.category === 'canary' || seen.has(delivery.data)) continue;
    seen.add(delivery.data);
    records.push(...(await prepared(decodeDelivery(delivery), preparerOf(delivery))));
  }
  return { bundle: COMPANY, records };
}

async function expectTheSame(corpus: Corpus, due: Standing, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => {
      const left = await standingAfter(portionsOf(corpus, one), corpus.bundle);
      expect(difference(due, left)).toEqual({ missing: [], beside: [] });
    }),
    // One run is seconds: what differs is told, and is made small by hand.
    { numRuns: runs, endOnFailure: true },
  );
}

/** Records of several cases together, except where two cases have other contents under one id: that is what single cases are about. */
function withoutClashes(corpora: readonly Corpus[]): readonly (readonly Came[])[] {
  const together: { readonly ids: Set<unknown>; readonly records: Came[] }[] = [];
  for (const { records } of corpora) {
    const ids = new Set(records.map(idOf));
    const one = together.find((other) => other.ids.isDisjointFrom(ids));
    if (one === undefined) together.push({ ids, records: [...records] });
    else {
      for (const id of ids) one.ids.add(id);
      one.records.push(...records);
    }
  }
  return together.map(({ records }) => records);
}

const idOf = ({ prepared: item }: Came): unknown =>
  item.kind === 'rows' ? item.entry.rows[0].row['EventId'] : undefined;

describe('whenever it is judged, the same stands', () => {
  it('of an organisation with violations of every kind', { timeout: 60_000 * RUNS }, async () => {
    const corpus = await organisation();
    const due = await atOnce(corpus);
    expect(due.filter((line) => line.startsWith('alert ')).length).toBeGreaterThan(50);
    expect(due.filter((line) => line.startsWith('verdict ')).length).toBeGreaterThan(500);
    await expectTheSame(corpus, due, RUNS);
  });

  it('of the day', { timeout: 60_000 * RUNS }, async () => {
    const corpus = await day();
    const due = await atOnce(corpus);
    expect(due.length).toBeGreaterThan(200);
    await expectTheSame(corpus, due, RUNS);
  });

  it(
    'of the cases of all rules, those together that declare the same',
    { timeout: 60_000 * RUNS },
    async () => {
      // What only holds in one order is a gap that its rule names.
      const cases = RULES.flatMap(({ id }) => casesOf(id)).filter(({ inOrder }) => inOrder === undefined);
      const alike = Map.groupBy(cases, ({ config, policies }) => JSON.stringify([config, policies]));
      for (const some of alike.values()) {
        const [first] = some;
        if (first === undefined) continue;
        const bundle = bundleOf(first);
        const corpora = await Promise.all(
          some.map(({ entries }) =>
            corpusOf(
              entries.map((entry) => JSON.stringify(entry)),
              bundle,
            ),
          ),
        );
        for (const records of withoutClashes(corpora)) {
          const corpus = { bundle, records };
          await expectTheSame(corpus, await atOnce(corpus), RUNS);
        }
      }
    },
  );
});
