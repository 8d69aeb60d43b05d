/**
 * Bytes → LogEntries: the data of a Pub/Sub message, a line of a file, an element of an array. Pure and synchronous;
 * never throws, whatever the bytes: what is no log entry comes back undecodable, with its bytes and a reason.
 */
import { isUtf8 } from 'node:buffer';
import { type LogEntry, parseLogEntry } from '../../schemas/log-entry.ts';
import { completedAudit } from '../audit/completed.ts';
import { isObject, type Json } from '../sources/fields.ts';
import type { ForeignRecord } from '../sources/source.ts';
import { canonicalDigest } from './canonical.ts';
import { timeOfEntry } from './entry-time.ts';
import type { Decoded, DecodedEntry, EntryNotes } from './envelope.ts';
import { contentEventId, identifiedEventId, type OrdinalOf, sha256, textDigest } from './event-id.ts';
import { entriesOfBatch, formOf, isEntryShaped } from './forms.ts';
import { compact, elements, nestsTooDeep } from './json-text.ts';
import { messageOfObject } from './message.ts';
import { restored } from './reexport.ts';
import { parseTimestamp } from './time.ts';
import {
  BAD_TIME,
  BATCH_TOO_LARGE,
  EMPTY,
  EMPTY_BATCH,
  MAX_BATCH,
  MAX_WRAPPINGS,
  NOT_OBJECT,
  NOT_UTF8,
  PAYLOAD_ALONE,
  REEXPORTED,
  TOO_DEEP,
  WRAPPED,
  badShape,
  noEntry,
  notJson,
  tooLarge,
} from './problems.ts';
import { KEPT_HEAD_BYTES, MAX_ENTRY_BYTES, type Problem, undecodable } from './undecodable.ts';

export interface EntryContext {
  /** One `ordinals()` for each file or message. */
  readonly ordinalOf: OrdinalOf;
  /** Asks the sources for a LogEntry around a record that reached us outside one. */
  readonly adopt?: (record: ForeignRecord) => LogEntry | undefined;
}

/** One entry mostly, more of a batch, never none. */
export function decodeEntry(data: Uint8Array, context: EntryContext): readonly Decoded[] {
  if (data.length === 0) return refuse(EMPTY, data, context);
  if (data.length > MAX_ENTRY_BYTES) {
    return refuse(tooLarge(data.length), data.subarray(0, KEPT_HEAD_BYTES), context);
  }
  const buffer = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const text = buffer.toString('utf8');
  // What is no UTF-8 decodes to this character, which others may write as well.
  if (text.includes('\ufffd') && !isUtf8(data)) return refuse(NOT_UTF8, data, context);
  return decodeText(text, data, context, 0);
}

/** `bytes` are the text's, where they exist already. */
function decodeText(
  received: string,
  bytes: Uint8Array | undefined,
  context: EntryContext,
  wrappings: number,
): readonly Decoded[] {
  // trim() takes the byte order mark too.
  const text = received.charCodeAt(0) === 123 ? received : received.trim();
  const exact = text === received ? bytes : undefined;
  const first = text.charCodeAt(0);
  if (first !== 123 && !(first === 91 && mayBeJsonArray(text))) return decodeLine(text, exact, context);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(notJson(error), bytes ?? text, context);
  }
  if (nestsTooDeep(text)) return refuse(TOO_DEEP, bytes ?? text, context);
  if (isObject(value)) {
    return formOf(value) === 'entry'
      ? [decodeObject(value, text, exact, context)]
      : decodeOther(value, text, context, wrappings);
  }
  const parts = elements(text);
  return parts.length === 0 ? refuse(EMPTY_BATCH, text, context) : decodeAll(parts, context, wrappings);
}

/** `[` begins Envoy's text lines as well: `[2026-01-01T…`. */
function mayBeJsonArray(text: string): boolean {
  const next = text.slice(1, 64).trimStart().charAt(0);
  return next === '{' || next === ']' || next === '';
}

function decodeAll(texts: readonly string[], context: EntryContext, wrappings: number): readonly Decoded[] {
  if (texts.length > MAX_BATCH) return refuse(BATCH_TOO_LARGE, texts.join('\n'), context);
  if (wrappings >= MAX_WRAPPINGS) return refuse(WRAPPED, texts.join('\n'), context);
  return texts.flatMap((text) => decodeText(text, undefined, context, wrappings + 1));
}

/** A text line, or JSON that is no object. */
function decodeLine(line: string, bytes: Uint8Array | undefined, context: EntryContext): readonly Decoded[] {
  const adopted = line === '' ? undefined : context.adopt?.({ kind: 'text', line });
  if (adopted !== undefined) {
    return [timed(adopted, line, bytes, context, () => sha256(line))];
  }
  try {
    JSON.parse(line);
  } catch (error) {
    return refuse(line === '' ? EMPTY : notJson(error), bytes ?? line, context);
  }
  return refuse(NOT_OBJECT, bytes ?? line, context);
}

