/** Subscriptions of a project, as the client of Pub/Sub lists them. */
import type { PubSub } from '@google-cloud/pubsub';
import { messageOf } from '../errors.ts';
import type { SubscriptionFacts } from './facts.ts';
import type { Asked } from './line.ts';

/** The part of the client that is used; tests bring the emulator's. */
export type SubscriptionClient = (project: string) => Promise<PubSub>;

const TIMEOUT_MS = 10_000;
/** What holds where Pub/Sub says nothing. */
const DEFAULTS = {
  ackDeadlineSeconds: 10,
  retentionSeconds: 604_800,
  expiresAfterSeconds: 2_678_400,
  attempts: 5,
};

export async function listSubscriptions(
  open: SubscriptionClient,
  project: string,
): Promise<Asked<readonly SubscriptionFacts[]>> {
  let client: PubSub | undefined;
  try {
    client = await open(project);
    const [found] = await client.getSubscriptions({ gaxOpts: { timeout: TIMEOUT_MS } });
    return {
      kind: 'answer',
      value: found.flatMap(({ metadata }) => (metadata === undefined ? [] : [factsOf(metadata)])),
    };
  } catch (error) {
    const mend = `gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=roles/pubsub.viewer`;
    return { kind: 'refused', why: `Pub/Sub: ${messageOf(error).replace(/\s+/g, ' ').slice(0, 300)}`, mend };
  } finally {
    await client?.close().catch(() => undefined);
  }
}

type Metadata = NonNullable<ReturnType<PubSub['subscription']>['metadata']>;

function factsOf(metadata: Metadata): SubscriptionFacts {
  const { name, topic, ackDeadlineSeconds, messageRetentionDuration, expirationPolicy, deadLetterPolicy } =
    metadata;
  const endpoint = metadata.pushConfig?.pushEndpoint ?? '';
  return {
    name: (name ?? '').split('/').at(-1) ?? '',
    topic: topic ?? '',
    ackDeadlineSeconds: ackDeadlineSeconds ?? DEFAULTS.ackDeadlineSeconds,
    retentionSeconds: secondsOf(messageRetentionDuration) ?? DEFAULTS.retentionSeconds,
    // Without a policy the default holds; a policy without a time is never.
    expiresAfterSeconds:
      expirationPolicy === undefined || expirationPolicy === null
        ? DEFAULTS.expiresAfterSeconds
        : secondsOf(expirationPolicy.ttl),
    deadLetter:
      typeof deadLetterPolicy?.deadLetterTopic === 'string' && deadLetterPolicy.deadLetterTopic !== ''
        ? {
            topic: deadLetterPolicy.deadLetterTopic,
            attempts: deadLetterPolicy.maxDeliveryAttempts || DEFAULTS.attempts,
          }
        : undefined,
    hasRetryPolicy: metadata.retryPolicy !== undefined && metadata.retryPolicy !== null,
    filter: metadata.filter ?? '',
    push:
      endpoint === ''
        ? undefined
        : { endpoint, authenticated: (metadata.pushConfig?.oidcToken?.serviceAccountEmail ?? '') !== '' },
    detached: metadata.detached === true,
  };
}

/** Seconds of a protobuf Duration; undefined where there is none. */
function secondsOf(duration: unknown): number | undefined {
  if (typeof duration === 'number') return duration;
  if (typeof duration !== 'object' || duration === null || !('seconds' in duration)) return undefined;
  const seconds = Number(duration.seconds);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
