/** The subscriptions that sources are delivered by: whether a message can be lost on the way, or is given up too early. */
import { nameOf, projectOf, type SubscriptionFacts, type TopicFacts } from '../facts.ts';
import { type Asked, type CodeOf, counted, createCheck, type Line } from '../line.ts';
import { command } from '../shell.ts';

export const SUBSCRIPTIONS = createCheck({
  name: 'subscriptions',
  looksAt: 'Pub/Sub: whether it answers, the subscription of each source and its topic',
  codes: {
    'nothing-deployed': { state: 'wrong', means: 'the project has no subscription of the pipeline' },
    missing: {
      state: 'wrong',
      means: 'a source that is declared or whose sink is there has no subscription',
    },
    'topic-gone': { state: 'wrong', means: 'its topic was deleted: nothing arrives' },
    detached: { state: 'wrong', means: 'it was detached from its topic: nothing arrives' },
    filtered: { state: 'wrong', means: 'its filter leaves out messages that nobody counts' },
    exports: {
      state: 'wrong',
      means: 'it writes to BigQuery, Cloud Storage or another topic and delivers nothing',
    },
    transforms: {
      state: 'wrong',
      means: 'functions on it or on its topic may change or drop messages before they are read',
    },
    'topic-ingests': {
      state: 'wrong',
      means: 'its topic takes messages from a stream or a bucket: any record can be forged there',
    },
    'ack-deadline': {
      state: 'wrong',
      means: 'its acknowledgement deadline is below 120 s: what is still being committed comes again',
    },
    'retention-short': { state: 'wrong', means: 'it keeps messages for less than a day' },
    retention: { state: 'warning', means: 'it keeps messages for less than seven days' },
    expires: { state: 'wrong', means: 'it is removed when nothing comes for some days' },
    'no-retry-policy': {
      state: 'warning',
      means:
        'it has no retry policy: what is refused comes again at once, and attempts are used up in minutes',
    },
    'push-without-token': { state: 'wrong', means: 'it pushes without a token, which no function takes' },
    'topic-keeps-nothing': {
      state: 'warning',
      means:
        'its topic keeps nothing that was acknowledged: what a wrong version acknowledged cannot be read again',
    },
    'topic-refuses-regions': {
      state: 'warning',
      means: 'its topic refuses what Cloud Logging publishes from other regions than those it may rest in',
    },
  },
});

/** Longer than the slowest request with a cold start and repetitions of its transaction. */
const ACK_DEADLINE = 120;
const DAY = 86_400;
const KEPT = 7 * DAY;

type Code = CodeOf<typeof SUBSCRIPTIONS>;
type Fault = readonly [code: Code, says: string, mend: string];

/** Pub/Sub itself: whether it could be asked, and whether anything of the pipeline is there. */
export function checkReach(project: string, asked: Asked<readonly SubscriptionFacts[]>): Line {
  const about = `projects/${project}`;
  if (asked.kind === 'refused') return SUBSCRIPTIONS.unasked(about, asked);
  const ours = asked.value.filter(({ name }) => nameOf(name).startsWith('jobtrail-'));
  if (ours.length > 0)
    return SUBSCRIPTIONS.ok(
      about,
      `Pub/Sub answers; ${counted(ours.length, 'subscription')} of the pipeline`,
    );
  const says = 'no subscription is named jobtrail-…: nothing is deployed here';
  return SUBSCRIPTIONS.found('nothing-deployed', about, says, 'terraform apply');
}

/** @param name `projects/P/subscriptions/S`, of the source that needs it */
export function checkSubscription(
  name: string,
  subscriptions: readonly SubscriptionFacts[],
  topics: Asked<readonly TopicFacts[]>,
): readonly Line[] {
  const found = subscriptions.find((one) => one.name === name);
  const about = nameOf(name);
  if (found === undefined) {
    const says = 'there is no such subscription, so nothing of this source arrives';
    return [SUBSCRIPTIONS.found('missing', about, says, 'terraform apply')];
  }
  const topic = topics.kind === 'answer' ? topics.value.find((one) => one.name === found.topic) : undefined;
  const faults = [...faultsOf(found), ...(topic === undefined ? [] : topicFaults(topic))];
  if (faults.length > 0)
    return faults.map(([code, says, mend]) => SUBSCRIPTIONS.found(code, about, says, mend));
  return [
    SUBSCRIPTIONS.ok(about, found.push === undefined ? 'is pulled' : `is pushed to ${found.push.endpoint}`),
  ];
}

