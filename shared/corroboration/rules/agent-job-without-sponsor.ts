import { evidence, textOf } from '../../detections/evidence.ts';
import { beginsWork, partiesOf, START_CALLS, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import {
  approvalsAbout,
  approvalsFor,
  eventSpan,
  rank,
  type Found,
  type Recorded,
} from '../approval-search.ts';
import { namesJob } from '../approval-scope.ts';
import { heldBy } from '../approvals.ts';
import { citedAs } from '../cite.ts';
import { anchorOf, defineRule, type Context, type Judgement, type Outcome } from '../rule.ts';
import { isSameIdentity, recordedAs } from '../same-identity.ts';
import { forth, msBetween } from '../span.ts';

export const agentJobWithoutSponsor = defineRule({
  id: 'agent-job-without-sponsor',
  number: 'U12',
  version: 1,
  kind: 'correlate',
  title: 'Automation started a job that no human or change record stands behind',
  severity: 'medium',
  why: 'An agent does what its input tells it; where no person, schedule or change stands behind a run, nobody meant it to happen.',
  runbook: [
    'Ask the owner of `who` what made it start `job`; look at what it was doing in the minutes before (query jobs-of-principal).',
    'If an event started it, declare that as the `sponsor` of the job; if a schedule did, the schedule’s principal.',
    'Cancel the job and suspend the agent where its owner does not know of it.',
  ],
  evidence: ['who', 'owner', 'job', 'template', 'method', 'environment', 'nearest'],
  maps: { attack: ['T1648', 'T1053'], soc2: ['CC8.1', 'CC6.3'], iso27001: ['A.5.3', 'A.8.32'] },
  peers: [],
  gaps: [
    'A Dataflow job that is created names no template: the configuration ties job names to schedules.',
    'That a person is in the chain of delegation says that the agent had his token, not that he knew of the run.',
  ],
  expects: 'somebody whom it was for, a schedule, or an approval',

  sources: ['dataproc', 'dataflow', 'databricks', 'approvals'],
  partners: ['approvals'],
  on: [...START_CALLS, 'grant.approve', 'grant.deny', 'grant.revoke'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    if (!record.event.action.startsWith('grant.')) return isByAgent(record.event, context) ? [record] : [];
    return approvalsAbout(record.event, context.facts).flatMap((approval) => {
      const span = eventSpan(approval);
      return recordedAs(approval.beneficiary)
        .flatMap((who) => context.facts.witnesses('start', who, span))
        .filter((event) => isByAgent(event, context))
        .map(anchorOf);
    });
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event' || !isByAgent(anchor.event, context)) return [];
    return [judge(anchor.event, context)];
  },
});

const MINUTE_MS = 60_000;
/** An approval that was given longer ago was for another run. */
const LOOK_BACK_MS = 24 * 60 * MINUTE_MS;
/** A change record may be written down while the run begins, where it says that it holds from before. */
const AFTERWARDS_MS = 15 * MINUTE_MS;
const PATH = 'approvals';

const isByAgent = (event: TrailEvent, { declared }: Context): boolean =>
  beginsWork(event) &&
  event.provenance !== 'tenant' &&
  event.actor !== undefined &&
  (event.actor.kind === 'agent' || declared.isAgent(event.actor.id));

function judge(event: TrailEvent, context: Context): Judgement {
  const { declared } = context;
  const start = citedAs('start', event);
  const person = event.actingFor.find(({ id }) => id.startsWith('user:'));
  if (person !== undefined)
    return {
      verdict: 'satisfied',
      cited: [start],
      reason: `done for ${person.id}, as ${person.recordedBy} recorded`,
    };
  const job = declared.corroboration.jobFor(event);
  if (job !== undefined) {
    const isScheduled = partiesOf(event).some((who) => declared.corroboration.isSchedule(job, who));
    if (isScheduled || job.sponsor !== undefined)
      return {
        verdict: 'satisfied',
        cited: [start],
        reason: `${job.id} is declared with its ${isScheduled ? 'schedule' : 'sponsor'}`,
      };
  }
  const recorded = approvalsFor(event, context.facts);
  const standing = recorded.find((one) => standsBehind(one, event, context));
  const grace = forth(event.time, AFTERWARDS_MS + declared.corroboration.lateness(PATH)).until;
  if (standing !== undefined) {
    const { receiveTime } = standing.approval.event;
    const lateMs = receiveTime === undefined ? 0 : msBetween(grace, receiveTime);
    return {
      verdict: 'satisfied',
      cited: [start, citedAs('approval', standing.approval.event)],
      reason: `approved by ${standing.approval.approvers[0] ?? 'somebody not named'}`,
      ...(lateMs > 0 ? { lateMs } : undefined),
    };
  }
  return {
    verdict: 'waiting',
    until: grace,
    on: [PATH],
    otherwise: violated(event, rank(recorded, { event, declared })[0]),
  };
}

/** Proven, of the last day, for this job by its name, and of a person or a change system: not of the agent itself. */
function standsBehind({ approval, ends }: Recorded, event: TrailEvent, { declared }: Context): boolean {
  const named = textOf(approval.event.claims, 'job');
  if (named === undefined || !namesJob(named, event)) return false;
  if (msBetween(approval.dated, event.time) > LOOK_BACK_MS) return false;
  const isAfter = approval.dated > event.time;
  if (isAfter && msBetween(event.time, approval.dated) > AFTERWARDS_MS) return false;
  // What is written down afterwards counts where it says itself that it held.
  const meant = isAfter ? { ...approval, dated: approval.from } : approval;
  const held = heldBy(meant, ends, { event, declared });
  if (held?.standing === 'approved' || held?.standing === 'not-told') return true;
  // The owner of an agent, or the person that it asks for, stands behind it: that is what is asked here.
  return (
    held?.standing === 'self-approved' &&
    approval.approvers.some((who) => who.startsWith('user:') && !isSameIdentity(who, event.actor?.id))
  );
}

function violated(event: TrailEvent, nearest: Found | undefined): Outcome {
  const { actor, claims } = event;
  return {
    verdict: 'violated',
    cited: [
      citedAs('start', event),
      ...(nearest === undefined ? [] : [citedAs('approval', nearest.approval.event)]),
    ],
    found: {
      key: `${actor?.id ?? '-'} ${templateOf(event)}`,
      summary: `${whoOf(event)} started work for nobody, on no schedule and without an approval of it.`,
      evidence: evidence(
        ['who', actor?.id],
        ['owner', actor?.owner],
        ['job', event.job],
        ['template', textOf(claims, 'template')],
        ['method', event.method],
        ['environment', event.environment],
        ['nearest', nearest === undefined ? undefined : `${nearest.approval.id}: ${nearest.held.standing}`],
      ),
    },
  };
}

/** What is run again and again, as far as the entry tells it: one agent that starts it every minute is one alert. */
function templateOf({ claims, parentJob, callKey, method }: TrailEvent): string {
  for (const name of ['template', 'pipeline', 'scheduledJob', 'mainFile']) {
    const value = textOf(claims, name);
    if (value !== undefined) return value;
  }
  return parentJob ?? callKey ?? method;
}
