/**
 * What rules may ask of what is recorded. A rule is a pure function over these answers; the edge loads them by key. What a rule
 * asked and has not been loaded yet is noted, and the rule is asked again when it is there (settle.ts), so that rules read
 * like sentences and thousands of them cost a few reads together.
 */
import type { DerivedValues } from './derived.ts';
import type { PolicyPlane } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** What groups events that rules look at together. A row of Witnesses each; closed, so that the cost of each is known. */
export const WITNESS_FAMILIES = [
  /**
   * `engine|family`: calls that start work, as the API, the mesh and the gateway recorded them, refused by the API or not;
   * `engine|family|project|region`: those that the API did; `engine|connect|PRINCIPAL`: connections to the API.
   */
  'call',
  /** Principal: work it started, whether as caller or as somebody it was started for. `template:NAME`: work made of it. */
  'start',
  /** Principal, and `ip:ADDRESS`: what it was refused of jobs and their data. */
  'denied',
  /** Principal: approvals for it, denials and revocations; `id:APPROVAL` as well. */
  'grant',
  /** Principal: what it did that only an approval allows, or that declared policy cannot decide without. */
  'needs-approval',
  /** `-`: deploy records. */
  'deploy',
  /**
   * `plane|policy`: changes of a policy, of the mesh and the gateway also those that leave no version; `plane|COLLECTION/*`, those
   * of any member, since one change may be of them all or hold for all of them (state-name.ts).
   */
  'policy',
  /** What lets somebody in (gates/gate.ts): changes of it; `passed|GATE`: calls that started work through it. */
  'gate',
  /** Principal: data that a person or an agent was let touch. Jobs touch theirs by the million (`touched`). */
  'access',
  /** Uid of a split entry. */
  'split',
  /** Id of a long-running operation that is about no job. */
  'operation',
  /** `RULE|WHO`: single events of a kind that only their number makes a finding. */
  'repeat',
  /** Path: canaries that came back. */
  'canary',
  /** `METRIC|RESOURCE`: points that the poll read. */
  'metric',
  /**
   * Resource: changes of what has no version, such as sinks; and groups of changes that rules look for (change-groups.ts): `-`,
   * those that deploy records are held against.
   */
  'change',
  /** Object of Cloud Storage that by its name or its place may be code, and `-` for any: what wrote it. */
  'code',
  /** Account, and `PROJECT/REGION/CLUSTER`: clusters that were made to run under it. */
  'cluster',
] as const;
export type WitnessFamily = (typeof WITNESS_FAMILIES)[number];

/** What is remembered once for each bucket of time, however often it happens. A row of Sightings each. */
export const SIGHTING_FAMILIES = [
  /** `via|engine|project|principal`, by day: whose calls come through which hop. */
  'hop',
  /** Principal, by day: it did something that was allowed. */
  'principal',
  /** Principal, by day: the provider tells that it was made. */
  'created',
  /** Environment, by day: something of it is recorded. */
  'environment',
  /** `from>to`, by day: a step of a delegation. */
  'delegation',
  /** `agent|method`, by day. */
  'agent-method',
  /** `account|service`, by ten minutes: IAM, Secret Manager or Compute, called by a runtime account. */
  'account-service',
  /** Runtime account, by ten minutes, access and dataset: data it touched, whichever job it says that was for. */
  'touched',
  /** Account, by ten minutes and job: work that runs under it. */
  'runs',
  /** Job id, by day: an API or a log tells that it runs. */
  'work',
  /** `PROJECT/REGION/CLUSTER`, by day and job: an application of YARN that ran there. */
  'application',
  /** Job id, by day, access and dataset: data it touched and named itself. */
  'job-data',
  /** `source|project`, by day: the audit log of an engine is recorded. */
  'audit',
  /** Object of Cloud Storage, by day and by those who may write it: work was told to run it. */
  'code',
] as const;
export type SightingFamily = (typeof SIGHTING_FAMILIES)[number];

export interface Sighting {
  readonly family: SightingFamily;
  readonly subject: string;
  /** `2026-11-18`, or `2026-11-18T10:2|r|DATASET` for a read in the ten minutes from 10:20. Sorts by time. */
  readonly bucket: string;
  /** One of the events it stands for; which one depends on what came first, so that no id is made of it. */
  readonly eventId: string;
}

/** Inclusive; RFC 3339, UTC, nine fraction digits. */
export interface Span {
  readonly from: string;
  readonly until: string;
}

export type FactQuery =
  | {
      readonly ask: 'witnesses';
      readonly family: WitnessFamily;
      readonly subject: string;
      readonly span: Span;
    }
  | {
      readonly ask: 'sightings';
      readonly family: SightingFamily;
      readonly subject: string;
      /** Inclusive; a bucket that begins with `until` is in it. */
      readonly from: string;
      readonly until: string;
    }
  | { readonly ask: 'job'; readonly job: string }
  | { readonly ask: 'named'; readonly job: string }
  | { readonly ask: 'edges'; readonly node: string; readonly op: string }
  | { readonly ask: 'event'; readonly id: string }
  | { readonly ask: 'policy'; readonly plane: PolicyPlane; readonly policy: string };

export interface EdgeFact {
  readonly op: string;
  readonly job: string;
  readonly eventId: string;
  readonly time: string;
  readonly actor: string | undefined;
  readonly outcome: string;
}

export interface VersionFact {
  readonly eventId: string;
  readonly time: string;
  readonly change: 'set' | 'delete' | 'delta';
  readonly digest: string | undefined;
  readonly provenance: string;
}

/** Lists are in the order of time and id. Events of two contents under one id are both in them. */
export interface Facts {
  witnesses(family: WitnessFamily, subject: string, span: Span): readonly TrailEvent[];
  sightings(family: SightingFamily, subject: string, from: string, until: string): readonly Sighting[];
  /** Events that name the job, under every region where the id leaves it open. */
  job(job: string): readonly TrailEvent[];
  /** Events that name the job by exactly this id. */
  named(job: string): readonly TrailEvent[];
  /** Edges of a principal, a dataset or a job that spawned another (schemas/tables.ts, Edges). */
  edges(node: string, op: string): readonly EdgeFact[];
  event(id: string): TrailEvent | undefined;
  /** Every content that is recorded under one id: one, unless somebody wrote another. */
  contents(id: string): readonly TrailEvent[];
  /** Versions of a policy, newest first. */
  policy(plane: PolicyPlane, policy: string): readonly VersionFact[];
  /** The value of this key, computed from these facts once (derived.ts). */
  once<T>(values: DerivedValues<T>, key: string, compute: (facts: Facts) => T): T;
}
