/** The environment of `deliver`, its channels with their secrets, its store. */
import { randomUUID } from 'node:crypto';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { createChannels } from '../../shared/alerts/channels.ts';
import { createDeliverer } from '../../shared/alerts/deliver.ts';
import { describeRules } from '../../shared/alerts/describe.ts';
import { withFallback } from '../../shared/alerts/routes.ts';
import { messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { openStore } from '../../shared/store/open.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import type { Handler } from '../runtime/handler.ts';
import { createPushAuth } from '../runtime/push-auth.ts';
import { createSecrets } from '../runtime/secrets.ts';
import { createDeliverHandler } from './handler.ts';
import { createDeliverService, type DeliverService } from './service.ts';

/**
 * @throws JobtrailError `config-invalid` when the environment, the configuration or a channel's secret is wrong: the
 * instance does not start, and the revision is not served.
 */
export function deliverFunction(variables: Readonly<Record<string, string | undefined>>): Handler {
  const environment = parseEnvironment(variables);
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: 'deliver' });
  const { config, detections } = readBundle(environment.configFile, environment.checkedBundle);
  const alerting = withFallback(config);
  const channels = createChannels(alerting.channels, createSecrets(variables));
  const now = createClock(Date.now);

  async function openService(): Promise<DeliverService> {
    const { alerts } = await openStore(environment.store, environment);
    const deliverer = createDeliverer({
      store: alerts,
      channels,
      alerting,
      describe: describeRules(detections),
      now,
      newLease: randomUUID,
      logger,
    });
    return createDeliverService({ store: alerts, deliverer, now, logger });
  }

  let opening: Promise<DeliverService> | undefined;
  const service = (): Promise<DeliverService> => {
    opening ??= openService().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  service().catch((error: unknown) => logger.log('ERROR', messageOf(error), { at: 'start' }));
  return createDeliverHandler({ service, auth: createPushAuth(environment.pushAuth), logger });
}
