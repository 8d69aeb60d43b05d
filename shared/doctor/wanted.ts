/** What a deployment is to have: sources with their subscriptions and topics, and the projects that they are to see. */
import type { Config } from '../../schemas/config.ts';
import { sourceOfPath } from '../corroboration/health/path.ts';
import { ROUTED_SOURCES, type RoutedSource } from '../sink-filter/sources.ts';
import { SOURCE_NAMES, type SourceName } from '../sources/source.ts';
import { nameOf, type SinkFacts, type SubscriptionFacts } from './facts.ts';

/** A source that is taken in. */
export interface Wanted {
  readonly source: SourceName;
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string;
  /** `projects/P/topics/T`. */
  readonly topic: string;
}

const GOOGLE_PROJECT = /^(?:[a-z][a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$|^[0-9]{1,20}$/;

/** Of environments there may be others as well: workspaces of Databricks. */
export const googleProjects = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name) => GOOGLE_PROJECT.test(name))),
];

/** Sources that come by a log sink, as a type. */
export const routedSource = (source: string): RoutedSource | undefined =>
  ROUTED_SOURCES.find((one) => one === source);

const declaredPaths = ({ corroboration }: Pick<Config, 'corroboration'>) =>
  corroboration.paths.filter(({ retired }) => !retired);

/** Projects whose subscriptions are to be listed beside the pipeline's own. */
export const subscriptionProjects = (config: Pick<Config, 'corroboration'>): readonly string[] =>
  declaredPaths(config).flatMap(({ subscription }) => subscription?.split('/')[1] ?? []);

/** Where the configuration says that there are sinks. */
export const declaredScopes = ({ corroboration }: Pick<Config, 'corroboration'>): readonly string[] =>
  corroboration.paths.flatMap(({ sinks = [] }) => sinks.map((sink) => sink.split('/sinks/')[0] ?? sink));

/**
 * Sources with a subscription, those that `corroboration.paths` declares, and those that a sink sends to: whichever of the three
 * is missing, the others tell of it.
 */
export function wantedSources(
  config: Pick<Config, 'corroboration'>,
  project: string,
  subscriptions: readonly SubscriptionFacts[],
  sinks: readonly SinkFacts[],
): readonly Wanted[] {
  const wanted = new Map<SourceName, string>();
  for (const source of SOURCE_NAMES) {
    const name = `projects/${project}/subscriptions/jobtrail-${source}`;
    const topic = `pubsub.googleapis.com/projects/${project}/topics/jobtrail-${source}`;
    const isThere =
      subscriptions.some((one) => one.name === name) ||
      sinks.some(({ destination }) => destination === topic);
    if (isThere) wanted.set(source, name);
  }
  for (const { path, subscription } of declaredPaths(config)) {
    const source = routedSource(sourceOfPath(path));
    if (source === undefined) continue;
    wanted.set(
      source,
      subscription ?? wanted.get(source) ?? `projects/${project}/subscriptions/jobtrail-${source}`,
    );
  }
  return [...wanted].map(([source, subscription]) => {
    const found = subscriptions.find(({ name }) => name === subscription)?.topic;
    const topic =
      found === undefined || !found.startsWith('projects/')
        ? `projects/${subscription.split('/')[1]}/topics/${nameOf(subscription)}`
        : found;
    return { source, subscription, topic };
  });
}
