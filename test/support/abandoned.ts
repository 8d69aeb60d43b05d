/**
 * The read-write transaction of a process that was killed. Cloud Spanner ends one that is idle for ten seconds and gives its
 * locks back. The emulator (1.5.28) does not: it keeps the transaction as long as it runs, and since it has one at a time for
 * each database, it aborts all others; with each that asks it throws a die (--abort_current_transaction_probability, 20 %)
 * whether to abort the dead one instead. The client asks after 2, 4, 8, 16 … seconds, so that the next process writes at
 * once or minutes later. Measured: after a SIGKILL between read and commit three of four writers came through within three
 * seconds, and one had not after six tries in 139 s; with the die at zero none ever does.
 *
 * A test that kills a process while it commits therefore does what Cloud Spanner would have done. Nothing in the product
 * knows of this.
 */
import { createClient, openDatabase } from '../../shared/store/spanner/client.ts';
import { parseStoreSpec } from '../../shared/store/open.ts';

/**
 * Ends every transaction that is open on the database: a session has one, and beginning another ends it. The transaction of
 * one who is alive is ended too, and its commit refused: not for when others write.
 */
export async function endAbandoned(spec: string, emulatorHost: string): Promise<void> {
  const name = parseStoreSpec(spec);
  if (name.kind !== 'spanner') throw new Error('only Cloud Spanner leaves transactions behind');
  const client = await createClient(name.project, emulatorHost);
  const database = openDatabase(client, name);
  try {
    const [sessions] = await database.getSessions();
    for (const session of sessions) {
      const transaction = session.transaction();
      await transaction.begin();
      await transaction.rollback();
    }
  } finally {
    await database.close();
    await client.close();
  }
}
