/** The balance of a run as an operator reads it. */
import { NO_TIME } from '../../shared/envelope/entry-time.ts';
import { balances } from '../../shared/pipeline/outcome.ts';
import type { ReplaySummary } from '../../shared/pipeline/replay.ts';
import type { AtEnd } from '../../shared/reconcile/to-end.ts';
import { printable } from '../table.ts';

export function summaryText(summary: ReplaySummary, atEnd: AtEnd | undefined, seconds: number): string {
  const { received, stored, duplicate, filtered, quarantined } = summary;
  const lines = [
    `received ${received} = stored ${stored} + duplicate ${duplicate} + filtered ${filtered} + quarantined ${quarantined}` +
      (balances(summary) ? '' : '   DOES NOT BALANCE'),
    ...named('stored', summary.storedBy),
    ...named('filtered', summary.filteredBy),
    ...named('quarantined', summary.quarantinedBy),
    ...named('methods not known', summary.unknownMethods),
    ...named('found', summary.foundBy),
  ];
  if (summary.conflicting > 0) {
    lines.push(
      `${summary.conflicting} of the stored have a known event id with another content: npx jobtrail query conflicts`,
    );
  }
  if (summary.undated > 0) {
    lines.push(
      `${summary.undated} of the stored say nowhere when they happened: they are dated ${NO_TIME.slice(0, 10)} and marked eventTimeFrom: none`,
    );
  }
  if (atEnd !== undefined) lines.push(...judgedText(atEnd));
  const rate = seconds > 0 ? Math.round(received / seconds) : 0;
  lines.push(`${seconds.toFixed(1)} s, ${rate} entries/s`);
  return `${lines.join('\n')}\n`;
}

/** Names shown of each kind. */
const MOST = 12;

function named(title: string, counts: ReadonlyMap<string, number>): string[] {
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const lines = sorted.slice(0, MOST).map(([name, count]) => `  ${title}: ${printable(name)} ${count}`);
  if (sorted.length > MOST) lines.push(`  ${title}: ${sorted.length - MOST} more names`);
  return lines;
}

/** What the rules over several records came to, and what could not be judged. */
function judgedText({ verdicts, findings, open, notJudged }: AtEnd): readonly string[] {
  const lines = [`over several records: ${verdicts} verdicts, ${findings.length} findings (query verdicts)`];
  for (const { path, absent, records } of open) {
    const why = absent ? `${path} is not in the input` : `${path} may still tell of them after its end`;
    lines.push(`  not judged: ${records} records, since ${printable(why)}`);
  }
  const byAbsent = Map.groupBy(notJudged, ({ absent }) => absent.join(', '));
  for (const [absent, rules] of byAbsent)
    lines.push(`  not judged without ${printable(absent)}: ${rules.map(({ rule }) => rule).join(', ')}`);
  return lines;
}
