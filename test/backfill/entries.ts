/** Entries that Cloud Logging would have of a day, ten days ago: valid, named, dated. */
import { DatabaseSync } from 'node:sqlite';
import { generateDay } from '../../cli/day/day.ts';
import { isObject } from '../../shared/sources/fields.ts';

export interface LoggedEntry {
  readonly text: string;
  /** Milliseconds, for the server's own filter. */
  readonly at: number;
}

const DAY_MS = 86_400_000;
export const DATE = new Date(Date.now() - 10 * DAY_MS).toISOString().slice(0, 10);
export const NEXT = new Date(Date.parse(DATE) + DAY_MS).toISOString().slice(0, 10);

export const dayEntries = (stride: number): readonly LoggedEntry[] =>
  datedEntries(DATE).filter((_entry, index) => index % stride === 0);

/** A day that is over wherever the tests run, for what is written down. */
export const DATED = '2026-01-10';

/** Oldest first, each once. */
export function datedEntries(date: string): readonly LoggedEntry[] {
  const byText = new Map<string, LoggedEntry>();
  for (const { data } of generateDay({ date, seed: 7 })) {
    const entry = parsed(data);
    if (entry === undefined) continue;
    const at = Date.parse(String(entry['timestamp']));
    if (at >= Date.parse(date) && at < Date.parse(date) + DAY_MS) byText.set(data, { text: data, at });
  }
  return [...byText.values()].toSorted((a, b) => a.at - b.at);
}

function parsed(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    const named = isObject(value) && ['logName', 'timestamp', 'insertId'].every((name) => name in value);
    return named ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Waits for whoever writes, in milliseconds. */
const BUSY_MS = 10_000;

/** Rows of a store that a process writes, has written, or was ended while it wrote. */
export function countRows(path: string, table: string): number {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    return Number(database.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.['n']);
  } finally {
    database.close();
  }
}
