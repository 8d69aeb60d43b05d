/**
 * An event with its identities → the rows of one entry. Pure, and the hottest code after JSON.parse: one object
 * for the event, one for each edge, no intermediate copies.
 */
import type { Row } from '../../schemas/tables.ts';
import { findingRow } from '../alerts/finding-row.ts';
import { traceRows, type TraceRows } from '../corroboration/trace-rows.ts';
import type { Finding } from '../detections/finding.ts';
import type { EntryRows, TableRow } from '../store/store.ts';
import { clip } from './clip.ts';
import { isUndated } from '../envelope/entry-time.ts';
import type { DecodedEntry, EntryNotes } from '../envelope/envelope.ts';
import type { Action, AuditEventDraft, DatasetUse, Provenance } from '../model/event.ts';
import { NO_JOB } from '../model/job.ts';
import type { ResolvedIdentity, ResolvedPrincipal } from '../model/principal.ts';
import type { SourceName } from '../sources/source.ts';
import type { Judge, Judged } from './judge.ts';
import { variantOf } from './variant.ts';
import { versionRow } from './version-row.ts';

export interface EventContext {
  readonly source: SourceName;
  readonly normaliser: number;
  readonly environment: string | undefined;
  readonly provenance: Provenance;
  readonly policyDigest: string;
  readonly expireAt: string;
  /** Of the version of a policy that the event leaves, where it leaves one. */
  readonly versionExpireAt: string | undefined;
  /** Makes the redacted raw text, where the event's class keeps it. */
  readonly raw: (() => string) | undefined;
  /** Absent where events are recorded and not judged. */
  readonly judging?: Judging | undefined;
}

export interface Judging {
  /** Decides and detects under the bundle in force. */
  readonly judge: Judge;
  /** RFC 3339: when findings are stored, and until when they are kept; few events have one. */
  readonly storedAt: string;
  readonly expireAt: () => string;
  /** Of what is remembered of events. */
  readonly sightingExpireAt: () => string;
}

/**
 * Rows of one entry, key row first. A submission with two datasets makes four (six with its index entries). Their
 * Variant and the raw text are left to the commit.
 */
