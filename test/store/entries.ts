/** Entries as the pipeline hands them to a store, with every kind of column filled somewhere. */
import { hash } from 'node:crypto';
import type { Row } from '../../schemas/tables.ts';
import { rowDigest } from '../../shared/store/row-digest.ts';
import type { CommitBatch, EntryRows, TableRow } from '../../shared/store/store.ts';

const sha256 = (text: string): string => hash('sha256', text, 'hex');
const POLICY = sha256('policy');
const EXPIRES = '2027-11-20T00:00:00.000000000Z';
export const NOW = '2026-11-20T12:00:00.000000000Z';

/** `name` decides the event id; `over` the rest. The variant follows from the columns. */
export function eventRow(name: string, over: Row = {}): Row {
  const id = sha256(name);
  const row = {
    EventId: id,
    Shard: Number.parseInt(id.charAt(0), 16),
    EventTime: '2026-11-20T01:02:03.123456789Z',
    ReceiveTime: '2026-11-20T01:02:04.000000001Z',
    Source: 'istio',
    Action: 'api.call',
    Outcome: 'allowed',
    Method: 'POST',
    Status: 200,
    Actor: 'user:google:ana@example.com',
    ActorKind: 'user',
    ActorProof: 'mtls',
    Environment: 'prod',
    Via: 'mesh',
    Provenance: 'declared-writer',
    Claims: JSON.stringify({ host: 'dataproc.googleapis.com', port: 443 }),
    Normaliser: 1,
    Digest: sha256(`bytes of ${name}`),
    ExpireAt: EXPIRES,
    ...over,
  };
  return { ...row, Variant: rowDigest('Events', row).slice(0, 16) };
}

export function eventEntry(name: string, over: Row = {}): EntryRows {
  return { kind: 'event', rows: [{ table: 'Events', row: eventRow(name, over) }] };
}

export interface JobSpec {
  readonly job: string;
  readonly time?: string;
  readonly actor?: string;
  readonly actingFor?: readonly string[];
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly uses?: readonly string[];
  readonly over?: Row;
}

/** A job's submission with its edges. */
export function jobEntry(spec: JobSpec): EntryRows {
  const { job, actor = 'user:google:ana@example.com', actingFor, reads = [], writes = [], uses = [] } = spec;
  const row = eventRow(`submission of ${job} ${spec.time ?? ''}`, {
    Source: 'dataproc',
    Action: 'job.submit',
    Method: 'google.cloud.dataproc.v1.JobController.SubmitJob',
    EventTime: spec.time ?? '2026-11-20T01:02:03.123456789Z',
    JobId: job,
    Actor: actor,
    ActingFor: actingFor,
    Via: 'direct',
    Provenance: 'provider',
    Reads: reads.length === 0 ? undefined : reads,
    Writes: writes.length === 0 ? undefined : writes,
    Uses: uses.length === 0 ? undefined : uses,
    PolicyDigest: POLICY,
    ...spec.over,
  });
  const edges: TableRow[] = [
    edgeOf(row, actor, 'submit'),
    ...(actingFor ?? []).map((principal) => edgeOf(row, principal, 'for')),
    ...reads.map((dataset) => edgeOf(row, dataset, 'read')),
    ...writes.map((dataset) => edgeOf(row, dataset, 'write')),
    ...uses.map((dataset) => edgeOf(row, dataset, 'use')),
  ];
  return { kind: 'event', rows: [{ table: 'Events', row }, ...edges] };
}

export function edgeOf(event: Row, node: string, op: string): TableRow {
  return {
    table: 'Edges',
    row: {
      Node: node,
      Op: op,
      JobId: event['JobId'],
      EventId: event['EventId'],
      Variant: event['Variant'],
      EventTime: event['EventTime'],
      Actor: event['Actor'],
      ActingFor: event['ActingFor'],
      Environment: event['Environment'],
      Outcome: event['Outcome'],
      Strength: 'stated',
      PolicyDigest: POLICY,
      ExpireAt: EXPIRES,
    },
  };
}

export interface VersionSpec {
  readonly policy: string;
  readonly time: string;
  readonly plane?: string;
  readonly change?: 'set' | 'delete' | 'delta';
  /** Decides the digest. */
  readonly content?: string;
  readonly over?: Row;
}

/** A change of a policy with the version it leaves. */
export function policyEntry(spec: VersionSpec): EntryRows {
  const { policy, time, plane = 'mesh', change = 'set', content } = spec;
  const row = eventRow(`${change} ${policy} ${time} ${content ?? ''}`, {
    Source: 'kubernetes',
    Action: 'policy.change',
    Method: 'io.istio.security.v1.authorizationpolicies.update',
    EventTime: time,
    Project: 'prod',
    Via: 'direct',
    Provenance: 'provider',
    ...spec.over,
  });
  const version: Row = {
    Plane: plane,
    Policy: policy,
    EventTime: time,
    EventId: row['EventId'],
    Variant: row['Variant'],
    Change: change,
    ContentDigest: content === undefined ? null : sha256(content),
    Actor: row['Actor'],
    ActingFor: row['ActingFor'],
    Project: row['Project'],
    Environment: row['Environment'],
    Provenance: row['Provenance'],
    ExpireAt: EXPIRES,
  };
  return {
    kind: 'event',
    rows: [
      { table: 'Events', row },
      { table: 'PolicyVersions', row: version },
    ],
  };
}

export function quarantineEntry(raw: string, over: Row = {}): EntryRows {
  const row = {
    QuarantineId: sha256(raw),
    Source: 'istio',
    Reason: 'entry-not-json',
    Message: 'The entry is not JSON.',
    Hint: 'Correct the writer.',
    Raw: raw,
    RawEncoding: 'utf8',
    RawBytes: Buffer.byteLength(raw),
    FirstSeen: NOW,
    ExpireAt: EXPIRES,
    ...over,
  };
  return { kind: 'quarantine', rows: [{ table: 'Quarantine', row }] };
}

export function batchOf(entries: readonly EntryRows[], over: Partial<CommitBatch> = {}): CommitBatch {
  return { source: 'istio', path: 'replay', entries, filteredBy: {}, unknownMethods: {}, now: NOW, ...over };
}
