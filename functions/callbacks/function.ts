/** The environment of `callbacks`, its secrets, its store. It has no channel: `deliver` updates the messages. */
import { messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { openStore } from '../../shared/store/open.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { createDeliverWake } from '../runtime/findings-topic.ts';
import type { Handler } from '../runtime/handler.ts';
import { createSecrets } from '../runtime/secrets.ts';
import { parseCallbacksEnvironment } from './environment.ts';
import { createCallbacksHandler } from './handler.ts';
import { createCallbackService, type TakeCallbacks } from './service.ts';

/**
 * @throws JobtrailError `config-invalid` when the environment or a secret is wrong: the instance does not start, and the
 * revision is not served.
 */
export function callbacksFunction(variables: Readonly<Record<string, string | undefined>>): Handler {
  const environment = parseEnvironment(variables);
  const callbacks = parseCallbacksEnvironment(variables, createSecrets(variables));
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: 'callbacks' });
  const wake = createDeliverWake(environment.findingsTopic, { logger });

  async function openService(): Promise<TakeCallbacks> {
    const { alerts } = await openStore(environment.store, environment);
    return createCallbackService({ store: alerts, now: createClock(Date.now), wake, logger });
  }

  let opening: Promise<TakeCallbacks> | undefined;
  const service = (): Promise<TakeCallbacks> => {
    opening ??= openService().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  service().catch((error: unknown) => logger.log('ERROR', messageOf(error), { at: 'start' }));
  return createCallbacksHandler({ ...callbacks, service, now: Date.now, logger });
}
