/** Facts do not depend on order, duplication, batching or on who else writes. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../schemas/tables.ts';
import { balances } from '../../../shared/pipeline/outcome.ts';
import type { EntryRows } from '../../../shared/store/store.ts';
import { batchOf, eventEntry, jobEntry, policyEntry, quarantineEntry } from '../entries.ts';
import { chunks, facts, openerOf, rowsOf, type StoreUnderTest, sum } from './support.ts';

export function convergenceContract(subject: StoreUnderTest): void {
  const open = openerOf(subject);

  describe('renditions', () => {
    const raw = (text: string, digit: string): Row => ({ Raw: text, Digest: digit.repeat(64) });
    const forms = [
      raw('{"a":1,"b":2}', '1'),
      raw('{"b":2,"a":1}', '2'),
      raw('{"a":1,"b":3}', '3'),
      // Cut at the limit: nothing can be compared.
      raw('{"a":1,"b', '4'),
      { Digest: '5'.repeat(64) },
    ];

    test('equal canonical forms are duplicates, others conflict, and each once', async () => {
      const store = await open();
      const [a = {}, reordered = {}, other = {}, cut = {}] = forms;
      const commit = async (form: Row): Promise<readonly string[]> =>
        (await store.commit(batchOf([eventEntry('r', form)]))).fates;
      expect(await commit(a)).toEqual(['stored']);
      expect(await commit(reordered)).toEqual(['duplicate']);
      expect(await commit(other)).toEqual(['conflicting']);
      expect(await commit(other)).toEqual(['duplicate']);
      expect(await commit(cut)).toEqual(['duplicate']);
      expect(await rowsOf(store, 'Events')).toHaveLength(1);
      const renditions = await rowsOf(store, 'Renditions');
      expect(renditions.map((row) => row['Basis'])).toEqual([
        'canonical-form',
        'canonical-form',
        'canonical-form',
        'columns',
      ]);
      expect(new Set(renditions.map((row) => row['Canonical']))).toHaveProperty('size', 3);
    });

    test('are the same rows whatever the order and the batches', async () => {
      const seen = new Set<string>();
      const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: 5 }), async (indexes, size) => {
          const store = await subject.open();
          const entries = indexes.map((index) => eventEntry('r', forms[index]));
          for (const part of chunks([...entries, ...entries], size)) await store.commit(batchOf(part));
          seen.add(JSON.stringify(await rowsOf(store, 'Renditions')));
          await store.close();
          expect(seen.size).toBe(1);
        }),
        { numRuns: subject.runs },
      );
    });
  });

  test('any order, duplication and batching leave the same facts and a ledger that balances', async () => {
    const distinct: readonly EntryRows[] = [
      ...['a', 'b', 'c', 'd'].map((name) => eventEntry(name)),
      eventEntry('a', { Outcome: 'failed' }),
      jobEntry({ job: 'dataproc:p/r/job/1', reads: ['gs://a'], writes: ['gs://b'] }),
      jobEntry({ job: 'dataproc:p/r/job/2', uses: ['gs://b'], actingFor: ['user:google:bo@example.com'] }),
      // One policy changed, and changed back within the instant; which came first nobody can tell.
      ...['a', 'b'].map((content) =>
        policyEntry({ policy: 'p', time: '2026-11-20T02:00:00.000000000Z', content }),
      ),
      quarantineEntry('{'),
      quarantineEntry('[1'),
    ];
    const reference = await open();
    await reference.commit(batchOf(distinct));
    const expected = await facts(reference);
    const arrivals = fc
      .tuple(
        fc.shuffledSubarray([...distinct.keys()], { minLength: distinct.length }),
        fc.array(fc.nat(distinct.length - 1)),
      )
      .chain(([all, more]) =>
        fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length }),
      );
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 6 }), async (indexes, size) => {
        const store = await subject.open();
        const entries = indexes.flatMap((index) => distinct[index] ?? []);
        for (const part of chunks(entries, size)) {
          expect(balances((await store.commit(batchOf(part))).counts)).toBe(true);
        }
        expect(await facts(store)).toEqual(expected);
        const receipts = await rowsOf(store, 'Receipts');
        expect(sum(receipts, 'Received')).toBe(entries.length);
        expect(sum(receipts, 'Stored')).toBe(9);
        expect(sum(receipts, 'Conflicting')).toBe(1);
        expect(sum(receipts, 'Quarantined')).toBe(2);
        expect(sum(receipts, 'Duplicate')).toBe(entries.length - distinct.length);
        expect(sum(receipts, 'RowCount')).toBe(Object.values(expected).flat().length);
        await store.close();
      }),
      { numRuns: subject.runs },
    );
  });

  describe('two writers at once', () => {
    test('the same batch is stored once', async () => {
      const [one, two] = [await open(), await open('same')];
      const entries = Array.from({ length: 20 }, (_, i) => eventEntry(`n${i}`));
      const results = await Promise.all([one.commit(batchOf(entries)), two.commit(batchOf(entries))]);
      const counts = results.map(({ counts: { stored, duplicate } }) => `${stored} new, ${duplicate} known`);
      expect(counts.sort()).toEqual(['0 new, 20 known', '20 new, 0 known']);
      expect(await rowsOf(one, 'Events')).toHaveLength(20);
      expect(await rowsOf(one, 'Receipts')).toHaveLength(2);
    });

    test('different contents under one new id: one of them is told to conflict', async () => {
      const [one, two] = [await open(), await open('same')];
      const results = await Promise.all([
        one.commit(batchOf([eventEntry('x')])),
        two.commit(batchOf([eventEntry('x', { Outcome: 'denied' })])),
      ]);
      expect(results.flatMap(({ fates }) => fates).sort()).toEqual(['conflicting', 'stored']);
    });
  });
}
