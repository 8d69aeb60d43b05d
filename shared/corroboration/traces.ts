/**
 * What an event leaves for the rules over several records: the groups it belongs to, what is remembered of it, and whether a
 * rule must be asked. A function of the event and of what was declared at its time, computed at ingest and again by a rebuild.
 */
import { isAgent } from '../detections/agents.ts';
import { delegationSteps } from '../detections/delegation-steps.ts';
import { textOf } from '../detections/evidence.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { beginsWork, isStartCall, partiesOf } from '../detections/kinds.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { Action, PolicyVersion } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callFamilyOf, callGroup, callSubject, connectedEngine, connectionGroup } from './call-family.ts';
import { changeGroupsOf } from './change-groups.ts';
import { codeBucket, codeRunBy, codeWrittenBy } from './code-objects.ts';
import { controlServiceOf } from './control-service.ts';
import type { SightingFamily, WitnessFamily } from './facts.ts';
import { gatesOf } from './gates/gate.ts';
import { CANARY_PREFIX, canaryOf } from './health/canary.ts';
import { engineSourceOf } from './job-records.ts';
import { hangsOnApproval } from './needs-approval.ts';
import { repeatsOf } from './repeats.ts';
import { changeSubjectOf, policyGroupsOf } from './state-name.ts';
import { startedTemplateOf, templateGroup } from './templates.ts';
import { doersOf } from './same-identity.ts';
import {
  accessBucket,
  accountServiceSubject,
  agentMethodSubject,
  auditSubject,
  bucketText,
  clusterSubject,
  delegationSubject,
  runsBucket,
  subjectText,
} from './subjects.ts';

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
  /** Its decision hangs on what may still arrive. */
  readonly waits?: boolean;
}

const NONE: Traces = { witnesses: [], sightings: [] };

/** Nearly every entry is one of these and leaves nothing: asked before anything is read of the row. */
export const leavesNothing = (
  action: Action,
  callKey: string | undefined,
  beside: Beside,
  resource: string | undefined,
): boolean =>
  action === 'api.call' &&
  callKey === undefined &&
  beside.splitUid === undefined &&
  resource?.startsWith(CANARY_PREFIX) !== true;

