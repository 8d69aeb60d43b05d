/** A notice as plain text for a terminal: what Slack shows, in the same order. */
import { bounded } from './bounded.ts';
import type { Notice } from './notice.ts';
import { fit } from './text.ts';

const LABEL = 11;

/** Lines without an end of line; nothing in them moves the cursor or forges a line. */
export function renderTerminal(notice: Notice): string {
  const all = bounded(notice, fit);
  const { omitted } = all;
  const state = all.by === undefined ? all.state : `${all.state} by ${all.by}`;
  const when = all.firstSeen === all.lastSeen ? all.lastSeen : `${all.firstSeen} to ${all.lastSeen}`;
  const evidence = all.evidence.map(([label, value]) => `${label}: ${value}`);
  const steps = all.runbook.map((step, index) => `${index + 1}. ${step}`);
  return [
    `${all.severity.toUpperCase()} · ${all.title}`,
    `  ${all.summary}`,
    ...part('Who', [all.who ?? 'not known']),
    ...part('For whom', all.forWhom, omitted.forWhom),
    ...part('Where', [all.environment ?? 'no environment']),
    ...part('Job', all.job === undefined ? [] : [all.job]),
    ...part('When', [all.occurrences > 1 ? `${when}, ${all.occurrences} times` : when]),
    ...part('Rule', [all.rule]),
    ...part('Key', [all.key]),
    ...part('State', [state]),
    ...part('Evidence', evidence, omitted.evidence),
    ...part('Why', all.why === '' ? [] : [all.why]),
    ...part('What to do', all.runbookUrl === '' ? steps : [...steps, fit(all.runbookUrl, 2000)]),
    ...part('Events', all.eventIds, omitted.eventIds),
  ].join('\n');
}

function part(label: string, lines: readonly string[], omitted = 0): string[] {
  const all = omitted === 0 ? lines : [...lines, `… and ${omitted} more`];
  return all.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL)}${line}`);
}
