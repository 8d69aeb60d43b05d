/**
 * When an entry happened. Cloud Logging dates every entry; exports by hand, documentation and detection rules shorten them.
 * What the entry states itself counts, then what its payload states of the call; never the clock.
 */
import type { LogEntry } from '../../schemas/log-entry.ts';
import { obj, str, type Json } from '../sources/fields.ts';
import type { DecodedEntry, Timestamp } from './envelope.ts';
import { parseTimestamp } from './time.ts';

/** The event time of an entry that states none: the start of Unix time, so that it stands apart from all that are dated. */
export const NO_TIME = '1970-01-01T00:00:00.000000000Z' as Timestamp;

/** Where an event time is from, other than the entry's `timestamp`. */
export type TimeFrom = 'receiveTimestamp' | 'requestAttributes.time' | 'protoPayload.timestamp' | 'none';

/** True where nothing says when it happened: the event time is none, and nothing may be told by it. */
export const isUndated = ({ notes }: Pick<DecodedEntry, 'notes'>): boolean => notes?.eventTimeFrom === 'none';

export interface EntryTime {
  readonly time: Timestamp;
  /** Undefined for the entry's own `timestamp`. */
  readonly from?: TimeFrom;
}

/**
 * @param receiveTime the entry's `receiveTimestamp`, where it could be read
 * @param received the entry as it was received, for fields of its payload that no schema has
 * @returns undefined where the entry states a time and none that it states can be read
 */
export function timeOfEntry(
  { timestamp, receiveTimestamp }: LogEntry,
  receiveTime: Timestamp | undefined,
  received: Json | undefined,
): EntryTime | undefined {
  const time = timestamp === undefined ? undefined : parseTimestamp(timestamp);
  if (time !== undefined) return { time };
  if (receiveTime !== undefined) return { time: receiveTime, from: 'receiveTimestamp' };
  if (isStated(timestamp) || isStated(receiveTimestamp)) return undefined;
  return timeOfPayload(obj(received, 'protoPayload')) ?? { time: NO_TIME, from: 'none' };
}

const isStated = (text: string | undefined): boolean => text !== undefined && text !== '';

/**
 * `requestAttributes.time` is when the service received the call. `protoPayload.timestamp` is no field of AuditLog;
 * platforms that lift a Kubernetes audit event or the entry's own fields into the payload put it there.
 */
function timeOfPayload(payload: Json | undefined): EntryTime | undefined {
  const attributes = obj(obj(payload, 'requestMetadata'), 'requestAttributes');
  const called = parseTimestamp(str(attributes, 'time') ?? '');
  if (called !== undefined) return { time: called, from: 'requestAttributes.time' };
  const lifted = parseTimestamp(str(payload, 'timestamp') ?? '');
  return lifted === undefined ? undefined : { time: lifted, from: 'protoPayload.timestamp' };
}
