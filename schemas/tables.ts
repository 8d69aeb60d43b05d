/**
 * The tables, once, as data: the DDL of both stores, the limit checks, the row digest and the docs are held against
 * this. Kinds are the design's: facts are inserted and never changed and are a function of the set of entries;
 * the ledger balances but does not converge; operational tables are derived again by `rebuild`.
 */
import { ALERT_TABLES } from './alert-tables.ts';
import { CORROBORATION_TABLES } from './corroboration-tables.ts';
import { POLICY_TABLES } from './policy-tables.ts';
import { REDRIVE_TABLES } from './redrive-tables.ts';
import { int, list, MAX_CELL, outside, s, type Table, type TableName, time } from './table.ts';

export { MAX_CELL } from './table.ts';
export type { Column, ColumnType, Index, Table, TableName } from './table.ts';

export const TABLES = {
  Events: {
    name: 'Events',
    kind: 'fact',
    /** Variant tells two contents under one id apart: first 16 hex digits of the digest of the recorded columns. */
    key: ['EventId', 'Variant'],
    columns: [
      s('EventId', 64, true),
      outside(s('Variant', 16, true)),
      int('Shard', true),
      time('EventTime', true),
      time('ReceiveTime'),
      s('Source', 32, true),
      s('Action', 32, true),
      s('Outcome', 8, true),
      s('Method', 256, true),
      int('Status'),
      s('Actor', 1024),
      s('ActorKind', 16),
      s('ActorProof', 16),
      s('ActorAs', 1024),
      s('ActorOwner', 1024),
      s('ActorLane', 64),
      s('ActorAbsent', 32),
      list('ActingFor', 1024),
      list('ActingForBy', 64),
      list('Bindings', 128),
      s('KeyName', 512),
      s('RunAs', 1024),
      s('Peer', 1024),
      s('JobId', 512),
      s('JobName', 1024),
      s('ParentJob', 512),
      s('OperationId', 256),
      s('Phase', 8),
      s('Resource', 2048),
      s('Project', 128),
      s('Location', 128),
      s('Environment', 64),
      s('Via', 8, true),
      s('Provenance', 16, true),
      s('CallKey', 512),
      s('RequestId', 128),
      s('Trace', 256),
      list('Reads', 1024),
      list('Writes', 1024),
      list('Uses', 1024),
      s('Claims', MAX_CELL),
      s('SplitUid', 128),
      int('SplitIndex'),
      int('SplitTotal'),
      s('LogName', 1024),
      s('InsertId', 512),
      int('Normaliser', true),
      s('Decision', 16),
      list('DecidedBy', 128),
      list('WaitsFor', 16),
      s('PolicyDigest', 64),
      outside(s('Digest', 64, true)),
      outside(s('Raw', MAX_CELL)),
      outside(time('ExpireAt', true)),
    ],
    indexes: [
      {
        name: 'EventsByTime',
        columns: ['Shard', 'EventTime'],
        descending: ['EventTime'],
        storing: ['Action'],
      },
      { name: 'EventsByJob', columns: ['JobId', 'EventTime'], storing: ['Action'], nullFiltered: true },
    ],
  },
  Edges: {
    name: 'Edges',
    kind: 'fact',
    /** One row for each end that is not the job; the job's own end is found through EventsByJob and the view JobFlows. */
    key: ['Node', 'Op', 'JobId', 'EventId', 'Variant'],
    columns: [
      s('Node', 1024, true),
      s('Op', 16, true),
      s('JobId', 512, true),
      s('EventId', 64, true),
      outside(s('Variant', 16, true)),
      time('EventTime', true),
      s('Actor', 1024),
      list('ActingFor', 1024),
      s('Environment', 64),
      s('Outcome', 8, true),
      s('Strength', 16, true),
      s('PolicyDigest', 64, true),
      outside(time('ExpireAt', true)),
    ],
    indexes: [],
  },
  PolicyVersions: {
    name: 'PolicyVersions',
    kind: 'fact',
    /**
     * One row for each allowed change of a policy. The version that held at an instant is the first row of its policy at
     * or before it: a read of one key range.
     */
    key: ['Plane', 'Policy', 'EventTime', 'EventId', 'Variant'],
    descending: ['EventTime'],
    columns: [
      s('Plane', 16, true),
      s('Policy', 1024, true),
      time('EventTime', true),
      s('EventId', 64, true),
      outside(s('Variant', 16, true)),
      s('Change', 8, true),
      /** SHA-256 of the canonical content; null where the entry tells no whole content. */
      s('ContentDigest', 64),
      s('Actor', 1024),
      list('ActingFor', 1024),
      s('Project', 128),
      s('Environment', 64),
      /** Anybody who can write log entries can write a version: readers keep one line for each provenance. */
      s('Provenance', 16, true),
      outside(time('ExpireAt', true)),
    ],
    indexes: [],
  },
  Quarantine: {
    name: 'Quarantine',
    kind: 'fact',
    /** SHA-256 of the raw bytes, their ordinal among identical ones of one file or message, and the source that got them. */
    key: ['QuarantineId'],
    columns: [
      s('QuarantineId', 64, true),
      s('Source', 32, true),
      s('Reason', 64, true),
      s('Message', 1024, true),
      s('Hint', 1024),
      s('Raw', MAX_CELL, true),
      s('RawEncoding', 8, true),
      int('RawBytes', true),
      outside(time('FirstSeen', true)),
      outside(time('ExpireAt', true)),
    ],
    indexes: [],
  },
  Renditions: {
    name: 'Renditions',
    kind: 'fact',
    /**
     * Every byte form of an entry of which more than one was met under one event id and variant. Each row is a
     * function of its own form alone, so that the order of arrival does not show: two rows of one (EventId, Variant)
     * with different Canonical are different contents (view RenditionConflicts).
     */
    key: ['EventId', 'Variant', 'Digest'],
    columns: [
      s('EventId', 64, true),
      s('Variant', 16, true),
      s('Digest', 64, true),
      /** Digest of the canonical form of Raw; null where Raw is not kept whole. */
      s('Canonical', 64),
      /** What a comparison rests on: canonical-form, or columns where Canonical is null. */
      s('Basis', 16, true),
      s('Raw', MAX_CELL),
      outside(time('ExpireAt', true)),
    ],
    indexes: [],
  },
  Receipts: {
    name: 'Receipts',
    kind: 'ledger',
    key: ['ReceiptId'],
    columns: [
      s('ReceiptId', 36, true),
      time('CommitTime', true),
      s('Source', 32, true),
      s('Path', 16, true),
      int('Received', true),
      int('Stored', true),
      int('Duplicate', true),
      int('Filtered', true),
      int('Quarantined', true),
      int('Conflicting', true),
      s('FilteredBy', MAX_CELL),
      s('UnknownMethods', MAX_CELL),
      time('NewestReceiveTime'),
      int('RowCount', true),
      s('RowRoot', 64, true),
    ],
    indexes: [],
  },
  ...ALERT_TABLES,
  ...POLICY_TABLES,
  ...CORROBORATION_TABLES,
  ...REDRIVE_TABLES,
} as const satisfies Record<TableName, Table>;

/** A value of a row. Timestamps are RFC 3339 UTC text with nine fraction digits and `Z`, in every store. */
export type Value = string | number | readonly string[] | null;
/** Absent keys are NULL. */
export type Row = { readonly [column: string]: Value | undefined };
