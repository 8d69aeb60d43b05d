/**
 * What an event leaves for the rules over several records: the groups it belongs to, what is remembered of it, and whether a
 * rule must be asked. A function of the event and of what was declared at its time, computed at ingest and again by a rebuild.
 */
import { textOf } from '../detections/evidence.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { beginsWork, partiesOf } from '../detections/kinds.ts';
import type { Action, PolicyVersion } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callFamilyOf, callSubject } from './call-family.ts';
import type { SightingFamily, WitnessFamily } from './facts.ts';
import { repeatsOf } from './repeats.ts';

export interface Witness {
  readonly family: WitnessFamily;
  readonly subject: string;
}

export interface Seen {
  readonly family: SightingFamily;
  readonly subject: string;
  readonly bucket: string;
}

export interface Traces {
  readonly witnesses: readonly Witness[];
  readonly sightings: readonly Seen[];
}

/** What a row tells beside the event. */
export interface Beside {
  readonly policy?: Pick<PolicyVersion, 'plane' | 'policy'> | undefined;
  readonly splitUid?: string | undefined;
}

const NONE: Traces = { witnesses: [], sightings: [] };

/** Nearly every entry is one of these and leaves nothing: asked before anything is read of the row. */
export const leavesNothing = (action: Action, callKey: string | undefined, beside: Beside): boolean =>
  action === 'api.call' && callKey === undefined && beside.splitUid === undefined;

export function tracesOf(event: TrailEvent, declared: DeclaredFacts, beside: Beside = {}): Traces {
  if (leavesNothing(event.action, event.callKey, beside)) return NONE;
  const witnesses: Witness[] = [];
  const sightings: Seen[] = [];
  const witness = (family: WitnessFamily, subject: string | undefined): void => {
    if (
      subject !== undefined &&
      subject !== '' &&
      !witnesses.some((one) => one.family === family && one.subject === subject)
    )
      witnesses.push({ family, subject });
  };
  const seen = (family: SightingFamily, subject: string, bucket: string): void => {
    sightings.push({ family, subject, bucket });
  };
  const day = dayOf(event.time);
  const { action, actor, outcome, claims } = event;

  if (beside.splitUid !== undefined) witness('split', beside.splitUid);
  if (beside.policy !== undefined) witness('policy', `${beside.policy.plane}|${beside.policy.policy}`);
  if (outcome === 'denied') for (const who of deniedOf(event)) witness('denied', who);
  for (const subject of repeatsOf(event)) witness('repeat', subject);
  if (action === 'api.call') {
    addCall(event, witness, seen);
    return { witnesses, sightings };
  }

  if (actor !== undefined && outcome === 'allowed' && event.provenance === 'provider')
    seen('principal', actor.id, day);
  if (event.environment !== undefined) seen('environment', event.environment, day);
  if (beginsWork(event)) addStart(event, witness, seen);
  if (WORK.has(action) && event.job !== undefined) seen('work', event.job, day);
  if (ACCESS.has(action) && outcome === 'allowed') addAccess(event, declared, seen);
  if (actor !== undefined && outcome === 'allowed') {
    if (actor.kind === 'agent') seen('agent-method', `${actor.id}|${event.method}`, day);
    if (declared.isAnyRuntimeAccount(actor.id) && event.provenance === 'provider')
      seen('account-service', `${actor.id}|${event.source}`, day);
  }
  switch (action) {
    case 'grant.request':
    case 'grant.approve':
    case 'grant.deny':
    case 'grant.revoke':
    case 'grant.activate': {
      witness('grant', textOf(claims, 'beneficiary') ?? actor?.id);
      const id = textOf(claims, 'approvalId');
      witness('grant', id === undefined ? undefined : `id:${id}`);
      break;
    }
    case 'deploy':
      witness('deploy', '-');
      break;
    case 'metric.observe':
      witness('metric', `${textOf(claims, 'metric') ?? ''}|${event.resource ?? ''}`);
      break;
    case 'log.change':
    case 'iam.change':
      if (beside.policy === undefined) witness('change', event.resource);
      break;
    default:
      break;
  }
  const { operation } = event;
  if (
    operation !== undefined &&
    operation.phase !== 'only' &&
    event.job === undefined &&
    event.provenance === 'provider'
  )
    witness('operation', operation.id);
  return { witnesses, sightings };
}

type AddWitness = (family: WitnessFamily, subject: string | undefined) => void;
type AddSighting = (family: SightingFamily, subject: string, bucket: string) => void;

/** Calls that start work, as a hop saw them. */
function addCall(event: TrailEvent, witness: AddWitness, seen: AddSighting): void {
  const call = callFamilyOf(event.callKey);
  if (call === undefined) return;
  witness('call', callSubject(call));
  if (event.outcome !== 'allowed' || event.provenance === 'tenant') return;
  for (const who of partiesOf(event))
    seen('hop', `${event.via}|${call.engine}|${call.project}|${who}`, dayOf(event.time));
}

function addStart(event: TrailEvent, witness: AddWitness, seen: AddSighting): void {
  const call = callFamilyOf(event.callKey);
  if (call !== undefined) witness('call', callSubject(call));
  const parties = partiesOf(event);
  for (const who of parties) witness('start', who);
  const chain = [
    ...event.actingFor.map(({ id }) => id),
    ...(event.actor === undefined ? [] : [event.actor.id]),
  ];
  chain.forEach((from, at) => {
    const to = chain[at + 1];
    if (to !== undefined) seen('delegation', `${from}>${to}`, dayOf(event.time));
  });
}

function addAccess(event: TrailEvent, declared: DeclaredFacts, seen: AddSighting): void {
  const { actor, job } = event;
  if (job !== undefined) seen('job-data', job, dayOf(event.time));
  else if (actor !== undefined && declared.isAnyRuntimeAccount(actor.id)) {
    for (const { dataset } of event.datasets)
      seen('touched', actor.id, `${tenMinutesOf(event.time)}|${dataset}`);
  }
}

/** Identities and the address that were refused something of jobs or their data. */
function deniedOf(event: TrailEvent): readonly string[] {
  const ofJobs = event.callKey !== undefined || JOB_SERVICES.has(event.source);
  if (!ofJobs) return [];
  const address = textOf(event.claims, 'callerIp');
  return [...new Set(partiesOf(event)), ...(address === undefined ? [] : [`ip:${address}`])];
}

const JOB_SERVICES: ReadonlySet<string> = new Set([
  'dataproc',
  'dataflow',
  'databricks',
  'bigquery',
  'spanner',
]);
const WORK: ReadonlySet<Action> = new Set<Action>([
  'job.observe',
  'job.run',
  'job.start',
  'job.finish',
  'session.run',
  'exec.interactive',
]);
const ACCESS: ReadonlySet<Action> = new Set<Action>(['data.read', 'data.write', 'data.delete', 'data.share']);

export const dayOf = (time: string): string => time.slice(0, 10);
/** `2026-11-18T10:2` for 10:20 to 10:30. */
export const tenMinutesOf = (time: string): string => time.slice(0, 15);
