/** A finding is a fact: rule, key, evidence. Its id is a digest of them, so that the same evidence is one finding. */
import { hash } from 'node:crypto';
import type { Severity } from '../../schemas/alerting.ts';

/**
 * `violation` alerts; `undetermined`: the entry does not tell enough; `exempted`: declared to be no alert, by an exemption
 * that the evidence cites.
 */
export const VERDICTS = ['violation', 'undetermined', 'exempted'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Finding {
  /** SHA-256 hex of rule, version, key and event ids, and of what tells it from others of these (`findingId`). */
  readonly id: string;
  readonly rule: string;
  readonly version: number;
  readonly key: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly title: string;
  readonly summary: string;
  readonly evidence: readonly (readonly [label: string, value: string])[];
  /** The events it rests on, first the one that gave it. */
  readonly events: readonly string[];
  /** Event time of the first. */
  readonly time: string;
  readonly actor: string | undefined;
  readonly actingFor: readonly string[];
  readonly job: string | undefined;
  readonly environment: string | undefined;
  /** Digest of the bundle it was found under. */
  readonly bundle: string;
}

/**
 * @param apart what else tells it from others that rest on these events. A finding is stored once, as it was first told: what is known
 * as undetermined would alert nobody when it turns out to be a violation.
 */
export const findingId = (
  rule: string,
  version: number,
  key: string,
  events: readonly string[],
  apart: readonly unknown[] = [],
): string => hash('sha256', JSON.stringify([rule, version, key, ...events, ...apart]), 'hex');

/** @param verdict of what was found, before any exemption */
export const apartBy = (verdict: Verdict | undefined): readonly string[] =>
  verdict === 'undetermined' ? [verdict] : [];
