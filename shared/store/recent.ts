import { TABLES } from '../../schemas/tables.ts';
import type { SeenRow } from './store.ts';

/** Rows that were written of late, so that they are not written again and again: two generations, each bounded. */
const MAX = 50_000;

export interface Recent {
  /** Whether it would say nothing new: the same was written, and no later one of its kind was the first. */
  has(row: SeenRow): boolean;
  /** Of several of its kind the first is remembered, in whatever order they are added. */
  add(row: SeenRow): void;
}

export function createRecent(max = MAX): Recent {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return {
    has(row) {
      const key = keyOf(row);
      const known = young.get(key) ?? old.get(key);
      return known !== undefined && known <= timeOf(row);
    },
    add(row) {
      const key = keyOf(row);
      const [time, known] = [timeOf(row), young.get(key) ?? old.get(key)];
      if (young.size >= max && !young.has(key)) {
        old = young;
        young = new Map();
      }
      young.set(key, known !== undefined && known < time ? known : time);
    },
  };
}

const keyOf = ({ table, row, first }: SeenRow): string =>
  JSON.stringify([table, ...TABLES[table].key.map((column) => row[column]), first?.kind]);

const timeOf = ({ first }: SeenRow): string => first?.time ?? '';
