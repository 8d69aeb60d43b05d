/** Tables of what was declared and from when it held: part of TABLES (tables.ts). DDL in 0004_bundles.sql of both stores. */
import { MAX_CELL, outside, s, time, type Table } from './table.ts';

export const POLICY_TABLES = {
  Bundles: {
    name: 'Bundles',
    kind: 'fact',
    /** SHA-256 of what the texts mean; what is kept under a digest never changes. */
    key: ['Digest'],
    columns: [s('Digest', 64, true), s('Texts', MAX_CELL, true), outside(time('StoredAt', true))],
    indexes: [],
  },
  BundlesInForce: {
    name: 'BundlesInForce',
    kind: 'fact',
    /** One bundle from one time. */
    key: ['FromTime'],
    columns: [
      time('FromTime', true),
      s('Digest', 64, true),
      s('CommitId', 128, true),
      s('Reviewer', 1024, true),
      s('PushedBy', 1024, true),
      time('PushedAt', true),
    ],
    indexes: [],
  },
} as const satisfies Partial<Record<Table['name'], Table>>;
