/**
 * The life of an episode: findings open it and merge into it, people and the engine acknowledge and resolve it. Pure. What
 * findings make of it is a function of their set, in whatever order they come.
 */
import { hash } from 'node:crypto';
import type { Finding } from '../detections/finding.ts';
import { findingKey } from './finding-row.ts';
import type { EpisodeRef } from './notice.ts';
import { compareSeverity, higher } from './severity.ts';
import type { Episode, Transition } from './store.ts';

/** Whoever changes an episode without a person. */
export const ENGINE = 'system:jobtrail';

/** SHA-256 hex of rule and key, the key as it is stored. */
export function episodeId(rule: string, key: string): string {
  return hash('sha256', JSON.stringify([rule, findingKey(key)]), 'hex');
}

/** An id for a transition of what it rests on: a callback's event, a command, findings. */
export function transitionId(episode: EpisodeRef, change: Transition['change'], because: string): string {
  return hash('sha256', JSON.stringify([episode.id, episode.n, change, because]), 'hex');
}

export function openEpisode(n: number, finding: Finding, now: string): Episode {
  return {
    id: episodeId(finding.rule, finding.key),
    n,
    rule: finding.rule,
    key: findingKey(finding.key),
    state: 'open',
    severity: finding.severity,
    occurrences: 1,
    firstSeen: finding.time,
    lastSeen: finding.time,
    openedAt: now,
    changedAt: now,
    changes: 1,
    acknowledged: undefined,
    resolved: undefined,
    reopened: undefined,
    finding,
  };
}

/** With one more finding; the number of the change is the caller's to raise, once for all findings of a claim. */
export function mergeFinding(episode: Episode, finding: Finding): Episode {
  return {
    ...withSeverity(episode, finding),
    occurrences: episode.occurrences + 1,
    firstSeen: finding.time < episode.firstSeen ? finding.time : episode.firstSeen,
    lastSeen: finding.time > episode.lastSeen ? finding.time : episode.lastSeen,
  };
}

/** With a finding that it holds already, in a content of higher severity. */
export function withSeverity(episode: Episode, finding: Finding): Episode {
  return {
    ...episode,
    severity: higher(episode.severity, finding.severity),
    finding: tells(finding, episode.finding) ? finding : episode.finding,
  };
}

/** Whether messages should be about `a` rather than `b`. */
function tells(a: Finding, b: Finding): boolean {
  const bySeverity = compareSeverity(a.severity, b.severity);
  if (bySeverity !== 0) return bySeverity > 0;
  return a.time === b.time ? a.id < b.id : a.time < b.time;
}

/** Whether no later episode of its rule and key is among them. */
export const isLast = ({ n }: Episode, all: readonly Episode[]): boolean => all.every((one) => one.n <= n);

/**
 * Undefined where its state does not allow the change. An acknowledged episode is resolved like an open one. What comes late
 * does not undo what came after it.
 * @param last there is no later episode of its rule and key
 */
export function answerEpisode(
  episode: Episode,
  { change, by, at }: Transition,
  last: boolean,
): Episode | undefined {
  const { state, acknowledged, resolved, reopened } = episode;
  const changes = episode.changes + 1;
  const answered = { change: changes, by, at };
  const changed = { ...episode, changes, changedAt: at };
  const isLate = reopened !== undefined && at <= reopened.at;
  switch (change) {
    case 'acknowledge':
      if (state !== 'open' || isLate) return undefined;
      return { ...changed, state: 'acknowledged', acknowledged: answered };
    case 'resolve':
      if (state === 'resolved' || isLate) return undefined;
      return { ...changed, state: 'resolved', resolved: answered };
    case 'reopen': {
      const undone = resolved ?? acknowledged;
      if (undone === undefined || at <= undone.at || (resolved !== undefined && !last)) return undefined;
      return { ...changed, state: 'open', acknowledged: undefined, resolved: undefined, reopened: answered };
    }
    case 'open':
    case 'merge':
      return undefined;
    default:
      return change satisfies never;
  }
}
