/** What Google's APIs tell of a deployment: everything that the checks of the cloud need, each asked once. */
import type { Config } from '../../schemas/config.ts';
import { coverageOf, type Place } from './coverage.ts';
import {
  type CloudApis,
  type Level,
  projectOf,
  type SinkFacts,
  type SubscriptionFacts,
  type TopicFacts,
} from './facts.ts';
import { type Roles, rolesOf } from './grants.ts';
import type { Asked } from './line.ts';
import { inParallel } from './parallel.ts';
import { googleProjects, routedSource, subscriptionProjects, type Wanted, wantedSources } from './wanted.ts';

export interface SurveyQuestion {
  readonly cloud: CloudApis;
  readonly config: Config;
  /** Of the pipeline. */
  readonly project: string;
  /** Where sinks are looked for beside the projects and what is above them. */
  readonly scopes: readonly string[];
}

export interface Survey {
  /** By project. */
  readonly subscriptions: ReadonlyMap<string, Asked<readonly SubscriptionFacts[]>>;
  readonly topics: ReadonlyMap<string, Asked<readonly TopicFacts[]>>;
  /** Of all of them. */
  readonly allSubscriptions: readonly SubscriptionFacts[];
  readonly sinks: ReadonlyMap<string, Asked<readonly SinkFacts[]>>;
  readonly allSinks: readonly SinkFacts[];
  readonly wanted: readonly Wanted[];
  /** Policies of a project and all above it, by the project. */
  readonly levels: ReadonlyMap<string, readonly Level[]>;
  /** Policy of a topic or a subscription. */
  readonly pubsubLevels: ReadonlyMap<string, Level>;
  readonly roles: Roles;
  /** Projects whose entries are needed: of environments, and of the mesh. */
  readonly environments: readonly string[];
  readonly mesh: readonly string[];
  /** Of those of which every level is known and was read. */
  readonly places: ReadonlyMap<string, Place>;
}

export async function survey({ cloud, config, project, scopes }: SurveyQuestion): Promise<Survey> {
  const environments = googleProjects(Object.values(config.environments).flat());
  const mesh = googleProjects(config.meshProjects);
  const holding = new Set([project, ...subscriptionProjects(config)]);
  const [subscriptions, topics, ancestries] = await Promise.all([
    asked(holding, (one) => cloud.subscriptions(one)),
    asked(holding, (one) => cloud.topics(one)),
    asked(new Set([...holding, ...environments, ...mesh]), (one) => cloud.ancestry(one)),
  ]);
  const allSubscriptions = answersOf(subscriptions);
  const above = new Set(answersOf(ancestries).filter((level) => !level.startsWith('projects/')));
  const upper = await asked(new Set([...scopes, `projects/${project}`, ...above]), (one) => cloud.sinks(one));
  const places = placesOf(ancestries, [...environments, ...mesh]);
  const found = wantedSources(config, project, allSubscriptions, answersOf(upper));
  // A sink above takes what is below: of projects that one covers whole nobody needs to be asked.
  const open = openPlaces(found, answersOf(upper), [...places.values()]);
  const lower = await asked(
    new Set(open.map((place) => `projects/${place.project}`).filter((parent) => !upper.has(parent))),
    (one) => cloud.sinks(one),
  );
  const sinks = new Map([...upper, ...lower]);
  const allSinks = answersOf(sinks);
  const wanted = wantedSources(config, project, allSubscriptions, allSinks);
  const levels = new Map(
    await inParallel(
      new Set([...ancestries.keys(), ...wanted.map(({ topic }) => projectOf(topic))]),
      async (one) => [one, await levelsOf(cloud, one)] as const,
    ),
  );
  const pubsubLevels = new Map(
    await inParallel(pubsubResources(wanted, allSubscriptions), async (resource) => {
      const level = { resource, asked: await cloud.pubsubPolicy(resource) };
      return [resource, level] as const;
    }),
  );
  const roles = await asked(rolesOf([...[...levels.values()].flat(), ...pubsubLevels.values()]), (role) =>
    cloud.role(role),
  );
  const isRead = ({ levels: all }: Place): boolean =>
    all.every((level) => sinks.get(level)?.kind !== 'refused');
  return {
    subscriptions,
    topics,
    allSubscriptions,
    sinks,
    allSinks,
    wanted,
    levels,
    pubsubLevels,
    roles,
    environments,
    mesh,
    places: new Map([...places].filter(([, place]) => isRead(place))),
  };
}

async function asked<T>(
  names: ReadonlySet<string>,
  ask: (name: string) => Promise<Asked<T>>,
): Promise<ReadonlyMap<string, Asked<T>>> {
  return new Map(await inParallel(names, async (name) => [name, await ask(name)] as const));
}

const answersOf = <T>(answers: ReadonlyMap<string, Asked<readonly T[]>>): readonly T[] =>
  [...answers.values()].flatMap((answer) => (answer.kind === 'answer' ? answer.value : []));

/** The policies of a project and of all above it; where these cannot be told, that it is so. */
async function levelsOf(cloud: CloudApis, project: string): Promise<readonly Level[]> {
  const ancestry = await cloud.ancestry(project);
  const resources = ancestry.kind === 'answer' ? ancestry.value : [`projects/${project}`];
  const levels = await inParallel(resources, async (resource) => ({
    resource,
    asked: await cloud.policy(resource),
  }));
  return ancestry.kind === 'answer' ? levels : [...levels, { resource: 'what is above it', asked: ancestry }];
}

/** By the name that the configuration has for it, which may be its number. */
function placesOf(
  ancestries: ReadonlyMap<string, Asked<readonly string[]>>,
  projects: readonly string[],
): ReadonlyMap<string, Place> {
  return new Map(
    projects.flatMap((name) => {
      const ancestry = ancestries.get(name);
      if (ancestry?.kind !== 'answer') return [];
      const [own = `projects/${name}`] = ancestry.value;
      return [[name, { project: own.slice('projects/'.length), levels: ancestry.value }] as const];
    }),
  );
}

/** Places of which some source does not get all by the sinks above. */
function openPlaces(
  wanted: readonly Wanted[],
  sinks: readonly SinkFacts[],
  places: readonly Place[],
): readonly Place[] {
  if (places.length === 0) return [];
  const open = new Set<string>();
  for (const { source, topic } of wanted) {
    const routed = routedSource(source);
    if (routed === undefined) continue;
    const ours = sinks.filter(({ destination }) => destination === `pubsub.googleapis.com/${topic}`);
    for (const loss of coverageOf({ source: routed, ours, sinks, places }).losses)
      if (loss.kind !== 'twice') for (const place of loss.places) open.add(place);
  }
  return places.filter(({ project }) => open.has(project));
}

/** Whose policies are read: topics and subscriptions of sources, and where their dead letters go. */
function pubsubResources(
  wanted: readonly Wanted[],
  subscriptions: readonly SubscriptionFacts[],
): ReadonlySet<string> {
  const names = new Set(wanted.map(({ subscription }) => subscription));
  const ours = subscriptions.filter(({ name }) => names.has(name) || isOwn(name));
  return new Set([
    ...wanted.map(({ topic }) => topic),
    ...ours.flatMap(({ name, deadLetter }) => (deadLetter === undefined ? [] : [name, deadLetter.topic])),
  ]);
}

/** A subscription that delivers, of the pipeline; those of dead letters keep. */
export const isOwn = (subscription: string): boolean =>
  /\/subscriptions\/jobtrail-[a-z-]{1,64}$/.test(subscription) && !/-(?:dead|hold)$/.test(subscription);