export function eventRows(
  decoded: DecodedEntry,
  draft: AuditEventDraft,
  identity: ResolvedIdentity,
  context: EventContext,
): EntryRows {
  const { entry } = decoded;
  const actor = identity.actor;
  const datasets = draft.outcome === 'denied' ? [] : (draft.datasets ?? []);
  // A mesh or gateway call points at its job by its path and call key: the index by job is for the job's own records.
  const jobId = draft.action === 'api.call' ? undefined : clip(draft.job, 512);
  // What is done to data, or decided about it, is an edge even where nobody says which job made it: the job may be found by its identity.
  const onData = draft.concerns !== undefined || (datasets.length > 0 && ACCESS.has(draft.action));
  const edgeJob = jobId ?? (onData ? NO_JOB : undefined);
  const call = draft.call;
  const claims = claimsOf(draft.claims, decoded.notes);
  const row = {
    EventId: decoded.eventId,
    Variant: '',
    Shard: hexDigit(decoded.eventId.charCodeAt(0)),
    EventTime: decoded.eventTime,
    ReceiveTime: decoded.receiveTime,
    Source: context.source,
    Action: draft.action,
    Outcome: draft.outcome,
    Method: clip(draft.method, 256) ?? '',
    Status: draft.status,
    Actor: actor?.principal.id,
    ActorKind: actor?.principal.kind,
    ActorProof: actor?.principal.proof,
    ActorAs: actor?.as,
    ActorOwner: actor?.owner,
    ActorLane: actor?.lane,
    ActorAbsent: actor === undefined ? (identity.absent ?? 'not-recorded') : undefined,
    ActingFor: texts(identity.actingFor, (link) => link.principal.id),
    ActingForBy: texts(identity.actingFor, (link) => link.recordedBy),
    Bindings: bindingsOf(identity),
    KeyName: clip(identity.keyName, 512),
    RunAs: identity.runAs?.principal.id,
    Peer: identity.peer?.principal.id,
    JobId: jobId,
    JobName: clip(draft.jobName, 1024),
    ParentJob: clip(draft.parentJob, 512),
    OperationId: clip(draft.operation?.id, 256),
    Phase: draft.operation?.phase,
    Resource: clip(draft.resource, 2048),
    Project: clip(draft.project, 128),
    Location: clip(draft.location, 128),
    Environment: context.environment,
    Via: draft.via,
    Provenance: context.provenance,
    CallKey:
      call === undefined
        ? undefined
        : clip(`${call.engine}|${call.method}|${call.project ?? ''}|${call.region ?? ''}`, 512),
    RequestId: clip(draft.requestId, 128),
    Trace: clip(draft.trace ?? traceId(entry.trace), 256),
    Reads: namesOf(datasets, 'read'),
    Writes: namesOf(datasets, 'write'),
    Uses: namesOf(datasets, 'use'),
    Claims: textOf(claims),
    SplitUid: clip(entry.split?.uid, 128),
    SplitIndex: entry.split === undefined ? undefined : (entry.split.index ?? 0),
    SplitTotal: entry.split?.totalSplits,
    LogName: clip(entry.logName, 1024),
    InsertId: clip(entry.insertId, 512),
    Normaliser: context.normaliser,
    Decision: undefined as string | undefined,
    DecidedBy: undefined as readonly string[] | undefined,
    WaitsFor: undefined as readonly string[] | undefined,
    PolicyDigest: edgeJob === undefined ? undefined : context.policyDigest,
    Digest: decoded.digest,
    Raw: undefined,
    ExpireAt: context.expireAt,
  };
  // From when on it holds, an undated change does not tell.
  const policy = draft.outcome === 'allowed' && !isUndated(decoded) ? draft.policy : undefined;
  const judged = context.judging?.judge(row, draft.action, claims, { policy, splitUid: row.SplitUid });
  const decision = judged?.decision;
  if (decision !== undefined) {
    row.Decision = decision.outcome;
    if (decision.policies.length > 0) row.DecidedBy = decision.policies;
    if (decision.waitsFor.length > 0) row.WaitsFor = decision.waitsFor;
    row.PolicyDigest = context.policyDigest;
  }
  const rows: [TableRow, ...TableRow[]] = [{ table: 'Events', row }];
  if (edgeJob !== undefined) addEdges(rows, row, edgeJob, draft, identity, datasets);
  if (policy !== undefined) rows.push(versionRow(row, policy, context.versionExpireAt ?? context.expireAt));
  if (judged !== undefined && context.judging !== undefined) {
    for (const finding of judged.findings) rows.push(rowOfFinding(finding, row.Shard, context.judging));
  }
  const traced = tracedBy(judged, context);
  if (traced !== undefined) rows.push(...traced.witnesses);
  return {
    kind: 'event',
    rows,
    ...(traced === undefined ? undefined : { work: traced.work, sightings: traced.sightings }),
    complete: () => ({ variant: variantOf(row, identity, policy), raw: context.raw?.() }),
  };
}

/** Undefined where the event leaves nothing, which is nearly always. */
function tracedBy(judged: Judged | undefined, { judging, expireAt }: EventContext): TraceRows | undefined {
  if (judged === undefined || judging === undefined) return undefined;
  const { event, traces } = judged;
  const rows = traceRows(event, traces, { event: expireAt, sighting: judging.sightingExpireAt });
  return rows.witnesses.length + rows.work.length + rows.sightings.length === 0 ? undefined : rows;
}

/** The edges of an event's row, to the job's principals, datasets and parent; `NO_JOB` has datasets only. */
function addEdges(
  rows: TableRow[],
  event: Row,
  jobId: string,
  draft: AuditEventDraft,
  identity: ResolvedIdentity,
  datasets: readonly DatasetUse[],
): void {
  const actor = identity.actor?.principal.id;
  const edge = (node: string, op: string, strength: string): void => {
    rows.push({
      table: 'Edges',
      row: {
        Node: node,
        Op: op,
        JobId: jobId,
        EventId: event['EventId'],
        Variant: event['Variant'],
        EventTime: event['EventTime'],
        Actor: actor,
        ActingFor: event['ActingFor'],
        Environment: event['Environment'],
        Outcome: draft.outcome,
        Strength: strength,
        PolicyDigest: event['PolicyDigest'],
        ExpireAt: event['ExpireAt'],
      },
    });
  };
  const verb = actorVerb(draft);
  if (verb !== undefined && actor !== undefined) {
    edge(actor, verb, 'stated');
    const delegators = new Set(identity.actingFor.map((link) => link.principal.id));
    for (const id of delegators) if (id !== actor) edge(id, 'for', 'stated');
  }
  const runAs = identity.runAs?.principal.id;
  if (runAs !== undefined && runsAs(draft, event)) edge(runAs, 'runs', 'stated');
  const concerns = draft.concerns ?? NO_CONCERNS;
  // Most events have one, and to name it costs more than its edge.
  const several = datasets.length + concerns.length > 1 ? new Set<string>() : undefined;
  const first = (dataset: string, op: string): boolean =>
    several === undefined || several.size < several.add(`${op} ${dataset}`).size;
  for (const { dataset, op, strength } of datasets) if (first(dataset, op)) edge(dataset, op, strength);
  for (const { dataset, op } of concerns) if (first(dataset, op)) edge(dataset, op, 'declared');
  if (draft.parentJob !== undefined && event['ParentJob'] !== jobId && jobId !== NO_JOB) {
    edge(String(event['ParentJob']), 'spawn', draft.parentStrength ?? 'stated');
  }
}

