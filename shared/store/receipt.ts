/** The ledger's row of one commit: the counts, and the root over what the commit inserted. */
import type { Row } from '../../schemas/tables.ts';
import { DAY_MS, later } from '../alerts/times.ts';
import { arrivalsOf } from '../corroboration/health/arrivals.ts';
import { merkleRoot } from '../seal/merkle.ts';
import type { CommitPlan } from './plan.ts';
import { rowDigest } from './row-digest.ts';
import type { CommitBatch, TableRow } from './store.ts';
import { shardOf } from './work.ts';

/** `inserted` are the fact rows that really go in, in any order. */
export function receiptRow(
  receiptId: string,
  batch: CommitBatch,
  counts: CommitPlan['counts'],
  inserted: readonly TableRow[],
): Row {
  return {
    ReceiptId: receiptId,
    CommitTime: batch.now,
    Source: batch.source,
    Path: batch.path,
    Received: counts.received,
    Stored: counts.stored,
    Duplicate: counts.duplicate,
    Filtered: counts.filtered,
    Quarantined: counts.quarantined,
    Conflicting: counts.conflicting,
    FilteredBy: countsJson(batch.filteredBy),
    UnknownMethods: countsJson(batch.unknownMethods),
    NewestReceiveTime: batch.newestReceiveTime,
    RowCount: inserted.length,
    RowRoot: rowRoot(inserted),
  };
}

/** Days that what came by which path is kept: the learned cadence is a digest of it. */
const ARRIVAL_DAYS = 30;

/**
 * What the commit brought of each path; undefined where that is not asked for, or nothing came.
 * @param inserted fact rows that really go in: what was there already arrived before
 */
export function arrivalRow(
  receiptId: string,
  { arrivals, now, source }: CommitBatch,
  counts: CommitPlan['counts'],
  inserted: readonly TableRow[],
): TableRow | undefined {
  if (arrivals !== true) return undefined;
  const events = inserted.filter(({ table }) => table === 'Events').map(({ row }) => row);
  const others = counts.filtered + counts.quarantined;
  const paths = arrivalsOf(events, now, others === 0 ? undefined : { source, count: others });
  if (paths === undefined) return undefined;
  return {
    table: 'Arrivals',
    row: {
      Shard: shardOf(receiptId),
      CommitTime: now,
      ReceiptId: receiptId,
      Paths: paths,
      ExpireAt: later(now, ARRIVAL_DAYS * DAY_MS),
    },
  };
}

/** Hex of the RFC 6962 root over the row digests, sorted, so that the order of insertion does not show. */
export function rowRoot(rows: readonly TableRow[]): string {
  const digests = rows.map(({ table, row, digest }) => digest ?? rowDigest(table, row)).sort();
  return Buffer.from(merkleRoot(digests.map((digest) => Buffer.from(digest, 'hex')))).toString('hex');
}

/** JSON object with sorted names; undefined when there is nothing to say. */
function countsJson(counts: Readonly<Record<string, number>>): string | undefined {
  const entries = Object.entries(counts);
  if (entries.length === 0) return undefined;
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
