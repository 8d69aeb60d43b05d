/** The production store: Cloud Spanner, or its emulator. */
import { createRecent } from '../recent.ts';
import type { Store } from '../store.ts';
import { createSpannerAlerts } from './alerts.ts';
import { createSpannerBundles } from './bundles.ts';
import { createClient, type DatabaseName, openDatabase } from './client.ts';
import { commitBatch } from './commit.ts';
import { connectionOf } from './connection.ts';
import { readEdges, readEventsById, readEventsByJob, runQuery, scanTable } from './read.ts';
import { readWrite } from './transaction.ts';
import { createSpannerWork } from './work.ts';

/**
 * `emulatorHost` is HOST:PORT of an emulator. Nothing is sent before the first call.
 * @param ms milliseconds after which a commit, a read or another operation is given up; undefined: 20,000
 */
export async function openSpannerStore(
  name: DatabaseName,
  emulatorHost?: string,
  ms?: number,
): Promise<Store> {
  const client = await createClient(name.project, emulatorHost);
  const database = openDatabase(client, name);
  const connection = connectionOf(database, { emulator: emulatorHost !== undefined, ms });
  const recent = createRecent();
  return {
    kind: 'spanner',
    commit: (batch) => commitBatch(connection, batch, recent),
    markRedriven: (rows) =>
      readWrite(connection, 'jobtrail-redriven', async (scope) => scope.upsert('Redriven', rows)),
    query: (sql, params, options) => runQuery(connection, sql, params, options?.limit),
    edges: (ranges) => readEdges(connection, ranges),
    eventsByJob: (jobIds) => readEventsByJob(connection, jobIds),
    eventsById: (eventIds) => readEventsById(connection, eventIds),
    scan: (table) => scanTable(connection, table),
    alerts: createSpannerAlerts(connection),
    bundles: createSpannerBundles(connection),
    work: createSpannerWork(connection),
    async close() {
      await database.close();
      await client.close();
    },
  };
}
