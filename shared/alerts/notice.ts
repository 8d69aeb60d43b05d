/** What a channel is told of an episode, and what it answers. Values only; each channel renders and escapes for itself. */
import type { Severity } from '../../schemas/alerting.ts';

/** Rule and key, and which time around: a new finding after a resolution is episode n + 1. */
export interface EpisodeRef {
  /** SHA-256 hex of rule and key. */
  readonly id: string;
  /** From 1. */
  readonly n: number;
}

export const EPISODE_STATES = ['open', 'acknowledged', 'resolved'] as const;
export type EpisodeState = (typeof EPISODE_STATES)[number];

export interface Notice {
  readonly episode: EpisodeRef;
  readonly state: EpisodeState;
  /** What brought this notice about. */
  readonly change: 'open' | 'merge' | 'acknowledge' | 'resolve' | 'reopen';
  readonly severity: Severity;
  readonly rule: string;
  readonly key: string;
  readonly title: string;
  readonly summary: string;
  readonly who: string | undefined;
  readonly forWhom: readonly string[];
  readonly environment: string | undefined;
  readonly job: string | undefined;
  readonly evidence: readonly (readonly [label: string, value: string])[];
  readonly eventIds: readonly string[];
  readonly why: string;
  readonly runbook: readonly string[];
  readonly runbookUrl: string;
  /** Findings merged so far, this one counted. */
  readonly occurrences: number;
  /** Event times, RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Who acknowledged, resolved or took either back, as the channel or the command line proved it. */
  readonly by: string | undefined;
  /** Number of the change, where one of its kind may have been told before: an answer was taken back. */
  readonly again?: number | undefined;
}

/** What is known of the episode's message in this channel from earlier sends. */
export interface Sent {
  /** The channel's own reference: Slack's `ts`, PagerDuty's dedup_key. Undefined: none came back. */
  readonly ref: string | undefined;
  /** A send was begun and its end is not known: the process was killed, or the connection broke. */
  readonly maybeSent: boolean;
}

export type SendResult =
  | { readonly kind: 'sent'; readonly ref: string | undefined }
  /** May pass: wait at least so long where the service says so. */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs: number | undefined;
      /** The service may have taken it all the same (no answer, 5xx): the next send says so in `Sent.maybeSent`. */
      readonly maybeSent?: true;
    }
  /** Never passes for this notice (or this configuration): told on the other channels. */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** An earlier try may have been taken, and this answer does not settle it. */
      readonly maybeSent?: true;
    };

export interface Channel {
  /** Its name in the configuration. */
  readonly name: string;
  readonly kind: 'slack' | 'slack-webhook' | 'pagerduty' | 'webhook' | 'log';
  /** Never throws. `sent` is what earlier notices of the same episode left. */
  send(notice: Notice, sent: Sent | undefined): Promise<SendResult>;
}
