/** What each column of schemas/tables.ts holds. The generated page refuses a column that is not here, and one too many. */
import { SIGHTING_FAMILIES, WITNESS_FAMILIES } from '../../shared/corroboration/facts.ts';
import type { TableName } from '../../schemas/tables.ts';

type Meanings = Readonly<Record<string, string>>;

const EVENTS: Meanings = {
  EventId:
    'id of the entry: SHA-256 of log name, time, insert id and split index, or of the content where one of these is missing',
  Variant: 'first 16 hex digits of a digest of what was recorded; two contents under one id differ here',
  Shard: 'first hex digit of `EventId`, 0 to 15, so that the index by time takes writes everywhere',
  EventTime: '`timestamp` of the entry in nanoseconds, `receiveTimestamp` where it has none',
  ReceiveTime: '`receiveTimestamp`: when Cloud Logging had it',
  Source: 'source that normalised it',
  Action: 'what was done ([vocabulary](vocabulary.md))',
  Outcome: 'how it went',
  Method: 'method as the service spells it; HTTP verb of a mesh or gateway entry',
  Status: 'google.rpc code of an audit entry, HTTP status of a mesh or gateway entry',
  Actor: 'canonical id of the caller ([identity](identity.md)), after bindings',
  ActorKind: 'user, service-account, workload, agent, group, system, unknown',
  ActorProof: 'what proved the caller',
  ActorAs: 'id as the entry proved it, where a binding or a declaration as an agent led to another',
  ActorOwner: 'who answers for the agent that the actor is',
  ActorLane: 'lane that this agent is to keep to',
  ActorAbsent: 'why nobody is named',
  ActingFor: 'on whose behalf, original caller first',
  ActingForBy: 'which field recorded each link, in the same order',
  Bindings: 'ids of the bindings that any identity of the event rests on',
  KeyName: "user-managed key that minted the caller's token",
  RunAs: 'identity the work itself runs under',
  Peer: 'other end of a mesh connection',
  JobId: 'URN of the job; null for `api.call`, which points at a job by `CallKey` and `Resource`',
  JobName: "the caller's own name for the job; text of whoever submitted it",
  ParentJob: 'job that spawned this one',
  OperationId: 'long-running operation: two entries, one action',
  Phase: 'first, last or only entry of the operation',
  Resource: 'resource name of an audit entry, path of a mesh or gateway entry',
  Project: 'project the action was in: its id, or the number where only that is known',
  Location: 'region or zone',
  Environment: 'environment that the configuration puts the project in',
  Via: 'hop the record belongs to',
  Provenance: 'who can have written the record',
  CallKey: '`engine|method|project|region` of a job API call, spelled alike by audit log, mesh and gateway',
  RequestId: 'request id of proxy or service',
  Trace: 'trace of the entry',
  Reads: 'datasets read, sorted',
  Writes: 'datasets written, sorted',
  Uses: 'datasets used in a direction that the entry does not tell, sorted',
  Claims: 'other evidence as a JSON object of short scalars; no arguments, SQL or headers',
  SplitUid: 'what the pieces of one split entry share',
  SplitIndex: 'which piece this is, from 0',
  SplitTotal: 'how many pieces there are',
  LogName: 'with `EventTime` and `InsertId`: where the entry is in Cloud Logging',
  InsertId: '`insertId` of the entry',
  Normaliser: "version of the source's code that made the row",
  Decision:
    'what declared policy says of it; null where policy does not decide such events, or there is none',
  DecidedBy: 'ids of the policies that decided, or that may where it is undetermined',
  WaitsFor: 'what an undetermined decision hangs on: approval, via, prior',
  PolicyDigest: 'digest of the configuration in force; null where no job is named',
  Digest: 'SHA-256 of the bytes of the rendition stored first, whitespace between JSON tokens left out',
  Raw: 'that rendition, secrets redacted, for the classes in `rawClasses`',
  ExpireAt: 'when the row is deleted: the later of event and receive time plus the days of its class',
};

const EDGES: Meanings = {
  Node: 'the end that is not the job: principal, dataset or parent job',
  Op: 'what `Node` is to the job',
  JobId: 'the job',
  EventId: 'event that says so',
  Variant: 'and its variant',
  EventTime: 'time of the event',
  Actor: 'caller of the event',
  ActingFor: 'on whose behalf, original caller first',
  Environment: 'environment of the event',
  Outcome: 'outcome of the event',
  Strength: 'how sure it is that the two ends belong together',
  PolicyDigest: 'digest of the configuration in force',
  ExpireAt: 'as the event',
};

