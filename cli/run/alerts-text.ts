/** Notices of a day as an operator reads them at its end. */
import type { Severity } from '../../schemas/alerting.ts';
import { SEVERITIES } from '../../schemas/alerting.ts';
import type { Notice } from '../../shared/alerts/notice.ts';
import { printable } from '../table.ts';

const MARK: Readonly<Record<Severity, string>> = { critical: '!!', high: '! ', medium: '- ', low: '  ' };
/** Alerts told whole; the rest is counted. */
const MOST_OPEN = 10;
const MOST_RESOLVED = 4;

/**
 * The gravest first, those that are resolved last; each with its reason and its entries.
 *
 * @param reasons why an alert is resolved, by `id/n` of its episode
 */
export function alertsText(notices: readonly Notice[], reasons: ReadonlyMap<string, string>): string {
  const last = [...new Map(notices.map((notice) => [nameOf(notice), notice])).values()];
  const rank = ({ severity }: Notice): number => -SEVERITIES.indexOf(severity);
  const sorted = last.toSorted((a, b) => rank(a) - rank(b) || (a.firstSeen < b.firstSeen ? -1 : 1));
  const resolved = sorted.filter(({ change }) => change === 'resolve');
  const open = sorted.filter(({ change }) => change !== 'resolve');
  const counts = SEVERITIES.toReversed()
    .map((severity) => [severity, last.filter((notice) => notice.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const ended = resolved.length === 0 ? '' : `; ${resolved.length} of them resolved by the engine`;
  const lines = [`\nThe alerts: ${last.length} (${counts.join(', ')}${ended})`];
  for (const notice of open.slice(0, MOST_OPEN)) lines.push(...alertLines(notice));
  for (const notice of resolved.slice(0, MOST_RESOLVED))
    lines.push(...resolvedLines(notice, reasons.get(nameOf(notice)) ?? ''));
  const more = sorted.length - Math.min(open.length, MOST_OPEN) - Math.min(resolved.length, MOST_RESOLVED);
  if (more > 0) lines.push(`… and ${more} more: npx jobtrail alerts list`);
  return `${lines.join('\n')}\n`;
}

const nameOf = ({ episode }: Notice): string => `${episode.id}/${episode.n}`;

function alertLines(notice: Notice): readonly string[] {
  return [
    `${MARK[notice.severity]} ${notice.severity.toUpperCase()} ${printable(notice.title)}`,
    `     ${printable(notice.summary)}`,
    `     why: ${printable(notice.why)}`,
    `     ${whereOf(notice)}`,
  ];
}

function resolvedLines(notice: Notice, reason: string): readonly string[] {
  return [
    `ok RESOLVED ${printable(notice.title)}`,
    `     ${printable(notice.summary)}`,
    `     resolved: ${printable(reason)}`,
    `     ${whereOf(notice)}`,
  ];
}

function whereOf(notice: Notice): string {
  const times = notice.occurrences > 1 ? `, ${notice.occurrences} times` : '';
  const [event] = notice.eventIds;
  const entry = event === undefined || event === '' ? '' : `, entry ${event.slice(0, 16)}`;
  return `${notice.firstSeen.slice(11, 19)} UTC${times}, ${printable(notice.environment ?? 'no environment')}; rule ${notice.rule}${entry}`;
}
