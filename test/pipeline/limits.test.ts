/** Whatever an entry holds, the rows made of it fit their columns: the store is not where an attacker's text stops. */
import { describe, expect, it } from 'vitest';
import { checkRow } from '../../shared/store/limits.ts';
import { CORPUS } from './corpus.ts';
import { decodeDelivery, preparerOf, type Delivery } from './deliveries.ts';

/** Longer than every column but the unlimited ones, of four-byte characters, with half a pair and what breaks lines. */
const FLOOD = `${'\u{1F600}'.repeat(3000)}\uD800\u0000\n`;
/** Where entries are cut short, an entry is no longer of this time or this log, or no entry. */
const KEPT = new Set(['timestamp', 'receiveTimestamp', 'logName', '@type', 'type', 'serviceName']);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Deeper than any column is read from; broken entries nest thousands of levels deep. */
const MAX_LEVELS = 30;

/** The value once for each text in it, with that one text drawn out. */
function* flooded(value: Json, level = 0): Generator<Json> {
  if (typeof value === 'string') yield value + FLOOD;
  if (typeof value !== 'object' || value === null || level > MAX_LEVELS) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of flooded(item, level + 1)) yield value.with(index, other);
    return;
  }
  const members = Object.entries(value);
  for (const [at, [name, item]] of members.entries()) {
    if (KEPT.has(name)) continue;
    for (const other of flooded(item, level + 1)) yield Object.fromEntries(members.with(at, [name, other]));
  }
}

function* variants(delivery: Delivery): Generator<Delivery> {
  let parsed: Json;
  try {
    parsed = JSON.parse(delivery.data);
  } catch {
    return;
  }
  for (const value of flooded(parsed)) yield { ...delivery, data: JSON.stringify(value) };
}

describe('rows', () => {
  it('fit their columns, whatever the length of any text of an entry', () => {
    let checked = 0;
    const wrong = new Map<string, string>();
    for (const delivery of CORPUS) {
      for (const variant of variants(delivery)) {
        for (const decoded of decodeDelivery(variant)) {
          const prepared = preparerOf(variant).prepare(decoded, '2026-11-19T00:00:00.000000000Z');
          if (prepared.kind !== 'rows') continue;
          if (Array.from(prepared.unknownMethod ?? '').length > 256)
            wrong.set('unknownMethod', variant.data.slice(0, 80));
          for (const { table, row } of prepared.entry.rows) {
            const problem = checkRow(table, row);
            if (problem !== undefined)
              wrong.set(problem.message, String(row['Method'] ?? row['Op'] ?? row['Reason']));
            checked += 1;
          }
        }
      }
    }
    expect([...wrong]).toEqual([]);
    expect(checked).toBeGreaterThan(1000);
  });
});
