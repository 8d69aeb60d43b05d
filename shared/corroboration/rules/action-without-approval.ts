import type { RequiredApproval } from '../../../schemas/corroboration.ts';
import type { Severity } from '../../../schemas/alerting.ts';
import type { DeclaredFacts } from '../../detections/declared-facts.ts';
import { isOwnPlace, placeOf } from '../../detections/dataset-place.ts';
import { evidence } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import {
  approvalsAbout,
  approvalsFor,
  eventSpan,
  rank,
  type Found,
  type Recorded,
} from '../approval-search.ts';
import { afterUse, doneBy, isUsedUp } from '../approvals-used.ts';
import type { Standing } from '../approvals.ts';
import { asksFor } from '../asked.ts';
import { citedAs } from '../cite.ts';
import { APPROVABLE, requiredFor } from '../needs-approval.ts';
import { anchorOf, defineRule, type Context, type Judgement, type Outcome } from '../rule.ts';
import { forth, msBetween } from '../span.ts';

export const actionWithoutApproval = defineRule({
  id: 'action-without-approval',
  version: 1,
  kind: 'absence',
  title: 'Submission or data push without a valid approval',
  severity: 'high',
  why: 'What needs a second person was done by one: nobody else can say that it was meant to be done.',
  runbook: [
    'Read `verdict`: `none` means nobody approved; anything else is the nearest approval and why it does not hold.',
    'With `over-scope`, compare `limit` of the approval with what was done: an approval of one run was used for another.',
    'Ask the owner of `dataset` or `job` before anything is taken back; an approval that is written afterwards does not count.',
    'Where the approval exists in the change system and not here, look at its publisher (query approvals-for, docs/sources/approvals.md).',
  ],
  evidence: [
    'verdict',
    'limit',
    'required',
    'who',
    'action',
    'job',
    'dataset',
    'environment',
    'approval',
    'approver',
    'approvedFrom',
    'approvedUntil',
    'uses',
  ],
  maps: {
    attack: ['T1648', 'T1567'],
    soc2: ['CC8.1', 'CC6.3', 'CC5.2'],
    iso27001: ['A.5.3', 'A.8.32', 'A.5.15'],
  },
  peers: [],
  gaps: [
    'A group of people that an approval is for is not looked into: it must name who does it.',
    'Records of data that name no job are held to the datasets that the approval names, and to the job where it names none.',
    'Of approvals that may be used so many times, one use is one run, or the writes of one identity without a pause of ten minutes.',
  ],
  expects: 'an approval that is proven, in force, and for this',
  partners: ['approvals'],
  sources: [
    'approvals',
    'iam',
    'dataproc',
    'dataflow',
    'databricks',
    'bigquery',
    'spanner',
    'storage',
    'pubsub',
  ],
  on: [...APPROVABLE, 'grant.approve', 'grant.deny', 'grant.revoke'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    if (!event.action.startsWith('grant.'))
      return [record, ...afterUse(event, context).map(anchorOf)].filter(
        (anchor) => anchor.kind === 'event' && requiredFor(anchor.event, context.declared).length > 0,
      );
    return approvalsAbout(event, context.facts).flatMap((approval) => {
      const { from, until } = eventSpan(approval);
      // A withdrawal takes nothing from what came before it.
      const span = { from: event.action === 'grant.approve' ? from : event.time, until };
      return doneBy(approval.beneficiary, span, context).map(anchorOf);
    });
  },
  judge: (anchor, context) =>
    anchor.kind === 'event'
      ? requiredFor(anchor.event, context.declared).map((required) => judge(anchor.event, required, context))
      : [],
});

const PATH = 'approvals';

function judge(event: TrailEvent, required: RequiredApproval, context: Context): Judgement {
  const { declared } = context;
  const recorded = approvalsFor(event, context.facts);
  const until = forth(event.time, declared.corroboration.lateness(PATH)).until;
  const outcome = outcomeOf(event, required, recorded, until, context);
  return outcome.verdict === 'satisfied'
    ? outcome
    : { verdict: 'waiting', about: required.id, until, on: [PATH], otherwise: outcome };
}

