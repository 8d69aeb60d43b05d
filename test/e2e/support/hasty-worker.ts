/** A pull worker that acknowledges what it is given before it has committed it: what a test of killed workers must notice. */
import { parsePullEnvironment } from '../../../functions/pull/environment.ts';
import { startPulling } from '../../../functions/pull/subscription.ts';
import { createWorker } from '../../../functions/pull/worker.ts';
import { ingestOpener } from '../../../functions/runtime/open-ingest.ts';
import { readBundle } from '../../../shared/config/read-bundle.ts';
import { SILENT as logger } from '../../../shared/observe/log.ts';

const environment = parsePullEnvironment(process.env);
const { source, holdMs } = environment;
const bundle = readBundle(environment.configFile);
const ingest = ingestOpener({ source, environment, bundle, logger, path: 'pull' });
const worker = createWorker({ ingest, logger, holdMs });
const nothing = (): void => undefined;

startPulling({
  ...environment,
  onMessage(message) {
    message.ack();
    void worker.handle({ ...message, ack: nothing, nack: nothing });
  },
  onEnd: () => process.exit(1),
});
