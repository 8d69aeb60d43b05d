/** An episode as a channel is told of it. */
import { findingKey } from './finding-row.ts';
import type { Notice, Sent } from './notice.ts';
import type { Answered, Delivery, Episode } from './store.ts';
import { BACKFILL_DIGEST, BACKFILL_DIGEST_TEXT } from './backfill-digest.ts';
import { UNDELIVERED, UNDELIVERED_TEXT } from './undelivered.ts';

/** What the rule's file says beside its finding. */
export interface RuleText {
  readonly why: string;
  readonly runbook: readonly string[];
}

/** Undefined for a rule that is not known (any more). */
export type DescribeRule = (rule: string) => RuleText | undefined;

const UNKNOWN: RuleText = { why: '', runbook: [] };

/** What is found by no rule, and has no row in Findings. */
const OWN: ReadonlyMap<string, RuleText> = new Map<string, RuleText>([
  [UNDELIVERED, UNDELIVERED_TEXT],
  [BACKFILL_DIGEST, BACKFILL_DIGEST_TEXT],
]);

/** @param runbooks base address of the runbooks */
export function noticeOf(
  episode: Episode,
  change: Notice['change'],
  describe: DescribeRule,
  runbooks: string,
): Notice {
  const { finding } = episode;
  const answer = answerOf(episode, change);
  const text = OWN.get(episode.rule) ?? describe(episode.rule) ?? UNKNOWN;
  return {
    episode: { id: episode.id, n: episode.n },
    // An opening that is told late is told as one: what came after it is told after it.
    state: change === 'open' ? 'open' : episode.state,
    change,
    severity: episode.severity,
    rule: episode.rule,
    key: findingKey(episode.key),
    title: finding.title,
    summary: finding.summary,
    who: finding.actor,
    forWhom: finding.actingFor,
    environment: finding.environment,
    job: finding.job,
    evidence: finding.evidence,
    eventIds: finding.events,
    why: text.why,
    runbook: text.runbook,
    runbookUrl: `${runbooks}#${encodeURIComponent(episode.rule)}`,
    occurrences: episode.occurrences,
    firstSeen: episode.firstSeen,
    lastSeen: episode.lastSeen,
    by: answer?.by,
    again: episode.reopened === undefined ? undefined : answer?.change,
  };
}

function answerOf(
  { acknowledged, resolved, reopened }: Episode,
  change: Notice['change'],
): Answered | undefined {
  switch (change) {
    case 'acknowledge':
      return acknowledged;
    case 'resolve':
      return resolved;
    case 'reopen':
      return reopened;
    case 'open':
    case 'merge':
      return undefined;
    default:
      return change satisfies never;
  }
}

/** What the channel was told of the episode so far; undefined: nothing. */
export function sentBefore({ confirmed, ref, sendingSince }: Delivery): Sent | undefined {
  if (confirmed === 0 && ref === undefined && sendingSince === undefined) return undefined;
  return { ref, maybeSent: sendingSince !== undefined };
}
