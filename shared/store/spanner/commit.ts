/**
 * One commit: a read-write transaction that reads the keys of the batch, plans, and inserts what is new together with
 * the receipt. `insert` mutations and the Read API need INSERT and SELECT only.
 *
 * The key ranges are read inside the transaction, by event id and not by (event id, variant): two commits that bring
 * different contents under one new id insert different keys and would not collide by themselves, but the range each has
 * read is locked against the other's insert, so one of them is aborted, runs again and sees the other.
 */
import { randomUUID } from 'node:crypto';
import { type TableName, TABLES } from '../../../schemas/tables.ts';
import {
  contentOf,
  formKey,
  keysOf,
  planCommit,
  type Stored,
  type StoredContent,
  type StoredEvents,
  completeRows,
  type StoredForm,
  unsettledForms,
} from '../plan.ts';
import { arrivalRow, receiptRow } from '../receipt.ts';
import { createRecent, type Recent } from '../recent.ts';
import type { CommitBatch, CommitResult, EntryRows, TableRow } from '../store.ts';
import type { Connection } from './connection.ts';
import { isAlreadyExists, spannerError } from './errors.ts';
import { inTime } from './in-time.ts';
import { prefix } from './read.ts';
import { release, type Scope, scopeOf } from './transaction.ts';

type Key = readonly string[];

const TAG = 'jobtrail-commit';

/** @throws JobtrailError as Store.commit says. */
export function commitBatch(
  connection: Connection,
  batch: CommitBatch,
  recent: Recent = createRecent(),
): Promise<CommitResult> {
  return connection.alone(async () => {
    try {
      return await inTime(connection.ms, TAG, commitOnce(connection, batch, recent));
    } catch (error) {
      throw spannerError(error);
    }
  });
}

async function commitOnce(connection: Connection, batch: CommitBatch, recent: Recent): Promise<CommitResult> {
  completeRows(batch.entries);
  try {
    return await runCommit(connection, batch, recent, readNothing);
  } catch (error) {
    // A row beside the key row is there already: its key row expired before it did.
    if (!isAlreadyExists(error)) throw error;
    return runCommit(connection, batch, recent, readExisting);
  }
}

/** Keys of planned rows that are stored already. */
type ExistingKeys = (scope: Scope, rows: readonly TableRow[]) => Promise<ReadonlySet<string>>;

async function runCommit(
  { database, ms }: Connection,
  batch: CommitBatch,
  recent: Recent,
  existing: ExistingKeys,
): Promise<CommitResult> {
  const receiptId = randomUUID();
  const options = { timeout: ms, requestOptions: { transactionTag: TAG } };
  let sent: CommitResult | undefined;
  return database.runTransactionAsync(options, async (transaction) => {
    const scope = scopeOf(transaction, ms);
    try {
      // The client repeats this function also when the connection broke on the way back from a commit.
      if (sent !== undefined && (await hasReceipt(scope, receiptId))) {
        transaction.end();
        return sent;
      }
      const plan = planCommit(batch, await readStored(scope, batch.entries));
      const there = await existing(scope, plan.inserts);
      const inserted = there.size === 0 ? plan.inserts : newRows(plan.inserts, there);
      const receipt = receiptRow(receiptId, batch, plan.counts, inserted);
      const arrival = arrivalRow(receiptId, batch, plan.counts, inserted);
      insertAll(scope, [
        ...inserted,
        { table: 'Receipts', row: receipt },
        ...(arrival === undefined ? [] : [arrival]),
      ]);
      const seen = plan.sightings.filter((row) => !recent.has(row));
      upsertAll(scope, [...plan.work, ...onceEach(seen)]);
      sent = { fates: plan.fates, counts: plan.counts, receiptId };
      await transaction.commit({ gaxOptions: { timeout: ms } });
      for (const row of seen) recent.add(row);
      return sent;
    } catch (error) {
      await release(transaction, error);
      throw error;
    }
  });
}

async function hasReceipt(scope: Scope, receiptId: string): Promise<boolean> {
  return (await scope.read('Receipts', ['ReceiptId'], { keys: [[receiptId]] })).length > 0;
}

async function readStored(scope: Scope, entries: readonly EntryRows[]): Promise<Stored> {
  const keys = keysOf(entries);
  const [events, quarantine] = await Promise.all([
    readEvents(scope, [...keys.events]),
    readQuarantine(scope, [...keys.quarantine]),
  ]);
  return { events, quarantine, forms: await readForms(scope, entries, events) };
}

