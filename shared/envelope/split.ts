/**
 * Pieces of one split entry. Cloud Logging cuts an entry that would be too long: all pieces share `split.uid`, count
 * from index 0 (absent in JSON) to totalSplits - 1, and arrive in any order or not at all. Each piece is stored as an
 * event of its own; they are put together when read. Which fields a piece repeats is not documented (observed: list
 * fields are spread, scalars repeat), so the join takes neither for granted.
 */
import type { LogEntry } from '../../schemas/log-entry.ts';
import { isObject, type Json } from '../sources/fields.ts';

export interface SplitPosition {
  readonly uid: string;
  /** From 0. */
  readonly index: number;
  /** Undefined where the entry does not say how many pieces there are. */
  readonly total: number | undefined;
}

/** Undefined for an entry that is whole. */
export function splitOf(entry: LogEntry): SplitPosition | undefined {
  const { split } = entry;
  return split && { uid: split.uid, index: split.index ?? 0, total: split.totalSplits };
}

export interface JoinedPieces {
  /** Lists are joined in the order of the pieces; of other fields the lowest piece that has one wins. */
  readonly entry: LogEntry;
  readonly present: readonly number[];
  /** Indexes that did not arrive. Of an unknown total, the gaps only. */
  readonly missing: readonly number[];
}

/** A piece count above this is no piece count; gaps are not listed past it. */
const MAX_PIECES = 1000;

/**
 * Puts the pieces of one uid together; a repeated index counts once, an entry without split is index 0.
 * @returns undefined for no pieces
 */
export function joinPieces(pieces: readonly LogEntry[]): JoinedPieces | undefined {
  const byIndex = new Map<number, LogEntry>();
  let total = 0;
  for (const piece of pieces) {
    const position = splitOf(piece);
    const index = position?.index ?? 0;
    if (!byIndex.has(index)) byIndex.set(index, piece);
    total = Math.max(total, position?.total ?? 0, index + 1);
  }
  const present = [...byIndex.keys()].toSorted((a, b) => a - b);
  const ordered = present.flatMap((index) => byIndex.get(index) ?? []);
  const [first, ...rest] = ordered;
  if (first === undefined) return undefined;
  const missing: number[] = [];
  for (let index = 0; index < Math.min(total, MAX_PIECES); index += 1) {
    if (!byIndex.has(index)) missing.push(index);
  }
  return { entry: rest.reduce(joinEntries, first), present, missing };
}

function joinEntries(lower: LogEntry, higher: LogEntry): LogEntry {
  return { ...higher, ...stated(lower), ...joinedPayloads(lower, higher) };
}

/** A field that is there and undefined must not hide the higher piece's. */
function stated(entry: LogEntry): Partial<LogEntry> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

function joinedPayloads(lower: LogEntry, higher: LogEntry): Partial<LogEntry> {
  const joined: { -readonly [K in 'protoPayload' | 'jsonPayload']?: LogEntry[K] } = {};
  for (const key of ['protoPayload', 'jsonPayload'] as const) {
    if (lower[key] !== undefined && higher[key] !== undefined)
      joined[key] = joinObjects(lower[key], higher[key]);
  }
  return joined;
}

function joinObjects<T extends Json>(lower: T, higher: Json): T {
  const joined = new Map<string, unknown>(Object.entries(lower));
  for (const [key, value] of Object.entries(higher)) {
    joined.set(key, joinValues(joined.get(key), value));
  }
  return Object.fromEntries(joined) as T;
}

function joinValues(lower: unknown, higher: unknown): unknown {
  if (lower === undefined) return higher;
  if (Array.isArray(lower) && Array.isArray(higher)) return [...lower, ...newOnes(lower, higher)];
  return isObject(lower) && isObject(higher) ? joinObjects(lower, higher) : lower;
}

/** A list that both pieces repeat whole is not doubled. */
function newOnes(lower: readonly unknown[], higher: readonly unknown[]): readonly unknown[] {
  const known = new Set(lower.map((item) => JSON.stringify(item)));
  return higher.filter((item) => !known.has(JSON.stringify(item)));
}