const POLICY_VERSIONS: Meanings = {
  Plane: 'who decides: `mesh`, `gateway`, `iam`, `organisation`',
  Policy: 'names the policy through all its versions ([below](#policy-versions))',
  EventTime: 'from when this version holds, until the next; newest first in the key',
  EventId: 'event that made it: its request and, by its class, its raw text',
  Variant: 'and its variant',
  Change: '`set`: this content; `delete`: it is gone; `delta`: changed, and only the difference is told',
  ContentDigest:
    'SHA-256 of the canonical content, equal for equal contents; null where no whole content is told',
  Actor: 'caller of the event',
  ActingFor: 'on whose behalf, original caller first',
  Project: 'project of the event',
  Environment: 'environment of the event',
  Provenance: 'who can have written the record',
  ExpireAt: 'the later of event and receive time plus the days of the class policy',
};

const QUARANTINE: Meanings = {
  QuarantineId:
    'digest of the raw bytes, their ordinal among identical ones of one file or message, and the source',
  Source: 'source that owned it, or `unrouted`',
  Reason: 'error code ([errors](errors.md))',
  Message: 'what is wrong, a sentence',
  Hint: 'what to do about it',
  Raw: 'raw text, secrets redacted; base64 of what is no text',
  RawEncoding: '`utf8` or `base64`',
  RawBytes: 'bytes received, also where `Raw` holds only their head',
  FirstSeen: 'when it came first',
  ExpireAt: '`FirstSeen` plus the days of the class quarantine',
};

const RENDITIONS: Meanings = {
  EventId: 'event that was met in more than one byte form',
  Variant: 'and its variant',
  Digest: 'SHA-256 of this form',
  Canonical: 'digest of the canonical form of `Raw`; null where `Raw` is not kept whole',
  Basis: 'what a comparison rests on: `canonical-form`, or `columns` where `Canonical` is null',
  Raw: 'this form, secrets redacted, for the classes in `rawClasses`',
  ExpireAt: 'as the event',
};

const RECEIPTS: Meanings = {
  ReceiptId: 'random id of the commit',
  CommitTime: 'clock of the instance at the commit',
  Source: 'source of the entries, or `unrouted`',
  Path: 'way in: push, pull, replay, backfill',
  Received: 'entries the commit accounts for',
  Stored: 'entries that made event rows, conflicting ones among them',
  Duplicate: 'entries whose event was there already',
  Filtered: 'entries left out by a named rule',
  Quarantined: 'entries kept raw with a reason',
  Conflicting: 'part of `Stored`: known id, other content',
  FilteredBy: 'JSON: rule to count',
  UnknownMethods: 'JSON: method that its source does not know to count',
  NewestReceiveTime: 'newest `receiveTimestamp` among the entries',
  RowCount: 'fact rows the commit inserted',
  RowRoot: 'RFC 6962 root over the sorted digests of these rows',
};

const FINDINGS: Meanings = {
  FindingId: 'SHA-256 of rule, version, key and event ids',
  Variant: 'of the event it was found in: two contents under one event id are two rows',
  Shard: '0 to 15, so that the index by time takes writes everywhere',
  Rule: 'id of the detection',
  RuleVersion: 'its version',
  Severity: '`low`, `medium`, `high`, `critical`',
  Verdict: '`violation`, or `undetermined`: the event does not tell enough, and nobody is alerted',
  FindingKey: 'what it is about; findings of one rule and key are one alert',
  Title: 'title of the rule',
  Summary: 'what happened, by whom, why it is wrong: one sentence',
  Evidence: 'JSON array of `[label, value]`, declared fields only',
  EventId: 'event that gave it',
  OtherEvents: 'further events it rests on',
  EventTime: 'time of the event that gave it',
  StoredAt: 'clock of the instance at the commit; what the sweep goes by',
  Actor: 'caller of the event',
  ActingFor: 'on whose behalf, original caller first',
  JobId: 'the job',
  Environment: 'environment of the event',
  PolicyDigest: 'digest of the configuration and policies it was found under',
  ExpireAt: 'as the event',
};

