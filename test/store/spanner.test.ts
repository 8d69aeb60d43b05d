import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../shared/store/open.ts';
import { createClient, openDatabase } from '../../shared/store/spanner/client.ts';
import { commitBatch } from '../../shared/store/spanner/commit.ts';
import { connectionOf } from '../../shared/store/spanner/connection.ts';
import { readWrite } from '../../shared/store/spanner/transaction.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { storeContract } from './contract.ts';
import { rowsOf, texts } from './contract/support.ts';
import { batchOf, eventEntry } from './entries.ts';

describeWithEmulators('spanner: the contract of a store', ['spanner'], (hosts) => {
  let spec = '';
  storeContract({
    runs: 6,
    async open(same) {
      const emulatorHost = hosts.spanner();
      if (same === undefined) spec = await freshSpannerDatabase(emulatorHost);
      return openStore(spec, { emulatorHost });
    },
  });

  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A new database by both ways: the client's own, and a store. */
  async function opened() {
    const emulatorHost = hosts.spanner();
    const name = await freshSpannerDatabase(emulatorHost);
    const [project = '', instance = '', database = ''] = name.split('/').filter((_part, i) => i % 2 === 1);
    const client = await createClient(project, emulatorHost);
    const connection = openDatabase(client, { project, instance, database });
    const store = await openStore(name, { emulatorHost });
    closing.push(
      () => store.close(),
      () => connection.close().then(() => client.close()),
    );
    return { connection, store, name };
  }

  test('a bundle that is there is kept without waiting for whoever holds locks', async () => {
    const { connection, store } = await opened();
    const bundle = { digest: 'd'.repeat(64), texts: 'texts' };
    await store.bundles.keep(bundle, '2026-01-05T12:00:00.000000000Z');
    // The emulator keeps every other read-write transaction out while this one is open, or aborts this one.
    const waits: number[] = [];
    await connection.runTransactionAsync(async (transaction) => {
      await transaction.read('Bundles', { keys: [[bundle.digest]], columns: ['Texts'] });
      const began = performance.now();
      await store.bundles.keep(bundle, '2026-01-05T13:00:00.000000000Z');
      waits.push(performance.now() - began);
      await transaction.commit();
    });
    expect(waits).toHaveLength(1);
    // What was kept out is tried again after two seconds at the least.
    expect(waits[0]).toBeLessThan(1_900);
  });

  test('a transaction that fails by a mistake is over at once, for whoever comes next', async () => {
    const { connection, name } = await opened();
    const mistake = new TypeError('of undefined');
    const failed = readWrite(connectionOf(connection, { emulator: true }), 'jobtrail-test', async (scope) => {
      await scope.read('Events', ['EventId'], { keys: [['a', 'b']] });
      throw mistake;
    });
    await expect(failed).rejects.toBe(mistake);
    // One try: what was kept out is tried again after two seconds at the least.
    const next = await openStore(name, { emulatorHost: hosts.spanner(), storeMs: 1_900 });
    closing.push(() => next.close());
    expect((await next.commit(batchOf([eventEntry('a')]))).fates).toEqual(['stored']);
  });

  test('a connection that breaks on the way back from a commit makes no second receipt', async () => {
    const { connection, store } = await opened();
    const real = connection.runTransactionAsync.bind(connection);
    let breaks = 1;
    Object.assign(connection, {
      runTransactionAsync: (options: Parameters<typeof real>[0], body: Parameters<typeof real>[1]) =>
        real(options, async (transaction) => {
          const commit = transaction.commit.bind(transaction);
          const breaking = async (): Promise<unknown> => {
            const response = await commit();
            breaks -= 1;
            if (breaks >= 0) throw Object.assign(new Error('13 INTERNAL: Received RST_STREAM'), { code: 13 });
            return response;
          };
          return body(Object.assign(transaction, { commit: breaking }));
        }),
    });
    const result = await commitBatch(
      connectionOf(connection, { emulator: true }),
      batchOf([eventEntry('a'), eventEntry('b')]),
    );
    expect(breaks).toBe(0);
    expect(result.fates).toEqual(['stored', 'stored']);
    expect(texts(await rowsOf(store, 'Receipts'), 'ReceiptId')).toEqual([result.receiptId]);
    expect(await rowsOf(store, 'Events')).toHaveLength(2);
  });
});
