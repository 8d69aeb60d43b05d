/** A quarantined row → its entries, as the present decoder reads them; or why it must stay. Pure. */
import type { Row } from '../../schemas/tables.ts';
import { SOURCES } from '../sources/index.ts';
import { adoptBy } from '../sources/adopt.ts';
import { decodeEntry } from '../envelope/entry.ts';
import type { Decoded } from '../envelope/envelope.ts';
import { ordinals } from '../envelope/event-id.ts';
import { decodePush } from '../envelope/message.ts';
import { LOG_ENTRY } from '../pipeline/ingest-records.ts';
import { decodeOrKeep } from '../pipeline/ingest.ts';

/** Reasons whose raw text is the body of a request and not the data of a message. */
const BODIES: ReadonlySet<string> = new Set(['envelope-not-json', 'envelope-shape', 'data-not-base64']);

export type Reread =
  | { readonly kind: 'entries'; readonly entries: readonly Decoded[] }
  | { readonly kind: 'stays'; readonly why: string };

export function reread(row: Row): Reread {
  // Whoever may post records could post this one again through us.
  if (row['Reason'] === 'entry-shape' && row['Message'] === LOG_ENTRY.reason) {
    return { kind: 'stays', why: 'not-from-cloud-logging' };
  }
  const raw = Buffer.from(String(row['Raw']), row['RawEncoding'] === 'base64' ? 'base64' : 'utf8');
  if (!BODIES.has(String(row['Reason']))) return { kind: 'entries', entries: entriesOf(raw) };
  const message = decodePush(raw);
  return { kind: 'entries', entries: 'kind' in message ? [message] : entriesOf(message.data) };
}

/** Of the data of a message, or one record. */
export function entriesOf(data: Uint8Array): readonly Decoded[] {
  const context = { ordinalOf: ordinals(), adopt: adoptBy(SOURCES) };
  return decodeOrKeep(() => decodeEntry(data, context), data);
}
