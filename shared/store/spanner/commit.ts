/**
 * One commit: a read-write transaction that reads the keys of the batch, plans, and inserts what is new together with
 * the receipt. `insert` mutations and the Read API need INSERT and SELECT only.
 *
 * The key ranges are read inside the transaction, by event id and not by (event id, variant): two commits that bring
 * different contents under one new id insert different keys and would not collide by themselves, but the range each has
 * read is locked against the other's insert, so one of them is aborted, runs again and sees the other.
 */
import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '@google-cloud/spanner';
import { type TableName, TABLES } from '../../../schemas/tables.ts';
import {
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
import { createRecent, type Recent, sightingKey } from '../recent.ts';
import type { CommitBatch, CommitResult, EntryRows, TableRow } from '../store.ts';
import { isAlreadyExists, spannerError } from './errors.ts';
import { READ, release, TIMEOUT } from './transaction.ts';
import { fromClientRow, toMutation } from './values.ts';

type Key = readonly string[];

const prefix = (...key: string[]): { startClosed: string[]; endClosed: string[] } => ({
  startClosed: key,
  endClosed: key,
});

/** @throws JobtrailError as Store.commit says. */
export async function commitBatch(
  database: Database,
  batch: CommitBatch,
  recent: Recent = createRecent(),
): Promise<CommitResult> {
  completeRows(batch.entries);
  try {
    try {
      return await runCommit(database, batch, recent, readNothing);
    } catch (error) {
      // A row beside the key row is there already: its key row expired before it did.
      if (!isAlreadyExists(error)) throw error;
      return await runCommit(database, batch, recent, readExisting);
    }
  } catch (error) {
    throw spannerError(error);
  }
}

/** Keys of planned rows that are stored already. */
type ExistingKeys = (transaction: Transaction, rows: readonly TableRow[]) => Promise<ReadonlySet<string>>;

async function runCommit(
  database: Database,
  batch: CommitBatch,
  recent: Recent,
  existing: ExistingKeys,
): Promise<CommitResult> {
  const receiptId = randomUUID();
  const options = { timeout: TIMEOUT, requestOptions: { transactionTag: 'jobtrail-commit' } };
  let sent: CommitResult | undefined;
  return database.runTransactionAsync(options, async (transaction) => {
    try {
      // The client repeats this function also when the connection broke on the way back from a commit.
      if (sent !== undefined && (await hasReceipt(transaction, receiptId))) {
        transaction.end();
        return sent;
      }
      const plan = planCommit(batch, await readStored(transaction, batch.entries));
      const there = await existing(transaction, plan.inserts);
      const inserted = there.size === 0 ? plan.inserts : newRows(plan.inserts, there);
      const receipt = receiptRow(receiptId, batch, plan.counts, inserted);
      const arrival = arrivalRow(receiptId, batch, plan.counts, inserted);
      insertAll(transaction, [
        ...inserted,
        { table: 'Receipts', row: receipt },
        ...(arrival === undefined ? [] : [arrival]),
      ]);
      const seen = newSightings(plan.sightings, recent);
      upsertAll(transaction, [...plan.work, ...seen.values()]);
      sent = { fates: plan.fates, counts: plan.counts, receiptId };
      await transaction.commit({ gaxOptions: { timeout: TIMEOUT } });
      for (const key of seen.keys()) recent.add(key);
      return sent;
    } catch (error) {
      await release(transaction, error);
      throw error;
    }
  });
}

async function hasReceipt(transaction: Transaction, receiptId: string): Promise<boolean> {
  const [rows] = await transaction.read('Receipts', {
    keys: [[receiptId]],
    columns: ['ReceiptId'],
    gaxOptions: READ,
  });
  return rows.length > 0;
}

async function readStored(transaction: Transaction, entries: readonly EntryRows[]): Promise<Stored> {
  const keys = keysOf(entries);
  const [events, quarantine] = await Promise.all([
    readEvents(transaction, [...keys.events]),
    readQuarantine(transaction, [...keys.quarantine]),
  ]);
  return { events, quarantine, forms: await readForms(transaction, entries, events) };
}

async function readEvents(transaction: Transaction, ids: readonly string[]): Promise<StoredEvents> {
  const events = new Map<string, Map<string, StoredContent>>();
  if (ids.length === 0) return events;
  const [rows] = await transaction.read('Events', {
    ranges: ids.map((id) => prefix(id)),
    columns: ['EventId', 'Variant', 'Digest', 'Normaliser'],
    gaxOptions: READ,
  });
  for (const row of rows.map(fromClientRow)) {
    const id = String(row['EventId']);
    const variants = events.get(id) ?? new Map<string, StoredContent>();
    const content = { digest: String(row['Digest']), normaliser: Number(row['Normaliser']) };
    events.set(id, variants.set(String(row['Variant']), content));
  }
  return events;
}

async function readQuarantine(transaction: Transaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const [rows] = await transaction.read('Quarantine', {
    keys: ids.map((id) => [id]),
    columns: ['QuarantineId'],
    gaxOptions: READ,
  });
  return new Set(rows.map((row) => String(fromClientRow(row)['QuarantineId'])));
}

async function readForms(
  transaction: Transaction,
  entries: readonly EntryRows[],
  events: StoredEvents,
): Promise<Map<string, StoredForm>> {
  const forms = new Map<string, StoredForm>();
  const keys = unsettledForms(entries, events);
  if (keys.length === 0) return forms;
  const [stored] = await transaction.read('Events', {
    keys: keys.map(({ eventId, variant }) => [eventId, variant]),
    columns: ['EventId', 'Variant', 'Digest', 'Raw', 'ExpireAt'],
    gaxOptions: READ,
  });
  const [others] = await transaction.read('Renditions', {
    ranges: keys.map(({ eventId, variant }) => prefix(eventId, variant)),
    columns: ['EventId', 'Variant', 'Digest', 'Canonical'],
    gaxOptions: READ,
  });
  const renditions = new Map<string, Map<string, string | null>>();
  const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  for (const row of others.map(fromClientRow)) {
    const key = formKey({ eventId: String(row['EventId']), variant: String(row['Variant']) });
    const known = renditions.get(key) ?? new Map<string, string | null>();
    renditions.set(key, known.set(String(row['Digest']), textOrNull(row['Canonical'])));
  }
  for (const row of stored.map(fromClientRow)) {
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

const readExisting: ExistingKeys = async (transaction, rows) => {
  const found = new Set<string>();
  for (const [table, ofTable] of byTable(rows)) {
    const columns = [...TABLES[table].key];
    const [stored] = await transaction.read(table, {
      keys: ofTable.map((row) => [...keyOf(row)]),
      columns,
      gaxOptions: READ,
    });
    for (const row of stored.map(fromClientRow))
      found.add(
        keyText(
          table,
          columns.map((name) => String(row[name])),
        ),
      );
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

function insertAll(transaction: Transaction, rows: readonly TableRow[]): void {
  for (const [table, ofTable] of byTable(rows)) {
    const { columns } = TABLES[table];
    transaction.insert(
      table,
      ofTable.map(({ row }) => toMutation(columns, row)),
    );
  }
}

/** Each once, by its key, without those that were written of late. */
function newSightings(rows: readonly TableRow[], recent: Recent): ReadonlyMap<string, TableRow> {
  const seen = new Map<string, TableRow>();
  for (const row of rows) {
    const key = sightingKey(row);
    if (!recent.has(key)) seen.set(key, row);
  }
  return seen;
}

/** Operational rows: what is there already says the same. */
function upsertAll(transaction: Transaction, rows: readonly TableRow[]): void {
  for (const [table, ofTable] of byTable(rows)) {
    const { columns } = TABLES[table];
    transaction.upsert(
      table,
      ofTable.map(({ row }) => toMutation(columns, row)),
    );
  }
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
