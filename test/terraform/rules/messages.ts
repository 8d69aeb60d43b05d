/** Topics and subscriptions: what is delivered until it is stored, and what becomes of what cannot be. */
import * as z from 'zod';
import type { Deployed, Rule } from './deployed.ts';

const Subscription = z.object({
  id: z.string(),
  name: z.string(),
  topic: z.string(),
  message_retention_duration: z.string(),
  ack_deadline_seconds: z.number().nullable(),
  expiration_policy: z.array(z.object({ ttl: z.string() })),
  retry_policy: z.array(z.object({ minimum_backoff: z.string(), maximum_backoff: z.string() })),
  dead_letter_policy: z.array(z.object({ dead_letter_topic: z.string(), max_delivery_attempts: z.number() })),
  push_config: z.array(
    z.object({
      push_endpoint: z.string(),
      oidc_token: z.array(z.object({ service_account_email: z.string() })),
    }),
  ),
});
type Subscription = z.infer<typeof Subscription> & { readonly address: string };

const Grant = z.object({
  topic: z.string().optional(),
  subscription: z.string().optional(),
  role: z.string(),
  member: z.string(),
});

/** Pub/Sub's own agent, of any project. */
export const AGENT = /^serviceAccount:service-[0-9]+@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/;
const MOST_ATTEMPTS = 100;

/** Subscriptions that are worked through, and those that hold dead letters. */
function subscriptions(deployed: Deployed): { worked: Subscription[]; holding: Subscription[] } {
  const all = deployed.all('google_pubsub_subscription', Subscription);
  const dead = new Set(
    all.flatMap((one) => one.dead_letter_policy.map((policy) => policy.dead_letter_topic)),
  );
  return {
    worked: all.filter((one) => !dead.has(one.topic)),
    holding: all.filter((one) => dead.has(one.topic)),
  };
}

function granted(deployed: Deployed, on: 'topic' | 'subscription', name: string, role: string): boolean {
  return deployed
    .all(`google_pubsub_${on}_iam_member`, Grant)
    .some((grant) => grant[on] === name && grant.role === role && AGENT.test(grant.member));
}

export const deadLetters: Rule = (deployed) => {
  const { worked, holding } = subscriptions(deployed);
  return worked.flatMap(({ address, name, dead_letter_policy: [policy] }) => {
    if (policy === undefined) return [`${address} has no dead-letter topic: what cannot be handled is lost`];
    const topic = policy.dead_letter_topic.split('/').at(-1) ?? '';
    return [
      ...(policy.max_delivery_attempts === MOST_ATTEMPTS
        ? []
        : [
            `${address} gives up after ${policy.max_delivery_attempts} attempts, not ${MOST_ATTEMPTS}: an outage fills the dead letters`,
          ]),
      ...(granted(deployed, 'topic', topic, 'roles/pubsub.publisher')
        ? []
        : [`${address}: Pub/Sub's service agent may not publish to ${topic}, nothing is ever dead-lettered`]),
      ...(granted(deployed, 'subscription', name, 'roles/pubsub.subscriber')
        ? []
        : [`${address}: Pub/Sub's service agent may not acknowledge, nothing is ever dead-lettered`]),
      ...(holding.some((one) => one.topic === policy.dead_letter_topic)
        ? []
        : [`${address}: its dead-letter topic ${topic} has no subscription, what it is sent is lost`]),
    ];
  });
};

export const kept: Rule = (deployed) => {
  const { worked, holding } = subscriptions(deployed);
  const expiring = [...worked, ...holding]
    .filter((one) => one.expiration_policy[0]?.ttl !== '')
    .map(({ address }) => `${address} is removed by Pub/Sub after a month without messages`);
  const short = worked.flatMap((one) => {
    const attempts = one.dead_letter_policy[0]?.max_delivery_attempts ?? MOST_ATTEMPTS;
    const backoff = one.retry_policy[0]?.maximum_backoff;
    if (backoff === undefined)
      return [`${one.address} has no retry policy: it is tried again at once, over and over`];
    const needed = attempts * seconds(backoff);
    return seconds(one.message_retention_duration) > needed
      ? []
      : [
          `${one.address} keeps messages for ${one.message_retention_duration}, its retries take up to ${needed}s: they end before the dead letters`,
        ];
  });
  const held = holding
    .filter((one) => seconds(one.message_retention_duration) < 31 * 86_400)
    .map(({ address }) => `${address} keeps dead letters for less than the 31 days that it could`);
  return [...expiring, ...short, ...held];
};

/** Eventarc keeps for 24 hours and refuses events above 512 KB, which an audit entry in base64 exceeds. */
export const ownSubscriptions: Rule = (deployed) => {
  const triggers = deployed.all('google_eventarc_trigger', z.object({}));
  const functions = deployed
    .all('google_cloudfunctions2_function', z.object({ event_trigger: z.array(z.unknown()) }))
    .filter((one) => one.event_trigger.length > 0);
  const unsigned = subscriptions(deployed).worked.filter((one) =>
    one.push_config.some((push) => push.oidc_token.length === 0),
  );
  return [
    ...[...triggers, ...functions].map(
      ({ address }) => `${address} delivers through Eventarc: kept for 24 hours, and nothing above 512 KB`,
    ),
    ...unsigned.map(({ address }) => `${address} pushes without a token`),
  ];
};

function seconds(duration: string): number {
  return Number(duration.replace(/s$/, ''));
}
