/**
 * The HTTP side of a function behind a push subscription. Pub/Sub acknowledges on 204 and delivers again on anything
 * else, so every answer here is deliberate: 204 only after the commit, 503 for what may pass by itself.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Request, Response } from '@google-cloud/functions-framework';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { traceField, type Logger } from '../../shared/observe/log.ts';
import { commitReceived, receivePush, type Ingest, type Ingested } from '../../shared/pipeline/ingest.ts';
import { ingestRecords } from '../../shared/pipeline/ingest-records.ts';
import { isObject } from '../../shared/sources/fields.ts';
import { findingsIn } from './findings-in.ts';
import type { PublishFindings } from './findings-topic.ts';
import type { PushAuth } from './push-auth.ts';
import { noteworthy, report } from './report.ts';
import { stackOf } from './stack.ts';

export interface HandlerOptions {
  /** Asked by each request until it has come; begun at start, and anew where that failed. */
  readonly ingest: () => Promise<Ingest>;
  readonly auth: PushAuth;
  readonly logger: Logger;
  readonly project: string | undefined;
  /** Knows writers that post records themselves, without Pub/Sub, by their headers; absent: there are none. */
  readonly knowsSender?: ((headers: IncomingHttpHeaders) => boolean) | undefined;
  /** What an authenticated request carries, where that is not the entries of one Pub/Sub message. */
  readonly receive?: Receive | undefined;
  /** What an authenticated request starts, where it carries no entries at all. */
  readonly run?: Run | undefined;
  /** Told of new findings after their commit, before the answer. */
  readonly publish?: PublishFindings | undefined;
}

/** One result for each commit; all of the request is committed when the last has come. */
export type Receive = (
  ingest: Ingest,
  body: Uint8Array,
  headers: IncomingHttpHeaders,
) => AsyncIterable<Ingested>;

/** Answers with what it did; what it commits is told to `committed`, and is reported like what was received. */
export type Run = (ingest: Ingest, body: Uint8Array, scope: RunScope) => Promise<RunResult>;

export interface RunScope {
  readonly logger: Logger;
  readonly committed: (ingested: Ingested) => void;
}

export interface RunResult {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Handler = (request: Request, response: Response) => void;

export function createHandler(options: HandlerOptions): Handler {
  let ready: Ingest | undefined;
  const plain =
    options.knowsSender === undefined && options.receive === undefined && options.run === undefined;
  const open = async (): Promise<Ingest> => {
    ready = await options.ingest();
    return ready;
  };
  const admit = async (request: Request, response: Response): Promise<void> => {
    if (request.method !== 'POST') throw notPost(request.method);
    if (options.knowsSender?.(request.headers) === true) {
      return drain(options, ingestRecords(await open(), bytesOf(request)), request, response);
    }
    if (options.auth.kind === 'self') await options.auth.check(request.headers.authorization);
    const ingest = await open();
    await ingest.ready?.(ingest.now());
    if (options.run !== undefined) return perform(options, options.run, ingest, request, response);
    if (options.receive === undefined) return handle(options, ingest, request, response);
    return drain(options, options.receive(ingest, bytesOf(request), request.headers), request, response);
  };
  return (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(200).type('text/plain').send('jobtrail: ready\n');
    } else if (
      ready !== undefined &&
      plain &&
      request.method === 'POST' &&
      options.auth.kind === 'platform'
    ) {
      handle(options, ready, request, response);
    } else {
      admit(request, response).catch((error: unknown) => answer(scopedTo(options, request), response, error));
    }
  };
}

/** Answers when all of the request's commits are done. */
async function drain(
  options: HandlerOptions,
  commits: AsyncIterable<Ingested>,
  request: Request,
  response: Response,
): Promise<void> {
  for await (const ingested of commits) {
    if (noteworthy(ingested, ingested.fates)) report(scopedTo(options, request), ingested, ingested.fates);
    await options.publish?.(findingsIn(ingested.prepared, ingested.fates));
  }
  response.status(204).end();
}

async function perform(
  options: HandlerOptions,
  run: Run,
  ingest: Ingest,
  request: Request,
  response: Response,
): Promise<void> {
  const logger = scopedTo(options, request);
  const found: string[] = [];
  const committed = (ingested: Ingested): void => {
    if (noteworthy(ingested, ingested.fates)) report(logger, ingested, ingested.fates);
    found.push(...findingsIn(ingested.prepared, ingested.fates));
  };
  const { status, body } = await run(ingest, bytesOf(request), { logger, committed });
  await options.publish?.(found);
  response.status(status).json(body);
}

function handle(options: HandlerOptions, ingest: Ingest, request: Request, response: Response): void {
  // Nearly always known: no promise is made then.
  const waiting = ingest.ready?.(ingest.now());
  if (waiting === undefined) {
    handleNow(options, ingest, request, response);
    return;
  }
  waiting.then(
    () => handleNow(options, ingest, request, response),
    (error: unknown) => answer(scopedTo(options, request), response, error),
  );
}

function handleNow(options: HandlerOptions, ingest: Ingest, request: Request, response: Response): void {
  try {
    const received = receivePush(ingest, bodyOf(request), request.headers);
    commitReceived(ingest, received, (error, fates) => {
      if (fates === undefined) {
        answer(scopedTo(options, request), response, error);
        return;
      }
      if (noteworthy(received, fates)) report(scopedTo(options, request), received, fates);
      answerFound(options, findingsIn(received.prepared, fates), response);
    });
  } catch (error) {
    answer(scopedTo(options, request), response, error);
  }
}

/** Answers when the findings are on their way: the instance may have no processor after it. */
function answerFound(
  { publish, logger }: HandlerOptions,
  found: readonly string[],
  response: Response,
): void {
  if (publish === undefined || found.length === 0) {
    response.status(204).end();
    return;
  }
  publish(found)
    .catch((error: unknown) => logger.log('WARNING', messageOf(error), { at: 'publish' }))
    .finally(() => response.status(204).end());
}

/** The logger of one request: only what has something to say looks for the trace. */
function scopedTo({ logger, project }: HandlerOptions, { headers }: Request): Logger {
  const trace = traceField(project, one(headers['traceparent']), one(headers['x-cloud-trace-context']));
  return trace === undefined ? logger : logger.with({ 'logging.googleapis.com/trace': trace });
}

/**
 * What the framework parsed, where it is a push body with data: parsing it once is enough. Anything else is read from
 * its bytes, since numbers and spelling matter there.
 */
function bodyOf(request: Request): unknown {
  const body: unknown = request.body;
  if (isObject(body) && isObject(body['message']) && typeof body['message']['data'] === 'string') return body;
  return bytesOf(request);
}

const bytesOf = (request: Request): Uint8Array => request.rawBody ?? Buffer.alloc(0);

const STATUS: Partial<Record<JobtrailError['code'], number>> = {
  'push-unauthenticated': 401,
  'callback-unauthenticated': 401,
  'method-not-allowed': 405,
};

export function answer(logger: Logger, response: Response, error: unknown): void {
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
  logger.log('ERROR', messageOf(error), { code, stack: stackOf(error) });
  response.status(503).set('Retry-After', '1').type('text/plain').send(`${code}\n`);
}

const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function notPost(method: string): JobtrailError {
  return new JobtrailError('method-not-allowed', `${method} is not answered here.`, 'Push with POST.');
}
