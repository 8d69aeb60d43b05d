/** The subscriptions that sources are delivered by: whether a message can be lost on the way, or is given up too early. */
import type { PolicyFacts, SubscriptionFacts } from '../facts.ts';
import { membersOf } from '../facts.ts';
import type { Asked } from '../line.ts';
import { type CheckText, type Line, teller } from '../line.ts';

export const SUBSCRIPTIONS: CheckText = {
  name: 'subscriptions',
  looksAt: 'Pub/Sub: the subscription of each source, and where its dead letters go',
  wrongWhen:
    'it is missing or detached or its topic is gone; its acknowledgement deadline is below 120 s; it gives up before 100 attempts, or counts none; it keeps messages for less than a day; it expires; it filters; it pushes without a token; dead letters are kept by no subscription, or the agent of Pub/Sub may not put them there',
  warnsWhen: 'it keeps messages for less than seven days, or has no retry policy',
};

/** Longer than the slowest request with a cold start and repetitions of its transaction. */
const ACK_DEADLINE = 120;
/** The most there are: with the backoff about 15 hours without a database. */
const ATTEMPTS = 100;
const DAY = 86_400;
const KEPT = 7 * DAY;
const PUBSUB_AGENT = /^serviceAccount:service-\d+@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/;

const tell = teller(SUBSCRIPTIONS);

/** @param name without its project; of the source that needs it */
export function checkSubscription(
  project: string,
  name: string,
  subscriptions: readonly SubscriptionFacts[],
): readonly Line[] {
  const found = subscriptions.find((one) => one.name === name);
  const of = `${name} --project=${project}`;
  if (found === undefined) {
    const says = 'there is no such subscription, so nothing of this source arrives';
    return [tell.wrong(name, says, 'terraform apply')];
  }
  const faults = faultsOf(found, subscriptions);
  if (faults.length === 0) {
    return [
      tell.ok(
        name,
        `${found.push === undefined ? 'pulled' : 'pushed'}, ${ATTEMPTS} attempts, dead letters are kept`,
      ),
    ];
  }
  return faults.map(([state, says, flags]) => {
    const mend = flags.startsWith('--')
      ? `gcloud pubsub subscriptions update ${of} ${flags}`
      : flags.replace('NAME', of);
    return state === 'wrong' ? tell.wrong(name, says, mend) : tell.warning(name, says, mend);
  });
}

type Fault = readonly ['wrong' | 'warning', says: string, mend: string];

function faultsOf(one: SubscriptionFacts, all: readonly SubscriptionFacts[]): readonly Fault[] {
  const anew = 'gcloud pubsub subscriptions delete NAME && terraform apply';
  const faults: Fault[] = [];
  if (one.topic === '_deleted-topic_') faults.push(['wrong', 'its topic was deleted: nothing arrives', anew]);
  if (one.detached) faults.push(['wrong', 'it is detached from its topic: nothing arrives', anew]);
  if (one.filter !== '') {
    faults.push(['wrong', `its filter leaves out messages that nobody counts: ${one.filter}`, anew]);
  }
  if (one.ackDeadlineSeconds < ACK_DEADLINE) {
    const says = `its acknowledgement deadline is ${one.ackDeadlineSeconds} s: what is still being committed comes again`;
    faults.push(['wrong', says, `--ack-deadline=${ACK_DEADLINE}`]);
  }
  if (one.retentionSeconds < KEPT) {
    const state = one.retentionSeconds < DAY ? 'wrong' : 'warning';
    const says = `it keeps messages for ${Math.floor(one.retentionSeconds / 3600)} hours: a longer outage loses them`;
    faults.push([state, says, '--message-retention-duration=7d']);
  }
  if (one.expiresAfterSeconds !== undefined) {
    const says = `it is removed after ${Math.floor(one.expiresAfterSeconds / DAY)} idle days`;
    faults.push(['wrong', says, '--expiration-period=never']);
  }
  if (!one.hasRetryPolicy) {
    const says =
      'it has no retry policy: what is refused comes again at once, and attempts are used up in minutes';
    faults.push(['warning', says, '--min-retry-delay=10s --max-retry-delay=600s']);
  }
  if (one.push?.authenticated === false) {
    const says = 'it pushes without a token, which no function takes';
    faults.push(['wrong', says, '--push-auth-service-account=jobtrail-push@PROJECT.iam.gserviceaccount.com']);
  }
  faults.push(...deadLetterFaults(one, all));
  return faults;
}