function faultsOf(one: SubscriptionFacts): readonly Fault[] {
  const faults: Fault[] = [];
  const place = [nameOf(one.name), `--project=${projectOf(one.name)}`];
  const update = (...flags: readonly string[]): string =>
    command('gcloud pubsub subscriptions update', ...place, ...flags);
  // The topic keeps for seven days what came meanwhile; what was stored before is a duplicate.
  const seek = command('gcloud pubsub subscriptions seek', ...place, '--time=TIME');
  const anew = `${command('gcloud pubsub subscriptions delete', ...place)} && terraform apply && ${seek}`;
  if (one.topic === '_deleted-topic_')
    faults.push(['topic-gone', 'its topic was deleted: nothing arrives', anew]);
  if (one.detached) faults.push(['detached', 'it is detached from its topic: nothing arrives', anew]);
  if (one.filter !== '')
    faults.push(['filtered', `its filter leaves out messages that nobody counts: ${one.filter}`, anew]);
  if (one.exports) {
    const says = 'it writes messages elsewhere and delivers none';
    faults.push(['exports', says, 'terraform apply']);
  }
  if (one.transforms > 0) {
    const says = `${counted(one.transforms, 'function')} on it may change or drop messages`;
    faults.push(['transforms', says, update('--clear-message-transforms')]);
  }
  if (one.ackDeadlineSeconds < ACK_DEADLINE) {
    const says = `its acknowledgement deadline is ${one.ackDeadlineSeconds} s: what is still being committed comes again`;
    faults.push(['ack-deadline', says, update(`--ack-deadline=${ACK_DEADLINE}`)]);
  }
  if (one.retentionSeconds < KEPT) {
    const code = one.retentionSeconds < DAY ? 'retention-short' : 'retention';
    const says = `it keeps messages for ${counted(Math.floor(one.retentionSeconds / 3600), 'hour')}: a longer outage loses them`;
    faults.push([code, says, update('--message-retention-duration=7d')]);
  }
  if (one.expiresAfterSeconds !== undefined) {
    const says = `it is removed after ${Math.floor(one.expiresAfterSeconds / DAY)} idle days`;
    faults.push(['expires', says, update('--expiration-period=never')]);
  }
  if (!one.hasRetryPolicy) {
    const says =
      'it has no retry policy: what is refused comes again at once, and attempts are used up in minutes';
    faults.push(['no-retry-policy', says, update('--min-retry-delay=10s', '--max-retry-delay=600s')]);
  }
  if (one.push?.authenticated === false) {
    const account = `jobtrail-push@${projectOf(one.name)}.iam.gserviceaccount.com`;
    const flags = [`--push-endpoint=${one.push.endpoint}`, `--push-auth-service-account=${account}`];
    const mend = command('gcloud pubsub subscriptions modify-push-config', ...place, ...flags);
    faults.push(['push-without-token', 'it pushes without a token, which no function takes', mend]);
  }
  return faults;
}

function topicFaults({
  name,
  retentionSeconds,
  enforcesRegions,
  transforms,
  ingests,
}: TopicFacts): readonly Fault[] {
  const faults: Fault[] = [];
  const topic = nameOf(name);
  const update = (flag: string): string =>
    command('gcloud pubsub topics update', topic, `--project=${projectOf(name)}`, flag);
  if (transforms > 0) {
    const says = `${counted(transforms, 'function')} on its topic ${topic} may change or drop messages`;
    faults.push(['transforms', says, update('--clear-message-transforms')]);
  }
  if (ingests) {
    const says = `its topic ${topic} takes messages from elsewhere: any record could be forged there`;
    faults.push(['topic-ingests', says, update('--clear-ingestion-data-source-settings')]);
  }
  if (retentionSeconds === 0) {
    const says = `its topic ${topic} keeps nothing that was acknowledged`;
    faults.push(['topic-keeps-nothing', says, update('--message-retention-duration=7d')]);
  }
  if (enforcesRegions) {
    const says = `its topic ${topic} refuses what is published from other regions`;
    faults.push(['topic-refuses-regions', says, update('--no-message-storage-policy-enforce-in-transit')]);
  }
  return faults;
}
