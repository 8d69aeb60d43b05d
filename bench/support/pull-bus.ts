/** The Pub/Sub emulator with subscriptions that are full when a worker begins to pull them. */
import { randomUUID } from 'node:crypto';
import { PubSub } from '@google-cloud/pubsub';
import { emulatorEnvironment, startEmulator } from '../../cli/emulators.ts';

export interface PullBus {
  /** For the processes that pull. */
  readonly environment: Readonly<Record<string, string>>;
  /** A subscription of its own that holds these entries; its name. */
  filled(texts: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** @throws JobtrailError `emulator-missing` */
export async function openPullBus(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PullBus> {
  const running = await startEmulator('pubsub', environment);
  const client = new PubSub({
    projectId: `bench-${randomUUID().slice(0, 8)}`,
    apiEndpoint: running.host,
    emulatorMode: true,
  });
  return {
    environment: emulatorEnvironment([running]),
    async filled(texts) {
      const [topic] = await client.createTopic(`entries-${randomUUID().slice(0, 8)}`);
      const [subscription] = await topic.createSubscription(`${topic.name.split('/').at(-1)}-pull`, {
        ackDeadlineSeconds: 60,
      });
      await Promise.all(texts.map((text) => topic.publishMessage({ data: Buffer.from(text) })));
      return subscription.name;
    },
    async stop() {
      await client.close();
      await running.stop();
    },
  };
}
