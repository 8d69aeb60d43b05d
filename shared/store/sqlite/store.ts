/** The embedded store: SQLite in Node, a file or memory. Same tables, same semantics, for trial, replay and tests. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Row, type Table, type TableName, TABLES } from '../../../schemas/tables.ts';
import { byEdgeKey, byEventTime } from '../order.ts';
import {
  contentOf,
  formKey,
  keysOf,
  planCommit,
  completeRows,
  type StoredContent,
  type StoredEvents,
  type StoredForm,
  unsettledForms,
} from '../plan.ts';
import { arrivalRow, receiptRow } from '../receipt.ts';
import { createRecent } from '../recent.ts';
import type {
  CommitBatch,
  CommitResult,
  EdgeKeyRange,
  EntryRows,
  SeenRow,
  Store,
  TableRow,
} from '../store.ts';
import { createSqliteAlerts } from './alerts.ts';
import { createSqliteBundles } from './bundles.ts';
import { createSqliteWork } from './work.ts';
import { openDatabase } from './database.ts';
import { runQuery } from './query.ts';
import { inTransaction } from './transaction.ts';
import { columnNames, fromSql, toSql } from './values.ts';

const PAGE = 500;

/** @throws JobtrailError `store-unavailable` or `store-schema` when the file cannot be used. */
export function openSqliteStore(path: string): Store {
  const database = openDatabase(path);
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const inserts: Readonly<Record<TableName, StatementSync>> = {
    Events: prepare(insertSql('Events')),
    Edges: prepare(insertSql('Edges')),
    PolicyVersions: prepare(insertSql('PolicyVersions')),
    Quarantine: prepare(insertSql('Quarantine')),
    Renditions: prepare(insertSql('Renditions')),
    Receipts: prepare(insertSql('Receipts')),
    Findings: prepare(insertSql('Findings')),
    Episodes: prepare(insertSql('Episodes')),
    EpisodeTransitions: prepare(insertSql('EpisodeTransitions')),
    EpisodeFindings: prepare(insertSql('EpisodeFindings')),
    Deliveries: prepare(insertSql('Deliveries')),
    Bundles: prepare(insertSql('Bundles')),
    BundlesInForce: prepare(insertSql('BundlesInForce')),
    Silences: prepare(insertSql('Silences')),
    Witnesses: prepare(insertSql('Witnesses')),
    Verdicts: prepare(insertSql('Verdicts')),
    OpenWork: prepare(insertSql('OpenWork')),
    Sightings: prepare(insertSql('Sightings')),
    Paths: prepare(insertSql('Paths')),
    Arrivals: prepare(insertSql('Arrivals')),
    Redriven: prepare(insertSql('Redriven')),
  };
  const recent = createRecent();
  const variants = prepare(
    'SELECT e.EventId, e.Variant, e.Digest, e.Source, e.Normaliser FROM json_each(?) AS id CROSS JOIN Events AS e ON e.EventId = id.value',
  );
  const quarantined = prepare(
    'SELECT QuarantineId FROM Quarantine WHERE QuarantineId IN (SELECT value FROM json_each(?))',
  );
  const form = prepare('SELECT Digest, Raw, ExpireAt FROM Events WHERE EventId = ? AND Variant = ?');
  const renditions = prepare('SELECT Digest, Canonical FROM Renditions WHERE EventId = ? AND Variant = ?');
  const edgesOf = prepare(`${selectSql('Edges')} WHERE Node = ?`);
  const edgesOfOp = prepare(`${selectSql('Edges')} WHERE Node = ? AND Op = ?`);
  const eventsOfJob = prepare(`${selectSql('Events', ['Raw'])} WHERE JobId = ?`);
  const eventsOfId = prepare(`${selectSql('Events')} WHERE EventId = ?`);

  function storedEvents(ids: ReadonlySet<string>): StoredEvents {
    const events = new Map<string, Map<string, StoredContent>>();
    for (const row of variants.all(JSON.stringify([...ids]))) {
      const id = String(row['EventId']);
      const known = events.get(id) ?? new Map<string, StoredContent>();
      events.set(id, known.set(String(row['Variant']), contentOf(row)));
    }
    return events;
  }

  function storedQuarantine(ids: ReadonlySet<string>): Set<string> {
    if (ids.size === 0) return new Set();
    return new Set(quarantined.all(JSON.stringify([...ids])).map((row) => String(row['QuarantineId'])));
  }

  function storedForms(entries: readonly EntryRows[], events: StoredEvents): Map<string, StoredForm> {
    const forms = new Map<string, StoredForm>();
    for (const key of unsettledForms(entries, events)) {
      const row = form.get(key.eventId, key.variant);
      if (row === undefined) continue;
      const { Raw: raw } = row;
      const others = renditions
        .all(key.eventId, key.variant)
        .map(({ Digest: digest, Canonical: canonical }) => {
          return [String(digest), typeof canonical === 'string' ? canonical : null] as const;
        });
      forms.set(formKey(key), {
        digest: String(row['Digest']),
        raw: typeof raw === 'string' ? raw : null,
        expireAt: String(row['ExpireAt']),
        renditions: new Map(others),
      });
    }
    return forms;
  }

  function insert({ table, row }: TableRow): boolean {
    return inserts[table].run(...toSql(TABLES[table].columns, row)).changes !== 0;
  }

  function commitNow(batch: CommitBatch, seen: SeenRow[]): CommitResult {
    completeRows(batch.entries);
    const keys = keysOf(batch.entries);
    const events = storedEvents(keys.events);
    const plan = planCommit(batch, {
      events,
      quarantine: storedQuarantine(keys.quarantine),
      forms: storedForms(batch.entries, events),
    });
    const inserted = plan.inserts.filter(insert);
    const receiptId = randomUUID();
    insert({ table: 'Receipts', row: receiptRow(receiptId, batch, plan.counts, inserted) });
    const arrival = arrivalRow(receiptId, batch, plan.counts, inserted);
    if (arrival !== undefined) insert(arrival);
    for (const row of plan.work) insert(row);
    for (const row of plan.sightings) {
      if (recent.has(row)) continue;
      insert(row);
      seen.push(row);
    }
    return { fates: plan.fates, counts: plan.counts, receiptId };
  }

  return {
    kind: 'sqlite',
    async commit(batch) {
      const seen: SeenRow[] = [];
      const result = inTransaction(database, () => commitNow(batch, seen));
      for (const row of seen) recent.add(row);
      return result;
    },
    async markRedriven(rows) {
      inTransaction(database, () => {
        for (const row of rows) insert({ table: 'Redriven', row });
      });
    },
    query: async (sql, params, options) => runQuery(database, sql, params, options?.limit),
    async edges(ranges) {
      return edgeRows(ranges, edgesOf, edgesOfOp).sort(byEdgeKey);
    },
    async eventsByJob(jobIds) {
      const rows = [...new Set(jobIds)].flatMap((id) => eventsOfJob.all(id));
      return rows.map((row) => fromSql(TABLES.Events, row)).sort(byEventTime);
    },
    async eventsById(eventIds) {
      const rows = [...new Set(eventIds)].flatMap((id) => eventsOfId.all(id));
      return rows.map((row) => fromSql(TABLES.Events, row)).sort(byEventTime);
    },
    scan: (table) => scanTable(database, table),
    alerts: createSqliteAlerts(database),
    bundles: createSqliteBundles(database),
    work: createSqliteWork(database),
    async close() {
      if (database.isOpen) database.close();
    },
  };
}

