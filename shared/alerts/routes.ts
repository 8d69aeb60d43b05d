/** Which channels an episode goes to: routes by rule, severity, environment and team. Pure. */
import { type Alerting, FALLBACK_CHANNEL, type Route, type Silence } from '../../schemas/alerting.ts';
import type { Episode } from './store.ts';
import { UNDELIVERED } from './undelivered.ts';

/** With the fallback channel, whether or not the configuration names it. */
export function withFallback(alerting: Alerting): Alerting {
  if (Object.hasOwn(alerting.channels, FALLBACK_CHANNEL)) return alerting;
  return { ...alerting, channels: { ...alerting.channels, [FALLBACK_CHANNEL]: { kind: 'log' } } };
}

type Subject = Pick<Episode, 'rule' | 'key' | 'severity' | 'finding'>;

/** Names of channels, each once. */
export function channelsOf(episode: Subject, alerting: Alerting): readonly string[] {
  // What a channel could not be told goes to all the others, whatever the routes say.
  if (episode.rule === UNDELIVERED) {
    return orFallback(Object.keys(alerting.channels).filter((name) => name !== episode.key));
  }
  const names: string[] = [];
  for (const route of alerting.routes) {
    if (!matches(route, episode, alerting)) continue;
    names.push(...route.channels);
    if (!route.continue) break;
  }
  return orFallback(names);
}

const orFallback = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? [FALLBACK_CHANNEL] : [...new Set(names)];

/** All that is named must hold; what is not named is any. */
export function matches(
  match: Pick<Route, 'rules' | 'severities' | 'environments' | 'teams'> & Pick<Silence, 'keys'>,
  { rule, key, severity, finding }: Subject,
  { teams }: Alerting,
): boolean {
  const { environment } = finding;
  const team =
    environment !== undefined && Object.hasOwn(teams, environment) ? teams[environment] : undefined;
  return (
    holds(match.rules, rule) &&
    holds(match.severities, severity) &&
    holds(match.environments, environment) &&
    holds(match.teams, team) &&
    holds(match.keys, key)
  );
}

const holds = (named: readonly string[] | undefined, value: string | undefined): boolean =>
  named === undefined || (value !== undefined && named.includes(value));
