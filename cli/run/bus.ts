/** The Pub/Sub side of a run against the emulator: a topic and a push subscription for each source, dead letters. */
import { PubSub, type Topic } from '@google-cloud/pubsub';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobtrailError } from '../../shared/errors.ts';
import type { PushMessage } from './push.ts';

export type BusMessage = Pick<PushMessage, 'subscription' | 'data' | 'attributes'>;

export interface Bus {
  readonly client: PubSub;
  /** Publishes to the subscription's topic and resolves when all are published. */
  publish(messages: Iterable<BusMessage>, onPublished?: (count: number) => void): Promise<number>;
  /** Messages that reached the dead-letter topic so far. */
  readonly deadLetters: readonly {
    readonly data: Buffer;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
  close(): Promise<void>;
}

export interface BusOptions {
  /** host:port of the emulator. */
  readonly host: string;
  readonly projectId: string;
  /** Subscription name → URL it pushes to. */
  readonly push: Readonly<Record<string, string>>;
  readonly maxDeliveryAttempts: number;
  /** Seconds. */
  readonly ackDeadlineSeconds: number;
}

/** Messages published at once: the emulator's push queue is small, and a real sink is no burst either. */
const PUBLISH_WINDOW = 200;

export async function openBus(options: BusOptions): Promise<Bus> {
  const client = new PubSub({ projectId: options.projectId, apiEndpoint: options.host, emulatorMode: true });
  const deadLetterTopic = await topic(client, 'jobtrail-dead-letter');
  const [holding] = await deadLetterTopic.createSubscription('jobtrail-dead-letter-hold');
  const deadLetters: { data: Buffer; attributes: Record<string, string> }[] = [];
  holding.on('message', (message) => {
    deadLetters.push({ data: message.data, attributes: message.attributes });
    message.ack();
  });
  holding.on('error', () => undefined);

  const topics = new Map<string, Topic>();
  for (const [name, endpoint] of Object.entries(options.push)) {
    const made = await topic(client, `jobtrail-${name}`);
    // Without a retry policy: what is refused comes back after a second all the same. With one the emulator notes refused messages that
    // fall due in the same millisecond twice, fails over the second note and delivers none of the subscription's refused messages again.
    await made.createSubscription(`jobtrail-${name}-push`, {
      pushEndpoint: endpoint,
      ackDeadlineSeconds: options.ackDeadlineSeconds,
      deadLetterPolicy: {
        deadLetterTopic: deadLetterTopic.name,
        maxDeliveryAttempts: options.maxDeliveryAttempts,
      },
    });
    topics.set(name, made);
  }

  return {
    client,
    deadLetters,
    async publish(messages, onPublished) {
      let published = 0;
      let window: Promise<unknown>[] = [];
      for (const message of messages) {
        const to = topics.get(message.subscription);
        if (to === undefined) throw noTopic(message.subscription);
        window.push(
          to.publishMessage({ data: Buffer.from(message.data), attributes: { ...message.attributes } }),
        );
        published += 1;
        if (window.length >= PUBLISH_WINDOW) {
          await Promise.all(window);
          window = [];
          onPublished?.(published);
        }
      }
      await Promise.all(window);
      onPublished?.(published);
      return published;
    },
    async close() {
      await holding.close();
      await client.close();
    },
  };
}

async function topic(client: PubSub, name: string): Promise<Topic> {
  const [made] = await client.createTopic(name);
  return made;
}

/**
 * Waits until `done` says so.
 * @throws JobtrailError `store-unavailable` when nothing has changed for `stillMs`.
 */
export async function until(
  progress: () => Promise<{ done: boolean; at: number }>,
  stillMs: number,
): Promise<void> {
  let last = -1;
  let changed = performance.now();
  for (;;) {
    const { done, at } = await progress();
    if (done) return;
    if (at !== last) {
      last = at;
      changed = performance.now();
    } else if (performance.now() - changed > stillMs) {
      throw new JobtrailError(
        'store-unavailable',
        `Nothing has arrived for ${stillMs / 1000} s; ${at} messages are accounted for.`,
        'The functions’ log lines say why; what is missing is in the subscription or the dead-letter topic.',
      );
    }
    await sleep(100);
  }
}

function noTopic(name: string): JobtrailError {
  return new JobtrailError('usage', `No topic is made for ${name}.`, 'Name one of the sources.');
}
