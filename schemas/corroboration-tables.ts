/** Tables of the rules over several records: part of TABLES (tables.ts). DDL in 0006_corroboration.sql of both stores. */
import { int, MAX_CELL, outside, s, time, type Table } from './table.ts';

export const CORROBORATION_TABLES = {
  Witnesses: {
    name: 'Witnesses',
    kind: 'fact',
    /** One row for each group that an event belongs to: a group over a span of time is one key range. */
    key: ['Family', 'Subject', 'EventTime', 'EventId', 'Variant'],
    columns: [
      s('Family', 16, true),
      s('Subject', 1024, true),
      time('EventTime', true),
      s('EventId', 64, true),
      outside(s('Variant', 16, true)),
      outside(time('ExpireAt', true)),
    ],
    indexes: [],
  },
  Verdicts: {
    name: 'Verdicts',
    kind: 'fact',
    /** VerdictId is a digest of what is said and of the evidence: the same of the same evidence is one row. */
    key: ['AnchorId', 'Rule', 'About', 'VerdictId'],
    columns: [
      s('AnchorId', 64, true),
      s('Rule', 64, true),
      s('About', 1024, true),
      s('VerdictId', 32, true),
      int('RuleVersion', true),
      s('Verdict', 16, true),
      s('JoinedBy', 32),
      s('Reason', 4096),
      s('Cited', MAX_CELL, true),
      int('LateMs'),
      s('FindingId', 64),
      time('EventTime', true),
      s('JobId', 512),
      s('Environment', 64),
      s('PolicyDigest', 64, true),
      outside(int('Facts', true)),
      outside(time('DecidedAt', true)),
      outside(time('ExpireAt', true)),
    ],
    indexes: [
      { name: 'VerdictsByFinding', columns: ['FindingId'], storing: ['Verdict'], nullFiltered: true },
      { name: 'VerdictsByJob', columns: ['JobId', 'EventTime'], storing: ['Verdict'], nullFiltered: true },
    ],
  },
  OpenWork: {
    name: 'OpenWork',
    kind: 'operational',
    /** Queue is empty for what is to be judged at DueAt; else the path whose watermark must pass DueAt. */
    key: ['Queue', 'Shard', 'DueAt', 'WorkId'],
    columns: [
      s('Queue', 256, true),
      int('Shard', true),
      time('DueAt', true),
      s('WorkId', 64, true),
      time('EventTime', true),
      s('Family', 16),
      s('Subject', 1024),
      s('Bucket', 1100),
    ],
    indexes: [],
  },
  Sightings: {
    name: 'Sightings',
    kind: 'operational',
    /** Once for each bucket of time, however often it happened; EventId is one of the events it stands for. */
    key: ['Family', 'Subject', 'Bucket'],
    columns: [
      s('Family', 16, true),
      s('Subject', 768, true),
      s('Bucket', 1100, true),
      s('EventId', 64, true),
      time('ExpireAt', true),
    ],
    indexes: [],
  },
  Paths: {
    name: 'Paths',
    kind: 'operational',
    key: ['Path'],
    columns: [
      s('Path', 256, true),
      s('Status', 16, true),
      time('Watermark'),
      s('State', MAX_CELL, true),
      time('UpdatedAt', true),
    ],
    indexes: [],
  },
  Arrivals: {
    name: 'Arrivals',
    kind: 'ledger',
    /** What a commit brought of each path; read from a time on, so the key leads with a shard. */
    key: ['Shard', 'CommitTime', 'ReceiptId'],
    columns: [
      int('Shard', true),
      time('CommitTime', true),
      s('ReceiptId', 36, true),
      s('Paths', MAX_CELL, true),
      time('ExpireAt', true),
    ],
    indexes: [],
  },
} as const satisfies Partial<Record<Table['name'], Table>>;
