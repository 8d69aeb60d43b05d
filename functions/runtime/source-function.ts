/** What each source's function is: its environment, its clients, its handler. One instance, one committer. */
import { readFileSync } from 'node:fs';
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import { EMPTY_CONFIG, parseConfig, type LoadedConfig } from '../../shared/config/parse.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createGroupCommitter, DEFAULT_LIMITS } from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, type Ingest } from '../../shared/pipeline/ingest.ts';
import { createPreparer, type Preparer } from '../../shared/pipeline/prepare.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { parseEnvironment, type FunctionEnvironment } from './environment.ts';
import { createHandler, type Handler, type HandlerOptions } from './handler.ts';
import { createPushAuth } from './push-auth.ts';

/**
 * Opens the store at once, so that the first message does not wait for the client; where that fails the next request
 * tries again.
 * @throws JobtrailError when the environment or the configuration is wrong: the instance does not start, and the
 * revision is not served.
 */
export function sourceFunction(
  source: Source,
  variables: Readonly<Record<string, string | undefined>>,
  options: Pick<HandlerOptions, 'knowsSender' | 'receive' | 'run'> = {},
): Handler {
  const environment = parseEnvironment(variables);
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: source.name });
  const preparer = createPreparer({
    sources: [source],
    loaded: readConfig(environment.configFile),
    fetchKeys: createKeyFetcher({ now: Date.now }),
  });
  let opening: Promise<Ingest> | undefined;
  const ingest = (): Promise<Ingest> => {
    opening ??= openIngest(source, environment, preparer).catch((error: unknown) => {
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
  });
}

async function openIngest(
  source: Source,
  environment: FunctionEnvironment,
  preparer: Preparer,
): Promise<Ingest> {
  const store = await openStore(environment.store, { emulatorHost: environment.emulatorHost });
  const now = createClock(Date.now);
  return {
    source,
    preparer,
    committer: createGroupCommitter(
      { store, preparer, path: 'push', now },
      { ...DEFAULT_LIMITS, ...environment.commit },
    ),
    now,
    attempts: DEFAULT_ATTEMPTS,
  };
}

/** @throws JobtrailError `config-invalid`. */
export function readConfig(file: string | undefined): LoadedConfig {
  if (file === undefined) return EMPTY_CONFIG;
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof JobtrailError) throw error;
    throw new JobtrailError(
      'config-invalid',
      `JOBTRAIL_CONFIG cannot be read: ${messageOf(error)}`,
      'Put the file into the function’s bundle or mount it, and name its path.',
      { cause: error },
    );
  }
}
