/** The subscription, as a stream of messages: bounded by number and bytes, each lease bounded in time. */
import { Duration, PubSub, SubscriptionCloseBehaviors } from '@google-cloud/pubsub';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import type { PullEnvironment } from './environment.ts';
import type { Pulled } from './worker.ts';

export interface Pulling {
  /** No message comes any more; resolves when those that are here are acknowledged or given back. */
  stop(): Promise<void>;
}

export interface PullingOptions extends Pick<PullEnvironment, 'subscription' | 'flow' | 'holdMs'> {
  readonly onMessage: (message: Pulled) => void;
  /** Nothing will come any more: the subscription is gone, or may not be read, or the client gave up. */
  readonly onEnd: (error: JobtrailError) => void;
}

/** Beyond the time for which a message is held: its last commit, and its acknowledgement. */
export const LEASE_MARGIN_MS = 60_000;
/** Lease at the start, lengthened while the message is here: after a crash, what was here comes again that much later. */
const LEASE = Duration.from({ seconds: 10 });
const LONGEST_LEASE = Duration.from({ seconds: 60 });
/** Cloud Run kills ten seconds after SIGTERM. */
const CLOSE = Duration.from({ seconds: 8 });

/**
 * A stream that breaks is opened again by the client, later and later. What ends it for good is told once, whether the client
 * calls it an error or only closes: a worker that lives and pulls nothing would look well.
 */
export function startPulling(options: PullingOptions): Pulling {
  const { subscription: name, flow, holdMs, onMessage, onEnd } = options;
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
  let ended = false;
  const end = (error: unknown): void => {
    if (ended) return;
    ended = true;
    onEnd(lost(name, error));
  };
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
  subscription.on('error', end);
  subscription.on('close', () => end(new Error('the client closed it')));
  return {
    async stop() {
      ended = true;
      await subscription.close();
      await client.close();
    },
  };
}

/** Of google.rpc.Code. */
const NOT_FOUND = 5;
const REFUSED: ReadonlySet<unknown> = new Set([7, 16]);

function lost(name: string, error: unknown): JobtrailError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return new JobtrailError(
    'api-unavailable',
    `Nothing comes from ${name} any more: ${messageOf(error)}`,
    code === NOT_FOUND
      ? 'Set JOBTRAIL_SUBSCRIPTION to a subscription that is there.'
      : REFUSED.has(code)
        ? 'Grant the worker’s account roles/pubsub.subscriber on the subscription.'
        : 'The platform starts the worker again; if this lasts, look at Pub/Sub’s status.',
    { cause: error },
  );
}
