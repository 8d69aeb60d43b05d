/** Pub/Sub, log sinks and IAM of a deployment, through the checks. */
import { ROUTED_SOURCES, type RoutedSource } from '../sink-filter/sources.ts';
import { checkAudit } from './checks/audit.ts';
import { checkLogWriters } from './checks/log-writers.ts';
import { checkSinks, SINKS } from './checks/sinks.ts';
import {
  checkDeadLetterGrants,
  checkReach,
  checkSubscription,
  SUBSCRIPTIONS,
} from './checks/subscriptions.ts';
import type { Examination } from './examine.ts';
import type { CloudApis, SubscriptionFacts } from './facts.ts';
import { type Line, teller } from './line.ts';

export async function ofCloud(examination: Examination): Promise<readonly Line[]> {
  const { project, cloud, bundle } = examination;
  if (project === undefined) {
    const refused = { why: 'no project is given', mend: 'npx jobtrail doctor --project PROJECT' };
    return [SUBSCRIPTIONS, SINKS].map((check) => teller(check).unasked('Google Cloud', refused));
  }
  const asked = await cloud.subscriptions(project);
  const lines: Line[] = [...checkReach(project, asked)];
  if (asked.kind === 'answer') {
    lines.push(...(await ofSubscriptions(examination, project, asked.value)));
    lines.push(...(await ofSinks(examination, project, asked.value)));
  }
  for (const audited of new Set(Object.values(bundle.config.environments).flat())) {
    const levels = await levelsOf(cloud, audited);
    lines.push(
      ...checkAudit(
        audited,
        project,
        levels.map((level) => level.asked),
      ),
    );
  }
  for (const mesh of bundle.config.meshProjects)
    lines.push(...checkLogWriters(mesh, await levelsOf(cloud, mesh)));
  return lines;
}

/** The policies of a project and of all above it; where these cannot be told, that it is so. */
async function levelsOf(cloud: CloudApis, project: string) {
  const ancestry = await cloud.ancestry(project);
  const resources = ancestry.kind === 'answer' ? ancestry.value : [`projects/${project}`];
  const levels = await Promise.all(
    resources.map(async (resource) => ({ resource, asked: await cloud.policy(resource) })),
  );
  return ancestry.kind === 'answer' ? levels : [...levels, { resource: 'what is above it', asked: ancestry }];
}

/** Sources that are deployed or declared, with the names of their subscriptions. */
function wanted({ bundle }: Examination, there: readonly SubscriptionFacts[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const source of ROUTED_SOURCES) {
    if (there.some(({ name }) => name === `jobtrail-${source}`)) names.set(source, `jobtrail-${source}`);
  }
  for (const { path, subscription, retired } of bundle.config.corroboration.paths) {
    const source = path.split('/')[0] ?? '';
    if (!retired && ROUTED_SOURCES.some((one) => one === source)) {
      names.set(source, subscription?.split('/').at(-1) ?? `jobtrail-${source}`);
    }
  }
  return names;
}

async function ofSubscriptions(
  examination: Examination,
  project: string,
  there: readonly SubscriptionFacts[],
): Promise<readonly Line[]> {
  const { cloud } = examination;
  const others = there.filter(({ name }) => name.startsWith('jobtrail-') && !/-(?:dead|hold)$/.test(name));
  const names = new Set([...wanted(examination, there).values(), ...others.map(({ name }) => name)]);
  const lines: Line[] = [];
  for (const name of names) {
    lines.push(...checkSubscription(project, name, there));
    const found = there.find((one) => one.name === name);
    if (found?.deadLetter === undefined) continue;
    const topicPolicy = await cloud.pubsubPolicy(found.deadLetter.topic);
    const subscriptionPolicy = await cloud.pubsubPolicy(`projects/${project}/subscriptions/${name}`);
    lines.push(...checkDeadLetterGrants(project, found, topicPolicy, subscriptionPolicy));
  }
  return lines;
}

async function ofSinks(
  examination: Examination,
  project: string,
  there: readonly SubscriptionFacts[],
): Promise<readonly Line[]> {
  const { cloud, scopes } = examination;
  const parents = [...new Set([...scopes, `projects/${project}`])];
  const lists = await Promise.all(
    parents.map(async (parent) => ({ parent, asked: await cloud.sinks(parent) })),
  );
  const lines: Line[] = lists.flatMap(({ parent, asked }) =>
    asked.kind === 'refused' ? [teller(SINKS).unasked(parent, asked)] : [],
  );
  const sinks = lists.flatMap(({ asked }) => (asked.kind === 'answer' ? asked.value : []));
  // A sink that is not among those that could be read may be among the others.
  if (lines.length > 0 && sinks.length === 0) return lines;
  for (const [source, name] of wanted(examination, there)) {
    const routed = ROUTED_SOURCES.find((one): one is RoutedSource => one === source);
    const topic =
      there.find((one) => one.name === name)?.topic ?? `projects/${project}/topics/jobtrail-${source}`;
    if (routed === undefined) continue;
    const topicPolicy = await cloud.pubsubPolicy(topic);
    const parent = parents[0] ?? `projects/${project}`;
    lines.push(...checkSinks({ source: routed, project, topic, sinks, parent, topicPolicy }));
  }
  return lines;
}
