/**
 * Entries of the mix to rows committed in the embedded store, judged by sixty policies and every detection of the
 * catalogue, against the same entries under the same configuration that nobody judges. Both sides replay them in the same
 * order, each into a store of its own that is new in every round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../shared/config/bundle.ts';
import { DETECTIONS } from '../shared/detections/index.ts';
import { decodeEntry } from '../shared/envelope/entry.ts';
import type { Decoded } from '../shared/envelope/envelope.ts';
import { isDecided } from '../shared/policy/actions.ts';
import type { PolicyEngine } from '../shared/policy/engine.ts';
import type { MemoCounts } from '../shared/policy/memo.ts';
import type { TrailEvent } from '../shared/model/trail-event.ts';
import { trailEventOfRow } from '../shared/model/trail-event-of-row.ts';
import { createPreparer, type Preparer } from '../shared/pipeline/prepare.ts';
import { replayEntries } from '../shared/pipeline/replay.ts';
import { SOURCES } from '../shared/sources/index.ts';
import { openStore } from '../shared/store/open.ts';
import type { Store } from '../shared/store/store.ts';
import { median, round, type Bench, type BenchResult, type Told } from './harness.ts';
import { mixEntries } from './mix/mix.ts';
import { benchBundle, benchConfig } from './support/declared.ts';
import { benchContext, NOW } from './support/prepared.ts';

const SEED = 1;
const ROUNDS = { warmup: 3, rounds: 9 };
/** Of a round, in which the two sides take turns. */
const TURNS = 5;
/** Entries of a turn; a new stretch of the mix in each, under the memo of those before. */
const TURN = 2_000;
const FEWER = { warmup: 1, rounds: 3 };
/** Entries whose decisions are timed without the memo. */
const UNCACHED = 10_000;

