/**
 * What a detection is: one file each in this folder, its cases beside the tests in test/detections/<id>/. A value without
 * side effects: no I/O, no clock, so that stored evidence gives the same finding again.
 */
import type { Severity } from '../../schemas/alerting.ts';
import type { Action } from '../model/event.ts';
import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';
import type { Decision } from '../policy/decision.ts';
import type { DeclaredFacts } from './declared-facts.ts';

/** What one entry decides with its bundle. */
export interface Looked {
  readonly event: TrailEvent;
  /** Undefined for events that policy does not decide (a hop's record, metadata reads). */
  readonly decision: Decision | undefined;
  /** The configuration in force at the event's time, prepared for look-ups. */
  readonly declared: DeclaredFacts;
  /** The state before, where it is known: for detections that compare (change.ts). */
  readonly prior?: Prior;
}

/** Claims of the entries that left a state. */
export interface Prior {
  /** Whole; empty where there was none. */
  readonly before: TrailClaims;
  /** Of a mesh policy: those that hold where it says nothing, the nearest first. Undefined: not known. */
  readonly wider?: readonly TrailClaims[];
}

/** One thing found in one event. An event may give several of one rule: one for each key. */
export interface Found {
  /** What it is about: findings of one rule and key are one alert. Never empty. */
  readonly key: string;
  /** Where it differs from the rule's own. Never from anything the caller wrote. */
  readonly severity?: Severity;
  /** One sentence: what happened, by whom, why that is wrong. Text from logs is escaped where it is shown. */
  readonly summary: string;
  /** Evidence fields, in the order they are told. Declared ones only: no arguments, no SQL, no headers. */
  readonly evidence: readonly (readonly [label: string, value: string])[];
  /** `undetermined`: the entry does not tell enough (a cut list, a missing field): shown, nobody is paged. */
  readonly verdict?: 'violation' | 'undetermined';
}

export interface Mappings {
  /** ATT&CK v19 technique ids. */
  readonly attack: readonly string[];
  /** AICPA Trust Services Criteria. */
  readonly soc2: readonly string[];
  /** ISO/IEC 27001:2022 Annex A. */
  readonly iso27001: readonly string[];
}

export interface Detection {
  /** As the catalogue names it: `gateway-bypass-caller-network`. Stable. */
  readonly id: string;
  /** The catalogue's number where it has one: `U09`. */
  readonly number?: string;
  /** Raised whenever the same event would be found differently. */
  readonly version: number;
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters, one or two sentences. */
  readonly why: string;
  /** What to do: 2 to 5 lines that name fields and windows. */
  readonly runbook: readonly string[];
  /** Labels that `evidence` may have. */
  readonly evidence: readonly string[];
  readonly maps: Mappings;
  /** Public rules with the same idea; empty where nobody has it. */
  readonly peers: readonly string[];
  /** What it does not see. */
  readonly gaps: readonly string[];
  /** Sources whose events it reads, for `requires` and docs. */
  readonly sources: readonly string[];
  /** Actions it looks at: it is asked for no other event. */
  readonly on: readonly Action[];
  readonly decide: (looked: Looked) => readonly Found[];
}

/** Keeps the literal types and says in one place what a detection must have. */
export function defineDetection(detection: Detection): Detection {
  return detection;
}
