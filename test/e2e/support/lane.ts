/**
 * One topic with its subscription and dead-letter topic on the Pub/Sub emulator, under the policies that
 * terraform/modules/source sets. The emulator counts attempts, backs off between them and dead-letters; it does so for
 * what is pulled. Its own pushes do not say their attempt and lose refused messages under a retry policy (cli/run/bus.ts),
 * so `pushFrom` posts what the subscription delivers, as Pub/Sub does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, type PubSub, type Subscription } from '@google-cloud/pubsub';

const MODULE = readFileSync(join(import.meta.dirname, '../../../terraform/modules/source/main.tf'), 'utf8');
const VARIABLES = readFileSync(
  join(import.meta.dirname, '../../../terraform/modules/source/variables.tf'),
  'utf8',
);

/** As declared for every source, seconds. */
export const DECLARED = {
  minimumBackoff: numberIn(MODULE, /minimum_backoff\s*=\s*"(\d+)s"/),
  maximumBackoff: numberIn(MODULE, /maximum_backoff\s*=\s*"(\d+)s"/),
  attempts: numberIn(VARIABLES, /max_delivery_attempts == (\d+)/),
} as const;

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`terraform/modules/source has no ${pattern.source}`);
  return Number(found);
}

export interface Lane {
  readonly subscription: Subscription;
  publish(data: string): Promise<unknown>;
  readonly deadLetters: readonly Buffer[];
  /** Takes what the subscription still delivers within so many milliseconds: how many messages that were. */
  drain(ms: number): Promise<number>;
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly name: string;
  readonly attempts: number;
  /**
   * Seconds of the declared backoff in one second here; undefined: none, what comes back does so at once. With a backoff the
   * emulator loses sight of messages whose lease ended a third time.
   */
  readonly scale: number | undefined;
  readonly exactlyOnce?: boolean;
}

export async function openLane(client: PubSub, options: LaneOptions): Promise<Lane> {
  const { name, attempts, scale, exactlyOnce = false } = options;
  const [deadLetterTopic] = await client.createTopic(`${name}-dead`);
  const [holding] = await deadLetterTopic.createSubscription(`${name}-dead-hold`);
  const deadLetters: Buffer[] = [];
  holding.on('message', (message) => {
    deadLetters.push(message.data);
    message.ack();
  });
  holding.on('error', () => undefined);
  const [topic] = await client.createTopic(name);
  const [subscription] = await topic.createSubscription(`${name}-sub`, {
    ackDeadlineSeconds: 60,
    enableExactlyOnceDelivery: exactlyOnce,
    deadLetterPolicy: { deadLetterTopic: deadLetterTopic.name, maxDeliveryAttempts: attempts },
    ...(scale === undefined
      ? {}
      : {
          retryPolicy: {
            minimumBackoff: scaled(DECLARED.minimumBackoff, scale),
            maximumBackoff: scaled(DECLARED.maximumBackoff, scale),
          },
        }),
  });
  return {
    subscription,
    deadLetters,
    publish: (data) => topic.publishMessage({ data: Buffer.from(data) }),
    async drain(ms) {
      const ids = new Set<string>();
      const rest = client.subscription(subscription.name);
      rest.on('error', () => undefined);
      rest.on('message', (message) => {
        ids.add(message.id);
        message.ack();
      });
      await sleep(ms);
      await rest.close();
      return ids.size;
    },
    async close() {
      await holding.close();
    },
  };
}

function scaled(seconds: number, scale: number): { seconds: number; nanos: number } {
  const nanos = Math.round((seconds * 1e9) / scale);
  return { seconds: Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}

export interface Pushing {
  /** The highest delivery attempt of any message so far. */
  readonly attempts: () => number;
  stop(): Promise<void>;
}

/** Requests at once, as one instance of a function takes them. */
const CONCURRENCY = 80;

export function pushFrom(client: PubSub, { subscription }: Lane, url: string): Pushing {
  let attempts = 0;
  const pulled = client.subscription(subscription.name, {
    flowControl: { maxMessages: CONCURRENCY, allowExcessMessages: false },
    streamingOptions: { maxStreams: 1 },
    closeOptions: { timeout: Duration.from({ seconds: 2 }) },
  });
  pulled.on('error', () => undefined);
  pulled.on('message', (message) => {
    const { id, data, attributes, deliveryAttempt } = message;
    attempts = Math.max(attempts, deliveryAttempt);
    const body = JSON.stringify({
      message: {
        data: data.toString('base64'),
        attributes,
        messageId: id,
        publishTime: message.publishTime.toISOString(),
      },
      subscription: subscription.name,
      deliveryAttempt,
    });
    void fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).then(
      ({ status }) => (status === 204 ? message.ack() : message.nack()),
      () => message.nack(),
    );
  });
  return { attempts: () => attempts, stop: () => pulled.close() };
}