function decodeOther(
  value: Json,
  text: string,
  context: EntryContext,
  wrappings: number,
): readonly Decoded[] {
  const form = formOf(value);
  if (form === 'batch') {
    const texts = entriesOfBatch(text);
    return texts.length === 0 ? refuse(EMPTY_BATCH, text, context) : decodeAll(texts, context, wrappings);
  }
  if (form === 'reexported') return [decodeReexported(value, text, context)];
  if (form === 'payload') return refuse(PAYLOAD_ALONE, text, context);

  const message = messageOfObject({ value, text: () => text });
  if (message !== undefined) {
    if ('problem' in message) {
      // A CloudEvent that carries no message may be a record of its own to a source.
      const event = context.adopt?.({ kind: 'json', value, text });
      if (event !== undefined) return [timed(event, text, undefined, context, () => canonicalDigest(text))];
      return refuse(message.problem, text, context);
    }
    if (wrappings >= MAX_WRAPPINGS) return refuse(WRAPPED, text, context);
    const { data } = message;
    if (!isUtf8(data)) return refuse(NOT_UTF8, data, context);
    return decodeText(Buffer.from(data).toString('utf8'), data, context, wrappings + 1);
  }
  const adopted = context.adopt?.({ kind: 'json', value, text });
  if (adopted !== undefined) return [timed(adopted, text, undefined, context, () => canonicalDigest(text))];
  return refuse(noEntry(value), text, context);
}

/** The digest, the text and with them the raw text stay those of what was received. */
function decodeReexported(value: Json, text: string, context: EntryContext): Decoded {
  const entry = restored(value, text);
  if ('problem' in entry) return refuseOne(entry.problem, text, context);
  if (!isEntryShaped(entry.value)) return refuseOne(REEXPORTED, text, context);
  return decodeObject(entry.value, text, undefined, context, { reexported: true });
}

function decodeObject(
  value: Json,
  text: string,
  bytes: Uint8Array | undefined,
  context: EntryContext,
  notes?: EntryNotes,
): Decoded {
  const checked = parseLogEntry(value);
  if (!checked.success) {
    // A row of a table has every column; Cloud Logging leaves out what is absent.
    if (notes === undefined && Object.values(value).includes(null))
      return decodeReexported(value, text, context);
    const issue = checked.error.issues[0];
    return refuseOne(badShape(issue?.path.join('.') ?? '', issue?.message ?? ''), bytes ?? text, context);
  }
  const digest = (): string => canonicalDigest(text);
  const completed = completedAudit(checked.data);
  if (completed === undefined) return timed(checked.data, text, bytes, context, digest, notes, value);
  const { entry, ...from } = completed;
  return timed(entry, text, bytes, context, digest, { ...notes, ...from }, value);
}

/**
 * Adds what is computed once: times, digest, id.
 * @param value the entry as it was received, for what its schema does not know
 */
function timed(
  entry: LogEntry,
  text: string,
  bytes: Uint8Array | undefined,
  context: EntryContext,
  contentDigest: () => string,
  notes?: EntryNotes,
  value?: Json,
): Decoded {
  const { receiveTimestamp, logName, insertId } = entry;
  const receiveTime = receiveTimestamp === undefined ? undefined : parseTimestamp(receiveTimestamp);
  const dated = timeOfEntry(entry, receiveTime, value);
  if (dated === undefined) return refuseOne(BAD_TIME, bytes ?? text, context);
  const { time: eventTime, from } = dated;
  const compacted = compact(text);
  // Text equal to what was received has the received bytes, which need not be encoded again.
  const content =
    bytes !== undefined && bytes.length >= compacted.length && compacted === text ? bytes : compacted;
  const identified = from === undefined && Boolean(logName) && Boolean(insertId);
  const decoded: { -readonly [K in keyof DecodedEntry]: DecodedEntry[K] } = {
    kind: 'entry',
    entry,
    eventId: identified
      ? identifiedEventId(logName ?? '', eventTime, insertId ?? '', entry.split?.index ?? 0)
      : contentId(contentDigest(), context),
    eventTime,
    digest: typeof content === 'string' ? textDigest(content) : sha256(content),
    text: () => compacted,
    bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.length,
  };
  if (receiveTime !== undefined) decoded.receiveTime = receiveTime;
  if (from !== undefined) decoded.notes = { ...notes, eventTimeFrom: from };
  else if (notes !== undefined) decoded.notes = notes;
  return decoded;
}

const contentId = (digest: string, context: EntryContext) =>
  contentEventId(digest, context.ordinalOf(digest));

const refuse = (problem: Problem, raw: Uint8Array | string, context: EntryContext): readonly Decoded[] => [
  refuseOne(problem, raw, context),
];

function refuseOne(problem: Problem, raw: Uint8Array | string, context: EntryContext): Decoded {
  return undecodable(problem, typeof raw === 'string' ? Buffer.from(raw) : raw, context.ordinalOf);
}
