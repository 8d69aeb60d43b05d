/**
 * What a rule over several records is: one file each under rules/, its cases in test/corroboration/<id>/. A value without side
 * effects: no I/O, no clock. Time comes in as the event times of records, and as the watermarks that a verdict waits for.
 */
import type { Severity } from '../../schemas/alerting.ts';
import type { Mappings } from '../detections/detection.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { Action } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Decision } from '../policy/decision.ts';
import type { Settled } from '../policy/request.ts';
import type { Facts, Sighting, SightingFamily } from './facts.ts';

/** What a verdict is about. */
export type Anchor =
  | { readonly kind: 'event'; readonly id: string; readonly time: string; readonly event: TrailEvent }
  | { readonly kind: 'sighting'; readonly id: string; readonly time: string; readonly sighting: Sighting };

/**
 * Ways of records, for what a verdict waits for: a source, or all of its kind. `gateway` and `mesh` are every path of Kong and
 * of Istio that is not retired.
 */
export type AwaitedPath = string;

/** How two records of one thing were joined, the surest first. */
export const JOINS = [
  /** The job carries the id that the hop gave the request. */
  'request-id',
  /** Both name the job. */
  'job-id',
  /** Both name the long-running operation. */
  'operation-id',
  /** Same call, same identity, within the window; pairs by maximum cardinality. */
  'identity-and-time',
  /** Same call within the window, other identities: evidence of nothing. */
  'time',
] as const;
export type Join = (typeof JOINS)[number];

/** A record that a verdict rests on. */
export interface Cited {
  readonly eventId: string;
  /** What it is in the verdict: `audit`, `gateway`, `mesh`, `approval`, `deploy`, `submission`, `data`, … */
  readonly role: string;
  readonly provenance: string;
  /** Of hops: `request` or `connection`. */
  readonly grade?: string;
  /** Whom it names, as it was recorded: canonical ids, the caller first. */
  readonly claims?: readonly string[];
}

interface Common {
  /** Tells verdicts of one rule over one anchor apart; absent where it has one. */
  readonly about?: string;
  readonly cited: readonly Cited[];
  readonly join?: Join;
}

export interface RuleFound {
  /** Findings of one rule and key are one alert. Never empty. */
  readonly key: string;
  readonly severity?: Severity;
  /** One sentence: what happened, by whom, why that is wrong. */
  readonly summary: string;
  readonly evidence: readonly (readonly [label: string, value: string])[];
  /** Whom it is about, where that is not the anchor's own event. */
  readonly subject?: TrailEvent;
}

export type Outcome =
  | (Common & {
      readonly verdict: 'satisfied';
      /** Milliseconds beyond its grace that the evidence came. */
      readonly lateMs?: number;
      readonly reason: string;
      /** Ids of findings that ingest made of the anchor alone and that do not hold. */
      readonly retracts?: readonly string[];
    })
  | (Common & { readonly verdict: 'violated'; readonly found: RuleFound })
  | (Common & { readonly verdict: 'undetermined'; readonly reason: string; readonly found?: RuleFound });

/** `waiting`: it comes to `otherwise` once the watermarks of all `on` have passed `until`, and nothing else came. */
export type Judgement =
  | Outcome
  | {
      readonly verdict: 'waiting';
      readonly about?: string;
      /** RFC 3339, UTC, nine fraction digits. */
      readonly until: string;
      readonly on: readonly AwaitedPath[];
      readonly otherwise: Outcome;
    };

export interface Context {
  readonly facts: Facts;
  /** The configuration in force at the anchor's time. */
  readonly declared: DeclaredFacts;
  /** The configuration in force at another time: what another anchor is judged by. */
  readonly declaredAt: (time: string) => DeclaredFacts;
  /** Takes the anchor's decision again with what is known by now; undefined where policy does not decide it. */
  readonly decide: (event: TrailEvent, settled: Settled) => Decision | undefined;
}

/** What to look for in Cloud Logging. */
export interface MissingRecord {
  readonly project: string;
  /** `dataproc.googleapis.com`. */
  readonly service: string;
  /** Ends of method names, without their package: `SubmitJob`. Empty: any. */
  readonly methods: readonly string[];
  /** Last part of the resource's name, where it is known. */
  readonly id: string | undefined;
  /** RFC 3339. */
  readonly from: string;
  readonly until: string;
}

/**
 * Anchors one by one, and lists of them that many records have in common: the same list, as an object, is gone through once
 * however many lead to it.
 */
export type Anchors = readonly (Anchor | readonly Anchor[])[];

export interface Rule {
  /** As the catalogue names it. Stable. */
  readonly id: string;
  readonly number?: string;
  /** Raised whenever the same records would be judged differently. */
  readonly version: number;
  readonly kind: 'absence' | 'correlate' | 'threshold' | 'baseline';
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly runbook: readonly string[];
  readonly evidence: readonly string[];
  readonly maps: Mappings;
  readonly peers: readonly string[];
  readonly gaps: readonly string[];
  /** What it finds by one entry alone is the finding that ingest made of it. */
  readonly isFoundAtIngest?: boolean;
  /** What must be there beside the anchor, as `explain` names what is missing: "the gateway's record of the call". */
  readonly expects?: string;
  /** Sources whose records it reads. Those in `partners` must be there for it to be judged at all. */
  readonly sources: readonly string[];
  readonly partners?: readonly string[];
  /** Actions of events that it must be asked about when they come: its anchors, and what may change a verdict. */
  readonly on: readonly Action[];
  /** Families of sightings, likewise. */
  readonly onSightings?: readonly SightingFamily[];
  /**
   * The anchors whose verdicts hang on this record: itself, or those around it. Total and cheap where it is about none. May
   * ask `facts`.
   */
  readonly anchors: (record: Anchor, context: Context) => Anchors;
  /**
   * The audit record whose absence is the violation: it may exist in Cloud Logging and not have been routed here, which is looked
   * up before anybody is alerted.
   */
  readonly missing?: (anchor: Anchor, context: Context) => MissingRecord | undefined;
  /** None: the rule has nothing to say of the anchor (any more). */
  readonly judge: (anchor: Anchor, context: Context) => readonly Judgement[];
}

export function defineRule(rule: Rule): Rule {
  return rule;
}

export const anchorOf = (event: TrailEvent): Anchor => ({
  kind: 'event',
  id: event.id,
  time: event.time,
  event,
});
