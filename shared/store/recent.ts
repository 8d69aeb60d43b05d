import { TABLES } from '../../schemas/tables.ts';
import type { TableRow } from './store.ts';

/** Keys of what was written of late, so that it is not written again and again: two generations, each bounded. */
const MAX = 50_000;

export interface Recent {
  has(key: string): boolean;
  add(key: string): void;
}

export function createRecent(max = MAX): Recent {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    has: (key) => young.has(key) || old.has(key),
    add(key) {
      if (young.size >= max) {
        old = young;
        young = new Set();
      }
      young.add(key);
    },
  };
}

/** Of a sighting, or of the work that it makes. */
export const sightingKey = ({ table, row }: TableRow): string =>
  JSON.stringify([table, ...TABLES[table].key.map((column) => row[column])]);
