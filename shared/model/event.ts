/**
 * What a source makes of one log entry, before identities are resolved and rows are built. Values only: no I/O, no
 * clock. The vocabulary is docs/vocabulary.md's; the lists are closed so that a switch over them is exhaustive.
 */
import type { IdentityClaims } from '../identity/claims.ts';
import type { DatasetId } from './dataset.ts';
import type { JobId } from './job.ts';

/** The verbs. Closed: where a real entry has no verb, the list grows deliberately. */
export const ACTIONS = [
  'job.submit',
  'job.start',
  'job.run',
  'job.finish',
  'job.update',
  'job.cancel',
  'job.delete',
  /** A job as an API listed it, asked by Jobtrail itself. */
  'job.observe',
  'cluster.create',
  'cluster.update',
  'cluster.delete',
  'cluster.start',
  'cluster.stop',
  'session.create',
  'session.terminate',
  'session.delete',
  'session.run',
  'workflow.run',
  'model.register',
  'model.deploy',
  'model.delete',
  'data.read',
  'data.write',
  'data.delete',
  'data.share',
  'metadata.read',
  'telemetry.read',
  'telemetry.write',
  /** Points of a metric as an API listed them, asked by Jobtrail itself. */
  'metric.observe',
  'api.call',
  'exec.interactive',
  'credential.mint',
  'credential.create',
  'credential.revoke',
  'credential.inject',
  'secret.read',
  'grant.request',
  'grant.approve',
  'grant.deny',
  'grant.activate',
  'grant.revoke',
  'policy.change',
  'iam.change',
  'log.change',
  'template.change',
  'network.change',
  'compute.change',
  'workload.change',
  'artifact.change',
  'key.change',
  'key.use',
  'schedule.change',
  'schema.change',
  'org.change',
  'operation.cancel',
  'operation.delete',
  'deploy',
  'login',
  /** A method of a known service that no table here knows: stored, counted by name and shown. */
  'unclassified',
] as const;
export type Action = (typeof ACTIONS)[number];

export const OUTCOMES = ['allowed', 'denied', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The hop the record itself belongs to. */
export type Via = 'direct' | 'mesh' | 'gateway';

/** Who can have written the record (design, Corroboration: provenance). */
export type Provenance = 'provider' | 'declared-writer' | 'tenant' | 'signed';

/**
 * How sure it is that job and dataset, or job and job, belong together. Strongest first. The last two are guesses made
 * when a trail is read: no source states them and no walk of lineage follows them.
 */
export const STRENGTHS = [
  /** A structured field of the record names both ends. */
  'stated',
  /**
   * Whoever asked for the work chose what names the other end: an argument or property of a submission, a label, a tag,
   * a header. What the job was told to do, not what it did.
   */
  'declared',
  /** The name of an object holds the job's id, where the engine puts it. */
  'path',
  /** Read out of free text (SQL, positional arguments), or one of several that a part of an id fits. */
  'inferred',
  /** The identity that the job runs under made the access while it ran, and no other job of the project ran under it. */
  'identity',
  /** The same, where several jobs ran under the identity. */
  'identity-ambiguous',
] as const;
export type Strength = (typeof STRENGTHS)[number];

export type DatasetOp = 'read' | 'write' | 'use';

/** What is said of a dataset without any access of a job to it: no lineage follows from it. */
export interface DatasetConcern {
  readonly dataset: DatasetId;
  /** What was decided about its use, or that the object came there from a repository. */
  readonly op: 'approve' | 'deny' | 'revoke' | 'deploy';
}

export interface DatasetUse {
  readonly dataset: DatasetId;
  /** `use` where the entry does not tell the direction. */
  readonly op: DatasetOp;
  readonly strength: Strength;
}

/** A call of a job API as a mesh, a gateway or the audit log saw it; the match key of corroboration. */
export interface ApiCall {
  readonly engine: 'dataproc' | 'dataflow' | 'databricks';
  /** RPC name without service prefix: SubmitJob, CreateBatch, dataflow.jobs.create. */
  readonly method: string;
  readonly project?: string;
  readonly region?: string;
  /** Job, batch or session id where the path carries it. */
  readonly job?: string;
}

/** Who decides over what: the mesh over traffic, the gateway over routes, IAM over permissions, the organisation over all. */
export const POLICY_PLANES = ['mesh', 'gateway', 'iam', 'organisation'] as const;
export type PolicyPlane = (typeof POLICY_PLANES)[number];

/** One policy, as a change left it: a version that holds from the event's time until the next. */
export interface PolicyVersion {
  readonly plane: PolicyPlane;
  /**
   * Names the policy through all its versions: `kubernetes:CLUSTER/NAMESPACE/KIND/NAME`, `kong:PROJECT/KIND/ID`, the full
   * resource name of a Google Cloud resource, `allow:` before it for the resource's IAM policy. `…/*` is a collection.
   */
  readonly policy: string;
  /** `set` where the change left a policy, `delete` where it took it away, `delta` where only the difference is told. */
  readonly change: 'set' | 'delete' | 'delta';
  /** SHA-256 hex of the canonical content; equal for equal policies. Undefined where the entry has no content. */
  readonly digest?: string;
}

/** Long-running operation: two entries, one action. */
export interface OperationRef {
  readonly id: string;
  readonly phase: 'first' | 'last' | 'only';
}

/** One thing that happened, as one entry tells it. Absent optional fields mean: the entry does not say. */
export interface AuditEventDraft {
  readonly action: Action;
  readonly outcome: Outcome;
  /** As the service spells it; for mesh entries the HTTP verb. */
  readonly method: string;
  /** google.rpc code of an audit entry, HTTP status of a mesh or gateway entry. */
  readonly status?: number;
  readonly identity: IdentityClaims;
  readonly via: Via;
  readonly provenance: Provenance;
  readonly job?: JobId;
  /** The caller's own name for the job; attacker-controlled text. */
  readonly jobName?: string;
  /** Job this job was spawned by (workflow → child, job → yarn application). */
  readonly parentJob?: JobId;
  /** How sure the parent is; `stated` where absent. A label that the caller chose is `declared`. */
  readonly parentStrength?: Strength;
  /** Scheme-less resource name of the audit entry; URL path of a mesh entry. */
  readonly resource?: string;
  /** Google Cloud project the action was in (id preferred, number where only that is known). */
  readonly project?: string;
  readonly location?: string;
  readonly call?: ApiCall;
  readonly operation?: OperationRef;
  readonly requestId?: string;
  /** Trace id as the record spells it, where it is not in the entry's own `trace`. */
  readonly trace?: string;
  readonly datasets?: readonly DatasetUse[];
  readonly concerns?: readonly DatasetConcern[];
  /** What the event leaves in force, where it is a change of policy that was allowed. */
  readonly policy?: PolicyVersion;
  /** The raw text holds a secret under a name that does not tell: only its digest is kept. */
  readonly withholdRaw?: true;
  /** Declared evidence fields as received: scalars only, short, no job arguments, no SQL, no headers. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
}

/** Named reasons for leaving an entry out on purpose. Lower-case words joined by `-`, dots allowed. */
export type FilterRule = string;

export type Normalised =
  | { readonly kind: 'event'; readonly event: AuditEventDraft; readonly unknownMethod?: string }
  | { readonly kind: 'filtered'; readonly rule: FilterRule }
  | {
      readonly kind: 'refused';
      readonly code: 'payload-missing' | 'payload-shape' | 'line-grammar';
      readonly reason: string;
    };
