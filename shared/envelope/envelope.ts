/**
 * The envelope's contract: what reaches the pipeline from any edge. A message is decoded to entries; what cannot be
 * decoded is still a thing that was received, and carries its raw bytes and its reason.
 */
import type { LogEntry } from '../../schemas/log-entry.ts';
import type { MethodFrom } from '../audit/completed.ts';
import type { ServiceFrom } from '../audit/service.ts';
import type { QuarantineCode } from '../errors.ts';
import type { TimeFrom } from './entry-time.ts';

/** Nanoseconds kept: RFC 3339, UTC, nine fraction digits, `Z`. Sorts as text. */
export type Timestamp = string & { readonly __brand: 'Timestamp' };
/** SHA-256, hex. */
export type EventId = string & { readonly __brand: 'EventId' };

/** One LogEntry with what is computed from it once. */
export interface DecodedEntry {
  readonly kind: 'entry';
  readonly entry: LogEntry;
  readonly eventId: EventId;
  readonly eventTime: Timestamp;
  /** receiveTimestamp normalised; undefined where the entry has none. */
  readonly receiveTime?: Timestamp;
  /** Undefined for an entry as Cloud Logging writes it. */
  readonly notes?: EntryNotes;
  /** SHA-256 hex of `text`. */
  readonly digest: string;
  /**
   * The entry's JSON text as received (of a batch element: its part) without whitespace between tokens, so that every
   * rendition of an entry stores the same text and `digest` can be checked against it. Of an adopted text line: the line.
   */
  readonly text: () => string;
  /** Length of `text` in UTF-8. */
  readonly bytes: number;
}

/** What had to be made up for before the entry could be read; stored among the claims of its event, under these names. */
export interface EntryNotes {
  /** Another platform stored it before: its keys were put back, and who wrote its text cannot be told. */
  readonly reexported?: true;
  /** Where the event time is from, other than the entry's `timestamp`; `none` where nothing states one. */
  readonly eventTimeFrom?: TimeFrom;
  /** What names the method or the service of an audit entry that does not. */
  readonly methodFrom?: MethodFrom;
  readonly serviceFrom?: ServiceFrom;
}

export interface UndecodableEntry {
  readonly kind: 'undecodable';
  readonly code: QuarantineCode;
  /** A sentence a user understands: what is wrong with this entry. */
  readonly reason: string;
  /** What to do about it. */
  readonly hint: string;
  readonly raw: Uint8Array;
  /** Which identical one this is within its file or message, from 0. */
  readonly ordinal: number;
}

export type Decoded = DecodedEntry | UndecodableEntry;

/** A Pub/Sub message as a push body or a CloudEvent carries it. */
export interface PubsubMessage {
  /** Decoded bytes of `data`. */
  readonly data: Uint8Array;
  readonly attributes: ReadonlyMap<string, string>;
  readonly messageId?: string;
  readonly publishTime?: string;
  readonly subscription?: string;
  /** From 1; undefined where the subscription has no dead-letter policy. */
  readonly deliveryAttempt?: number;
}
