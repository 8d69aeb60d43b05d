/**
 * The pull worker of one source, for rates that a push function would pay a request each for: a process that pulls a
 * subscription and commits in batches. No HTTP; runs in a worker pool. docs/pull-worker.md says when.
 */
import { readBundle } from '../../shared/config/read-bundle.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { createLogger, type LogFields } from '../../shared/observe/log.ts';
import { createFindingsPublisher } from '../runtime/findings-topic.ts';
import { ingestOpener } from '../runtime/open-ingest.ts';
import { parsePullEnvironment } from './environment.ts';
import { LEASE_MARGIN_MS, startPulling } from './subscription.ts';
import { createWorker } from './worker.ts';
import { stackOf } from '../runtime/stack.ts';

const environment = parsePullEnvironment(process.env);
const { source, findingsTopic } = environment;
const logger = createLogger((line) => process.stdout.write(`${line}\n`), { function: `pull-${source.name}` });
const bundle = readBundle(environment.configFile, process.env['JOBTRAIL_CHECKED_BUNDLE']);
const ingest = ingestOpener({ source, environment, bundle, logger, path: 'pull' });
const worker = createWorker({
  ingest,
  logger,
  holdMs: environment.holdMs,
  publish: createFindingsPublisher(findingsTopic, { logger }),
});

/** The platform starts another, later and later. */
function die(message: string, fields: LogFields): never {
  logger.log('ERROR', message, { subscription: environment.subscription, ...fields });
  process.exit(1);
}

// At once and not with the first message, so that a worker that cannot work says so.
ingest().then(
  () => logger.log('INFO', 'ready', { subscription: environment.subscription }),
  (error: unknown) =>
    logger.log('ERROR', messageOf(error), {
      at: 'start',
      code: error instanceof JobtrailError ? error.code : 'unexpected',
    }),
);
const pulling = startPulling({
  ...environment,
  onMessage: (message) => void worker.handle(message),
  onEnd: ({ message, code, hint }) => die(message, { code, hint }),
});

/**
 * Whatever a message waits for is bounded, so none is here for much longer than it may be held. Were one all the same, its
 * lease would be over, and a process that is stuck looks well from outside: a worker pool asks nobody for his health.
 */
const STUCK_MS = environment.holdMs + 2 * LEASE_MARGIN_MS;
setInterval(() => {
  const longest = worker.longest();
  if (longest === undefined || longest.ms < STUCK_MS) return;
  die('a message comes to no end', { messageId: longest.messageId, seconds: Math.round(longest.ms / 1000) });
}, 30_000).unref();

/**
 * The Spanner client lets errors of its own upkeep fall (sessions that it renews while nobody answers). They belong to no
 * message, and what a message needs fails for itself; the functions framework lives on after them as well. Whatever else
 * falls is a bug that may have left anything behind: the platform starts anew.
 */
function onStray(error: unknown): void {
  const ofClient = error instanceof Error && 'code' in error && typeof error.code === 'number';
  logger.log(ofClient ? 'WARNING' : 'ERROR', messageOf(error), {
    at: 'outside a message',
    stack: ofClient ? undefined : stackOf(error),
  });
  if (!ofClient) process.exit(1);
}
process.on('uncaughtException', onStray);
process.on('unhandledRejection', onStray);

// What a clean end saves is a second delivery; nothing depends on it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    worker.stop();
    void pulling.stop().finally(() => process.exit(0));
  });
}
