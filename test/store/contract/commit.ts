/** What every store must do with a commit. */
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../schemas/tables.ts';
import { rowRoot } from '../../../shared/store/receipt.ts';
import { batchOf, eventEntry, eventRow, jobEntry, policyEntry, quarantineEntry } from '../entries.ts';
import { FACTS, openerOf, rowsOf, type StoreUnderTest, texts, withNulls } from './support.ts';

export function commitContract(subject: StoreUnderTest): void {
  const open = openerOf(subject);

  describe('commit', () => {
    test('a row comes back as it went in, hostile text and all', async () => {
      const store = await open();
      const hostile = '\u0000 \u202E <b>&amp;"\'; DROP TABLE Events; -- \u{1F600} \uFFFF é';
      const row = eventRow('round trip', {
        Method: hostile,
        Status: -9_007_199_254_740_991,
        ActingFor: [hostile, '', 'b'],
        Bindings: [],
        EventTime: '1970-01-01T00:00:00.000000001Z',
        ReceiveTime: '9999-12-31T23:59:59.999999999Z',
        Raw: hostile,
      });
      await store.commit(batchOf([{ kind: 'event', rows: [{ table: 'Events', row }] }]));
      expect(await rowsOf(store, 'Events')).toEqual([withNulls('Events', row)]);
    });

    test('fates and counts of stored, duplicate, quarantined and filtered entries', async () => {
      const store = await open();
      const entries = [
        eventEntry('a'),
        quarantineEntry('{'),
        eventEntry('a'),
        quarantineEntry('{'),
        eventEntry('b'),
      ];
      const first = await store.commit(batchOf(entries, { filteredBy: { health: 2, 'no-source:x': 1 } }));
      expect(first.fates).toEqual(['stored', 'quarantined', 'duplicate', 'duplicate', 'stored']);
      expect(first.counts).toEqual({
        received: 8,
        stored: 2,
        duplicate: 2,
        filtered: 3,
        quarantined: 1,
        conflicting: 0,
      });
      const again = await store.commit(batchOf(entries));
      expect(new Set(again.fates)).toEqual(new Set(['duplicate']));
      expect(await rowsOf(store, 'Events')).toHaveLength(2);
      expect(await rowsOf(store, 'Quarantine')).toHaveLength(1);
    });

    test('a batch with nothing to store leaves its receipt', async () => {
      const store = await open();
      const { receiptId } = await store.commit(
        batchOf([], { filteredBy: { health: 3 }, unknownMethods: {} }),
      );
      const [receipt] = await rowsOf(store, 'Receipts');
      expect(receipt).toMatchObject({ ReceiptId: receiptId, Received: 3, Filtered: 3, RowCount: 0 });
      expect(receipt?.['FilteredBy']).toBe('{"health":3}');
    });

    test('the receipt holds the root over the rows that went in', async () => {
      const store = await open();
      await store.commit(batchOf([eventEntry('known')]));
      const job = jobEntry({ job: 'dataproc:p/r/job/1', reads: ['gs://a'], writes: ['gs://b'] });
      const { receiptId } = await store.commit(
        batchOf([eventEntry('known'), job], { newestReceiveTime: '2026-11-20T11:00:00.000000000Z' }),
      );
      const receipts = await rowsOf(store, 'Receipts');
      const receipt = receipts.find((row) => row['ReceiptId'] === receiptId);
      expect(receipt).toMatchObject({
        Received: 2,
        Stored: 1,
        Duplicate: 1,
        RowCount: 4,
        RowRoot: rowRoot(job.rows),
        NewestReceiveTime: '2026-11-20T11:00:00.000000000Z',
      });
    });

    test('another content under a known id is kept beside it and said to conflict', async () => {
      const store = await open();
      expect((await store.commit(batchOf([eventEntry('x')]))).fates).toEqual(['stored']);
      const other = eventEntry('x', { Outcome: 'denied', Digest: 'f'.repeat(64) });
      const { fates, counts } = await store.commit(batchOf([other, eventEntry('x'), other]));
      expect(fates).toEqual(['conflicting', 'duplicate', 'duplicate']);
      expect(counts).toMatchObject({ stored: 1, conflicting: 1, duplicate: 2 });
      expect(texts(await rowsOf(store, 'Events'), 'Outcome')).toEqual(['allowed', 'denied']);
    });

    test('what another source reads from other bytes conflicts, whatever the versions of the two', async () => {
      const trueOne = eventEntry('x', { Source: 'dataproc', Normaliser: 3, Digest: 'e'.repeat(64) });
      const forged = eventEntry('x', { Source: 'kong', Normaliser: 2, Digest: 'f'.repeat(64) });
      for (const order of [
        [forged, trueOne],
        [trueOne, forged],
      ]) {
        const store = await open();
        const fates: string[] = [];
        for (const entry of order) fates.push(...(await store.commit(batchOf([entry]))).fates);
        expect(fates).toEqual(['stored', 'conflicting']);
        expect(texts(await rowsOf(store, 'Events'), 'Source')).toEqual(['dataproc', 'kong']);
      }
    });

    test('the same bytes are a duplicate, whichever source reads them', async () => {
      const store = await open();
      const one = eventEntry('x', { Source: 'platform', Digest: 'e'.repeat(64) });
      const other = eventEntry('x', { Source: 'bigquery', Digest: 'e'.repeat(64) });
      expect((await store.commit(batchOf([one, other]))).fates).toEqual(['stored', 'duplicate']);
    });

    test('both contents in one batch: the second conflicts', async () => {
      const store = await open();
      const { fates } = await store.commit(
        batchOf([eventEntry('x'), eventEntry('x', { Outcome: 'denied' })]),
      );
      expect(fates).toEqual(['stored', 'conflicting']);
    });

    test('a row beside the key row that is there already is left as it is', async () => {
      const store = await open();
      const job = jobEntry({ job: 'dataproc:p/r/job/1', reads: ['gs://a'] });
      await store.commit(batchOf([job]));
      // As when the event expired before its edges: the same edges under a key row that is new.
      const [key] = eventEntry('new key row').rows;
      const { fates } = await store.commit(batchOf([{ kind: 'event', rows: [key, ...job.rows.slice(1)] }]));
      expect(fates).toEqual(['stored']);
      expect(await rowsOf(store, 'Edges')).toHaveLength(2);
      expect(texts(await rowsOf(store, 'Receipts'), 'RowCount')).toEqual(['1', '3']);
    });

    test('a version of a policy outlives its event, and is left as it is when that comes again', async () => {
      const store = await open();
      const change = policyEntry({ policy: 'p', time: '2026-11-20T02:00:00.123456789Z', content: 'a' });
      await store.commit(batchOf([change]));
      const [key] = eventEntry('new key row').rows;
      await store.commit(batchOf([{ kind: 'event', rows: [key, ...change.rows.slice(1)] }]));
      expect(await rowsOf(store, 'PolicyVersions')).toEqual([
        withNulls('PolicyVersions', change.rows[1]?.row ?? {}),
      ]);
    });

    test.each<[string, Row]>([
      ['a missing required column', { Method: null }],
      ['text in a number', { Status: 'many' }],
      ['too long a text', { Source: 's'.repeat(33) }],
      ['no time', { EventTime: 'yesterday' }],
    ])('%s is refused with its whole batch', async (_name, over) => {
      const store = await open();
      const good = eventEntry('good');
      const bad = eventEntry('bad', over);
      await expect(store.commit(batchOf([good, bad]))).rejects.toMatchObject({ code: 'row-refused' });
      for (const table of [...FACTS, 'Receipts'] as const) expect(await rowsOf(store, table)).toEqual([]);
      expect((await store.commit(batchOf([good]))).fates).toEqual(['stored']);
    });
  });
}