const NO_CONCERNS: NonNullable<AuditEventDraft['concerns']> = [];

/** Actions that are accesses to data, whatever work they belong to. */
const ACCESS: ReadonlySet<Action> = new Set<Action>(['data.read', 'data.write', 'data.delete', 'data.share']);

/** Actions whose actor does something to the job that the event is about. */
const DONE_TO_A_JOB: ReadonlySet<Action> = new Set<Action>([
  'job.submit',
  'job.start',
  'job.update',
  'job.cancel',
  'job.delete',
  'session.create',
  'session.terminate',
  'session.delete',
  'session.run',
  'workflow.run',
  'exec.interactive',
]);

/**
 * Whether the event says which identity a job runs under, so that what this identity touches may be the job's. A BigQuery
 * job is named by every access that it makes, and what a log line of the work itself says of its identity proves nothing.
 */
function runsAs(draft: AuditEventDraft, event: Row): boolean {
  if (event['Provenance'] === 'tenant' || event['Source'] === 'bigquery') return false;
  return draft.action === 'job.observe' || actorVerb(draft) !== undefined;
}

/** The verb of a principal → job edge; undefined where the event is about the job and not done to it by somebody. */
function actorVerb(draft: AuditEventDraft): string | undefined {
  // The entry that ends an operation repeats what its first entry said.
  if (draft.operation?.phase === 'last' || !DONE_TO_A_JOB.has(draft.action)) return undefined;
  return draft.action.slice(draft.action.indexOf('.') + 1);
}

/** The event's claims, and beside them what had to be made up for before its entry could be read. */
function claimsOf(
  claims: AuditEventDraft['claims'],
  notes: EntryNotes | undefined,
): AuditEventDraft['claims'] {
  return notes === undefined ? claims : { ...claims, ...notes };
}

const rowOfFinding = (finding: Finding, shard: number, { storedAt, expireAt }: Judging): TableRow => ({
  table: 'Findings',
  row: findingRow(finding, { shard, variant: '', storedAt, expireAt: expireAt() }),
});

const textOf = (claims: AuditEventDraft['claims']): string | undefined =>
  claims === undefined ? undefined : JSON.stringify(claims);

function texts<T>(items: readonly T[], of: (item: T) => string): readonly string[] | undefined {
  return items.length === 0 ? undefined : items.map(of);
}

function namesOf(datasets: readonly DatasetUse[], op: DatasetUse['op']): readonly string[] | undefined {
  const [only] = datasets;
  if (only === undefined) return undefined;
  if (datasets.length === 1) return only.op === op ? [only.dataset] : undefined;
  let names: Set<string> | undefined;
  for (const use of datasets) if (use.op === op) (names ??= new Set()).add(use.dataset);
  return names === undefined ? undefined : [...names].sort();
}

/** Every binding an identity of the event rests on, once. */
function bindingsOf(identity: ResolvedIdentity): readonly string[] | undefined {
  const { actor, actingFor, runAs, peer } = identity;
  // Nearly no entry rests on one.
  if (actingFor.length === 0 && !isBound(actor) && !isBound(runAs) && !isBound(peer)) return undefined;
  const all = new Set<string>();
  for (const one of [actor, ...actingFor, runAs, peer]) {
    for (const id of one?.bindings ?? []) all.add(id);
  }
  return all.size === 0 ? undefined : [...all];
}

const isBound = (one: ResolvedPrincipal | undefined): boolean => one !== undefined && one.bindings.length > 0;

/** The id alone of `projects/P/traces/ID`: whose project it is, the log's name says. */
function traceId(trace: string | undefined): string | undefined {
  if (trace?.startsWith('projects/') !== true) return trace;
  const at = trace.indexOf('/traces/');
  return at < 0 ? trace : trace.slice(at + 8);
}

/** The value of a lower-case hex digit's character code. */
const hexDigit = (code: number): number => (code < 0x3a ? code - 0x30 : code - 0x57);
