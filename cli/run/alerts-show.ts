/** One alert: as Slack shows it, and what became of it. */
import { describeRules } from '../../shared/alerts/describe.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { noticeOf } from '../../shared/alerts/notice-of.ts';
import type { Notice } from '../../shared/alerts/notice.ts';
import type { AlertStore, Delivery, Episode, Transition } from '../../shared/alerts/store.ts';
import { renderTerminal } from '../../shared/alerts/terminal.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import { renderTable } from '../table.ts';
import { second, section, type Section } from './explanation.ts';

export interface AlertDetails {
  readonly episode: Episode;
  readonly transitions: readonly Transition[];
  readonly deliveries: readonly Delivery[];
  /** Those that are still stored; what the deliverer found has none. */
  readonly findings: readonly Finding[];
}

/** Findings shown of one alert; all are counted. */
const MOST_FINDINGS = 50;

export async function alertDetails(store: AlertStore, episode: Episode): Promise<AlertDetails> {
  const [transitions, deliveries, ids] = await Promise.all([
    store.transitions(episode),
    store.deliveries(episode),
    store.findingIdsOf(episode, MOST_FINDINGS),
  ]);
  const findings = await store.findings(ids);
  return {
    episode,
    transitions,
    deliveries,
    findings: findings.toSorted((a, b) =>
      a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1,
    ),
  };
}

const LAST: Readonly<Record<Episode['state'], Notice['change']>> = {
  open: 'merge',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
};

export function renderAlert(
  details: AlertDetails,
  { config, detections }: Pick<Bundle, 'config' | 'detections'>,
): string {
  const { episode, transitions, deliveries, findings } = details;
  const notice = noticeOf(episode, LAST[episode.state], describeRules(detections), config.runbooks);
  const sections: readonly Section[] = [
    section(
      'What happened to it',
      ['at', 'change', 'by', 'because'],
      transitions.map(({ at, change, by, because }) => ({ at: second(at), change, by, because })),
    ),
    section(
      'Who was told',
      ['channel', 'state', 'told', 'reason'],
      deliveries.map((one) => ({
        channel: one.channel,
        state: stateOf(one),
        told: one.sentAt === undefined ? '' : second(one.sentAt),
        reason: one.lastError ?? '',
      })),
    ),
    section(
      findings.length < episode.occurrences
        ? `Findings (${findings.length} of ${episode.occurrences})`
        : 'Findings',
      ['time', 'severity', 'finding', 'events'],
      findings.map(({ time, severity, id, events }) => ({ time, severity, finding: id, events })),
    ),
  ];
  const tables = sections
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, columns, rows, more }) => {
      const rest = more === undefined ? '' : `… and ${more} more\n`;
      return `\n${title}\n${renderTable({ columns, rows })}${rest}`;
    });
  return `${renderTerminal(notice)}\n  Id         ${episode.id}/${episode.n}\n${tables.join('')}`;
}

function stateOf({ confirmed, wanted, heldBy, failedAt, attempts, dueAt }: Delivery): string {
  if (failedAt !== undefined) return `given up at ${second(failedAt)}`;
  if (dueAt === undefined) return confirmed === 0 ? 'not told' : 'told';
  if (heldBy !== undefined) return `held by ${heldBy} until ${second(dueAt)}`;
  if (attempts > 0) return `tried ${attempts} times, next at ${second(dueAt)}`;
  return confirmed === wanted ? 'told' : `due at ${second(dueAt)}`;
}
