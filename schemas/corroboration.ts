/**
 * What must be told by more than one record, how late a record may come, what jobs declare, and what counts as too much. Part
 * of jobtrail.yaml, under `corroboration`. Without it the rules are quiet until a source has been seen.
 */
import * as z from 'zod';
import { environmentName, identifier, name, pattern } from './declared-parts.ts';

const seconds = z
  .number()
  .int()
  .min(0)
  .max(7 * 86_400);
const resourceName = z.string().regex(/^[a-z]+\/[^/]{1,128}\/[a-z]+\/[^/]{1,255}$/, 'expected projects/P/…');
const engine = z.enum(['dataproc', 'dataflow', 'databricks']);

/** Which records must stand beside the audit record of a job start. The first entry that covers the start decides. */
export const RequiredEvidence = z.strictObject({
  id: name,
  /** Absent: all. */
  environments: z.array(environmentName).min(1).optional(),
  engines: z.array(engine).min(1).optional(),
  /** Exact principals it is about; absent: everybody. */
  principals: z.array(identifier).min(1).optional(),
  /** Hops that must each have seen the call. Empty: none must, which is how an entry excuses what it covers. */
  require: z.array(z.enum(['gateway', 'mesh'])),
  /**
   * What the hop can see: `request`, or only the `connection` a call was in (TLS passed through). A connection never proves a
   * call: the verdict is *undetermined* where one covers it.
   */
  grade: z.enum(['request', 'connection']).default('request'),
  /** How far the two records of one call may lie apart. */
  withinSeconds: seconds.default(120),
  /** The longest a connection stays open before its record comes; for `connection`. */
  connectionSeconds: seconds.default(3600),
});
export type RequiredEvidence = z.infer<typeof RequiredEvidence>;

/** What may only be done with an approval. Every entry that covers an action asks for one. */
export const RequiredApproval = z.strictObject({
  id: name,
  /** Verbs of docs/vocabulary.md, or `job.*`. */
  actions: z.array(pattern).min(1),
  environments: z.array(environmentName).min(1).optional(),
  /** Job ids, job names or templates. */
  jobs: z.array(pattern).min(1).optional(),
  /** Datasets read or written. */
  datasets: z.array(pattern).min(1).optional(),
  /** Exact principals that need none: schedulers of what was approved as code. */
  except: z.array(identifier).default([]),
  /** Who may approve; absent: anybody but who uses it. */
  approvers: z.array(identifier).min(1).optional(),
});
export type RequiredApproval = z.infer<typeof RequiredApproval>;

/** What is known of a job beforehand. The first entry whose `names` match holds. */
export const DeclaredJob = z.strictObject({
  id: name,
  /** Job ids, names as the caller gives them, or templates. */
  names: z.array(pattern).min(1),
  environments: z.array(environmentName).min(1).optional(),
  /** Who may start it without a further sponsor: its schedule. */
  schedule: z.strictObject({ principals: z.array(identifier).min(1) }).optional(),
  /** Who answers for its runs where nobody else does. */
  sponsor: identifier.optional(),
  /** Datasets it reads; a view stands for what it is made of. Absent: not judged. */
  inputs: z.array(pattern).min(1).optional(),
  /** Days between two runs: until then an identity that runs it is not dormant. */
  everyDays: z.number().int().min(1).max(400).optional(),
});
export type DeclaredJob = z.infer<typeof DeclaredJob>;

/** One way of records to here: a source, or for mesh and gateway `istio/CLUSTER/REPORTER`, `kong/CLUSTER`; `*` at the end. */
export const DeclaredPath = z.strictObject({
  path: pattern,
  /** An alert where it was never seen. */
  required: z.boolean().default(false),
  /** It speaks at least this often; absent: learned. */
  everySeconds: seconds.min(1).optional(),
  /** How late its records may be; absent: the class of the source. */
  latenessSeconds: seconds.optional(),
  /** It has a canary: without one in time the path is blind. */
  canary: z.boolean().default(false),
  /** Taken down on purpose: its silence holds nothing. */
  retired: z.boolean().default(false),
  /** Its push subscription, `projects/P/subscriptions/S`; absent: every one of the name `jobtrail-SOURCE`. */
  subscription: resourceName.optional(),
  /** Its log sinks, `projects/P/sinks/S`; absent: every one of that name. */
  sinks: z.array(resourceName).min(1).optional(),
  /** Paths that are used whenever this one is: records of theirs in its silence say that it fell silent. */
  witnesses: z.array(z.string().min(1).max(256)).min(1).optional(),
});
export type DeclaredPath = z.infer<typeof DeclaredPath>;

/** How the canary of a path is sent; a path of Cloud Audit Logs needs no entry here. */
export const DeclaredCanary = z.strictObject({
  path: z.string().min(1).max(256),
  /** Of mesh and gateway: an address whose requests the path records. The path of a request is the canary's own. */
  probe: z
    .url({ protocol: /^https?$/ })
    .max(1024)
    .refine((url) => new URL(url).pathname === '/', 'expected an address without a path')
    .optional(),
  /** Of the others: the project whose sink takes the canary's entry; absent: the function's own. */
  project: z.string().min(1).max(128).optional(),
});
export type DeclaredCanary = z.infer<typeof DeclaredCanary>;

const burst = (count: number, overSeconds: number) =>
  z
    .strictObject({
      count: z.number().int().min(1).max(100_000).default(count),
      seconds: seconds.min(1).default(overSeconds),
    })
    .default({ count, seconds: overSeconds });

/** Counts from which a thing is too much, over a sliding window of event time. */
export const Thresholds = z.strictObject({
  /** Distinct refused (method, resource) pairs of one identity or address. */
  deniedJobs: burst(5, 600),
  /** Distinct methods among them. */
  deniedMethods: burst(3, 600),
  partitionedReads: burst(10, 600),
  databricksDownloads: burst(21, 3600),
  databricksSecrets: burst(10, 3600),
  clusterSecrets: burst(10, 300),
  /** Days without any action after which an identity is dormant, and in which a method is new. */
  dormantDays: z.number().int().min(1).max(400).default(90),
  firstSeenDays: z.number().int().min(1).max(400).default(30),
  /** Days from the first record of an environment in which nothing is new or dormant. */
  learnDays: z.number().int().min(0).max(400).default(30),
});
export type Thresholds = z.infer<typeof Thresholds>;

export const Corroboration = z.strictObject({
  evidence: z.array(RequiredEvidence).default([]),
  /**
   * Workloads that pass on the calls of others, such as the gateway’s own: what the mesh sees them do is held against neither
   * the API’s record nor its caller, since the gateway’s record is.
   */
  relays: z.array(identifier).default([]),
  approvals: z.array(RequiredApproval).default([]),
  jobs: z.array(DeclaredJob).default([]),
  paths: z.array(DeclaredPath).default([]),
  canaries: z.array(DeclaredCanary).default([]),
  /** How often the scheduler has canaries sent. */
  canarySeconds: seconds.min(60).max(3600).default(300),
  /** Whether changes outside CI are held against signed deploy records: a deployer without one is a finding as well. */
  deployRecords: z.enum(['required', 'excuse', 'ignored']).default('excuse'),
  thresholds: Thresholds.prefault({}),
});
export type Corroboration = z.infer<typeof Corroboration>;