function outcomeOf(
  event: TrailEvent,
  required: RequiredApproval,
  recorded: readonly Recorded[],
  until: string,
  context: Context,
): Outcome {
  const about = required.id;
  const ranked = rank(recorded, asksFor(event, required, context.declared));
  const holding = ranked.filter(({ held }) => held.standing === 'approved');
  const usedUp = holding.length > 0 && isUsedUp(event, holding, recorded, context);
  const [best] = holding;
  if (best !== undefined && !usedUp) {
    const { receiveTime } = best.approval.event;
    const lateMs = receiveTime === undefined ? 0 : msBetween(until, receiveTime);
    return {
      verdict: 'satisfied',
      about,
      cited: cited(event, best),
      reason: `approved by ${best.approval.approvers[0] ?? 'somebody not named'}`,
      ...(lateMs > 0 ? { lateMs } : undefined),
    };
  }
  const others = ranked.filter(({ held }) => held.standing !== 'approved');
  const open = others.find(({ held }) => held.standing === 'not-told');
  if (open !== undefined)
    return {
      verdict: 'undetermined',
      about,
      cited: cited(event, open),
      reason: `an approval is limited by its ${open.held.limit ?? 'scope'}, of which the entry tells nothing`,
    };
  const nearest = best ?? others[0];
  return {
    verdict: 'violated',
    about,
    cited: cited(event, nearest),
    found: found(event, required, usedUp ? 'used-up' : nearest?.held.standing, nearest, context),
  };
}

const cited = (event: TrailEvent, nearest: Found | undefined) => [
  citedAs('action', event),
  ...(nearest === undefined ? [] : [citedAs('approval', nearest.approval.event)]),
  ...(nearest?.held.ended === undefined ? [] : [citedAs('withdrawal', nearest.held.ended)]),
];

const WHY: Readonly<Record<Standing, string>> = {
  approved: 'an approval holds',
  'not-told': 'of a limit of the approval nothing is told',
  unproven: 'the approval is one that nothing proves',
  'self-approved': 'the approval was given by whoever it is for',
  'not-an-approver': 'the approval was given by somebody who may not give it',
  'used-up': 'the approval had been used before',
  revoked: 'the approval had been taken back',
  expired: 'the approval was over',
  'not-yet-valid': 'the approval did not hold yet',
  'approved-late': 'the approval was given afterwards',
  'over-scope': 'the approval is for something else',
};

function found(
  event: TrailEvent,
  required: RequiredApproval,
  standing: Standing | undefined,
  nearest: Found | undefined,
  { declared }: Context,
) {
  const approval = nearest?.approval;
  const dataset = event.datasets[0]?.dataset;
  const why = standing === undefined ? 'nobody approved it' : WHY[standing];
  return {
    key: `${required.id} ${event.actor?.id ?? '-'} ${thingOf(event)}`,
    severity: severityOf(event, declared),
    summary: `${whoOf(event)} did what needs an approval (${event.action}), and ${why}.`,
    evidence: evidence(
      ['verdict', standing ?? 'none'],
      ['limit', standing === 'used-up' ? undefined : nearest?.held.limit],
      ['required', required.id],
      ['who', event.actor?.id],
      ['action', event.action],
      ['job', event.job],
      ['dataset', dataset],
      ['environment', event.environment],
      ['approval', approval?.id],
      ['approver', approval?.approvers[0]],
      ['approvedFrom', approval?.from],
      ['approvedUntil', approval?.until],
      ['uses', approval?.uses],
    ),
  };
}

/** One push of a thousand objects is one alert. */
function thingOf(event: TrailEvent): string {
  const dataset = event.datasets[0]?.dataset;
  if (event.job !== undefined) return event.job;
  if (dataset === undefined) return event.resource ?? event.id;
  return dataset.startsWith('gs://') ? `gs://${placeOf(dataset)?.name ?? '-'}` : dataset;
}

const PRODUCTION: ReadonlySet<string> = new Set(['prod', 'production', 'prd', 'live']);

/** What is restricted, and what leaves production for somebody else's place, does not come back. */
function severityOf(event: TrailEvent, declared: DeclaredFacts): Severity {
  const isRestricted = event.datasets.some(
    ({ dataset }) => declared.datasetLabel(dataset)?.classification === 'restricted',
  );
  if (isRestricted) return 'critical';
  if (event.environment === undefined || !PRODUCTION.has(event.environment)) return 'high';
  const leaves = event.datasets.some(({ dataset, op }) => {
    const place = op === 'read' ? undefined : placeOf(dataset);
    return place !== undefined && isOwnPlace(place, declared) === false;
  });
  return leaves || event.action === 'data.share' ? 'critical' : 'high';
}
