/**
 * The store as the pipeline sees it: one interface, two implementations (spanner/, sqlite/), one contract suite
 * (test/store/contract.ts). Facts are inserted and never changed; a commit is all or nothing and carries its receipt.
 */
import type { Row, TableName } from '../../schemas/tables.ts';
import type { AlertStore } from '../alerts/store.ts';
import type { OutcomeCounts } from '../pipeline/outcome.ts';
import type { BundleStore } from './bundles.ts';
import type { WorkStore } from './work.ts';

export interface TableRow {
  readonly table: TableName;
  readonly row: Row;
  /** rowDigest(table, row), where the caller has computed it already. */
  readonly digest?: string;
}

/** A sighting, or the work that it makes. */
export interface SeenRow extends TableRow {
  /** Which first one its verdicts hang on; absent: they hang on no more than that there is one. */
  readonly first?: FirstOf;
}

export interface FirstOf {
  /** Of all that have one kind rules look at the earliest. */
  readonly kind: string;
  /** RFC 3339, as in rows. */
  readonly time: string;
}

/**
 * All rows one entry makes. The first row is its key row (Events or Quarantine): where a row with that key is
 * stored already, the entry is a duplicate and none of its rows are written.
 */
export interface EntryRows {
  readonly kind: 'event' | 'quarantine';
  readonly rows: readonly [TableRow, ...TableRow[]];
  /** Operational rows that go in where the entry is new: open work. */
  readonly work?: readonly TableRow[];
  /** Operational rows of which one of many is enough: what was seen, and the work that it makes. */
  readonly sightings?: readonly SeenRow[];
  /** What is costly and first needed at the commit: Variant of all rows, Raw of the key row. Asked once, by the store. */
  readonly complete?: () => { readonly variant: string; readonly raw: string | undefined };
}

export interface CommitBatch {
  readonly source: string;
  /** push, pull, replay, backfill. */
  readonly path: string;
  /** Entries that make rows, in order. */
  readonly entries: readonly EntryRows[];
  /** Counted by the caller: entries left out by name. received = entries + filtered. */
  readonly filteredBy: Readonly<Record<string, number>>;
  readonly unknownMethods: Readonly<Record<string, number>>;
  readonly newestReceiveTime?: string;
  /** Whether what came by which path is put down: not of what is read from files, which came long before. */
  readonly arrivals?: boolean;
  /** RFC 3339; the commit's time is an argument like any other. */
  readonly now: string;
}

/** What became of one entry of the batch, in the batch's order. */
export type EntryFate = 'stored' | 'duplicate' | 'conflicting' | 'quarantined';

export interface CommitResult {
  readonly fates: readonly EntryFate[];
  readonly counts: OutcomeCounts;
  readonly receiptId: string;
}

export interface EdgeKeyRange {
  readonly node: string;
  readonly ops?: readonly string[];
}

export interface Store {
  readonly kind: 'sqlite' | 'spanner';
  /**
   * Inserts what is not there yet, with the receipt, in one transaction. Throws JobtrailError: `row-refused` when the
   * store will never take a row of this batch (the caller bisects), `store-unavailable`, `store-aborted` or
   * `store-schema` when another try may succeed. `conflicting` counts as stored: same event id, other content.
   */
  commit(batch: CommitBatch): Promise<CommitResult>;
  /** Writes down which quarantined entries were read again with success; what is there already says the same. */
  markRedriven(rows: readonly Row[]): Promise<void>;
  /** Runs read-only SQL of the common subset (schemas/queries/README.md) with named parameters. */
  query(sql: string, params: QueryParams, options?: { readonly limit?: number }): Promise<QueryResult>;
  /** Edges by their end that is not the job; ordered by key. By key range, never a scan. */
  edges(ranges: readonly EdgeKeyRange[]): Promise<readonly Row[]>;
  /** Events of these jobs (whole rows without Raw), ordered by EventTime, EventId, Variant. */
  eventsByJob(jobIds: readonly string[]): Promise<readonly Row[]>;
  /** Events with these ids, every variant. */
  eventsById(eventIds: readonly string[]): Promise<readonly Row[]>;
  /** Every row of a table in key order, in pages, for export and tests. */
  scan(table: TableName): AsyncIterable<Row>;
  /** Episodes and deliveries, on the same connection. */
  readonly alerts: AlertStore;
  /** What was declared and from when it held, on the same connection. */
  readonly bundles: BundleStore;
  /** What reconcile reads and writes, on the same connection. */
  readonly work: WorkStore;
  close(): Promise<void>;
}

export type QueryParamValue =
  | { readonly type: 'string'; readonly value: string | null }
  | { readonly type: 'int64'; readonly value: number | null }
  | { readonly type: 'timestamp'; readonly value: string | null };
export type QueryParams = Readonly<Record<string, QueryParamValue>>;

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}
