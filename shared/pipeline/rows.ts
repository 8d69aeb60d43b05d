/**
 * An event with its identities → the rows of one entry. Pure, and the hottest code after JSON.parse: one object
 * for the event, one for each edge, no intermediate copies.
 */
import { hash } from 'node:crypto';
import type { Row } from '../../schemas/tables.ts';
import type { TableRow } from '../store/store.ts';
import { clip } from './clip.ts';
import type { DecodedEntry } from '../envelope/envelope.ts';
import type { AuditEventDraft, DatasetUse, Provenance } from '../model/event.ts';
import type { ResolvedIdentity, ResolvedPrincipal } from '../model/principal.ts';
import type { SourceName } from '../sources/source.ts';

export interface EventContext {
  readonly source: SourceName;
  readonly normaliser: number;
  readonly environment: string | undefined;
  readonly provenance: Provenance;
  readonly policyDigest: string;
  readonly expireAt: string;
  /** Redacted raw text, where the event's class keeps it. */
  readonly raw: string | undefined;
}

/** Rows of one entry, key row first. A submission with two datasets makes four (six with its index entries). */
export function eventRows(
  decoded: DecodedEntry,
  draft: AuditEventDraft,
  identity: ResolvedIdentity,
  context: EventContext,
): [TableRow, ...TableRow[]] {
  const { entry } = decoded;
  const actor = identity.actor;
  const datasets = draft.outcome === 'denied' ? [] : (draft.datasets ?? []);
  // A mesh or gateway call points at its job by its path and call key: the index by job is for the job's own records.
  const jobId = draft.action === 'api.call' ? undefined : clip(draft.job, 512);
  const call = draft.call;
  const row: { -readonly [K in keyof Row]: Row[K] } = {
    EventId: decoded.eventId,
    Shard: Number.parseInt(decoded.eventId.charAt(0), 16),
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
    Trace: clip(entry.trace, 256),
    Reads: namesOf(datasets, 'read'),
    Writes: namesOf(datasets, 'write'),
    Uses: namesOf(datasets, 'use'),
    Claims: draft.claims === undefined ? undefined : JSON.stringify(draft.claims),
    SplitUid: clip(entry.split?.uid, 128),
    SplitIndex: entry.split === undefined ? undefined : (entry.split.index ?? 0),
    SplitTotal: entry.split?.totalSplits,
    LogName: clip(entry.logName, 1024),
    InsertId: clip(entry.insertId, 512),
    Normaliser: context.normaliser,
    PolicyDigest: jobId === undefined ? undefined : context.policyDigest,
    Digest: decoded.digest,
    Raw: context.raw,
    ExpireAt: context.expireAt,
  };
  const variant = variantOf(row);
  row['Variant'] = variant;
  const rows: [TableRow, ...TableRow[]] = [{ table: 'Events', row }];
  if (jobId === undefined) return rows;

  const edge = (node: string, op: string, strength: string): void => {
    rows.push({
      table: 'Edges',
      row: {
        Node: node,
        Op: op,
        JobId: jobId,
        EventId: decoded.eventId,
        Variant: variant,
        EventTime: decoded.eventTime,
        Actor: actor?.principal.id,
        ActingFor: row['ActingFor'],
        Environment: context.environment,
        Outcome: draft.outcome,
        Strength: strength,
        PolicyDigest: context.policyDigest,
        ExpireAt: context.expireAt,
      },
    });
  };
  const verb = actorVerb(draft);
  if (verb !== undefined && actor !== undefined) {
    edge(actor.principal.id, verb, 'stated');
    const delegators = new Set(identity.actingFor.map((link) => link.principal.id));
    for (const id of delegators) if (id !== actor.principal.id) edge(id, 'for', 'stated');
  }
  const seen = new Set<string>();
  for (const use of datasets) {
    const key = `${use.op} ${use.dataset}`;
    if (seen.has(key)) continue;
    seen.add(key);
    edge(use.dataset, use.op, use.strength);
  }
  if (draft.parentJob !== undefined && row['ParentJob'] !== jobId) {
    edge(String(row['ParentJob']), 'spawn', 'stated');
  }
  return rows;
}

/**
 * Tells contents under one event id apart: the first 64 bits of SHA-256 over the recorded columns that come from the
 * entry, as JSON. Spelled out column by column, since a loop over fifty names costs as much as the hash.
 */
function variantOf(row: Row): string {
  const recorded = JSON.stringify([
    row['ReceiveTime'],
    row['Action'],
    row['Outcome'],
    row['Method'],
    row['Status'],
    row['Actor'],
    row['ActorProof'],
    row['ActorAs'],
    row['ActorAbsent'],
    row['ActingFor'],
    row['ActingForBy'],
    row['KeyName'],
    row['RunAs'],
    row['Peer'],
    row['JobId'],
    row['JobName'],
    row['ParentJob'],
    row['OperationId'],
    row['Phase'],
    row['Resource'],
    row['Project'],
    row['Location'],
    row['Via'],
    row['CallKey'],
    row['RequestId'],
    row['Trace'],
    row['Reads'],
    row['Writes'],
    row['Uses'],
    row['Claims'],
    row['SplitUid'],
    row['SplitTotal'],
  ]);
  return hash('sha256', recorded, 'hex').slice(0, 16);
}

/** The verb of a principal → job edge; undefined where the event is about the job and not done to it by somebody. */
function actorVerb(draft: AuditEventDraft): string | undefined {
  switch (draft.action) {
    case 'job.submit':
    case 'job.start':
    case 'job.update':
    case 'job.cancel':
    case 'job.delete':
    case 'session.create':
    case 'session.terminate':
    case 'session.delete':
    case 'session.run':
    case 'workflow.run':
    case 'exec.interactive':
      // The entry that ends an operation repeats what its first entry said.
      return draft.operation?.phase === 'last'
        ? undefined
        : draft.action.slice(draft.action.indexOf('.') + 1);
    default:
      return undefined;
  }
}

function texts<T>(items: readonly T[], of: (item: T) => string): readonly string[] | undefined {
  return items.length === 0 ? undefined : items.map(of);
}

function namesOf(datasets: readonly DatasetUse[], op: DatasetUse['op']): readonly string[] | undefined {
  if (datasets.length === 0) return undefined;
  const names = new Set<string>();
  for (const use of datasets) if (use.op === op) names.add(use.dataset);
  return names.size === 0 ? undefined : [...names].sort();
}

/** Every binding an identity of the event rests on, once. */
function bindingsOf(identity: ResolvedIdentity): readonly string[] | undefined {
  const all = new Set<string>();
  const take = (resolved: ResolvedPrincipal | undefined): void => {
    if (resolved !== undefined) for (const id of resolved.bindings) all.add(id);
  };
  take(identity.actor);
  for (const link of identity.actingFor) take(link);
  take(identity.runAs);
  take(identity.peer);
  return all.size === 0 ? undefined : [...all];
}
