/**
 * New findings to the topic that pushes to `deliver`, after their commit. The rows are the outbox: what is not published is
 * found by the sweep within a minute or two, so a failure here is logged and fails nothing.
 */
import type { Topic } from '@google-cloud/pubsub';
import { messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import { within } from '../../shared/within.ts';

/** Resolves when the topic has them, or when it is the sweep's turn. Never rejects. */
export type PublishFindings = (ids: readonly string[]) => Promise<void>;

/** How long the answer to an ingest request waits for the topic. */
const TIMEOUT_MS = 3_000;
/** 64 characters each: far below the 10 MB of a message, and one claim of `deliver`. */
const IDS_OF_MESSAGE = 200;

export interface TopicOptions {
  readonly logger: Logger;
  readonly timeoutMs?: number;
}

/** @param topic `projects/P/topics/T`; undefined: the sweep alone delivers */
export function createFindingsPublisher(topic: string | undefined, options: TopicOptions): PublishFindings {
  if (topic === undefined) return () => Promise.resolve();
  const { logger, timeoutMs = TIMEOUT_MS } = options;
  const publisher = publisherOf(topic, timeoutMs);
  return async (ids) => {
    if (ids.length === 0) return;
    const publish = async (): Promise<void> => {
      const to = await publisher();
      const sent: Promise<string>[] = [];
      for (let at = 0; at < ids.length; at += IDS_OF_MESSAGE)
        sent.push(to.publishMessage({ json: { findings: ids.slice(at, at + IDS_OF_MESSAGE) } }));
      await Promise.all(sent);
    };
    try {
      await within(timeoutMs, publish(), late(timeoutMs));
    } catch (error) {
      logger.log('WARNING', 'findings not published, the sweep takes them', {
        count: ids.length,
        reason: messageOf(error),
      });
    }
  };
}

/** Slack waits three seconds for the answer to a button. */
const WAKE_TIMEOUT_MS = 1_000;

/** Has `deliver` send what is due, by a message of no findings. Never rejects: the sweep does the same. */
export function createDeliverWake(topic: string | undefined, options: TopicOptions): () => Promise<void> {
  if (topic === undefined) return () => Promise.resolve();
  const { logger, timeoutMs = WAKE_TIMEOUT_MS } = options;
  const publisher = publisherOf(topic, timeoutMs);
  // Begun at once: the answer to a button must not wait for it. What fails here fails again, and is told, when it is asked for.
  publisher().catch(() => undefined);
  return async () => {
    try {
      await within(
        timeoutMs,
        publisher().then((to) => to.publishMessage({ json: { findings: [] } })),
        late(timeoutMs),
      );
    } catch (error) {
      logger.log('WARNING', 'deliver not woken, the sweep sends', { reason: messageOf(error) });
    }
  };
}

/**
 * The client is loaded with the first message: it is a third of a cold start, and most instances never have a finding. The package
 * itself is what is imported late; a module of ours around it would be bundled, and its imports with it.
 */
function publisherOf(topic: string, timeoutMs: number): () => Promise<Topic> {
  let made: Promise<Topic> | undefined;
  const make = async (): Promise<Topic> => {
    const { PubSub } = await import('@google-cloud/pubsub');
    const [, project] = topic.split('/');
    const client = new PubSub(project === undefined ? {} : { projectId: project });
    // A message is complete when it is handed over: nothing is gained by waiting for more.
    return client.topic(topic, { batching: { maxMessages: 1 }, gaxOpts: { timeout: timeoutMs } });
  };
  return () => (made ??= make());
}

const late = (milliseconds: number) => (): Error => new Error(`no answer in ${milliseconds} ms`);
