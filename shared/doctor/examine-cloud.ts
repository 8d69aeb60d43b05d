/** Pub/Sub, log sinks and IAM of a deployment, through the checks. */
import { parseGoogleMember } from '../identity/grammar/google-member.ts';
import { AUDIT, checkAudit } from './checks/audit.ts';
import { checkDeadLetterGrants, checkDeadLetters, DEAD_LETTERS } from './checks/dead-letters.ts';
import { checkLogWriters, LOG_WRITERS } from './checks/log-writers.ts';
import { checkPublishers, PUBLISHERS } from './checks/publishers.ts';
import { checkSinks, SINKS } from './checks/sinks.ts';
import { checkReach, checkSubscription, SUBSCRIPTIONS } from './checks/subscriptions.ts';
import type { Examination } from './examine.ts';
import { type Level, projectOf, pubsubAgent } from './facts.ts';
import { guarded } from './guarded.ts';
import type { Asked, Line, Refused } from './line.ts';
import { command } from './shell.ts';
import { isOwn, survey, type Survey } from './survey.ts';
import { routedSource } from './wanted.ts';

const CHECKS = [SUBSCRIPTIONS, DEAD_LETTERS, SINKS, PUBLISHERS, AUDIT, LOG_WRITERS];

export async function examineCloud(examination: Examination): Promise<readonly Line[]> {
  const { project, cloud, bundle, scopes, store } = examination;
  if (project === undefined) {
    const mend = command('npx jobtrail doctor', '--store', store, '--project', 'PROJECT');
    const refused = { code: 'not-told', why: 'no project is given', mend } as const;
    return CHECKS.map((check) => check.unasked('Google Cloud', refused));
  }
  const again = command('npx jobtrail doctor', '--store', store, '--project', project);
  const mends = { again, grant: again };
  return guarded(SUBSCRIPTIONS, 'Google Cloud', mends, async () => {
    const seen = await survey({ cloud, config: bundle.config, project, scopes });
    const about = `projects/${project}`;
    const parts = await Promise.all([
      guarded(SUBSCRIPTIONS, about, mends, () => Promise.resolve(ofSubscriptions(project, seen))),
      guarded(DEAD_LETTERS, about, mends, () => ofDeadLetters(examination, seen)),
      guarded(SINKS, about, mends, () => Promise.resolve(ofSinks(examination, project, seen))),
      guarded(PUBLISHERS, about, mends, () => ofPublishers(examination, project, seen)),
      guarded(AUDIT, about, mends, () => Promise.resolve(ofAudit(project, seen))),
      guarded(LOG_WRITERS, about, mends, () => Promise.resolve(ofLogWriters(examination, seen))),
    ]);
    return parts.flat();
  });
}

/** Subscriptions of sources, there or not, and what else of the pipeline there is. */
const subscriptionNames = ({ wanted, allSubscriptions }: Survey): ReadonlySet<string> =>
  new Set([
    ...wanted.map(({ subscription }) => subscription),
    ...allSubscriptions.map(({ name }) => name).filter(isOwn),
  ]);

const NOTHING: Asked<never[]> = { kind: 'answer', value: [] };

function ofSubscriptions(project: string, seen: Survey): readonly Line[] {
  const lines = [...seen.subscriptions].flatMap(([one, asked]) =>
    one === project || asked.kind === 'refused' ? [checkReach(one, asked)] : [],
  );
  for (const [one, asked] of seen.topics)
    // What refused both says so once.
    if (asked.kind === 'refused' && seen.subscriptions.get(one)?.kind === 'answer')
      lines.push(SUBSCRIPTIONS.unasked(`topics of projects/${one}`, asked));
  for (const name of subscriptionNames(seen)) {
    if (seen.subscriptions.get(projectOf(name))?.kind !== 'answer') continue;
    const topics = seen.topics.get(projectOf(name)) ?? NOTHING;
    lines.push(...checkSubscription(name, seen.allSubscriptions, topics));
  }
  return lines;
}

/** Policies that hold on a topic or a subscription: its own, its project's and all above. */
const levelsOn = ({ pubsubLevels, levels }: Survey, resource: string): readonly Level[] => {
  const own = pubsubLevels.get(resource);
  return [...(own === undefined ? [] : [own]), ...(levels.get(projectOf(resource)) ?? [])];
};

async function ofDeadLetters({ cloud }: Examination, seen: Survey): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const name of subscriptionNames(seen)) {
    const subscription = seen.allSubscriptions.find((one) => one.name === name);
    if (subscription === undefined) continue;
    const { deadLetter } = subscription;
    const topics = seen.topics.get(projectOf(deadLetter?.topic ?? name)) ?? NOTHING;
    const isListed = seen.topics.has(projectOf(deadLetter?.topic ?? name));
    lines.push(
      ...checkDeadLetters(subscription, seen.allSubscriptions, isListed ? topics : UNLISTED),
      ...checkDeadLetterGrants({
        subscription,
        project: await cloud.project(projectOf(name)),
        ofTopic: levelsOn(seen, deadLetter?.topic ?? name),
        ofSubscription: levelsOn(seen, name),
        roles: seen.roles,
      }),
    );
  }
  return lines;
}

/** Dead letters of another project, whose topics are not looked at. */
const UNLISTED: Asked<never> = {
  kind: 'refused',
  code: 'not-told',
  why: 'it is of another project',
  mend: '',
};