export const decide: Bench = {
  name: 'decide',
  about: 'decode to committed rows with policy and detections, against without; one core',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bench-'));
    try {
      return await measure(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function measure(folder: string): Promise<readonly (BenchResult | Told)[]> {
  const bundle = benchBundle(SEED);
  const { policy, facts } = bundle;
  if (policy === undefined) throw new Error('the bundle of the bench has no policies');
  // With what is settled stated, even if it is nothing, a decision is taken anew.
  const forgetful = { ...policy, decide: (event: TrailEvent) => policy.decide(event, facts, {}) };
  const before = policy.memo();
  const remembered = await sideBySide(join(folder, 'memo'), bundle, ROUNDS);
  const { hits, misses } = since(before, policy.memo());
  const anew = await sideBySide(join(folder, 'anew'), { ...bundle, policy: forgetful }, FEWER);
  return [
    {
      name: 'decide',
      ratio: ratioOf(remembered),
      budget: 1.6,
      kind: 'at-most',
      detail: {
        ...detailOf(remembered),
        'memo hits %': round((hits * 100) / (hits + misses), 2),
        'decisions/entry': round((hits + misses) / (TURN * TURNS * (ROUNDS.warmup + ROUNDS.rounds))),
        'uncached decisions/s': uncachedRate(bundle, policy),
        policies: bundle.policies,
        detections: DETECTIONS.length,
      },
    },
    { name: 'decide: nothing remembered', ratio: ratioOf(anew), detail: detailOf(anew) },
  ];
}

const ratioOf = (rounds: readonly Round[]): number =>
  round(median(rounds.map(({ floor, subject }) => subject / floor)));

function detailOf(rounds: readonly Round[]): Told['detail'] {
  const least = (of: (measured: Round) => number): number =>
    round((Math.min(...rounds.map(of)) * 1000) / (TURN * TURNS));
  const findings = rounds.reduce((sum, measured) => sum + measured.findings, 0);
  return {
    'without µs/entry': least(({ floor }) => floor),
    'with µs/entry': least(({ subject }) => subject),
    'findings/1000 entries': round((findings * 1000) / (TURN * TURNS * rounds.length), 1),
  };
}

/** @param path that the databases of the rounds are named after */
async function sideBySide(
  path: string,
  bundle: Bundle,
  { warmup, rounds }: { readonly warmup: number; readonly rounds: number },
): Promise<readonly Round[]> {
  const bare = createPreparer({ sources: SOURCES, loaded: benchConfig(SEED) });
  const judging = createPreparer({ sources: SOURCES, loaded: bundle, detections: DETECTIONS });
  const stream = mixEntries(TURN * TURNS * (warmup + rounds), SEED);
  const measured: Round[] = [];
  for (let at = 0; at < warmup + rounds; at += 1) {
    const turns = Array.from({ length: TURNS }, () => take(stream, TURN));
    const one = await roundOf(turns, bare, judging, `${path}-${at}`);
    if (at >= warmup) measured.push(one);
  }
  return measured;
}

/** The next ones; Iterator.take would end what it takes from. */
function take(from: Iterator<string>, count: number): readonly Buffer[] {
  return Array.from({ length: count }, () => {
    const next = from.next();
    if (next.done === true) throw new RangeError('there are no more entries');
    return Buffer.from(next.value);
  });
}

/**
 * Processor time of this process, milliseconds: what else the machine does is not counted, and the threads of collector and
 * compiler are.
 */
interface Round {
  readonly floor: number;
  readonly subject: number;
  readonly findings: number;
}

/** @param file that the two databases are named after; both are gone afterwards */
async function roundOf(
  turns: readonly (readonly Buffer[])[],
  bare: Preparer,
  judging: Preparer,
  file: string,
): Promise<Round> {
  const stores = {
    floor: await openStore(`sqlite:${file}-floor`),
    subject: await openStore(`sqlite:${file}-subject`),
  };
  const sum = { floor: 0, subject: 0, findings: 0 };
  for (const [at, texts] of turns.entries()) {
    const floor = async (): Promise<void> => {
      sum.floor += (await replayTurn(texts, bare, stores.floor)).ms;
    };
    const subject = async (): Promise<void> => {
      const { ms, findings } = await replayTurn(texts, judging, stores.subject);
      sum.subject += ms;
      sum.findings += findings;
    };
    // Whoever is second finds the texts in the processor's caches.
    for (const turn of at % 2 === 0 ? [floor, subject] : [subject, floor]) await turn();
  }
  for (const [name, store] of Object.entries(stores)) {
    await store.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}-${name}${suffix}`, { force: true });
  }
  return sum;
}

/** @throws Error when not every entry makes its event. */
async function replayTurn(
  texts: readonly Buffer[],
  preparer: Preparer,
  store: Store,
): Promise<{ readonly ms: number; readonly findings: number }> {
  const before = process.cpuUsage();
  const summary = await replayEntries(decodeAll(texts), { store, preparer, path: 'replay', now: () => NOW });
  const { user, system } = process.cpuUsage(before);
  if (summary.events + summary.filtered !== texts.length)
    throw new Error(`of ${texts.length} entries ${summary.events} made events`);
  const findings = summary.foundBy.values().reduce((sum, count) => sum + count, 0);
  return { ms: (user + system) / 1000, findings };
}

function* decodeAll(texts: readonly Buffer[]): Generator<Decoded, void, undefined> {
  const context = benchContext();
  for (const text of texts) yield* decodeEntry(text, context);
}

const since = (before: MemoCounts, after: MemoCounts): MemoCounts => ({
  hits: after.hits - before.hits,
  misses: after.misses - before.misses,
});

/** Of processor time, of events as the mix has them. */
function uncachedRate(bundle: Bundle, policy: PolicyEngine): number {
  const events = decidedEvents(bundle);
  const before = process.cpuUsage();
  for (const event of events) policy.decide(event, bundle.facts, {});
  const { user, system } = process.cpuUsage(before);
  return round(events.length / ((user + system) / 1e6), 0);
}

function decidedEvents(bundle: Bundle): readonly TrailEvent[] {
  const preparer = createPreparer({ sources: SOURCES, loaded: bundle });
  const events: TrailEvent[] = [];
  for (const decoded of decodeAll(take(mixEntries(UNCACHED, SEED), UNCACHED))) {
    const prepared = preparer.prepare(decoded, NOW);
    if (prepared.kind !== 'rows' || prepared.entry.kind !== 'event') continue;
    const event = trailEventOfRow(prepared.entry.rows[0].row);
    if (isDecided(event.action) && event.operation?.phase !== 'last') events.push(event);
  }
  return events;
}
