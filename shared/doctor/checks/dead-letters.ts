/** Where messages go that cannot be handled: that they go there, are kept, and were not sent there by an outage. */
import {
  type Level,
  nameOf,
  projectOf,
  type ProjectFacts,
  pubsubAgent,
  type SubscriptionFacts,
  type TopicFacts,
} from '../facts.ts';
import { grant } from '../gcloud.ts';
import { grantedBy, grantText, type Roles, unknownLines } from '../grants.ts';
import { CONSUME, PUBLISH } from '../known-roles.ts';
import { type Asked, createCheck, type Line } from '../line.ts';
import { command } from '../shell.ts';

export const DEAD_LETTERS = createCheck({
  name: 'dead-letters',
  looksAt:
    'dead letters of each subscription: the topic, the subscription that keeps them, and whether Pub/Sub may put them there',
  codes: {
    none: {
      state: 'wrong',
      means:
        'the subscription has no dead-letter topic: a message that kills its instance is delivered until it expires',
    },
    'few-attempts': {
      state: 'wrong',
      means: 'messages are given up before 100 attempts: an outage of the database sends everything there',
    },
    'topic-missing': {
      state: 'wrong',
      means: 'the dead-letter topic does not exist: messages are retried until they expire',
    },
    'not-kept': {
      state: 'wrong',
      means: 'no subscription keeps what the dead-letter topic is sent: it is lost',
    },
    expires: {
      state: 'wrong',
      means: 'the subscription that keeps them is removed when none come for some days',
    },
    'kept-short': { state: 'warning', means: 'they are kept for less than seven days' },
    'may-not-publish': {
      state: 'wrong',
      means:
        'the agent of Pub/Sub may not publish to the topic: nothing fails, and messages are retried until they expire',
    },
    'may-not-consume': {
      state: 'wrong',
      means: 'the agent of Pub/Sub may not acknowledge what it moves there: the same',
    },
    conditional: { state: 'warning', means: 'it may, under a condition, which doctor does not evaluate' },
  },
});

/** The most there are: with the backoff about 15 hours without a database. */
const ATTEMPTS = 100;
const DAY = 86_400;

/** @param all every subscription that is known, of whichever project */
export function checkDeadLetters(
  one: SubscriptionFacts,
  all: readonly SubscriptionFacts[],
  topics: Asked<readonly TopicFacts[]>,
): readonly Line[] {
  const { name, deadLetter } = one;
  const about = nameOf(name);
  const place = [about, `--project=${projectOf(name)}`];
  const update = (topic: string): string =>
    command(
      'gcloud pubsub subscriptions update',
      ...place,
      `--dead-letter-topic=${topic}`,
      `--max-delivery-attempts=${ATTEMPTS}`,
    );
  if (deadLetter === undefined) {
    const says =
      'it has no dead-letter topic: a message that kills its instance is delivered until it expires';
    return [
      DEAD_LETTERS.found('none', about, says, update(`projects/${projectOf(name)}/topics/${about}-dead`)),
    ];
  }
  const lines: Line[] = [];
  const { topic, attempts } = deadLetter;
  if (attempts < ATTEMPTS) {
    const says = `it gives up after ${attempts} attempts: an outage of the database sends everything to the dead letters`;
    lines.push(DEAD_LETTERS.found('few-attempts', about, says, update(topic)));
  }
  if (topics.kind === 'answer' && !topics.value.some((other) => other.name === topic)) {
    const says = `its dead-letter topic ${nameOf(topic)} does not exist`;
    lines.push(DEAD_LETTERS.found('topic-missing', about, says, 'terraform apply'));
  }
  lines.push(...keptLines(about, topic, all));
  return lines;
}

function keptLines(about: string, topic: string, all: readonly SubscriptionFacts[]): readonly Line[] {
  const short = nameOf(topic);
  const project = `--project=${projectOf(topic)}`;
  const keeping = all.filter((other) => other.topic === topic && !other.detached);
  if (keeping.length === 0) {
    const says = `its dead-letter topic ${short} has no subscription: dead letters are lost`;
    const flags = [`--topic=${topic}`, '--expiration-period=never', '--message-retention-duration=31d'];
    const mend = command('gcloud pubsub subscriptions create', short, project, ...flags);
    return [DEAD_LETTERS.found('not-kept', about, says, mend)];
  }
  return keeping.flatMap(({ name, expiresAfterSeconds, retentionSeconds }) => {
    const update = (flag: string): string =>
      command('gcloud pubsub subscriptions update', nameOf(name), `--project=${projectOf(name)}`, flag);
    const lines: Line[] = [];
    if (expiresAfterSeconds !== undefined) {
      const says = `${nameOf(name)}, which keeps its dead letters, is removed after ${Math.floor(expiresAfterSeconds / DAY)} idle days`;
      lines.push(DEAD_LETTERS.found('expires', about, says, update('--expiration-period=never')));
    }
    if (retentionSeconds < 7 * DAY) {
      const says = `${nameOf(name)} keeps its dead letters for ${Math.floor(retentionSeconds / 3600)} hours`;
      lines.push(DEAD_LETTERS.found('kept-short', about, says, update('--message-retention-duration=31d')));
    }
    return lines;
  });
}

export interface DeadLetterGrants {
  readonly subscription: SubscriptionFacts;
  /** Of the subscription's project, whose agent it is. */
  readonly project: Asked<ProjectFacts>;
  /** Policies of the dead-letter topic, and of the subscription, each with those above it. */
  readonly ofTopic: readonly Level[];
  readonly ofSubscription: readonly Level[];
  readonly roles: Roles;
}

/** Without both grants nothing fails and nothing is dead-lettered: messages are retried until they expire. */
export function checkDeadLetterGrants({
  subscription: { name, deadLetter },
  project,
  ofTopic,
  ofSubscription,
  roles,
}: DeadLetterGrants): readonly Line[] {
  if (deadLetter === undefined) return [];
  const about = `${nameOf(name)} → ${nameOf(deadLetter.topic)}`;
  if (project.kind === 'refused') return [DEAD_LETTERS.unasked(about, project)];
  const agent = pubsubAgent(project.value);
  const needed = [
    {
      code: 'may-not-publish',
      levels: ofTopic,
      permission: PUBLISH,
      says: 'the agent of Pub/Sub may not publish dead letters there',
      mend: grant(deadLetter.topic, agent, 'roles/pubsub.publisher'),
    },
    {
      code: 'may-not-consume',
      levels: ofSubscription,
      permission: CONSUME,
      says: 'the agent of Pub/Sub may not take dead letters off the subscription',
      mend: grant(name, agent, 'roles/pubsub.subscriber'),
    },
  ] as const;
  const lines = needed.flatMap(({ code, levels, permission, says, mend }): readonly Line[] => {
    const granted = grantedBy(levels, [permission], roles);
    const grants = granted.grants.filter(({ member }) => member === agent);
    if (grants.some(({ condition }) => condition === undefined)) return [];
    const [first] = grants;
    if (first !== undefined)
      return [
        DEAD_LETTERS.found(
          'conditional',
          about,
          `its grant holds under a condition: ${grantText(first)}`,
          mend,
        ),
      ];
    // It may have it by what could not be read.
    const mine = granted.unknown.filter(({ members }) => members.includes(agent));
    const unknown = unknownLines(DEAD_LETTERS, about, permission, { unknown: mine, unread: granted.unread });
    return unknown.length > 0 ? unknown : [DEAD_LETTERS.found(code, about, says, mend)];
  });
  return lines.length > 0 ? lines : [DEAD_LETTERS.ok(about, 'the agent of Pub/Sub may move dead letters')];
}