const EPISODES: Meanings = {
  EpisodeId: 'SHA-256 of rule and key',
  Number: 'which time around, from 1: a new finding after a resolution is the next',
  State: '`open`, `acknowledged` or `resolved`: what its transitions come to',
  Severity: 'highest of its findings; never falls',
  Occurrences: 'findings in it',
  FirstSeen: 'earliest event time of its findings',
  LastSeen: 'latest event time of its findings',
  OpenedAt: 'clock when its first finding was claimed',
  ChangedAt: 'clock of its last change',
  Changes: 'number of its last change; deliveries count in it',
  AcknowledgedChange: 'number of the change that acknowledged it',
  AcknowledgedBy: 'who did',
  AcknowledgedAt: 'when',
  ResolvedChange: 'number of the change that resolved it',
  ResolvedBy: 'who did',
  ResolvedAt: 'when: findings of a later event time open the next episode',
  ReopenedChange: 'number of the change that took an acknowledgement or a resolution back',
  ReopenedBy: 'who did',
  ReopenedAt: 'when',
  Rule: 'id of the detection',
  FindingKey: 'what it is about',
  Finding: 'JSON of the finding its messages are about: the earliest of the highest severity',
};

const EPISODE_TRANSITIONS: Meanings = {
  EpisodeId: 'the episode',
  Number: 'and which time around',
  TransitionId: 'digest of what it rests on: written twice, it is one change',
  Change: 'number of the change it made',
  Kind: '`open`, `reopen` (a later episode opens, or an answer is taken back), `merge`, `acknowledge`, `resolve`',
  ChangedAt: 'when',
  ChangedBy: 'principal id as the channel or the command line proved it, or `system:jobtrail`',
  Because: 'finding, callback or command it rests on',
};

const EPISODE_FINDINGS: Meanings = {
  FindingId: 'the finding',
  EpisodeId: 'the episode that holds it',
  Number: 'and which time around',
  Severity: 'highest severity under which the finding was claimed',
};

const DELIVERIES: Meanings = {
  EpisodeId: 'the episode',
  Number: 'and which time around',
  Channel: 'name of the channel in the configuration',
  Confirmed: "number of the episode's change that the channel confirmed last; 0: none",
  Wanted: 'number of the change it is to be told; equal to `Confirmed`: nothing is open',
  Ref: "the channel's own reference of the message",
  SendingSince: 'a send was begun then and its end is not known',
  Attempts: 'tries of the present message that failed',
  TryingSince: 'time of the first of them',
  DueAt: 'not before; of a taken row the end of its lease; null: nothing to do',
  Lease: 'whoever has taken it',
  SentAt: 'when the channel confirmed last',
  HeldBy: 'silence that holds it back, or `quiet-hours`',
  LastError: 'why the last try failed',
  FailedAt: 'given up then: refused, or tried for 24 hours',
};

const SILENCES: Meanings = {
  SilenceId: 'the silence; `HeldBy` of deliveries names it',
  CreatedAt: 'when the row was added: of several rows the last one says how the silence is',
  CreatedBy: 'who added it',
  Rules: 'ids of detections; absent: any, as of all that follow',
  Severities: 'severities',
  Environments: 'environments',
  Teams: 'teams',
  FindingKeys: 'keys',
  Owner: 'who answers for it',
  Reason: 'why',
  FromTime: 'from when it holds',
  UntilTime: 'until when',
};

const BUNDLES: Meanings = {
  Digest:
    'SHA-256 of what configuration, policies and rules say, whatever their layout; decided events cite it',
  Texts: 'the files as they were reviewed: JSON of names and texts',
  StoredAt: 'when they were kept first',
};

const BUNDLES_IN_FORCE: Meanings = {
  FromTime: 'inclusive: events from this time on are decided by this bundle, until the next row',
  Digest: 'the bundle',
  CommitId: 'version of the files in their repository',
  Reviewer: 'who reviewed it',
  PushedBy: 'who pushed it',
  PushedAt: 'when; at least five minutes before `FromTime`',
};

