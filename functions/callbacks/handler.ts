/**
 * The HTTP side of `callbacks`. It is public, and a signature is all that stands before it: nothing of a request is looked
 * into before that is verified. 200 once the transition is stored; what asks for nothing of ours is 200 as well, since
 * sending it again would not change that.
 */
import type { Request, Response } from '@google-cloud/functions-framework';
import { JobtrailError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import { answer, type Handler } from '../runtime/handler.ts';
import type { Read } from './callback.ts';
import { readPagerDuty } from './pagerduty.ts';
import type { TakeCallbacks } from './service.ts';
import { type Refusal, refusalOfPagerDuty, refusalOfSlack } from './signatures.ts';
import { readSlack } from './slack.ts';

export interface CallbacksHandlerOptions {
  /** Asked by each request until it has come. */
  readonly service: () => Promise<TakeCallbacks>;
  readonly slackSecrets: readonly string[];
  readonly pagerdutySecrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Slack sends the whole message along, form-encoded; both stay far below. */
const MAX_BODY = 1024 * 1024;

interface Sender {
  refusal(request: Request, body: Uint8Array): Refusal;
  read(body: Uint8Array): Read;
}

export function createCallbacksHandler(options: CallbacksHandlerOptions): Handler {
  const { service, slackSecrets, pagerdutySecrets, now, logger } = options;
  const senders = new Map<string, Sender>([
    [
      '/slack',
      {
        refusal: ({ headers }, body) => refusalOfSlack(headers, body, slackSecrets, now()),
        read: readSlack,
      },
    ],
    [
      '/pagerduty',
      {
        refusal: ({ headers }, body) => refusalOfPagerDuty(headers, body, pagerdutySecrets),
        read: readPagerDuty,
      },
    ],
  ]);

  /** @returns the status to answer with */
  async function handle(request: Request): Promise<number> {
    if (request.method !== 'POST') {
      throw new JobtrailError('method-not-allowed', `${request.method} is not answered here.`, 'Use POST.');
    }
    const sender = senders.get(request.path);
    if (sender === undefined) return 404;
    const body = request.rawBody ?? Buffer.alloc(0);
    if (body.length > MAX_BODY) return 413;
    const refusal = sender.refusal(request, body);
    if (refusal !== undefined) throw unauthenticated(request.path, refusal);
    const read = sender.read(body);
    if (read.kind === 'callbacks') await (await service())(read.callbacks);
    else logger.log('INFO', 'callback left alone', { path: request.path, reason: read.reason });
    return 200;
  }

  return (request, response: Response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(200).type('text/plain').send('jobtrail: ready\n');
      return;
    }
    handle(request).then(
      (status) => response.status(status).end(),
      (error: unknown) => answer(logger, response, error),
    );
  };
}

const unauthenticated = (path: string, reason: string): JobtrailError =>
  new JobtrailError(
    'callback-unauthenticated',
    `A request to ${path} was refused: ${reason}.`,
    'Put the signing secret of the Slack app or of the PagerDuty subscription where the environment says it is.',
  );
