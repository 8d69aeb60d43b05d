/**
 * Whatever the order, the repetitions, the batches, the way in and the crashes: the fact tables are a function of the
 * set of what was received, byte for byte and on both stores, and the ledger accounts for every delivery.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { createGroupCommitter } from '../../shared/pipeline/group-commit.ts';
import type { Preparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries } from '../../shared/pipeline/replay.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { ALL_SAMPLES, CONFLICTS, CORPUS, DAYS_CORPUS } from './corpus.ts';
import { DAY, decodeDelivery, faultyStore, preparerOf, type Delivery, type Fault } from './deliveries.ts';
import { expectLedgerHolds, factLines, type Facts, factsOf } from './facts.ts';
import { plainly } from './plainly.ts';
import { hasOwnId, reprinted } from './spoil.ts';

/** A while in the life of an instance: so many deliveries in, and then it may crash before it answers. */
interface Step {
  readonly way: 'group-commit' | 'alone' | 'replay';
  readonly deliveries: number;
  /** Rows of a group commit, entries of a replayed batch. */
  readonly batch: number;
  readonly crash: boolean;
}

interface Plan {
  readonly chosen: readonly Delivery[];
  /** The chosen ones shuffled, some more than once. */
  readonly order: readonly Delivery[];
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
}

const step: fc.Arbitrary<Step> = fc.record({
  way: fc.constantFrom('group-commit', 'group-commit', 'alone', 'replay'),
  deliveries: fc.integer({ min: 1, max: 40 }),
  batch: fc.integer({ min: 1, max: 60 }),
  crash: fc.boolean(),
});

/** Messages of one run: the time it takes is theirs. */
const MAX_CHOSEN = 130;

const plan: fc.Arbitrary<Plan> = fc
  .subarray([...CORPUS], { minLength: 1, maxLength: MAX_CHOSEN })
  .chain((chosen) =>
    fc.array(fc.constantFrom(...chosen), { maxLength: 20 }).chain((again) => {
      const all = [...chosen, ...again];
      return fc.record({
        chosen: fc.constant(chosen),
        order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        steps: fc.array(step, { maxLength: 8 }),
        faults: fc.array(fc.constantFrom('none', 'none', 'unavailable', 'aborted', 'answer-lost'), {
          maxLength: 20,
        }),
      });
    }),
  );

const AT_LAST: Step = { way: 'group-commit', deliveries: Number.POSITIVE_INFINITY, batch: 500, crash: false };

/** Delivers until everything is acknowledged, as Pub/Sub does. */
async function deliverAll(store: Store, { order, steps }: Plan, clock: () => string): Promise<void> {
  const remaining = [...steps];
  let queue = [...order];
  while (queue.length > 0) {
    const current = remaining.shift() ?? AT_LAST;
    const taken = queue.slice(0, current.deliveries);
    queue = queue.slice(current.deliveries);
    const refused =
      current.way === 'replay'
        ? await replay(store, taken, current, clock)
        : await push(store, taken, current, clock);
    queue.push(...(current.crash ? taken : refused));
  }
}

/** @returns the deliveries that were not acknowledged */
async function push(
  store: Store,
  deliveries: readonly Delivery[],
  { way, batch }: Step,
  now: () => string,
): Promise<Delivery[]> {
  const results = await Promise.allSettled(
    bySubscription(deliveries).flatMap((ofOne) => {
      const preparer = preparerOf(ofOne[0]);
      const limits = {
        maxRows: batch,
        maxBytes: 1_000_000,
        maxWaitMs: 1,
        maxQueuedRows: 20_000,
        maxConcurrent: 1,
      };
      const committer = createGroupCommitter({ store, preparer, path: 'push', now }, limits);
      return ofOne.map(async (delivery) => {
        const items = await Promise.all(
          decodeDelivery(delivery).map(async (decoded) => prepareAttested(preparer, decoded, now)),
        );
        try {
          await (way === 'alone'
            ? committer.submitAlone(items)
            : committer.submit(items, delivery.data.length));
          return undefined;
        } catch (error) {
          return forAnotherTry(error, delivery);
        }
      });
    }),
  );
  return results.map(valueOf).filter((delivery) => delivery !== undefined);
}

async function replay(
  store: Store,
  deliveries: readonly Delivery[],
  { batch }: Step,
  now: () => string,
): Promise<readonly Delivery[]> {
  for (const ofOne of bySubscription(deliveries)) {
    const preparer: Preparer = preparerOf(ofOne[0]);
    const entries: readonly Decoded[] = ofOne.flatMap(decodeDelivery);
    try {
      await replayEntries(entries, { store, preparer, path: 'replay', now, batchSize: batch });
    } catch (error) {
      forAnotherTry(error, ofOne[0]);
      return deliveries;
    }
  }
  return [];
}