const WITNESSES: Meanings = {
  Family: `kind of group: ${WITNESS_FAMILIES.map((name) => `\`${name}\``).join(', ')}`,
  Subject: 'which group of the kind: a call’s engine, family, project and region, a principal, a policy, …',
  EventTime: 'time of the event',
  EventId: 'the event',
  Variant: 'and its variant',
  ExpireAt: 'as the event',
};

const VERDICTS: Meanings = {
  AnchorId: 'event that the verdict is about, or a digest of what was seen (`Sightings`)',
  Rule: 'id of the rule',
  About: 'tells verdicts of one rule over one anchor apart; empty where there is one',
  VerdictId: 'digest of the verdict and of its evidence: the same of the same evidence',
  RuleVersion: 'its version',
  Verdict: '`satisfied`, `violated` or `undetermined`',
  JoinedBy:
    'how the records were joined, the surest first: `request-id`, `job-id`, `operation-id`, `identity-and-time`, `time`',
  Reason: 'why, in a sentence',
  Cited: 'JSON array of the records it rests on: event, role, provenance, grade, whom it names',
  LateMs: 'milliseconds beyond its grace that the evidence came',
  FindingId: 'finding that it makes',
  EventTime: 'time of the anchor',
  JobId: 'the job',
  Environment: 'environment of the anchor',
  PolicyDigest: 'digest of the configuration that it was judged under',
  Facts:
    'records that were looked at; of two verdicts over one anchor the one that saw fewer is never the last',
  DecidedAt: 'clock of the decision: the last is what holds',
  ExpireAt: 'as findings',
};

const OPEN_WORK: Meanings = {
  Queue: 'empty: to be judged at `DueAt`; else the path whose watermark must pass `DueAt`',
  Shard: '0 to 15, so that the queue takes writes everywhere',
  DueAt: 'when, or which instant of event time is waited for',
  WorkId: 'event, or digest of what was seen',
  EventTime: 'time of it',
  Family: 'of what was seen: with `Subject` and `Bucket` its key in `Sightings`',
  Subject: 'see `Family`',
  Bucket: 'see `Family`',
};

const SIGHTINGS: Meanings = {
  Family: `kind: ${SIGHTING_FAMILIES.map((name) => `\`${name}\``).join(', ')}`,
  Subject: 'whose: a principal, an account, a job, …',
  Bucket: 'day, or ten minutes (`2026-11-18T10:2`) and what was touched in them',
  EventId: 'one of the events it stands for',
  ExpireAt: 'after 400 days',
};

const PATHS: Meanings = {
  Path: 'source, or `istio/CLUSTER/REPORTER`, `kong/CLUSTER`, `databricks/WORKSPACE`',
  Status: '`unseen`, `live`, `idle`, `lagging`, `blind`, `retired`',
  Watermark: 'up to this event time every record of the path is here',
  State: 'JSON: what is known of it',
  UpdatedAt: 'clock of the last look',
};

const ARRIVALS: Meanings = {
  Shard: '0 to 15',
  CommitTime: 'clock of the instance at the commit',
  ReceiptId: 'the commit',
  Paths: 'JSON: of each path counts, newest times, delays',
  ExpireAt: 'after 30 days',
};

const REDRIVEN: Meanings = {
  QuarantineId: 'the row in Quarantine, which stays as it is',
  RedrivenAt: 'clock of the command that read it again',
  Outcome: 'what it is now: stored, duplicate, filtered',
  EventIds: 'of what it became',
  Rule: 'of what was left out, the rule that says so',
  ExpireAt: 'as the quarantined row',
};

export const COLUMN_MEANING: Readonly<Record<TableName, Meanings>> = {
  Events: EVENTS,
  Edges: EDGES,
  PolicyVersions: POLICY_VERSIONS,
  Quarantine: QUARANTINE,
  Renditions: RENDITIONS,
  Receipts: RECEIPTS,
  Findings: FINDINGS,
  Episodes: EPISODES,
  EpisodeTransitions: EPISODE_TRANSITIONS,
  EpisodeFindings: EPISODE_FINDINGS,
  Deliveries: DELIVERIES,
  Bundles: BUNDLES,
  BundlesInForce: BUNDLES_IN_FORCE,
  Silences: SILENCES,
  Witnesses: WITNESSES,
  Verdicts: VERDICTS,
  OpenWork: OPEN_WORK,
  Sightings: SIGHTINGS,
  Paths: PATHS,
  Arrivals: ARRIVALS,
  Redriven: REDRIVEN,
};