function insertSql(table: TableName): string {
  const columns = columnNames(table);
  const places = columns.map(() => '?').join(', ');
  const key = TABLES[table].key.join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT (${key}) DO NOTHING`;
}

function selectSql(table: TableName, without: readonly string[] = []): string {
  const columns = columnNames(table).filter((name) => !without.includes(name));
  return `SELECT ${columns.join(', ')} FROM ${table}`;
}

function edgeRows(ranges: readonly EdgeKeyRange[], all: StatementSync, ofOp: StatementSync): Row[] {
  const rows = new Map<string, Row>();
  for (const { node, ops } of ranges) {
    const records = ops === undefined ? all.all(node) : ops.flatMap((op) => ofOp.all(node, op));
    for (const record of records) {
      const row = fromSql(TABLES.Edges, record);
      rows.set(JSON.stringify(TABLES.Edges.key.map((column) => row[column])), row);
    }
  }
  return [...rows.values()];
}

async function* scanTable(database: DatabaseSync, table: TableName): AsyncIterable<Row> {
  const { key, descending = [] }: Table = TABLES[table];
  const order = key.map((column) => (descending.includes(column) ? `${column} DESC` : column)).join(', ');
  const page = `ORDER BY ${order} LIMIT ${PAGE}`;
  const first = database.prepare(`${selectSql(table)} ${page}`);
  const after = database.prepare(`${selectSql(table)} WHERE ${afterKey(key, descending)} ${page}`);
  let records = first.all();
  while (records.length > 0) {
    for (const record of records) yield fromSql(TABLES[table], record);
    const last = records.at(-1);
    records =
      records.length < PAGE || last === undefined
        ? []
        : after.all(...key.map((column) => last[column] ?? null));
  }
}

/** What comes after the key `?1, ?2, …` in the order of the table's key. */
function afterKey(key: readonly string[], descending: readonly string[]): string {
  // One comparison of the whole key is a seek; with a descending column in it there is no such comparison.
  if (descending.length === 0)
    return `(${key.join(', ')}) > (${key.map((_, at) => `?${at + 1}`).join(', ')})`;
  const steps = key.map((column, at) => {
    const before = key.slice(0, at).map((earlier, i) => `${earlier} = ?${i + 1} AND `);
    return `(${before.join('')}${column} ${descending.includes(column) ? '<' : '>'} ?${at + 1})`;
  });
  return `(${steps.join(' OR ')})`;
}
