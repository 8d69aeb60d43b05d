/** The environment of the canary function, its ways, and what a call of the scheduler starts. */
import { randomBytes } from 'node:crypto';
import type { Request, Response } from '@google-cloud/functions-framework';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createLogger, type Logger } from '../../shared/observe/log.ts';
import { answer, type Handler } from '../runtime/handler.ts';
import { createPushAuth, type PushAuth } from '../runtime/push-auth.ts';
import { createProbe, createWriter } from './edges.ts';
import { parseCanaryEnvironment } from './environment.ts';
import { sendCanaries, type Sending } from './send.ts';
import { waysOf, type Way } from './ways.ts';

/**
 * @throws JobtrailError `config-invalid` when the environment or the configuration is wrong: the instance does not start, and
 * the revision is not served.
 */
export function canaryFunction(variables: Readonly<Record<string, string | undefined>>): Handler {
  const { configFile, key, timeoutMs, pushAuth, project, loggingUrl } = parseCanaryEnvironment(variables);
  const { facts } = readBundle(configFile, variables['JOBTRAIL_CHECKED_BUNDLE']);
  return createCanaryHandler({
    ways: waysOf(facts.corroboration, project),
    auth: createPushAuth(pushAuth),
    logger: createLogger((line) => process.stdout.write(`${line}\n`), { function: 'canary' }),
    sending: {
      key,
      now: () => new Date(),
      nonce: () => randomBytes(16).toString('base64url'),
      write: createWriter({ timeoutMs, url: loggingUrl }),
      ask: createProbe(timeoutMs),
    },
  });
}

export interface CanaryHandlerOptions {
  readonly ways: readonly Way[];
  readonly auth: PushAuth;
  readonly logger: Logger;
  readonly sending: Sending;
}

/** Answers when all have left, since an instance may have no processor after its answer. */
export function createCanaryHandler({ ways, auth, logger, sending }: CanaryHandlerOptions): Handler {
  async function handle(request: Request, response: Response): Promise<void> {
    if (request.method !== 'POST') {
      throw new JobtrailError('method-not-allowed', `${request.method} is not answered here.`, 'Use POST.');
    }
    await auth.check(request.headers.authorization);
    if (ways.length === 0) {
      logger.log('WARNING', 'no path has a canary', {
        hint: 'Set `canary: true` at paths of `corroboration`.',
      });
    }
    const sent = await sendCanaries(ways, sending);
    for (const { path, failed } of sent) {
      if (failed !== undefined) logger.log('ERROR', 'canary not sent', { path, reason: failed });
    }
    // The scheduler repeats what may pass; a second canary of the others harms nothing.
    const again = sent.some(({ failed, misconfigured }) => failed !== undefined && misconfigured !== true);
    response.status(again ? 503 : 200).json({
      canaries: sent.map(({ path, failed }) => ({
        path,
        ...(failed === undefined ? { sent: true } : { failed }),
      })),
    });
  }
  return (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(200).type('text/plain').send('jobtrail: ready\n');
      return;
    }
    handle(request, response).catch((error: unknown) => answer(logger, response, error));
  };
}
