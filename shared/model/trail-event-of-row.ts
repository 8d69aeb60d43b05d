/** A row of Events → the typed event. The one reader of rows for policy, detections and reconciliation. */
import type { Row } from '../../schemas/tables.ts';
import { ACTIONS, OUTCOMES, type DatasetOp, type Provenance, type Via } from './event.ts';
import type { JobId } from './job.ts';
import { PRINCIPAL_KINDS, type PrincipalId, type Proof } from './principal.ts';
import type { TrailActor, TrailClaims, TrailEvent } from './trail-event.ts';

/**
 * @param claims where they are at hand unparsed from the row, which is the case at ingest
 * @throws TypeError where the row was not written by this project: a column that must hold a known word holds another.
 */
export function trailEventOfRow(row: Row, claims: TrailClaims = claimsOf(row['Claims'])): TrailEvent {
  const phase = text(row['Phase']);
  const operation = text(row['OperationId']);
  return {
    id: text(row['EventId']) ?? '',
    time: text(row['EventTime']) ?? '',
    receiveTime: text(row['ReceiveTime']),
    source: text(row['Source']) ?? '',
    action: word(ACTION_WORDS, row['Action'], 'Action'),
    outcome: word(OUTCOME_WORDS, row['Outcome'], 'Outcome'),
    method: text(row['Method']) ?? '',
    status: typeof row['Status'] === 'number' ? row['Status'] : undefined,
    actor: actorOf(row),
    actingFor: chainOf(row),
    bindings: Array.isArray(row['Bindings']) ? row['Bindings'] : NONE,
    ...(Array.isArray(row['WaitsFor']) ? { waitsFor: row['WaitsFor'] } : undefined),
    keyName: text(row['KeyName']),
    runAs: principal(row['RunAs']),
    peer: principal(row['Peer']),
    job: job(row['JobId']),
    jobName: text(row['JobName']),
    parentJob: job(row['ParentJob']),
    operation:
      operation === undefined
        ? undefined
        : { id: operation, phase: phase === 'first' || phase === 'last' ? phase : 'only' },
    resource: text(row['Resource']),
    project: text(row['Project']),
    location: text(row['Location']),
    environment: text(row['Environment']),
    via: word(VIA_WORDS, row['Via'], 'Via'),
    provenance: word(PROVENANCE_WORDS, row['Provenance'], 'Provenance'),
    callKey: text(row['CallKey']),
    requestId: text(row['RequestId']),
    datasets: [
      ...datasets(row['Reads'], 'read'),
      ...datasets(row['Writes'], 'write'),
      ...datasets(row['Uses'], 'use'),
    ],
    claims,
    logName: text(row['LogName']),
    insertId: text(row['InsertId']),
    split: splitOf(row),
  };
}

const wordsOf = <T extends string>(words: readonly T[]): ReadonlyMap<string, T> =>
  new Map(words.map((each) => [each, each]));

const ACTION_WORDS = wordsOf(ACTIONS);
const OUTCOME_WORDS = wordsOf(OUTCOMES);
const VIA_WORDS = wordsOf<Via>(['direct', 'mesh', 'gateway']);
const PROVENANCE_WORDS = wordsOf<Provenance>(['provider', 'declared-writer', 'tenant', 'signed']);
const KIND_WORDS = wordsOf(PRINCIPAL_KINDS);
const PROOF_WORDS = wordsOf<Proof>([
  'mtls',
  'oidc',
  'oauth',
  'static-key',
  'federation',
  'password',
  'credential',
  'none',
]);

function word<T>(words: ReadonlyMap<string, T>, value: unknown, column: string): T {
  const known = typeof value === 'string' ? words.get(value) : undefined;
  if (known !== undefined) return known;
  throw new TypeError(`Column ${column} holds ${JSON.stringify(value)}, which is none of its words.`);
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const principal = (value: unknown): PrincipalId | undefined => text(value) as PrincipalId | undefined;
const job = (value: unknown): JobId | undefined => text(value) as JobId | undefined;

function actorOf(row: Row): TrailActor | undefined {
  const id = principal(row['Actor']);
  if (id === undefined) return undefined;
  return {
    id,
    kind: word(KIND_WORDS, row['ActorKind'], 'ActorKind'),
    proof: word(PROOF_WORDS, row['ActorProof'], 'ActorProof'),
    as: text(row['ActorAs']),
    owner: principal(row['ActorOwner']),
    lane: text(row['ActorLane']),
  };
}

function chainOf(row: Row): TrailEvent['actingFor'] {
  const { ActingFor: ids, ActingForBy: by } = row;
  if (!Array.isArray(ids)) return NONE;
  return ids.map((id: string, index) => ({
    id: id as PrincipalId,
    recordedBy: Array.isArray(by) ? (by[index] ?? '') : '',
  }));
}

function splitOf(row: Row): TrailEvent['split'] {
  const uid = text(row['SplitUid']);
  if (uid === undefined) return undefined;
  const { SplitIndex: index, SplitTotal: total } = row;
  return {
    uid,
    index: typeof index === 'number' ? index : 0,
    total: typeof total === 'number' ? total : undefined,
  };
}

const NONE: readonly never[] = [];

function datasets(value: unknown, op: DatasetOp): readonly { dataset: string; op: DatasetOp }[] {
  return Array.isArray(value) ? value.map((dataset: string) => ({ dataset, op })) : NONE;
}

function claimsOf(value: unknown): TrailClaims {
  if (typeof value !== 'string') return {};
  const parsed: unknown = JSON.parse(value);
  const claims: Record<string, string | number | boolean> = {};
  if (typeof parsed !== 'object' || parsed === null) return claims;
  for (const [name, one] of Object.entries(parsed)) {
    if (
      name !== '__proto__' &&
      (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
    )
      claims[name] = one;
  }
  return claims;
}