function ofSinks({ scopes }: Examination, project: string, seen: Survey): readonly Line[] {
  const lines: Line[] = [...seen.sinks].flatMap(([parent, asked]) =>
    asked.kind === 'refused' ? [SINKS.unasked(parent, asked)] : [],
  );
  const isWhole = lines.length === 0;
  const above = (seen.levels.get(project) ?? []).map(({ resource }) => resource);
  const organisation = above.find((level) => level.startsWith('organizations/'));
  for (const { source, topic } of seen.wanted) {
    const routed = routedSource(source);
    if (routed === undefined) continue;
    const isThere = seen.allSinks.some(({ destination }) => destination === `pubsub.googleapis.com/${topic}`);
    // One that was not seen may be where nobody could look.
    if (!isThere && !isWhole) continue;
    lines.push(
      ...checkSinks({
        source: routed,
        project,
        topic,
        topics: seen.topics.get(projectOf(topic)) ?? UNLISTED,
        topicLevels: levelsOn(seen, topic),
        roles: seen.roles,
        sinks: seen.allSinks,
        places: placesFor(routed, seen),
        parent: scopes[0] ?? organisation ?? `projects/${project}`,
      }),
    );
  }
  return lines;
}

/** Mesh and gateway are where they are declared; everything else is of the environments. */
function placesFor(source: string, { places, environments, mesh }: Survey) {
  const isHop = source === 'istio' || source === 'kong';
  const names = isHop && mesh.length > 0 ? mesh : environments;
  return names.flatMap((name) => places.get(name) ?? []);
}

/** Sources whose messages prove themselves, or only name a file: whoever publishes them forges nothing. */
const OPEN: ReadonlySet<string> = new Set(['approvals', 'deployments', 'openlineage', 'databricks']);

async function ofPublishers(
  { cloud, bundle }: Examination,
  project: string,
  seen: Survey,
): Promise<readonly Line[]> {
  const { roles, wanted, allSinks, allSubscriptions } = seen;
  const writersTo = (topic: string): readonly string[] =>
    allSinks
      .filter(({ destination }) => destination === `pubsub.googleapis.com/${topic}`)
      .map(({ writerIdentity }) => writerIdentity);
  const isDeclared = declaredIn(bundle);
  /** Those, and whom the configuration names. */
  const among =
    (members: readonly string[]) =>
    (member: string): boolean =>
      members.includes(member) || isDeclared(member);
  const everyWriter = wanted.flatMap(({ topic }) => writersTo(topic));
  const projects = new Set([project, ...wanted.map(({ topic }) => projectOf(topic))]);
  const lines = [...projects].flatMap((one) =>
    checkPublishers({
      about: `projects/${one}`,
      levels: seen.levels.get(one) ?? [],
      roles,
      isExpected: among(everyWriter),
      unseen: unseenSinks(seen),
      says: 'nobody but agents of Google may publish to all of its topics',
      isOpen: false,
    }),
  );
  for (const { source, topic, subscription } of wanted) {
    const isOpen = OPEN.has(source);
    const says = isOpen ? 'agents of Google may publish, and nobody else' : SINKS_ONLY;
    lines.push(...onTopic(seen, topic, among(writersTo(topic)), says, isOpen));
    const dead = allSubscriptions.find(({ name }) => name === subscription)?.deadLetter?.topic;
    if (dead === undefined) continue;
    const of = await cloud.project(projectOf(subscription));
    if (of.kind === 'refused') lines.push(PUBLISHERS.unasked(dead, of));
    else lines.push(...onTopic(seen, dead, among([pubsubAgent(of.value)]), AGENT_ONLY, isOpen));
  }
  return lines;
}

const SINKS_ONLY = 'its sinks may publish, and nobody else';
const AGENT_ONLY = 'the agent of Pub/Sub may publish, and nobody else';

const unseenSinks = ({ sinks }: Survey): Refused | undefined =>
  [...sinks.values()].find((asked) => asked.kind === 'refused');

function onTopic(
  seen: Survey,
  topic: string,
  isExpected: (member: string) => boolean,
  says: string,
  isOpen: boolean,
): readonly Line[] {
  const level = seen.pubsubLevels.get(topic);
  return checkPublishers({
    about: topic,
    levels: level === undefined ? [] : [level],
    roles: seen.roles,
    isExpected,
    unseen: unseenSinks(seen),
    says,
    isOpen,
  });
}

function ofAudit(project: string, { environments, levels, wanted, subscriptions }: Survey): readonly Line[] {
  const isKnown = subscriptions.get(project)?.kind === 'answer';
  const sources = isKnown ? new Set<string>(wanted.map(({ source }) => source)) : undefined;
  return environments.flatMap((one) =>
    checkAudit({ project: one, pipeline: project, levels: levels.get(one) ?? [], sources }),
  );
}

const ofLogWriters = ({ bundle }: Examination, { mesh, levels, roles }: Survey): readonly Line[] =>
  mesh.flatMap((project) =>
    checkLogWriters({ project, levels: levels.get(project) ?? [], roles, isDeclared: declaredIn(bundle) }),
  );

/** Whether the configuration names a member among those who may write evidence. */
const declaredIn =
  ({ facts }: Examination['bundle']) =>
  (member: string): boolean => {
    const identity = parseGoogleMember(member);
    return identity !== undefined && facts.isEvidenceWriter(identity.id);
  };
