/** The run every other is held against: one delivery after the other, nothing failing, in the embedded store. */
import { replayEntries } from '../../shared/pipeline/replay.ts';
import { openStore } from '../../shared/store/open.ts';
import { decodeDelivery, preparerOf, type Delivery } from './deliveries.ts';
import { expectLedgerHolds, factLines, type Facts, factsOf, type Ledger } from './facts.ts';

export interface PlainRun {
  readonly lines: readonly string[];
  readonly facts: Facts;
  readonly ledger: Ledger;
}

export async function plainly(deliveries: readonly Delivery[]): Promise<PlainRun> {
  const store = await openStore('sqlite::memory:');
  try {
    for (const delivery of deliveries) {
      const preparer = preparerOf(delivery);
      const now = (): string => '2026-11-19T00:00:00.000000000Z';
      await replayEntries(decodeDelivery(delivery), { store, preparer, path: 'replay', now });
    }
    const facts = await factsOf(store);
    return { lines: factLines(facts), facts, ledger: await expectLedgerHolds(store, facts) };
  } finally {
    await store.close();
  }
}
