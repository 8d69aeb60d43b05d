/** What each source's function is: its environment, its clients, its handler. One instance, one committer. */
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { messageOf } from '../../shared/errors.ts';
import { createLogger, type Logger } from '../../shared/observe/log.ts';
import { createGroupCommitter, DEFAULT_LIMITS } from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, type Ingest } from '../../shared/pipeline/ingest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { canariesOf } from '../../shared/sources/canary/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { parseEnvironment, type FunctionEnvironment } from './environment.ts';
import type { PublishFindings } from './findings-topic.ts';
import { createHandler, type Handler, type HandlerOptions } from './handler.ts';
import { createPushAuth } from './push-auth.ts';
import { createTimelineSource } from './timeline.ts';

export interface SourceFunctionOptions extends Pick<HandlerOptions, 'knowsSender' | 'receive' | 'run'> {
  /** Of JOBTRAIL_CONFIG, where the function has read it already for itself. */
  readonly bundle?: Bundle;
}

/**
 * Opens the store at once, so that the first message does not wait for the client; where that fails the next request
 * tries again.
 * @throws JobtrailError when the environment or the configuration is wrong: the instance does not start, and the
 * revision is not served.
 */
export function sourceFunction(
  source: Source,
  variables: Readonly<Record<string, string | undefined>>,
  options: SourceFunctionOptions = {},
): Handler {
  const environment = parseEnvironment(variables);
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: source.name });
  const bundle = options.bundle ?? readBundle(environment.configFile);
  let opening: Promise<Ingest> | undefined;
  const ingest = (): Promise<Ingest> => {
    opening ??= openIngest(source, environment, bundle, logger).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  ingest().catch((error: unknown) => logger.log('ERROR', messageOf(error), { at: 'start' }));
  return createHandler({
    ingest,
    auth: createPushAuth(environment.pushAuth),
    logger,
    project: environment.project,
    knowsSender: options.knowsSender,
    receive: options.receive,
    run: options.run,
    publish: lazyPublisher(environment.findingsTopic, logger),
  });
}

/** @param bundle what holds until the store says otherwise */
async function openIngest(
  source: Source,
  environment: FunctionEnvironment,
  bundle: Bundle,
  logger: Logger,
): Promise<Ingest> {
  const store = await openStore(environment.store, { emulatorHost: environment.emulatorHost });
  const now = createClock(Date.now);
  const { timeline, ready } = createTimelineSource({
    store: store.bundles,
    before: bundle,
    now: Date.now,
    onError: (error) => logger.log('WARNING', messageOf(error), { at: 'bundles in force' }),
  });
  await ready(now());
  const preparer = createPreparer({
    sources: [source],
    beside: [canariesOf(source.name)],
    loaded: bundle,
    timeline,
    detections: DETECTIONS,
    fetchKeys: createKeyFetcher({ now: Date.now }),
  });
  return {
    source,
    preparer,
    committer: createGroupCommitter(
      { store, preparer, path: 'push', now },
      { ...DEFAULT_LIMITS, ...environment.commit },
    ),
    now,
    ready,
    attempts: DEFAULT_ATTEMPTS,
  };
}

/** The client is loaded with the first finding: most instances never have one. */
function lazyPublisher(topic: string | undefined, logger: Logger): PublishFindings | undefined {
  if (topic === undefined) return undefined;
  let publisher: Promise<PublishFindings> | undefined;
  return async (ids) => {
    publisher ??= import('./findings-topic.ts').then(({ createFindingsPublisher }) =>
      createFindingsPublisher(topic, { logger }),
    );
    await (
      await publisher
    )(ids);
  };
}
