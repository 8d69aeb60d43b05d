/** That the emulator is left free, by whoever was killed in a transaction, for the next one who asks. */
import { expect, it } from 'vitest';
import { openStore, parseStoreSpec } from '../../shared/store/open.ts';
import { createClient, openDatabase } from '../../shared/store/spanner/client.ts';
import { batchOf, eventEntry } from '../store/entries.ts';
import { endAbandoned } from './abandoned.ts';
import { describeWithEmulators, freshSpannerDatabase } from './emulators.ts';

describeWithEmulators('a transaction that nobody will end', ['spanner'], (hosts) => {
  it('is ended, and the next commit is not kept out', async () => {
    const emulatorHost = hosts.spanner();
    const spec = await freshSpannerDatabase(emulatorHost);
    const name = parseStoreSpec(spec);
    if (name.kind !== 'spanner') throw new Error('a Spanner database');
    const client = await createClient(name.project, emulatorHost);
    const database = openDatabase(client, name);
    const store = await openStore(spec, { emulatorHost, storeMs: 1_900 });
    try {
      const [dead] = await database.getTransaction();
      await dead.read('Events', { keys: [['a', 'b']], columns: ['EventId'] });
      await endAbandoned(spec, emulatorHost);
      // One try: what was kept out is tried again after two seconds at the least.
      expect((await store.commit(batchOf([eventEntry('a')]))).fates).toEqual(['stored']);
      await expect(dead.commit()).rejects.toMatchObject({ code: expect.any(Number) });
    } finally {
      await store.close();
      await database.close();
      await client.close();
    }
  });
});
