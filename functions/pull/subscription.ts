/** The subscription, as a stream of messages: bounded by number and bytes, each lease bounded in time. */
import { Duration, PubSub, SubscriptionCloseBehaviors } from '@google-cloud/pubsub';
import type { PullEnvironment } from './environment.ts';
import type { Pulled } from './worker.ts';

export interface Pulling {
  /** No message comes any more; resolves when those that are here are acknowledged or given back. */
  stop(): Promise<void>;
}

export interface PullingOptions extends Pick<PullEnvironment, 'subscription' | 'flow' | 'holdMs'> {
  readonly onMessage: (message: Pulled) => void;
  /** Nothing will come any more: the subscription is gone, or may not be read. */
  readonly onError: (error: unknown) => void;
}

/** Beyond the time for which a message is held: its last commit, and its acknowledgement. */
const LEASE_MARGIN_MS = 60_000;
/** Lease at the start, lengthened while the message is here: after a crash, what was here comes again that much later. */
const LEASE = Duration.from({ seconds: 10 });
const LONGEST_LEASE = Duration.from({ seconds: 60 });
/** Cloud Run kills ten seconds after SIGTERM. */
const CLOSE = Duration.from({ seconds: 8 });

export function startPulling(options: PullingOptions): Pulling {
  const { subscription: name, flow, holdMs, onMessage, onError } = options;
  const [, project = ''] = name.split('/');
  const client = new PubSub({ projectId: project });
  const subscription = client.subscription(name, {
    // The server counts for each stream by itself: with one, the bounds are what is said here.
    streamingOptions: { maxStreams: 1 },
    flowControl: { ...flow, allowExcessMessages: false },
    minAckDeadline: LEASE,
    maxAckDeadline: LONGEST_LEASE,
    maxExtensionTime: Duration.from({ milliseconds: holdMs + LEASE_MARGIN_MS }),
    closeOptions: { behavior: SubscriptionCloseBehaviors.WaitForProcessing, timeout: CLOSE },
  });
  subscription.on('message', (message) =>
    onMessage({
      id: message.id,
      data: message.data,
      attributes: message.attributes,
      publishTime: message.publishTime.toISOString(),
      subscription: name,
      deliveryAttempt: message.deliveryAttempt,
      ack: () => message.ack(),
      nack: () => message.nack(),
    }),
  );
  subscription.on('error', onError);
  return {
    async stop() {
      await subscription.close();
      await client.close();
    },
  };
}
