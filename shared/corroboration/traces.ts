/**
 * What an event leaves for the rules over several records: the groups it belongs to, what is remembered of it, and whether a
 * rule must be asked. A function of the event and of what was declared at its time, computed at ingest and again by a rebuild.
 */
import { isAgent } from '../detections/agents.ts';
import { textOf } from '../detections/evidence.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { beginsWork, isStartCall, partiesOf } from '../detections/kinds.ts';
import type { Action, PolicyVersion } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callFamilyOf, callGroup } from './call-family.ts';
import { changeGroupsOf } from './change-groups.ts';
import { ANY_CODE, codeBucket, codeRunBy, codeWrittenBy } from './code-objects.ts';
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
  accountServiceSubject,
  agentMethodSubject,
  auditSubject,
  bucketText,
  runsBucket,
  subjectText,
} from './subjects.ts';
import { dayOf, tenMinutesOf } from './buckets.ts';
import {
  saysWhoRuns,
  addCall,
  addStart,
  createdIdentityOf,
  addApplication,
  addJobData,
  addAccess,
  deniedOf,
  AUDITED,
  WORK,
  ACCESS,
  addGrant,
  isJudgedAccess,
} from './trace-parts.ts';

export { dayOf, tenMinutesOf } from './buckets.ts';

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

/** How long an environment is known decides what is new in it: what anybody wrote, or what has no time, says nothing of that. */
const tellsWhen = ({ provenance, claims }: TrailEvent): boolean =>
  provenance !== 'tenant' && textOf(claims, 'eventTimeFrom') !== 'none';

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
  if (event.environment !== undefined && tellsWhen(event)) seen('environment', event.environment, day);
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
  if (WORK.has(action) && event.job !== undefined && engineSourceOf(event.job) !== undefined) {
    seen('work', event.job, day);
    addApplication(event, seen);
  }
  if (event.runAs !== undefined && event.job !== undefined && saysWhoRuns(event))
    seen('runs', event.runAs, runsBucket(tenMinutesOf(event.time), event.job));
  if (ACCESS.has(action) && outcome === 'allowed') addAccess(event, declared, seen);
  if (isJudgedAccess(event, declared)) for (const who of doersOf(event)) witness('access', who);
  // Lines by the million are asked about by what they name alone.
  if (action === 'job.run') addJobData(event, seen);
  const made = createdIdentityOf(event);
  if (made !== undefined) seen('created', made, day);
  if (actor !== undefined && outcome === 'allowed') {
    const agent = partiesOf(event).find(isAgent);
    if (agent !== undefined) seen('agent-method', agentMethodSubject(agent, event.method), day);
    const service = controlServiceOf(event);
    if (service !== undefined && declared.isAnyRuntimeAccount(actor.id))
      seen('account-service', accountServiceSubject(actor.id, service), tenMinutesOf(event.time));
  }
  if (action.startsWith('grant.')) addGrant(event, witness);
  if (action === 'deploy') witness('deploy', '-');
  if (action === 'metric.observe')
    witness('metric', `${textOf(claims, 'metric') ?? ''}|${event.resource ?? ''}`);
  if ((action === 'log.change' || action === 'iam.change') && beside.policy === undefined)
    witness('change', changeSubjectOf(event));
  for (const group of changeGroupsOf(event, declared)) witness('change', group);
  for (const object of codeRunBy(event)) seen('code', object, codeBucket(day, event));
  const written = codeWrittenBy(event, declared);
  witness('code', written);
  if (written !== undefined && declared.corroboration.deployRecords !== 'ignored') witness('code', ANY_CODE);
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
