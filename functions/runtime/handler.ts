/**
 * The HTTP side of a function behind a push subscription. Pub/Sub acknowledges on 204 and delivers again on anything
 * else, so every answer here is deliberate: 204 only after the commit, 503 for what may pass by itself.
 */
import type { Request, Response } from '@google-cloud/functions-framework';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { traceField, type Logger } from '../../shared/observe/log.ts';
import { ingestPush, type Ingest, type Ingested } from '../../shared/pipeline/ingest.ts';
import type { PushAuth } from './push-auth.ts';

export interface HandlerOptions {
  /** Built on the first request, so that a wrong environment is told to its caller and not only to a crash loop. */
  readonly ingest: () => Promise<Ingest>;
  readonly auth: PushAuth;
  readonly logger: Logger;
  readonly project: string | undefined;
}

export type Handler = (request: Request, response: Response) => Promise<void>;

export function createHandler(options: HandlerOptions): Handler {
  return async (request, response) => {
    const { logger } = options;
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(200).type('text/plain').send('jobtrail: ready\n');
      return;
    }
    const trace = traceField(
      options.project,
      one(request.headers['traceparent']),
      one(request.headers['x-cloud-trace-context']),
    );
    const scoped = trace === undefined ? logger : logger.with({ 'logging.googleapis.com/trace': trace });
    try {
      if (request.method !== 'POST') throw notPost(request.method);
      await options.auth.check(request.headers.authorization);
      const ingested = await ingestPush(await options.ingest(), bodyOf(request), request.headers);
      report(scoped, ingested);
      response.status(204).end();
    } catch (error) {
      answer(scoped, response, error);
    }
  };
}

function bodyOf(request: Request): Uint8Array {
  return request.rawBody ?? Buffer.alloc(0);
}

/** One line for what an operator may have to look at; nothing for what went as it should. */
function report(logger: Logger, ingested: Ingested): void {
  for (const [index, item] of ingested.prepared.entries()) {
    const fate = ingested.fates[index];
    const known = {
      messageId: ingested.messageId,
      deliveryAttempt: ingested.deliveryAttempt,
      source: item.source,
    };
    if (item.kind === 'rows' && item.entry.kind === 'quarantine') {
      const { row } = item.entry.rows[0];
      logger.log('WARNING', 'entry quarantined', {
        ...known,
        reason: String(row['Reason']),
        quarantineId: String(row['QuarantineId']),
        detail: String(row['Message']),
      });
    } else if (item.kind === 'rows' && fate === 'quarantined') {
      // Found out in the commit: its event row was refused, and the entry quarantined in its place.
      const eventId = String(item.entry.rows[0].row['EventId']);
      logger.log('WARNING', 'entry quarantined', { ...known, reason: 'row-refused', eventId });
    } else if (item.kind === 'rows' && item.unknownMethod !== undefined) {
      logger.log('WARNING', 'method not known to its source', { ...known, method: item.unknownMethod });
    }
    if (fate === 'conflicting') logger.log('WARNING', 'known event id with another content', known);
  }
}

const STATUS: Partial<Record<JobtrailError['code'], number>> = {
  'push-unauthenticated': 401,
  'method-not-allowed': 405,
};

function answer(logger: Logger, response: Response, error: unknown): void {
  if (error instanceof JobtrailError && error.disposition === 'refuse') {
    logger.log('WARNING', error.message, { code: error.code, hint: error.hint });
    response
      .status(STATUS[error.code] ?? 500)
      .type('text/plain')
      .send(`${error.code}\n`);
    return;
  }
  // Unknown errors are retried too: the delivery attempts run out into quarantine, never into silence.
  const code = error instanceof JobtrailError ? error.code : 'unexpected';
  const stack = error instanceof JobtrailError || !(error instanceof Error) ? undefined : error.stack;
  logger.log('ERROR', messageOf(error), { code, stack });
  response.status(503).set('Retry-After', '1').type('text/plain').send(`${code}\n`);
}

const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function notPost(method: string): JobtrailError {
  return new JobtrailError('method-not-allowed', `${method} is not answered here.`, 'Push with POST.');
}
