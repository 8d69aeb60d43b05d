/** A notice as `jobtrail.alert.v1` (schemas/alert.ts): under 180 KB of JSON, for the webhook and for Cloud Logging. */
import { ALERT_TYPE, type Alert } from '../../schemas/alert.ts';
import { bounded } from './bounded.ts';
import type { Notice } from './notice.ts';
import { fitRaw } from './text.ts';

/** The same for every sending of one change. Merges go on, so theirs tells how many there were. */
export function messageId({ episode, change, occurrences, again }: Notice): string {
  const id = `alert_${episode.id}_${episode.n}_${change}`;
  if (change === 'merge') return `${id}_${occurrences}`;
  return again === undefined ? id : `${id}_${again}`;
}

export function alertOf(notice: Notice, resent: boolean): Alert {
  const all = bounded(notice, fitRaw);
  return {
    type: ALERT_TYPE,
    id: messageId(all),
    resent,
    episode: all.episode,
    state: all.state,
    change: all.change,
    severity: all.severity,
    rule: all.rule,
    key: all.key,
    title: all.title,
    summary: all.summary,
    who: all.who ?? null,
    forWhom: [...all.forWhom],
    environment: all.environment ?? null,
    job: all.job ?? null,
    evidence: all.evidence.map(([label, value]) => ({ label, value })),
    eventIds: [...all.eventIds],
    why: all.why,
    runbook: [...all.runbook],
    runbookUrl: all.runbookUrl,
    occurrences: all.occurrences,
    firstSeen: all.firstSeen,
    lastSeen: all.lastSeen,
    by: all.by ?? null,
    omitted: all.omitted,
  };
}
