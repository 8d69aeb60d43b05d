/** What arrives for OpenLineage: a Pub/Sub message around events, or the events themselves. */
import type { IncomingHttpHeaders } from 'node:http';
import { decodePush } from '../../shared/envelope/message.ts';
import { ingestPush, type Ingest, type Ingested } from '../../shared/pipeline/ingest.ts';
import { ingestRecords } from '../../shared/pipeline/ingest-records.ts';

export async function* receiveEvents(
  ingest: Ingest,
  body: Uint8Array,
  headers: IncomingHttpHeaders,
): AsyncGenerator<Ingested, void, undefined> {
  const message = decodePush(body, headers);
  const none =
    'kind' in message && (message.code === 'envelope-shape' || message.code === 'envelope-not-json');
  if (none) yield* ingestRecords(ingest, body);
  else yield await ingestPush(ingest, body, headers);
}