async function readEvents(scope: Scope, ids: readonly string[]): Promise<StoredEvents> {
  const events = new Map<string, Map<string, StoredContent>>();
  const columns = ['EventId', 'Variant', 'Digest', 'Source', 'Normaliser'];
  for (const row of await scope.read('Events', columns, { ranges: ids.map((id) => prefix(id)) })) {
    const id = String(row['EventId']);
    const variants = events.get(id) ?? new Map<string, StoredContent>();
    events.set(id, variants.set(String(row['Variant']), contentOf(row)));
  }
  return events;
}

async function readQuarantine(scope: Scope, ids: readonly string[]): Promise<Set<string>> {
  const rows = await scope.read('Quarantine', ['QuarantineId'], { keys: ids.map((id) => [id]) });
  return new Set(rows.map((row) => String(row['QuarantineId'])));
}

async function readForms(
  scope: Scope,
  entries: readonly EntryRows[],
  events: StoredEvents,
): Promise<Map<string, StoredForm>> {
  const forms = new Map<string, StoredForm>();
  const keys = unsettledForms(entries, events);
  if (keys.length === 0) return forms;
  const stored = await scope.read('Events', ['EventId', 'Variant', 'Digest', 'Raw', 'ExpireAt'], {
    keys: keys.map(({ eventId, variant }) => [eventId, variant]),
  });
  const others = await scope.read('Renditions', ['EventId', 'Variant', 'Digest', 'Canonical'], {
    ranges: keys.map(({ eventId, variant }) => prefix(eventId, variant)),
  });
  const renditions = new Map<string, Map<string, string | null>>();
  const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  for (const row of others) {
    const key = formKey({ eventId: String(row['EventId']), variant: String(row['Variant']) });
    const known = renditions.get(key) ?? new Map<string, string | null>();
    renditions.set(key, known.set(String(row['Digest']), textOrNull(row['Canonical'])));
  }
  for (const row of stored) {
    const key = formKey({ eventId: String(row['EventId']), variant: String(row['Variant']) });
    forms.set(key, {
      digest: String(row['Digest']),
      raw: textOrNull(row['Raw']),
      expireAt: String(row['ExpireAt']),
      renditions: renditions.get(key) ?? new Map(),
    });
  }
  return forms;
}

const keyOf = ({ table, row }: TableRow): Key => TABLES[table].key.map((column) => String(row[column]));
const keyText = (table: TableName, key: Key): string => JSON.stringify([table, ...key]);

const readNothing: ExistingKeys = () => Promise.resolve(new Set());

const readExisting: ExistingKeys = async (scope, rows) => {
  const found = new Set<string>();
  for (const [table, ofTable] of byTable(rows)) {
    const columns = [...TABLES[table].key];
    const keys = ofTable.map((row) => [...keyOf(row)]);
    for (const row of await scope.read(table, columns, { keys })) {
      const key = columns.map((name) => String(row[name]));
      found.add(keyText(table, key));
    }
  }
  return found;
};

/** Rows whose key is not there, each key once. */
function newRows(rows: readonly TableRow[], there: ReadonlySet<string>): readonly TableRow[] {
  const taken = new Set(there);
  return rows.filter((row) => {
    const key = keyText(row.table, keyOf(row));
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}

function insertAll(scope: Scope, rows: readonly TableRow[]): void {
  for (const [table, ofTable] of byTable(rows))
    scope.insert(
      table,
      ofTable.map(({ row }) => row),
    );
}

/** Each once, by its key. */
const onceEach = (rows: readonly TableRow[]): readonly TableRow[] => [
  ...new Map(rows.map((one) => [keyText(one.table, keyOf(one)), one])).values(),
];

/** Operational rows: what is there already says the same. */
function upsertAll(scope: Scope, rows: readonly TableRow[]): void {
  for (const [table, ofTable] of byTable(rows))
    scope.upsert(
      table,
      ofTable.map(({ row }) => row),
    );
}

function byTable(rows: readonly TableRow[]): Map<TableName, TableRow[]> {
  const tables = new Map<TableName, TableRow[]>();
  for (const row of rows) {
    const ofTable = tables.get(row.table);
    if (ofTable === undefined) tables.set(row.table, [row]);
    else ofTable.push(row);
  }
  return tables;
}