function forAnotherTry(error: unknown, delivery: Delivery): Delivery {
  if (error instanceof JobtrailError && error.disposition === 'retry') return delivery;
  throw error;
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function bySubscription(deliveries: readonly Delivery[]): [Delivery, ...Delivery[]][] {
  return Map.groupBy(deliveries, ({ subscription }) => subscription)
    .values()
    .flatMap(([first, ...rest]): [Delivery, ...Delivery[]][] =>
      first === undefined ? [] : [[first, ...rest]],
    )
    .toArray();
}

/** Two runs never commit at the same times. */
function clockFrom(start: string): () => string {
  let at = Date.parse(start);
  return () => timestampOf(new Date((at += 1013)));
}

interface Outcome {
  readonly facts: readonly string[];
  readonly received: number;
  readonly filtered: number;
}

/** What a run left behind, and what it must have: the facts of the plain run, receipts for exactly what was committed. */
async function outcomeOf(
  open: () => Promise<Store>,
  drawn: Plan,
): Promise<{ readonly left: Outcome; readonly due: Outcome }> {
  const inner = await open();
  try {
    const { store, committed } = faultyStore(inner, drawn.faults);
    await deliverAll(store, drawn, clockFrom('2026-12-01T00:00:00Z'));
    const facts = await factsOf(inner);
    const { received, filtered } = await expectLedgerHolds(inner, facts);
    expect(received).toBeGreaterThanOrEqual(drawn.order.length);
    const { entries, filtered: left } = committed();
    return {
      left: { facts: factLines(facts), received, filtered },
      due: { facts: (await plainly(drawn.chosen)).lines, received: entries, filtered: left },
    };
  } finally {
    await inner.close();
  }
}

describe('the entries the property is about', () => {
  it('end in every way an entry can end', async () => {
    const { facts, ledger } = await plainly(CORPUS);
    expect(facts.Edges.length).toBeGreaterThan(10);
    expect(facts.Quarantine.length).toBeGreaterThanOrEqual(10);
    expect(facts.Renditions.length).toBeGreaterThan(10);
    expect(ledger.filtered).toBeGreaterThan(2);
    expect(ledger.duplicate).toBeGreaterThan(0);
    // Samples have conflicts of their own, and what was spoiled is another content under the id it had.
    expect((await plainly(DAYS_CORPUS)).ledger.conflicting).toBe(CONFLICTS.length);
    expect(ledger.conflicting).toBeGreaterThan(CONFLICTS.length);
  });

  it('are of every source, stored and quarantined', async () => {
    const { facts } = await plainly(CORPUS);
    const of = (rows: Facts['Events']): readonly unknown[] => [...new Set(rows.map((row) => row['Source']))];
    const names = SOURCES.map(({ name }) => name);
    expect(of(facts.Events)).toEqual(expect.arrayContaining(names));
    expect(of(facts.Quarantine)).toEqual(expect.arrayContaining(names));
    expect(facts.PolicyVersions.length).toBeGreaterThan(0);
  });

  it('are the same entries in whatever form they come', async () => {
    // What has no id of its own is told apart by its bytes.
    const known = [...DAY.filter(({ category }) => category !== 'broken'), ...ALL_SAMPLES].filter(hasOwnId);
    const once = await plainly(known);
    const twice = await plainly([...known, ...known.map(reprinted)]);
    expect(twice.facts.Events).toHaveLength(once.facts.Events.length);
    expect(twice.ledger.received).toBe(2 * once.ledger.received);
    expect(twice.ledger.conflicting).toBe(once.ledger.conflicting);
  }, 60_000);
});

describe('any order, batches, repetitions and crashes: the same facts', () => {
  it('in the embedded store', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (drawn) => {
        const { left, due } = await outcomeOf(() => openStore('sqlite::memory:'), drawn);
        expect(left).toEqual(due);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describeWithEmulators(
  'any order, batches, repetitions and crashes: the same facts, in Spanner',
  ['spanner'],
  (hosts) => {
    it('as in the embedded store', async () => {
      const open = async () =>
        openStore(await freshSpannerDatabase(hosts.spanner()), { emulatorHost: hosts.spanner() });
      await fc.assert(
        fc.asyncProperty(plan, async (drawn) => {
          const { left, due } = await outcomeOf(open, drawn);
          expect(left).toEqual(due);
        }),
        { numRuns: 6, endOnFailure: true },
      );
      // The emulator runs one transaction at a time, and plans that are drawn differ much in how many there are.
    }, 240_000);
  },
);
