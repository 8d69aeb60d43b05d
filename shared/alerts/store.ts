/**
 * What alerts keep, beside the findings: episodes, their transitions, and what became of each message. Operational tables:
 * written by `deliver`, `callbacks`, `reconcile` and the command line only. Two implementations (shared/store/sqlite and
 * shared/store/spanner), one contract suite (test/alerts/store-contract.ts). Times are RFC 3339 UTC with nine fraction
 * digits, as in rows.
 */
import type { Severity, Silence } from '../../schemas/alerting.ts';
import type { Finding } from '../detections/finding.ts';
import type { EpisodeRef, EpisodeState } from './notice.ts';

/** A person or the engine that acknowledged or resolved, and which change of the episode that was. */
export interface Answered {
  readonly change: number;
  readonly by: string;
  readonly at: string;
}

export interface Episode extends EpisodeRef {
  readonly rule: string;
  readonly key: string;
  readonly state: EpisodeState;
  readonly severity: Severity;
  /** Findings merged into it. */
  readonly occurrences: number;
  /** Event times of its findings. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly openedAt: string;
  readonly changedAt: string;
  /** Number of its last change, from 1. Deliveries say how far a channel was told by it. */
  readonly changes: number;
  readonly acknowledged: Answered | undefined;
  readonly resolved: Answered | undefined;
  /** An acknowledgement or a resolution was taken back last by this. */
  readonly reopened: Answered | undefined;
  /** The finding its messages are about: the earliest of the highest severity. */
  readonly finding: Finding;
}

/** One change of an episode; its id makes writing it twice one change. */
export interface Transition {
  /** At most 64 characters. */
  readonly id: string;
  readonly episode: EpisodeRef;
  /** `reopen`: a later episode opens, or an acknowledgement or resolution of this one is taken back. */
  readonly change: 'open' | 'merge' | 'acknowledge' | 'resolve' | 'reopen';
  readonly at: string;
  /** Principal id or `system:jobtrail`; as a channel proved it. */
  readonly by: string;
  /** Finding, callback event or silence it rests on. */
  readonly because: string;
}

/** What one channel was last told of one episode, and what it is to be told next. */
export interface Delivery {
  readonly episode: EpisodeRef;
  readonly channel: string;
  /** Number of the episode's change that was confirmed last; 0: none. */
  readonly confirmed: number;
  /** Number of the change that is to be told; equal to `confirmed`: nothing is open. */
  readonly wanted: number;
  /** The channel's own reference of the episode's message. */
  readonly ref: string | undefined;
  /** A send was begun then and its end is not known: cut off, or the service may have taken it all the same. */
  readonly sendingSince: string | undefined;
  /** Tries of the present message that failed, and when the first did. */
  readonly attempts: number;
  readonly tryingSince: string | undefined;
  /** Not before; while it is taken, the end of the lease. Undefined: nothing to do. */
  readonly dueAt: string | undefined;
  /** Whoever has taken it. */
  readonly lease: string | undefined;
  /** When the channel confirmed last. */
  readonly sentAt: string | undefined;
  /** Silence that holds it back, or `quiet-hours`. */
  readonly heldBy: string | undefined;
  readonly lastError: string | undefined;
  /** Given up then: refused, or tried for too long. */
  readonly failedAt: string | undefined;
}

export interface DeliveryRef {
  readonly episode: EpisodeRef;
  readonly channel: string;
}

/** Which channels are to be told of an episode as it now is, and when; given what they were told. Pure. */
export type PlanDeliveries = (
  episode: Episode,
  known: readonly Delivery[],
  now: string,
) => readonly Delivery[];

/** A due delivery that the caller holds, with its episode as it is now. */
export interface Taken {
  readonly delivery: Delivery;
  readonly episode: Episode;
}

export interface AlertStore {
  /**
   * The findings with these ids, in any order; unknown ids are left out. Of two contents under one id the one of higher
   * severity.
   */
  findings(ids: readonly string[]): Promise<readonly Finding[]>;
  /** Violations stored since `since` that no episode has, oldest first: the net under the topic. */
  unclaimedFindings(since: string, limit: number): Promise<readonly Finding[]>;
  /**
   * Puts findings into episodes, in one transaction (shared/alerts/claim.ts): a finding known already changes nothing;
   * one from after a resolution opens the next episode. `plan` is asked again where the transaction is tried again.
   * @returns the episodes that changed
   */
  claim(findings: readonly Finding[], now: string, plan: PlanDeliveries): Promise<readonly Episode[]>;
  /**
   * Acknowledges, resolves, or takes either back; false where the transition is known, the episode is not, or its state does
   * not allow it.
   */
  transition(transition: Transition): Promise<boolean>;
  /** Newest first by their opening. */
  episodes(filter: EpisodeFilter): Promise<readonly Episode[]>;
  /** In the order of their changes. */
  transitions(episode: EpisodeRef): Promise<readonly Transition[]>;
  /** Ids of the findings that an episode holds, in the order of the ids. */
  findingIdsOf(episode: EpisodeRef, limit: number): Promise<readonly string[]>;
  /**
   * Puts findings that no episode holds yet under one, without a change of it: nobody is told of them. The episode may be there or
   * come later.
   */
  hold(
    findings: readonly { readonly id: string; readonly severity: Severity; readonly episode: EpisodeRef }[],
  ): Promise<void>;
  /** Which episodes hold these findings; those that none holds are left out. */
  episodesOf(
    findingIds: readonly string[],
  ): Promise<readonly { readonly finding: string; readonly episode: EpisodeRef }[]>;
  /** Names of the channels that have something due. */
  dueChannels(now: string): Promise<readonly string[]>;
  /**
   * Deliveries of a channel that are due, the longest due first, each leased until `leaseUntil` under `lease`: nobody else is
   * given them before.
   */
  takeDue(
    channel: string,
    now: string,
    lease: string,
    leaseUntil: string,
    limit: number,
  ): Promise<readonly Delivery[]>;
  /**
   * Changes a delivery that the caller holds, in one transaction with a look at its episode. `change` may be asked again.
   * @returns what it is now; undefined where the lease is no longer the caller's, and nothing was changed
   */
  update(ref: DeliveryRef, lease: string, change: (taken: Taken) => Delivery): Promise<Taken | undefined>;
  deliveries(episode: EpisodeRef): Promise<readonly Delivery[]>;
  /** Silences that end after `now`, each as its last row says. */
  silences(now: string): Promise<readonly StoredSilence[]>;
  /**
   * Adds a silence, or what becomes of one: a later row of the same id. What it holds back beyond its new end is due then, in
   * the same transaction.
   */
  putSilence(silence: StoredSilence): Promise<void>;
}

/** A silence made at the command line. */
export interface StoredSilence extends Silence {
  readonly from: string;
  readonly createdAt: string;
  /** Principal id. */
  readonly createdBy: string;
}

export interface EpisodeFilter {
  readonly states?: readonly EpisodeState[];
  readonly severities?: readonly Severity[];
  readonly rule?: string;
  readonly ids?: readonly string[];
  /** Hex digits that ids begin with. */
  readonly idPrefix?: string;
  readonly limit: number;
}
