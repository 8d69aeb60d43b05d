/**
 * A quarantined row → its entries, as the present decoder reads them; or why it must stay. Pure.
 *
 * Threat: a log entry says by its log name who wrote it, and only Cloud Logging makes that true. Whoever may post records to a
 * receiver, or put them into its bucket, could post such an entry in a form that cannot be read, and wait for the version
 * that reads it. Of what may have been posted only records are taken, which claim nothing by a log name.
 */
import type { Row } from '../../schemas/tables.ts';
import type { LogEntry } from '../../schemas/log-entry.ts';
import { decodeEntry } from '../envelope/entry.ts';
import type { Decoded } from '../envelope/envelope.ts';
import { ordinals } from '../envelope/event-id.ts';
import { decodePush } from '../envelope/message.ts';
import type { QuarantineCode } from '../errors.ts';
import { LOG_ENTRY } from '../pipeline/ingest-records.ts';
import { decodeOrKeep } from '../pipeline/ingest.ts';
import { MAX_RAW } from '../pipeline/raw-text.ts';
import { adoptBy } from '../sources/adopt.ts';
import { SOURCES } from '../sources/index.ts';
import type { ForeignRecord } from '../sources/source.ts';

/** Reasons whose raw text is the body of a request and not the data of a message. */
const BODIES: ReadonlySet<string> = new Set(['envelope-not-json', 'envelope-shape', 'data-not-base64']);

/** Sources whose writers send records themselves: by HTTP, in files, or as what was polled. */
const POSTED: ReadonlySet<string> = new Set([
  'kong',
  'openlineage',
  'approvals',
  'deployments',
  'databricks',
  'observed',
]);
/** Reasons of what was an entry: one that was posted as such never came that far. */
const OF_ENTRIES: ReadonlySet<string> = new Set([
  'payload-missing',
  'payload-shape',
  'line-grammar',
  'row-limit',
  'row-refused',
  'delivery-exhausted',
]);
const NORMALISED = 'The normaliser of ';

export type Reread =
  | { readonly kind: 'entries'; readonly entries: readonly Decoded[] }
  | { readonly kind: 'stays'; readonly why: string };

const TOO_LARGE = 'entry-too-large' satisfies QuarantineCode;
const NOT_FROM_CLOUD_LOGGING: Reread = { kind: 'stays', why: 'not-from-cloud-logging' };

export function reread(row: Row): Reread {
  const [source, reason, message] = [String(row['Source']), String(row['Reason']), String(row['Message'])];
  // Whoever may post records could post this one again through us.
  if (reason === LOG_ENTRY.code && message === LOG_ENTRY.reason) return NOT_FROM_CLOUD_LOGGING;
  // Its end is gone: what is left might be read, as something else than it was.
  if (reason === TOO_LARGE || String(row['Raw']).length >= MAX_RAW) return { kind: 'stays', why: TOO_LARGE };
  const adopted = new Set<LogEntry>();
  const entries = entriesOfRow(row, reason, (record) => {
    const entry = adoptFor(source)(record);
    if (entry !== undefined) adopted.add(entry);
    return entry;
  });
  const wasEntry =
    OF_ENTRIES.has(reason) || (reason === 'normaliser-crash' && message.startsWith(NORMALISED));
  if (POSTED.has(source) && !wasEntry) {
    const claims = entries.some((decoded) => decoded.kind === 'entry' && !adopted.has(decoded.entry));
    if (claims) return NOT_FROM_CLOUD_LOGGING;
  }
  return { kind: 'entries', entries };
}

type Adopt = (record: ForeignRecord) => LogEntry | undefined;

function entriesOfRow(row: Row, reason: string, adopt: Adopt): readonly Decoded[] {
  const raw = Buffer.from(String(row['Raw']), row['RawEncoding'] === 'base64' ? 'base64' : 'utf8');
  if (!BODIES.has(reason)) return entriesOf(raw, adopt);
  const message = decodePush(raw);
  return 'kind' in message ? [message] : entriesOf(message.data, adopt);
}

/** By the source whose function received it; by all of them where that is none. */
export function adoptFor(name: string): Adopt {
  const source = SOURCES.find((one) => one.name === name);
  return source === undefined ? adoptBy(SOURCES) : (record) => source.adopt?.(record);
}

/** Of the data of a message, or one record. */
export function entriesOf(data: Uint8Array, adopt: Adopt): readonly Decoded[] {
  const context = { ordinalOf: ordinals(), adopt };
  return decodeOrKeep(() => decodeEntry(data, context), data);
}