function deadLetterFaults(
  { name, deadLetter }: SubscriptionFacts,
  all: readonly SubscriptionFacts[],
): readonly Fault[] {
  if (deadLetter === undefined) {
    const says =
      'it has no dead-letter topic: a message that kills its instance is delivered until it expires';
    return [['wrong', says, `--dead-letter-topic=${name}-dead --max-delivery-attempts=${ATTEMPTS}`]];
  }
  const faults: Fault[] = [];
  const topic = deadLetter.topic.split('/').at(-1) ?? '';
  const where = deadLetter.topic.split('/')[1] ?? '';
  if (deadLetter.attempts < ATTEMPTS) {
    const says = `it gives up after ${deadLetter.attempts} attempts: an outage of the database sends everything to the dead letters`;
    faults.push([
      'wrong',
      says,
      `--dead-letter-topic=${deadLetter.topic} --max-delivery-attempts=${ATTEMPTS}`,
    ]);
  }
  if (!all.some((other) => other.topic === deadLetter.topic && !other.detached)) {
    const says = `its dead-letter topic ${topic} has no subscription: dead letters are lost`;
    const mend = `gcloud pubsub subscriptions create ${topic} --topic=${topic} --project=${where} --expiration-period=never --message-retention-duration=31d`;
    faults.push(['wrong', says, mend]);
  }
  return faults;
}

/** Without both grants nothing fails and nothing is dead-lettered: messages are retried until they expire. */
export function checkDeadLetterGrants(
  project: string,
  { name, deadLetter }: SubscriptionFacts,
  topicPolicy: Asked<PolicyFacts>,
  subscriptionPolicy: Asked<PolicyFacts>,
): readonly Line[] {
  if (deadLetter === undefined) return [];
  const topic = deadLetter.topic.split('/').at(-1) ?? '';
  const about = `${name} → ${topic}`;
  const agent = 'serviceAccount:service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com';
  const publisher = lacks(topicPolicy, [
    'roles/pubsub.publisher',
    'roles/pubsub.editor',
    'roles/pubsub.admin',
  ]);
  const subscriber = lacks(subscriptionPolicy, [
    'roles/pubsub.subscriber',
    'roles/pubsub.editor',
    'roles/pubsub.admin',
  ]);
  const lines: Line[] = [];
  for (const policy of [topicPolicy, subscriptionPolicy]) {
    if (policy.kind === 'refused') return [tell.unasked(about, policy)];
  }
  if (publisher) {
    const mend = `gcloud pubsub topics add-iam-policy-binding ${topic} --project=${project} --member=${agent} --role=roles/pubsub.publisher`;
    lines.push(tell.wrong(about, 'the agent of Pub/Sub may not publish dead letters there', mend));
  }
  if (subscriber) {
    const mend = `gcloud pubsub subscriptions add-iam-policy-binding ${name} --project=${project} --member=${agent} --role=roles/pubsub.subscriber`;
    lines.push(
      tell.wrong(about, 'the agent of Pub/Sub may not take dead letters off the subscription', mend),
    );
  }
  return lines.length > 0 ? lines : [tell.ok(about, 'the agent of Pub/Sub may move dead letters')];
}

const lacks = (policy: Asked<PolicyFacts>, roles: readonly string[]): boolean =>
  policy.kind === 'answer' && !membersOf(policy.value, roles).some((member) => PUBSUB_AGENT.test(member));

/** Pub/Sub itself: whether it could be asked, and whether anything of the pipeline is there. */
export function checkReach(project: string, asked: Asked<readonly SubscriptionFacts[]>): readonly Line[] {
  if (asked.kind === 'refused') return [tell.unasked(`projects/${project}`, asked)];
  const ours = asked.value.filter(({ name }) => name.startsWith('jobtrail-'));
  return ours.length > 0
    ? [tell.ok(`projects/${project}`, `Pub/Sub answers; ${ours.length} subscriptions of the pipeline`)]
    : [
        tell.wrong(
          `projects/${project}`,
          'no subscription is named jobtrail-…: nothing is deployed here',
          'terraform apply',
        ),
      ];
}
