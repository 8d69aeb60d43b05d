/**
 * The pull worker of one source, for rates that a push function would pay a request each for: a process that pulls a
 * subscription and commits in batches. No HTTP; runs in a worker pool. docs/pull-worker.md says when.
 */
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createFindingsPublisher } from '../runtime/findings-topic.ts';
import { retried } from '../runtime/retried.ts';
import { openIngest } from '../runtime/open-ingest.ts';
import { parsePullEnvironment } from './environment.ts';
import { startPulling } from './subscription.ts';
import { createWorker } from './worker.ts';

const environment = parsePullEnvironment(process.env);
const { source, findingsTopic } = environment;
const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: `pull-${source.name}` });
const bundle = readBundle(environment.configFile);
const worker = createWorker({
  ingest: retried(() => openIngest({ source, environment, bundle, logger, path: 'pull' })),
  logger,
  holdMs: environment.holdMs,
  publish: createFindingsPublisher(findingsTopic, { logger }),
});
const pulling = startPulling({
  ...environment,
  onMessage: (message) => void worker.handle(message),
  onError(error) {
    const code = error instanceof JobtrailError ? error.code : 'pull';
    logger.log('ERROR', messageOf(error), { code, subscription: environment.subscription });
    // The platform starts another, later and later.
    process.exit(1);
  },
});

/**
 * The Spanner client lets errors of its own upkeep fall (sessions that it renews while nobody answers). They belong to no
 * message, and what a message needs fails for itself; the functions framework lives on after them as well. Whatever else
 * falls is a bug that may have left anything behind: the platform starts anew.
 */
function onStray(error: unknown): void {
  const ofClient = error instanceof Error && 'code' in error && typeof error.code === 'number';
  logger.log(ofClient ? 'WARNING' : 'ERROR', messageOf(error), {
    at: 'outside a message',
    stack: ofClient || !(error instanceof Error) ? undefined : error.stack,
  });
  if (!ofClient) process.exit(1);
}
process.on('uncaughtException', onStray);
process.on('unhandledRejection', onStray);

// What a clean end saves is a second delivery; nothing depends on it.
process.once('SIGTERM', () => {
  worker.stop();
  void pulling.stop().finally(() => process.exit(0));
});
