/** What a claim writes, given what is stored: one pure function for both stores. */
import type { Severity } from '../../schemas/alerting.ts';
import type { Finding } from '../detections/finding.ts';
import { ENGINE, episodeId, mergeFinding, openEpisode, transitionId, withSeverity } from './episode.ts';
import type { EpisodeRef } from './notice.ts';
import { compareSeverity } from './severity.ts';
import type { Delivery, Episode, PlanDeliveries, Transition } from './store.ts';

export interface KnownFinding {
  readonly episode: EpisodeRef;
  readonly severity: Severity;
}

export interface StoredAlerts {
  /** Of the findings to claim, those that an episode holds. */
  readonly known: ReadonlyMap<string, KnownFinding>;
  /** By id, every time around, in any order. */
  readonly episodes: ReadonlyMap<string, readonly Episode[]>;
  /** Of these episodes, by deliveryOwner(). */
  readonly deliveries: ReadonlyMap<string, readonly Delivery[]>;
}

/** A transition with the number of the change it makes. */
export interface NumberedTransition extends Transition {
  readonly number: number;
}

export interface ClaimPlan {
  readonly episodes: readonly Episode[];
  readonly transitions: readonly NumberedTransition[];
  readonly findings: readonly (KnownFinding & { readonly id: string })[];
  readonly deliveries: readonly Delivery[];
}

export const deliveryOwner = ({ id, n }: EpisodeRef): string => `${id}/${n}`;

/** Findings that an alert is made of, each once; undetermined ones make none. */
export function claimable(findings: readonly Finding[]): readonly Finding[] {
  const best = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding.verdict !== 'violation') continue;
    const other = best.get(finding.id);
    if (other === undefined || compareSeverity(finding.severity, other.severity) > 0)
      best.set(finding.id, finding);
  }
  return [...best.values()];
}

/** @param findings as `claimable` gives them */
export function planClaim(
  findings: readonly Finding[],
  stored: StoredAlerts,
  now: string,
  plan: PlanDeliveries,
): ClaimPlan {
  const claimed: (KnownFinding & { readonly id: string })[] = [];
  const changed = new Map<string, Change>();
  const around = new Map<string, Episode[]>();

  function put(before: Episode | undefined, after: Episode, finding: Finding): void {
    const owner = deliveryOwner(after);
    const change = changed.get(owner);
    const opened = before === undefined;
    changed.set(owner, {
      episode: after,
      opened: (change?.opened ?? false) || opened,
      merged: opened ? (change?.merged ?? []) : [...(change?.merged ?? []), finding.id],
      opener: opened ? finding.id : change?.opener,
    });
    const list = around.get(after.id) ?? [];
    around.set(after.id, [...list.filter(({ n }) => n !== after.n), after]);
    claimed.push({ id: finding.id, episode: { id: after.id, n: after.n }, severity: finding.severity });
  }

  // By time, so that one claim opens episodes in the order of what happened.
  for (const finding of findings.toSorted(byTime)) {
    const id = episodeId(finding.rule, finding.key);
    if (!around.has(id)) around.set(id, [...(stored.episodes.get(id) ?? [])]);
    const episodes = around.get(id) ?? [];
    const known = stored.known.get(finding.id);
    if (known !== undefined) {
      const holder = episodes.find(({ n }) => n === known.episode.n);
      if (holder === undefined || compareSeverity(finding.severity, known.severity) <= 0) continue;
      put(holder, withSeverity(holder, finding), finding);
      continue;
    }
    const holder = holderOf(episodes, finding);
    const next = Math.max(0, ...episodes.map(({ n }) => n)) + 1;
    put(
      holder,
      holder === undefined ? openEpisode(next, finding, now) : mergeFinding(holder, finding),
      finding,
    );
  }

  const made = [...changed.values()].map((change) => settle(change, now));
  return {
    episodes: made.map(({ episode }) => episode),
    transitions: made.flatMap(({ transitions }) => transitions),
    findings: claimed,
    deliveries: made.flatMap(({ episode }) =>
      plan(episode, stored.deliveries.get(deliveryOwner(episode)) ?? [], now),
    ),
  };
}

interface Change {
  readonly episode: Episode;
  readonly opened: boolean;
  readonly opener: string | undefined;
  readonly merged: readonly string[];
}

/** One change for the opening and one for all that merged, however many. */
function settle(
  { episode, opened, opener, merged }: Change,
  now: string,
): { readonly episode: Episode; readonly transitions: readonly NumberedTransition[] } {
  const ref = { id: episode.id, n: episode.n };
  const transitions: NumberedTransition[] = [];
  let changes = opened ? 0 : episode.changes;
  const add = (change: Transition['change'], findings: readonly string[]): void => {
    changes += 1;
    const because = findings[0] ?? '';
    const id = transitionId(ref, change, findings.toSorted().join(' '));
    transitions.push({ id, episode: ref, change, at: now, by: ENGINE, because, number: changes });
  };
  if (opened) add(episode.n === 1 ? 'open' : 'reopen', [opener ?? '']);
  if (merged.length > 0) add('merge', merged);
  return { episode: { ...episode, changes, changedAt: now }, transitions };
}

/**
 * The first episode that was not resolved before the finding's event; undefined where the next is to be opened. What the engine
 * resolved, because late evidence took its findings back, holds no others: nobody would be told of them.
 */
function holderOf(episodes: readonly Episode[], finding: Finding): Episode | undefined {
  return episodes
    .toSorted((a, b) => a.n - b.n)
    .find(
      ({ resolved }) => resolved === undefined || (resolved.by !== ENGINE && finding.time <= resolved.at),
    );
}

const byTime = (a: Finding, b: Finding): number =>
  a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1;
