/** Alerts as rows: open ones first. */
import type { Severity } from '../../schemas/alerting.ts';
import { EPISODE_STATES, type EpisodeState } from '../../shared/alerts/notice.ts';
import type { AlertStore, Episode } from '../../shared/alerts/store.ts';
import type { RowSet, TableRow } from '../table.ts';
import { SHORT_ID } from './alerts-find.ts';
import { shortPrincipal } from './display.ts';
import { second } from './explanation.ts';

export interface AlertsFilter {
  readonly states: readonly EpisodeState[];
  readonly severities: readonly Severity[] | undefined;
  readonly rule: string | undefined;
  readonly limit: number;
}

/** Open, acknowledged, resolved; the newest of each first. */
export async function listAlerts(store: AlertStore, filter: AlertsFilter): Promise<readonly Episode[]> {
  const { severities, rule } = filter;
  const found: Episode[] = [];
  for (const state of EPISODE_STATES.filter((one) => filter.states.includes(one))) {
    const limit = filter.limit - found.length;
    if (limit <= 0) break;
    const more = { ...(severities && { severities }), ...(rule !== undefined && { rule }) };
    found.push(...(await store.episodes({ states: [state], ...more, limit })));
  }
  return found;
}

/** For a terminal: what tells alerts apart. */
export function shortRows(episodes: readonly Episode[]): RowSet {
  return {
    columns: ['alert', 'state', 'severity', 'count', 'last seen', 'rule', 'who', 'key'],
    rows: episodes.map((episode): TableRow => ({
      alert: `${episode.id.slice(0, SHORT_ID)}${episode.n === 1 ? '' : `/${episode.n}`}`,
      state: episode.state,
      severity: episode.severity,
      count: episode.occurrences,
      'last seen': second(episode.lastSeen),
      rule: episode.rule,
      who: shortPrincipal(episode.finding.actor ?? ''),
      key: episode.key,
    })),
  };
}

/** For programs: whole values. */
export function wholeRows(episodes: readonly Episode[]): RowSet {
  const rows = episodes.map((episode) => ({
    id: episode.id,
    n: episode.n,
    state: episode.state,
    severity: episode.severity,
    occurrences: episode.occurrences,
    firstSeen: episode.firstSeen,
    lastSeen: episode.lastSeen,
    openedAt: episode.openedAt,
    rule: episode.rule,
    key: episode.key,
    title: episode.finding.title,
    who: episode.finding.actor,
    environment: episode.finding.environment,
    job: episode.finding.job,
    acknowledgedBy: episode.acknowledged?.by,
    resolvedBy: episode.resolved?.by,
  }));
  return { columns: Object.keys(rows[0] ?? {}), rows };
}
