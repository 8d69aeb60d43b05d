/** The environment of `reconcile`, its store, what is in force, and the handler of the scheduler's call. */
import { GoogleAuth } from 'google-auth-library';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createMinute } from '../../shared/reconcile/minute.ts';
import { ownFindings } from '../../shared/reconcile/own.ts';
import { openStore } from '../../shared/store/open.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { createFindingsPublisher } from '../runtime/findings-topic.ts';
import type { Handler } from '../runtime/handler.ts';
import { createPushAuth } from '../runtime/push-auth.ts';
import { createTimelineSource } from '../runtime/timeline.ts';
import { parseReconcileEnvironment } from './environment.ts';
import { createReconcileHandler, type Round } from './handler.ts';
import { createLoggingLookup } from './logging-lookup.ts';

/**
 * @throws JobtrailError `config-invalid` when the environment or the configuration is wrong: the instance does not start, and
 * the revision is not served.
 */
export function reconcileFunction(variables: Readonly<Record<string, string | undefined>>): Handler {
  const environment = parseEnvironment(variables);
  const { seconds, canaryKeys, askLogging, loggingUrl } = parseReconcileEnvironment(variables);
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: 'reconcile' });
  const bundle = readBundle(environment.configFile, environment.checkedBundle);
  const now = createClock(Date.now);

  async function open(): Promise<Round> {
    const store = await openStore(environment.store, environment);
    const { timeline, ready } = createTimelineSource({
      store: store.bundles,
      before: bundle,
      now: Date.now,
      onError: (error) => logger.log('WARNING', messageOf(error), { at: 'bundles in force' }),
    });
    await ready(now());
    // Reading is all that it does there; the roles of the function's account say of which projects.
    const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/logging.read' });
    const { run } = createMinute({
      store,
      rules: RULES,
      bundleAt: (time) => timeline.at(time),
      ready,
      now,
      logger,
      canaryKeys,
      publish: createFindingsPublisher(environment.findingsTopic, { logger }),
      ownFindings: (inForce, at) => ownFindings(store, inForce, at),
      askLogging: askLogging
        ? createLoggingLookup({
            baseUrl: loggingUrl ?? 'https://logging.googleapis.com',
            authorization: async () =>
              loggingUrl === undefined ? Object.fromEntries(await auth.getRequestHeaders()) : {},
          })
        : undefined,
    });
    return run;
  }

  let opening: Promise<Round> | undefined;
  const round = (): Promise<Round> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  round().catch((error: unknown) => logger.log('ERROR', messageOf(error), { at: 'start' }));
  return createReconcileHandler({ round, auth: createPushAuth(environment.pushAuth), logger, now, seconds });
}
