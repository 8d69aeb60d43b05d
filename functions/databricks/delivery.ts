/**
 * From the notification of an audit file to its committed rows. A file is read whole at every notification, because it
 * is written again with more lines than before: what is known already counts as duplicate.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { PubsubMessage, UndecodableEntry } from '../../shared/envelope/envelope.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { decodePush } from '../../shared/envelope/message.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { ingestPush, type Ingest, type Ingested } from '../../shared/pipeline/ingest.ts';
import { ingestRecords } from '../../shared/pipeline/ingest-records.ts';
import type { Prepared } from '../../shared/pipeline/prepare.ts';
import { deliveryEntry } from '../../shared/sources/databricks/delivery.ts';
import type { Receive } from '../runtime/handler.ts';
import { notificationOf, type Notification } from './notification.ts';
import type { ObjectReader } from './object-reader.ts';

/** Files of events; whatever else is in the bucket is left alone. */
const FILES = ['.json', '.json.gz', '.ndjson', '.ndjson.gz', '.jsonl', '.jsonl.gz'];

export interface DeliveryOptions {
  readonly reader: ObjectReader;
  /** No other bucket is read: whoever may publish to the topic could name one of his own. */
  readonly buckets: ReadonlySet<string>;
}

export function createDelivery(options: DeliveryOptions): Receive {
  return async function* receive(
    ingest: Ingest,
    body: Uint8Array,
    headers: IncomingHttpHeaders,
  ): AsyncGenerator<Ingested, void, undefined> {
    const message = decodePush(body, headers);
    if ('kind' in message || (message.deliveryAttempt ?? 1) >= ingest.attempts.rawFrom) {
      yield await ingestPush(ingest, body, headers);
      return;
    }
    const notification = notificationOf(message);
    if (notification === undefined) yield await keep(ingest, message, NO_NOTIFICATION);
    else if (!options.buckets.has(notification.bucket)) yield await keep(ingest, message, OTHER_BUCKET);
    else yield* receiveNotification(ingest, message, notification, options.reader);
  };
}

async function* receiveNotification(
  ingest: Ingest,
  message: PubsubMessage,
  notification: Notification,
  reader: ObjectReader,
): AsyncGenerator<Ingested, void, undefined> {
  const { eventType, bucket, object, overwrittenBy } = notification;
  if (!FILES.some((ending) => object.endsWith(ending))) {
    yield await leaveOut(ingest, message, 'databricks-object-other');
  } else if (eventType === 'OBJECT_FINALIZE') {
    yield* readFile(ingest, message, reader.read(bucket, object));
  } else if (eventType !== 'OBJECT_DELETE' && eventType !== 'OBJECT_ARCHIVE') {
    yield await leaveOut(ingest, message, 'databricks-object-metadata');
  } else if (overwrittenBy !== undefined) {
    yield await leaveOut(ingest, message, 'databricks-object-overwritten');
  } else {
    yield await commit(ingest, message, deletion(ingest, notification));
  }
}

async function* readFile(
  ingest: Ingest,
  message: PubsubMessage,
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<Ingested, void, undefined> {
  let empty = true;
  try {
    for await (const ingested of ingestRecords(ingest, file, message)) {
      empty = false;
      yield ingested;
    }
  } catch (error) {
    if (!(error instanceof JobtrailError) || error.code !== 'object-missing') throw error;
    yield await keep(ingest, message, { code: error.code, reason: error.message, hint: error.hint });
    return;
  }
  if (empty) yield await leaveOut(ingest, message, 'databricks-object-empty');
}

/** A file that is gone and not replaced took evidence with it, which is an event of its own. */
function deletion(ingest: Ingest, notification: Notification): readonly Prepared[] {
  const text = JSON.stringify(deliveryEntry(notification));
  return decodeEntry(Buffer.from(text), { ordinalOf: ordinals() }).map((decoded) =>
    ingest.preparer.prepare(decoded, ingest.now()),
  );
}

const leaveOut = (ingest: Ingest, message: PubsubMessage, rule: string): Promise<Ingested> =>
  commit(ingest, message, [{ kind: 'filtered', source: ingest.source.name, rule }]);

type Reason = Pick<UndecodableEntry, 'code' | 'reason' | 'hint'>;

function keep(ingest: Ingest, message: PubsubMessage, reason: Reason): Promise<Ingested> {
  const raw: UndecodableEntry = { kind: 'undecodable', ...reason, raw: message.data, ordinal: 0 };
  return commit(ingest, message, [ingest.preparer.prepare(raw, ingest.now())]);
}

async function commit(
  ingest: Ingest,
  message: PubsubMessage,
  prepared: readonly Prepared[],
): Promise<Ingested> {
  const { deliveryAttempt } = message;
  const alone = (deliveryAttempt ?? 1) >= ingest.attempts.aloneFrom;
  const fates = alone
    ? await ingest.committer.submitAlone(prepared)
    : await ingest.committer.submit(prepared, message.data.length);
  return { message, prepared, fates };
}

const NO_NOTIFICATION: Reason = {
  code: 'envelope-shape',
  reason: 'The message is no notification of Cloud Storage: eventType, bucketId or objectId is missing.',
  hint: 'Let the bucket of the audit log delivery notify this topic, and nothing else publish to it.',
};
const OTHER_BUCKET: Reason = {
  code: 'envelope-shape',
  reason: 'The notification is of a bucket that is none of the audit log delivery; it was not read.',
  hint: 'Name the bucket in JOBTRAIL_DATABRICKS_BUCKETS if it is one; else look at who publishes to the topic.',
};
