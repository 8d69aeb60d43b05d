/** The production store: Cloud Spanner, or its emulator. */
import { TABLES } from '../../../schemas/tables.ts';
import type { Store } from '../store.ts';
import { createSpannerAlerts, type RunAlone } from './alerts.ts';
import { createSpannerBundles } from './bundles.ts';
import { createClient, type DatabaseName, openDatabase } from './client.ts';
import { commitBatch } from './commit.ts';
import { inTime } from './in-time.ts';
import { createRecent } from '../recent.ts';
import { readEdges, readEventsById, readEventsByJob, runQuery, scanTable } from './read.ts';
import { readWrite, TIMEOUT } from './transaction.ts';
import { toMutation } from './values.ts';
import { createSpannerWork } from './work.ts';

/**
 * `emulatorHost` is HOST:PORT of an emulator. Nothing is sent before the first call.
 * @param commitMs after which a commit is given up, milliseconds
 */
export async function openSpannerStore(
  name: DatabaseName,
  emulatorHost?: string,
  commitMs: number = TIMEOUT,
): Promise<Store> {
  const client = await createClient(name.project, emulatorHost);
  const database = openDatabase(client, name);
  const recent = createRecent();
  const alone = emulatorHost === undefined ? atOnce : oneAtATime();
  return {
    kind: 'spanner',
    commit: (batch) => alone(() => inTime(commitMs, commitBatch(database, batch, recent))),
    markRedriven: (rows) =>
      alone(() =>
        readWrite(database, 'jobtrail-redriven', async (transaction) => {
          const { columns } = TABLES.Redriven;
          transaction.upsert(
            'Redriven',
            rows.map((row) => toMutation(columns, row)),
          );
        }),
      ),
    query: (sql, params, options) => runQuery(database, sql, params, options?.limit),
    edges: (ranges) => readEdges(database, ranges),
    eventsByJob: (jobIds) => readEventsByJob(database, jobIds),
    eventsById: (eventIds) => readEventsById(database, eventIds),
    scan: (table) => scanTable(database, table),
    alerts: createSpannerAlerts(database, alone),
    bundles: createSpannerBundles(database, alone),
    work: createSpannerWork(database, alone),
    async close() {
      await database.close();
      await client.close();
    },
  };
}

const atOnce: RunAlone = (task) => task();

/** The emulator runs one read-write transaction at a time and aborts the others, which back off for seconds. */
function oneAtATime(): RunAlone {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}
