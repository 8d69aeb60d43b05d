/**
 * An event as it is recorded, typed: what policy, detections and reconciliation look at. Made from the columns of a row
 * and from nothing else, so that every judgement can be taken again from the store with the same result.
 */
import type { Action, DatasetOp, Outcome, Provenance, Via } from './event.ts';
import type { JobId } from './job.ts';
import type { PrincipalId, PrincipalKind, Proof } from './principal.ts';

export interface TrailEvent {
  /** SHA-256 hex. */
  readonly id: string;
  /** RFC 3339, UTC, nine fraction digits. */
  readonly time: string;
  readonly receiveTime: string | undefined;
  readonly source: string;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly method: string;
  readonly status: number | undefined;
  readonly actor: TrailActor | undefined;
  /** Original caller first. */
  readonly actingFor: readonly { readonly id: PrincipalId; readonly recordedBy: string }[];
  /** Ids of the bindings that any identity of the event rests on. */
  readonly bindings: readonly string[];
  /** What the decision that was taken with the event waits for; absent where it waits for nothing, or none was taken. */
  readonly waitsFor?: readonly string[];
  readonly keyName: string | undefined;
  readonly runAs: PrincipalId | undefined;
  readonly peer: PrincipalId | undefined;
  readonly job: JobId | undefined;
  readonly jobName: string | undefined;
  readonly parentJob: JobId | undefined;
  readonly operation: { readonly id: string; readonly phase: 'first' | 'last' | 'only' } | undefined;
  readonly resource: string | undefined;
  readonly project: string | undefined;
  readonly location: string | undefined;
  readonly environment: string | undefined;
  readonly via: Via;
  readonly provenance: Provenance;
  /** `engine|method|project|region`. */
  readonly callKey: string | undefined;
  readonly requestId: string | undefined;
  readonly datasets: readonly { readonly dataset: string; readonly op: DatasetOp }[];
  readonly claims: TrailClaims;
  readonly logName: string | undefined;
  readonly insertId: string | undefined;
  /** Where the entry is one piece of a larger one: which, from 0, of how many; the number may not be told. */
  readonly split:
    | { readonly uid: string; readonly index: number; readonly total: number | undefined }
    | undefined;
}

export interface TrailActor {
  readonly id: PrincipalId;
  readonly kind: PrincipalKind;
  readonly proof: Proof;
  /** As proven, where a binding led to `id`. */
  readonly as: string | undefined;
  /** Of agents: who answers for it, and the name of the lane it is to keep to. */
  readonly owner: PrincipalId | undefined;
  readonly lane: string | undefined;
}

/** Evidence as received; lists are JSON text (shared/audit/claims.ts). Read by name, never by iteration. */
export type TrailClaims = Readonly<Record<string, string | number | boolean>>;
