/** What arrives where writers may send their records themselves: a Pub/Sub message around records, or the records. */
import type { IncomingHttpHeaders } from 'node:http';
import { structuredEvent } from '../../shared/envelope/cloud-event.ts';
import { decodePush } from '../../shared/envelope/message.ts';
import { ingestPush, type Ingest, type Ingested } from '../../shared/pipeline/ingest.ts';
import { ingestRecords } from '../../shared/pipeline/ingest-records.ts';

/** The HTTP binding percent-encodes what a header cannot hold. */
function decoded(header: string | readonly string[] | undefined): unknown {
  if (typeof header !== 'string' || !header.includes('%')) return header;
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}

export async function* receiveRecords(
  ingest: Ingest,
  body: Uint8Array,
  headers: IncomingHttpHeaders,
): AsyncGenerator<Ingested, void, undefined> {
  const posted = structuredEvent((name) => decoded(headers[name]), body);
  if (posted !== undefined) {
    yield* ingestRecords(ingest, posted);
    return;
  }
  const message = decodePush(body, headers);
  const none =
    'kind' in message && (message.code === 'envelope-shape' || message.code === 'envelope-not-json');
  if (none) yield* ingestRecords(ingest, body);
  else yield await ingestPush(ingest, body, headers);
}
