/**
 * The way of records that their writer posts or puts into a file itself: one, an array, or lines of them, gzip or not. The
 * writer sends all of it again after any answer but 2xx; the ids of what was committed before are the same then.
 *
 * Threat: a log entry says by its log name who wrote it, and only Cloud Logging makes that true. Whoever may post records
 * could post such an entry too, so none is taken here.
 */
import type { LogEntry } from '../../schemas/log-entry.ts';
import type { Decoded, PubsubMessage } from '../envelope/envelope.ts';
import { decodeEntry } from '../envelope/entry.ts';
import { ordinals } from '../envelope/event-id.ts';
import { decodeRecord, readRecords } from '../envelope/files.ts';
import { undecodable } from '../envelope/undecodable.ts';
import type { ForeignRecord } from '../sources/source.ts';
import { prepareAttested } from './attest.ts';
import { decodeOrKeep, type Ingest, type Ingested } from './ingest.ts';
import type { Prepared } from './prepare.ts';

/** Records of one commit: memory does not grow with what a body inflates to. */
const BATCH = 500;

/**
 * One result for each commit. All of the body is committed when the last has come.
 *
 * @param body a request's, or a file as a stream, whose own errors pass through
 * @param message where the body was named by one
 * @throws JobtrailError of disposition `retry`: answer 503.
 */
export async function* ingestRecords(
  ingest: Ingest,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  message?: PubsubMessage,
): AsyncGenerator<Ingested, void, undefined> {
  const { source, preparer, committer, now } = ingest;
  const adopted = new WeakSet<LogEntry>();
  const context = {
    ordinalOf: ordinals(),
    adopt: (record: ForeignRecord): LogEntry | undefined => {
      const entry = source.adopt?.(record);
      if (entry !== undefined) adopted.add(entry);
      return entry;
    },
  };
  let prepared: Prepared[] = [];
  let bytes = 0;

  const take = async (decoded: readonly Decoded[], length: number): Promise<void> => {
    for (const item of decoded) {
      const ready = prepareAttested(preparer, recordOf(item), now);
      prepared.push(ready instanceof Promise ? await ready : ready);
    }
    bytes += length;
  };
  const commit = async (): Promise<Ingested> => {
    const batch = prepared;
    const alone = (message?.deliveryAttempt ?? 1) >= ingest.attempts.aloneFrom;
    const fates = alone ? await committer.submitAlone(batch) : await committer.submit(batch, bytes);
    prepared = [];
    bytes = 0;
    return { message, prepared: batch, fates };
  };
  const recordOf = (decoded: Decoded): Decoded =>
    decoded.kind === 'entry' && !adopted.has(decoded.entry)
      ? undecodable(LOG_ENTRY, Buffer.from(decoded.text()), context.ordinalOf)
      : decoded;

  if (body instanceof Uint8Array && body.length === 0) await take(decodeEntry(body, context), 0);
  for await (const records of readRecords(body instanceof Uint8Array ? chunkOf(body) : body)) {
    for (const record of records) {
      const decoded = decodeOrKeep(() => decodeRecord(record, context), record.bytes);
      await take(decoded, record.bytes.length);
      if (prepared.length >= BATCH) yield await commit();
    }
  }
  if (prepared.length > 0) yield await commit();
}

async function* chunkOf(body: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield body;
}

/** Nothing makes it true later: it is never redriven. */
export const LOG_ENTRY = {
  code: 'entry-shape',
  reason: 'It is a log entry that did not come from Cloud Logging: its log name proves nothing.',
  hint: 'Send log entries by a log sink and Pub/Sub; post here the records of the source itself.',
} as const;
