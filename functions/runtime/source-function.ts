/** What each source's function is: its environment, its clients, its handler. One instance, one committer. */
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import type { Source } from '../../shared/sources/source.ts';
import { parseEnvironment } from './environment.ts';
import { createFindingsPublisher } from './findings-topic.ts';
import { createHandler, type Handler, type HandlerOptions } from './handler.ts';
import { ingestOpener } from './open-ingest.ts';
import { createPushAuth } from './push-auth.ts';

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
  const bundle = options.bundle ?? readBundle(environment.configFile, environment.checkedBundle);
  const ingest = ingestOpener({ source, environment, bundle, logger, path: 'push' });
  ingest().catch((error: unknown) => logger.log('ERROR', messageOf(error), { at: 'start' }));
  return createHandler({
    ingest,
    auth: createPushAuth(environment.pushAuth),
    logger,
    project: environment.project,
    knowsSender: options.knowsSender,
    receive: options.receive,
    run: options.run,
    publish: createFindingsPublisher(environment.findingsTopic, { logger }),
  });
}
