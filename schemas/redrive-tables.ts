/** What became of quarantined entries after a fix. */
import { list, s, type Table, time } from './table.ts';

export const REDRIVE_TABLES = {
  Redriven: {
    name: 'Redriven',
    kind: 'operational',
    key: ['QuarantineId'],
    columns: [
      s('QuarantineId', 64, true),
      time('RedrivenAt', true),
      s('Outcome', 16, true),
      list('EventIds', 64),
      s('Rule', 128),
      time('ExpireAt', true),
    ],
    indexes: [],
  },
} as const satisfies Partial<Record<Table['name'], Table>>;
