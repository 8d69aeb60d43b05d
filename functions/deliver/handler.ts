/**
 * The HTTP side of `deliver`: pushes of the findings topic at `/`, the scheduler's at `/sweep`. It answers when the work is
 * done; what a channel refused or postponed is in the store and no reason for another delivery.
 */
import type { Request, Response } from '@google-cloud/functions-framework';
import * as z from 'zod';
import { decodePush } from '../../shared/envelope/message.ts';
import { JobtrailError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import { answer, type Handler } from '../runtime/handler.ts';
import type { PushAuth } from '../runtime/push-auth.ts';
import type { DeliverService } from './service.ts';

export interface DeliverHandlerOptions {
  /** Asked by each request until it has come. */
  readonly service: () => Promise<DeliverService>;
  readonly auth: PushAuth;
  readonly logger: Logger;
}

const Pushed = z.object({ findings: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(10_000) });

export function createDeliverHandler({ service, auth, logger }: DeliverHandlerOptions): Handler {
  async function handle(request: Request): Promise<void> {
    if (request.method !== 'POST') {
      throw new JobtrailError('method-not-allowed', `${request.method} is not answered here.`, 'Use POST.');
    }
    await auth.check(request.headers.authorization);
    if (request.path === '/sweep') return (await service()).sweep();
    const ids = idsOf(request);
    if (ids !== undefined) return (await service()).pushed(ids);
    // Nothing that another delivery would mend; the sweep finds what it was about.
    logger.log('ERROR', 'a push that names no findings');
  }
  return (request, response: Response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(200).type('text/plain').send('jobtrail: ready\n');
      return;
    }
    handle(request).then(
      () => response.status(204).end(),
      (error: unknown) => answer(logger, response, error),
    );
  };
}

function idsOf({ rawBody, headers }: Request): readonly string[] | undefined {
  const message = decodePush(rawBody ?? Buffer.alloc(0), headers);
  if ('kind' in message) return undefined;
  try {
    const parsed = Pushed.safeParse(JSON.parse(Buffer.from(message.data).toString('utf8')));
    return parsed.success ? parsed.data.findings : undefined;
  } catch {
    return undefined;
  }
}