export function tracesOf(event: TrailEvent, declared: DeclaredFacts, beside: Beside = {}): Traces {
  if (leavesNothing(event.action, event.callKey, beside, event.resource)) return NONE;
  const witnesses: Witness[] = [];
  const sightings: Seen[] = [];
  const witness = (family: WitnessFamily, text: string | undefined): void => {
    if (text === undefined || text === '') return;
    const subject = subjectText(text);
    if (!witnesses.some((one) => one.family === family && one.subject === subject))
      witnesses.push({ family, subject });
  };
  const seen = (family: SightingFamily, text: string, when: string): void => {
    const subject = subjectText(text);
    const bucket = bucketText(when);
    if (!sightings.some((one) => one.family === family && one.subject === subject && one.bucket === bucket))
      sightings.push({ family, subject, bucket });
  };
  const day = dayOf(event.time);
  const { action, actor, outcome, claims } = event;

  const canary = canaryOf(event);
  if (canary !== undefined) witness('canary', canary.path);
  // It is about its path alone, and of nobody's doing.
  if (event.source === 'canary') return { witnesses, sightings };
  if (beside.splitUid !== undefined) witness('split', beside.splitUid);
  if (beside.policy !== undefined) witness('policy', `${beside.policy.plane}|${beside.policy.policy}`);
  for (const group of policyGroupsOf(event)) witness('policy', group);
  if (outcome === 'denied') for (const who of deniedOf(event)) witness('denied', who);
  for (const subject of repeatsOf(event)) witness('repeat', subject);
  for (const gate of gatesOf(event)) witness('gate', gate);
  if (action === 'api.call') {
    addCall(event, witness, seen);
    return { witnesses, sightings };
  }

  if (actor !== undefined && outcome === 'allowed' && event.provenance !== 'tenant')
    seen('principal', actor.id, day);
  if (event.environment !== undefined) seen('environment', event.environment, day);
  if (AUDITED.has(event.source) && event.provenance !== 'tenant' && event.project !== undefined)
    seen('audit', auditSubject(event.source, event.project), day);
  if (isStartCall(event)) {
    const call = callFamilyOf(event.callKey);
    if (call !== undefined) witness('call', callGroup(call));
  }
  if (beginsWork(event)) addStart(event, witness, seen);
  if (hangsOnApproval(event, declared, beside.waits === true))
    for (const who of doersOf(event)) witness('needs-approval', who);
  // What BigQuery runs is somebody's access to data.
  if (WORK.has(action) && event.job !== undefined && engineSourceOf(event.job) !== undefined)
    seen('work', event.job, day);
  if (event.runAs !== undefined && event.job !== undefined && saysWhoRuns(event))
    seen('runs', event.runAs, runsBucket(day, event.job));
  if (ACCESS.has(action) && outcome === 'allowed') addAccess(event, declared, seen);
  if (isJudgedAccess(event, declared)) for (const who of doersOf(event)) witness('access', who);
  // Lines by the million are asked about by what they name alone.
  if (action === 'job.run') addJobData(event, seen);
  if (action === 'job.start') addApplication(event, witness);
  const made = createdIdentityOf(event);
  if (made !== undefined) seen('created', made, day);
  if (actor !== undefined && outcome === 'allowed') {
    const agent = partiesOf(event).find(isAgent);
    if (agent !== undefined) seen('agent-method', agentMethodSubject(agent, event.method), day);
    const service = controlServiceOf(event);
    if (service !== undefined && declared.isAnyRuntimeAccount(actor.id))
      seen('account-service', accountServiceSubject(actor.id, service), tenMinutesOf(event.time));
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
      if (beside.policy === undefined) witness('change', changeSubjectOf(event));
      break;
    default:
      break;
  }
  for (const group of changeGroupsOf(event, declared)) witness('change', group);
  for (const object of codeRunBy(event)) seen('code', object, codeBucket(day, event));
  witness('code', codeWrittenBy(event, declared));
  const template = startedTemplateOf(event);
  if (template !== undefined) witness('start', templateGroup(template));
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

/** A job of BigQuery is named by every access that it makes, and what the work says of itself proves nothing. */
const saysWhoRuns = ({ action, source, provenance, outcome }: TrailEvent): boolean =>
  provenance !== 'tenant' && source !== 'bigquery' && outcome !== 'denied' && RUNS.has(action);

const RUNS: ReadonlySet<Action> = new Set<Action>([
  'job.submit',
  'job.start',
  'job.update',
  'job.observe',
  'session.create',
  'workflow.run',
]);

type AddWitness = (family: WitnessFamily, subject: string | undefined) => void;
type AddSighting = (family: SightingFamily, subject: string, bucket: string) => void;

/** Calls that start work, as a hop saw them. */
function addCall(event: TrailEvent, witness: AddWitness, seen: AddSighting): void {
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

function addStart(event: TrailEvent, witness: AddWitness, seen: AddSighting): void {
  const call = callFamilyOf(event.callKey);
  if (call !== undefined) witness('call', callSubject(call));
  const parties = partiesOf(event);
  for (const who of parties) witness('start', who);
  for (const [from, to] of delegationSteps(event))
    seen('delegation', delegationSubject(from, to), dayOf(event.time));
  if (event.action === 'cluster.create') addCluster(event, witness);
}

/** The account that an event of IAM makes. */
function createdIdentityOf({ method, action, outcome, provenance, claims }: TrailEvent): string | undefined {
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

/** An application of YARN names its cluster: jobs of the cluster may be what started it. */
function addApplication({ job, project, location, claims }: TrailEvent, witness: AddWitness): void {
  const cluster = textOf(claims, 'cluster');
  if (job?.startsWith('yarn:') !== true || project === undefined || location === undefined) return;
  if (cluster !== undefined) witness('cluster', clusterSubject(project, location, cluster));
}

function addJobData({ job, time, datasets }: TrailEvent, seen: AddSighting): void {
  if (job === undefined) return;
  for (const { dataset, op } of datasets)
    seen('job-data', job, accessBucket(dayOf(time), op === 'read' ? 'r' : 'w', dataset));
}

function addAccess(event: TrailEvent, declared: DeclaredFacts, seen: AddSighting): void {
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
const isJudgedAccess = (
  { action, actor, outcome, provenance }: TrailEvent,
  declared: DeclaredFacts,
): boolean =>
  ACCESS.has(action) &&
  outcome === 'allowed' &&
  provenance !== 'tenant' &&
  (actor?.kind === 'user' || actor?.kind === 'agent') &&
  declared.hasDeployers;

/** Identities and the address that were refused something of jobs or their data. */
function deniedOf(event: TrailEvent): readonly string[] {
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
const AUDITED: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);
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
