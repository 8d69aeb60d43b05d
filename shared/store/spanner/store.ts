/** The production store: Cloud Spanner, or its emulator. */
import type { CommitBatch, CommitResult, Store } from '../store.ts';
import { createClient, type DatabaseName, openDatabase } from './client.ts';
import { commitBatch } from './commit.ts';
import { readEdges, readEventsById, readEventsByJob, runQuery, scanTable } from './read.ts';

/** `emulatorHost` is HOST:PORT of an emulator. Nothing is sent before the first call. */
export async function openSpannerStore(name: DatabaseName, emulatorHost?: string): Promise<Store> {
  const client = await createClient(name.project, emulatorHost);
  const database = openDatabase(client, name);
  return {
    kind: 'spanner',
    commit: emulatorHost === undefined ? (batch) => commitBatch(database, batch) : oneAtATime(commit),
    query: (sql, params, options) => runQuery(database, sql, params, options?.limit),
    edges: (ranges) => readEdges(database, ranges),
    eventsByJob: (jobIds) => readEventsByJob(database, jobIds),
    eventsById: (eventIds) => readEventsById(database, eventIds),
    scan: (table) => scanTable(database, table),
    async close() {
      await database.close();
      await client.close();
    },
  };

  function commit(batch: CommitBatch): Promise<CommitResult> {
    return commitBatch(database, batch);
  }
}

/** The emulator runs one read-write transaction at a time and aborts the others, which back off for seconds. */
function oneAtATime<A, R>(task: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (argument) => {
    const next = last.then(() => task(argument));
    last = next.catch(() => undefined);
    return next;
  };
}
