/** The groups and sightings of one kind of event each, for traces.ts. */
import { delegationSteps } from '../detections/delegation-steps.ts';
import { textOf } from '../detections/evidence.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { partiesOf } from '../detections/kinds.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { Action } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callFamilyOf, callGroup, callSubject, connectedEngine, connectionGroup } from './call-family.ts';
import type { SightingFamily, WitnessFamily } from './facts.ts';
import { doersOf } from './same-identity.ts';
import { accessBucket, clusterSubject, delegationSubject, runsBucket } from './subjects.ts';
import { dayOf, tenMinutesOf } from './buckets.ts';

/** A job of BigQuery is named by every access that it makes, and what the work says of itself proves nothing. */
export const saysWhoRuns = ({ action, source, provenance, outcome }: TrailEvent): boolean =>
  provenance !== 'tenant' && source !== 'bigquery' && outcome !== 'denied' && RUNS.has(action);

const RUNS: ReadonlySet<Action> = new Set<Action>([
  'job.submit',
  'job.start',
  'job.update',
  'job.observe',
  'session.create',
  'workflow.run',
]);

export type AddWitness = (family: WitnessFamily, subject: string | undefined) => void;
export type AddSighting = (family: SightingFamily, subject: string, bucket: string) => void;

/** Calls that start work, as a hop saw them. */
export function addCall(event: TrailEvent, witness: AddWitness, seen: AddSighting): void {
  const engine = connectedEngine(event.callKey);
  if (engine !== undefined && event.outcome !== 'denied' && event.provenance !== 'tenant')
    for (const who of doersOf(event)) witness('call', connectionGroup(engine, who));
  const call = callFamilyOf(event.callKey);
  if (call === undefined) return;
  if (event.outcome !== 'denied') witness('call', callGroup(call));
  if (event.outcome !== 'allowed' || event.provenance === 'tenant') return;
  for (const who of partiesOf(event))
    seen('hop', `${event.via}|${call.engine}|${call.project}|${who}`, dayOf(event.time));
}

/** Whom an approval is for, and its own id, by which it is taken back. */
export function addGrant({ claims, actor }: TrailEvent, witness: AddWitness): void {
  witness('grant', textOf(claims, 'beneficiary') ?? actor?.id);
  const id = textOf(claims, 'approvalId');
  witness('grant', id === undefined ? undefined : `id:${id}`);
}

export function addStart(event: TrailEvent, witness: AddWitness, seen: AddSighting): void {
  const call = callFamilyOf(event.callKey);
  if (call !== undefined) witness('call', callSubject(call));
  const parties = partiesOf(event);
  for (const who of parties) witness('start', who);
  for (const [from, to] of delegationSteps(event))
    seen('delegation', delegationSubject(from, to), dayOf(event.time));
  if (event.action === 'cluster.create') addCluster(event, witness);
}

/** The account that an event of IAM makes. */
export function createdIdentityOf({
  method,
  action,
  outcome,
  provenance,
  claims,
}: TrailEvent): string | undefined {
  if (action !== 'iam.change' || outcome !== 'allowed' || provenance !== 'provider') return undefined;
  if (!method.endsWith('CreateServiceAccount')) return undefined;
  const account = textOf(claims, 'serviceAccount');
  return account?.includes('@') === true ? parseIdentifier(account)?.id : undefined;
}

/** Jobs of a cluster name the cluster and not whom they run as: its creation tells that. */
function addCluster({ runAs, project, location, claims }: TrailEvent, witness: AddWitness): void {
  const cluster = textOf(claims, 'cluster');
  if (runAs === undefined || project === undefined || location === undefined || cluster === undefined) return;
  witness('cluster', runAs);
  witness('cluster', clusterSubject(project, location, cluster));
}

/** An application of YARN names its cluster, with its end or its lines as well: jobs of the cluster may be what started it. */
export function addApplication(
  { job, time, project, location, claims }: TrailEvent,
  seen: AddSighting,
): void {
  const cluster = textOf(claims, 'cluster');
  if (job?.startsWith('yarn:') !== true || project === undefined || location === undefined) return;
  if (cluster !== undefined)
    seen('application', clusterSubject(project, location, cluster), runsBucket(dayOf(time), job));
}

export function addJobData({ job, time, datasets }: TrailEvent, seen: AddSighting): void {
  if (job === undefined) return;
  for (const { dataset, op } of datasets)
    seen('job-data', job, accessBucket(dayOf(time), op === 'read' ? 'r' : 'w', dataset));
}

export function addAccess(event: TrailEvent, declared: DeclaredFacts, seen: AddSighting): void {
  const { action, actor, job, time, datasets } = event;
  const mark = action === 'data.read' ? 'r' : 'w';
  addJobData(event, seen);
  if (job !== undefined && datasets.length === 0) seen('job-data', job, accessBucket(dayOf(time), mark, ''));
  // A job of BigQuery does not tell whose work it is part of; another that is named is the caller's word.
  if (actor === undefined || !declared.isAnyRuntimeAccount(actor.id)) return;
  for (const { dataset } of datasets)
    seen('touched', actor.id, accessBucket(tenMinutesOf(time), mark, dataset));
}

/**
 * By whom access to data is held against changes of rights: people and agents, where anybody is declared to make such changes.
 * What accounts touch for jobs is a hundred times as much.
 */
export const isJudgedAccess = (
  { action, actor, outcome, provenance }: TrailEvent,
  declared: DeclaredFacts,
): boolean =>
  ACCESS.has(action) &&
  outcome === 'allowed' &&
  provenance !== 'tenant' &&
  (actor?.kind === 'user' || actor?.kind === 'agent') &&
  declared.hasDeployers;

/** Identities and the address that were refused something of jobs or their data. */
export function deniedOf(event: TrailEvent): readonly string[] {
  const ofJobs =
    event.callKey !== undefined ||
    JOB_SERVICES.has(event.source) ||
    textOf(event.claims, 'perimeterViolation') !== undefined;
  if (!ofJobs) return [];
  const address = textOf(event.claims, 'callerIp');
  return [
    ...new Set(partiesOf(event)),
    ...(address === undefined || !ADDRESS.test(address) ? [] : [`ip:${address}`]),
  ];
}

/** `private` and `gce-internal-ip` stand for everybody. */
const ADDRESS = /^[0-9a-fA-F.:]{3,45}$/;

const JOB_SERVICES: ReadonlySet<string> = new Set([
  'dataproc',
  'dataflow',
  'databricks',
  'bigquery',
  'spanner',
]);
/** Engines whose audit log tells of every job start. */
export const AUDITED: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);
export const WORK: ReadonlySet<Action> = new Set<Action>([
  'job.observe',
  'job.run',
  'job.start',
  'job.finish',
  'session.run',
  'exec.interactive',
]);
export const ACCESS: ReadonlySet<Action> = new Set<Action>([
  'data.read',
  'data.write',
  'data.delete',
  'data.share',
]);
