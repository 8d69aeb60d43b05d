/** Episodes, transitions and deliveries ↔ their rows, the same in both stores. */
import * as z from 'zod';
import { Severity } from '../../schemas/alerting.ts';
import type { Row } from '../../schemas/tables.ts';
import { clip } from '../pipeline/clip.ts';
import type { KnownFinding, NumberedTransition } from './claim.ts';
import { findingJson, findingOfJson } from './finding-row.ts';
import { EPISODE_STATES, type EpisodeRef } from './notice.ts';
import type { Answered, Delivery, Episode, Transition } from './store.ts';

const text = z.string();
const int = z.number();
const maybeText = text.nullish().transform((value) => value ?? undefined);
const maybeInt = int.nullish().transform((value) => value ?? undefined);

const StoredEpisode = z.object({
  EpisodeId: text,
  Number: int,
  State: z.enum(EPISODE_STATES),
  Severity,
  Occurrences: int,
  FirstSeen: text,
  LastSeen: text,
  OpenedAt: text,
  ChangedAt: text,
  Changes: int,
  AcknowledgedChange: maybeInt,
  AcknowledgedBy: maybeText,
  AcknowledgedAt: maybeText,
  ResolvedChange: maybeInt,
  ResolvedBy: maybeText,
  ResolvedAt: maybeText,
  ReopenedChange: maybeInt,
  ReopenedBy: maybeText,
  ReopenedAt: maybeText,
  Rule: text,
  FindingKey: text,
  Finding: text,
});

export function episodeRow(episode: Episode): Row {
  const { acknowledged, resolved, reopened } = episode;
  return {
    EpisodeId: episode.id,
    Number: episode.n,
    State: episode.state,
    Severity: episode.severity,
    Occurrences: episode.occurrences,
    FirstSeen: episode.firstSeen,
    LastSeen: episode.lastSeen,
    OpenedAt: episode.openedAt,
    ChangedAt: episode.changedAt,
    Changes: episode.changes,
    AcknowledgedChange: acknowledged?.change,
    AcknowledgedBy: clip(acknowledged?.by, 1024),
    AcknowledgedAt: acknowledged?.at,
    ResolvedChange: resolved?.change,
    ResolvedBy: clip(resolved?.by, 1024),
    ResolvedAt: resolved?.at,
    ReopenedChange: reopened?.change,
    ReopenedBy: clip(reopened?.by, 1024),
    ReopenedAt: reopened?.at,
    Rule: episode.rule,
    FindingKey: episode.key,
    Finding: findingJson(episode.finding),
  };
}

export function episodeOfRow(row: Row): Episode {
  const stored = StoredEpisode.parse(row);
  return {
    id: stored.EpisodeId,
    n: stored.Number,
    rule: stored.Rule,
    key: stored.FindingKey,
    state: stored.State,
    severity: stored.Severity,
    occurrences: stored.Occurrences,
    firstSeen: stored.FirstSeen,
    lastSeen: stored.LastSeen,
    openedAt: stored.OpenedAt,
    changedAt: stored.ChangedAt,
    changes: stored.Changes,
    acknowledged: answered(stored.AcknowledgedChange, stored.AcknowledgedBy, stored.AcknowledgedAt),
    resolved: answered(stored.ResolvedChange, stored.ResolvedBy, stored.ResolvedAt),
    reopened: answered(stored.ReopenedChange, stored.ReopenedBy, stored.ReopenedAt),
    finding: findingOfJson(stored.Finding),
  };
}

const answered = (change?: number, by?: string, at?: string): Answered | undefined =>
  change === undefined || at === undefined ? undefined : { change, by: by ?? '', at };

const StoredTransition = z.object({
  EpisodeId: text,
  Number: int,
  TransitionId: text,
  Change: int,
  Kind: z.enum(['open', 'merge', 'acknowledge', 'resolve', 'reopen']),
  ChangedAt: text,
  ChangedBy: text,
  Because: text,
});

export function transitionRow({ id, episode, number, change, at, by, because }: NumberedTransition): Row {
  return {
    EpisodeId: episode.id,
    Number: episode.n,
    TransitionId: id,
    Change: number,
    Kind: change,
    ChangedAt: at,
    ChangedBy: clip(by, 1024) ?? '',
    Because: clip(because, 1024) ?? '',
  };
}

/** In the order of their changes. */
export function transitionsOfRows(rows: readonly Row[]): readonly Transition[] {
  return rows
    .map((row) => StoredTransition.parse(row))
    .sort((a, b) => a.Change - b.Change)
    .map((stored) => ({
      id: stored.TransitionId,
      episode: { id: stored.EpisodeId, n: stored.Number },
      change: stored.Kind,
      at: stored.ChangedAt,
      by: stored.ChangedBy,
      because: stored.Because,
    }));
}

const StoredDelivery = z.object({
  EpisodeId: text,
  Number: int,
  Channel: text,
  Confirmed: int,
  Wanted: int,
  Ref: maybeText,
  SendingSince: maybeText,
  Attempts: int,
  TryingSince: maybeText,
  DueAt: maybeText,
  Lease: maybeText,
  SentAt: maybeText,
  HeldBy: maybeText,
  LastError: maybeText,
  FailedAt: maybeText,
});

export function deliveryRow(delivery: Delivery): Row {
  return {
    EpisodeId: delivery.episode.id,
    Number: delivery.episode.n,
    Channel: delivery.channel,
    Confirmed: delivery.confirmed,
    Wanted: delivery.wanted,
    Ref: delivery.ref,
    SendingSince: delivery.sendingSince,
    Attempts: delivery.attempts,
    TryingSince: delivery.tryingSince,
    DueAt: delivery.dueAt,
    Lease: delivery.lease,
    SentAt: delivery.sentAt,
    HeldBy: delivery.heldBy,
    LastError: delivery.lastError,
    FailedAt: delivery.failedAt,
  };
}

export function deliveryOfRow(row: Row): Delivery {
  const stored = StoredDelivery.parse(row);
  return {
    episode: { id: stored.EpisodeId, n: stored.Number },
    channel: stored.Channel,
    confirmed: stored.Confirmed,
    wanted: stored.Wanted,
    ref: stored.Ref,
    sendingSince: stored.SendingSince,
    attempts: stored.Attempts,
    tryingSince: stored.TryingSince,
    dueAt: stored.DueAt,
    lease: stored.Lease,
    sentAt: stored.SentAt,
    heldBy: stored.HeldBy,
    lastError: stored.LastError,
    failedAt: stored.FailedAt,
  };
}

const StoredMembership = z.object({ FindingId: text, EpisodeId: text, Number: int, Severity });

export function membershipRow({ id, episode, severity }: KnownFinding & { readonly id: string }): Row {
  return { FindingId: id, EpisodeId: episode.id, Number: episode.n, Severity: severity };
}

export function knownOfRows(rows: readonly Row[]): ReadonlyMap<string, KnownFinding> {
  return new Map(
    rows.map((row) => {
      const stored = StoredMembership.parse(row);
      const episode = { id: stored.EpisodeId, n: stored.Number };
      return [stored.FindingId, { episode, severity: stored.Severity }];
    }),
  );
}

/** Which episode holds a finding. */
export function holderOfRow(row: Row): { readonly finding: string; readonly episode: EpisodeRef } {
  const stored = StoredMembership.parse(row);
  return { finding: stored.FindingId, episode: { id: stored.EpisodeId, n: stored.Number } };
}
