/**
 * Event ids. The same entry gets the same id however often and by whichever route it arrives: sinks, Pub/Sub and
 * overlapping exports all repeat entries, and only (logName, timestamp, insertId) is stated to be unique; the pieces of
 * a split entry share these three, so the piece's index is part of it.
 */
import { hash } from 'node:crypto';
import type { EventId, Timestamp } from './envelope.ts';

export const sha256 = (data: string | Uint8Array): string => hash('sha256', data);

/** Of the last text: a source that names a record by what it says asks for the digest that its decoder needs too. */
let last = { text: '', digest: sha256('') };

/** As `sha256`, for texts that are asked for twice in a row. */
export function textDigest(text: string): string {
  if (last.text !== text) last = { text, digest: sha256(text) };
  return last.digest;
}

/**
 * The id of an entry that Cloud Logging identified. Lengths stand before the parts that publishers choose, so that no
 * two different triples make one text.
 */
export function identifiedEventId(
  logName: string,
  eventTime: Timestamp,
  insertId: string,
  splitIndex: number,
): EventId {
  return sha256(
    `${logName.length}:${logName}${eventTime}${insertId.length}:${insertId}${splitIndex}`,
  ) as EventId;
}

/**
 * The id of an entry without log name, timestamp or insert id: its content, and which of the identical ones of its
 * file or message it is (from 0).
 */
export function contentEventId(contentDigest: string, ordinal: number): EventId {
  return sha256(`content:${contentDigest}:${ordinal}`) as EventId;
}

/** From 0: how many with this digest (hex) were asked for before in the same file or message. */
export type OrdinalOf = (digest: string) => number;

/** About 15 MB. */
const GENERATION = 262_144;

/**
 * Counts identical contents: one counter for each file or message, asked only for what has no id of its own. Costs
 * nothing until it is first asked. Memory is bounded: two generations of at most `generation` contents; where more
 * other ones than that lie between two identical ones, the later counts as a repetition of the first.
 */
export function ordinals(generation = GENERATION): OrdinalOf {
  let recent: Map<number, number> | undefined;
  let older: Map<number, number> | undefined;
  return (digest) => {
    // 52 bits: exact as a number; two contents that share them get ordinals apart, and differ in their digest anyway.
    const key = Number.parseInt(digest.slice(0, 13), 16);
    const ordinal = recent?.get(key) ?? older?.get(key) ?? 0;
    if (recent === undefined || (recent.size >= generation && !recent.has(key))) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, ordinal + 1);
    return ordinal;
  };
}
