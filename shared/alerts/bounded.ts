/** A notice cut to what any service takes: each text by a channel's own function, lists by number, and what was left out counted. */
import type { Notice } from './notice.ts';

/** Makes one text safe for the channel, in at most `max` UTF-16 units. */
export type Cut = (text: string, max: number) => string;

export interface Bounded extends Notice {
  /** How many of each list are not in it. */
  readonly omitted: { readonly forWhom: number; readonly evidence: number; readonly eventIds: number };
}

/** Together under 60,000 UTF-16 units, so under 180 KB of UTF-8: Cloud Logging takes 256 KB, PagerDuty 512 KB. */
const LISTS = { forWhom: 20, evidence: 40, eventIds: 100, runbook: 20 } as const;

export function bounded(notice: Notice, cut: Cut): Bounded {
  const maybe = (text: string | undefined, max: number): string | undefined =>
    text === undefined ? undefined : cut(text, max);
  const short = (texts: readonly string[], count: number, max: number): string[] =>
    texts.slice(0, count).map((text) => cut(text, max));
  return {
    ...notice,
    episode: { id: cut(notice.episode.id, 128), n: notice.episode.n },
    rule: cut(notice.rule, 128),
    key: cut(notice.key, 1024),
    title: cut(notice.title, 300),
    summary: cut(notice.summary, 2000),
    who: maybe(notice.who, 1024),
    forWhom: short(notice.forWhom, LISTS.forWhom, 300),
    environment: maybe(notice.environment, 128),
    job: maybe(notice.job, 1024),
    evidence: notice.evidence
      .slice(0, LISTS.evidence)
      .map(([label, value]) => [cut(label, 100), cut(value, 500)] as const),
    eventIds: short(notice.eventIds, LISTS.eventIds, 128),
    why: cut(notice.why, 2000),
    runbook: short(notice.runbook, LISTS.runbook, 500),
    // An address that is cut leads elsewhere.
    runbookUrl: notice.runbookUrl.length <= 2000 ? notice.runbookUrl : '',
    firstSeen: cut(notice.firstSeen, 64),
    lastSeen: cut(notice.lastSeen, 64),
    by: maybe(notice.by, 1024),
    omitted: {
      forWhom: Math.max(0, notice.forWhom.length - LISTS.forWhom),
      evidence: Math.max(0, notice.evidence.length - LISTS.evidence),
      eventIds: Math.max(0, notice.eventIds.length - LISTS.eventIds),
    },
  };
}
