import { HOUR_MS, latest, MINUTE_MS } from '../../alerts/times.ts';
import { evidence, textOf } from '../../detections/evidence.ts';
import { subjectOf, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { approvalsFor, rank } from '../approval-search.ts';
import { callFamilyOf, callGroup } from '../call-family.ts';
import { groupOf, hopKindOf, isStart, recordOf, samePlace, type HopKind } from '../call-records.ts';
import { segmentOf, segmentsAround, startAnchors } from '../call-segments.ts';
import { citedAs } from '../cite.ts';
import { evidenceOf, type HopEvidence } from '../hop-evidence.ts';
import { shareIdentity } from '../matching.ts';
import { anchorOf, defineRule, type Anchor, type Anchors, type Context, type Judgement } from '../rule.ts';
import { doersOf, recordedAs } from '../same-identity.ts';
import { back, forth } from '../span.ts';

export const deniedThenSucceededElsewhere = defineRule({
  id: 'denied-then-succeeded-elsewhere',
  number: 'U02',
  version: 1,
  kind: 'correlate',
  title: 'Refused at the gateway, then done by another path',
  severity: 'critical',
  why: 'Whoever is refused at the front and does the same by another way has found a way around the policy.',
  runbook: [
    'Read `refused` and `job`: the same call was refused at the hop, and then made where the hop has no record of it.',
    'Compare `callerIp` with the addresses that the gateway leaves from; ask `who` which way the second call took.',
    'Where nobody answers for it, stop the job and revoke the credentials of `who`; close the way around.',
  ],
  evidence: ['who', 'call', 'refusals', 'refused', 'status', 'seen', 'job', 'callerIp'],
  maps: {
    attack: ['T1078.004', 'T1550.001'],
    soc2: ['CC6.1', 'CC6.6', 'CC7.3'],
    iso27001: ['A.5.15', 'A.8.3', 'A.8.20'],
  },
  peers: [],
  gaps: ['A refusal that names nobody (an invalid token) is nobody’s.'],
  sources: ['dataproc', 'dataflow', 'databricks', 'istio', 'kong'],
  on: [
    'job.submit',
    'session.create',
    'workflow.run',
    'cluster.create',
    'api.call',
    'grant.approve',
    'grant.revoke',
    'grant.deny',
  ],
  anchors: (record, context) => (record.kind === 'event' ? anchorsOf(record.event, context) : []),
  judge: (anchor, context) =>
    anchor.kind === 'event' && isStart(anchor.event) ? judgeStart(anchor.event, context) : [],
});

/** An hour: longer ago nobody tries the next door. */
const WINDOW_MS = HOUR_MS;
const MOST_CITED = 10;

function anchorsOf(event: TrailEvent, context: Context): Anchors {
  const { facts } = context;
  if (event.action.startsWith('grant.')) {
    const who = textOf(event.claims, 'beneficiary');
    // An approval is given before what it is for.
    return who === undefined ? [] : startsOf([who], event, 24 * HOUR_MS, context);
  }
  const group = groupOf(event);
  if (group === undefined) return [];
  if (isRefusal(event)) return startsOf(doersOf(event), event, WINDOW_MS, context);
  return segmentsAround(group, event.time, facts).map(startAnchors);
}

const startsOf = (
  who: readonly string[],
  { time }: TrailEvent,
  ms: number,
  { facts }: Context,
): readonly Anchor[] =>
  [...new Set(who.flatMap(recordedAs))]
    .flatMap((id) => facts.witnesses('start', id, forth(time, ms)))
    .filter(isStart)
    .map(anchorOf);

/** A hop refused a call that would have started work; what tenants write refuses nobody. */
const isRefusal = (event: TrailEvent): boolean =>
  event.action === 'api.call' &&
  event.outcome === 'denied' &&
  event.provenance !== 'tenant' &&
  callFamilyOf(event.callKey) !== undefined;

function judgeStart(event: TrailEvent, context: Context): readonly Judgement[] {
  const { facts, declared } = context;
  const group = groupOf(event);
  if (group === undefined || event.actor?.kind === 'system') return [];
  if (declared.corroboration.evidenceFor(event)?.require.length === 0) return [];
  const own = recordOf(event);
  const refusals = [...new Set(doersOf(event).flatMap(recordedAs))]
    .flatMap((id) => facts.witnesses('denied', id, back(event.time, WINDOW_MS)))
    .filter((refusal) => isRefusal(refusal) && isOfGroup(refusal, group))
    .filter((refusal) => {
      const record = recordOf(refusal);
      return shareIdentity(record, own) && samePlace(record.place, own.place);
    });
  const distinct = [...new Map(refusals.map((one) => [one.id, one])).values()].toSorted((a, b) =>
    a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1,
  );
  const kinds = [...new Set(distinct.flatMap((one) => hopKindOf(one) ?? []))].toSorted();
  if (kinds.length === 0) return [];
  const segment = segmentOf(group, event.time, facts);
  const start = segment.startOf.get(event.id);
  if (start === undefined || start.event.id !== event.id) return [];
  const hops = kinds.map((kind) => evidenceOf(start, kind, segment, context));
  const missing = hops.filter(({ paired }) => paired.is !== 'paired');
  const refused = distinct.filter((one) => missing.some(({ kind }) => kind === hopKindOf(one)));
  const cited = [
    citedAs('audit', event),
    ...distinct.slice(-MOST_CITED).map((one) => citedAs('refusal', one)),
  ];
  const passed = hops.flatMap(({ kind, paired }) =>
    paired.is === 'paired' ? paired.call.events.map((one) => citedAs(kind, one)) : [],
  );
  if (refused.length === 0) {
    return [
      {
        verdict: 'satisfied',
        cited: [...cited, ...passed],
        reason: 'the hop that had refused let this call through',
      },
    ];
  }
  const approved = rank(approvalsFor(event, facts), { event, declared }).find(
    ({ held }) => held.standing === 'approved',
  );
  if (approved !== undefined) {
    return [
      {
        verdict: 'satisfied',
        cited: [...cited, citedAs('approval', approved.approval.event)],
        reason: `approved by ${approved.approval.id}`,
      },
    ];
  }
  return [
    {
      verdict: 'waiting',
      until: missing.map(({ until }) => until).reduce(latest),
      on: missing.map(({ kind }) => kind),
      otherwise: missing.every(isDoubtful)
        ? {
            verdict: 'undetermined',
            cited,
            reason: 'the hop may have let this call through: it cannot be told',
          }
        : {
            verdict: 'violated',
            cited,
            join: 'identity-and-time',
            found: foundOf(event, refused, missing),
          },
    },
  ];
}

const isOfGroup = (event: TrailEvent, group: string): boolean => {
  const call = callFamilyOf(event.callKey);
  return call !== undefined && callGroup(call) === group;
};

const isDoubtful = ({ paired, connections, unanswered }: HopEvidence): boolean =>
  paired.is === 'beyond' || connections.length > 0 || unanswered.length > 0;

function foundOf(event: TrailEvent, refused: readonly TrailEvent[], missing: readonly HopEvidence[]) {
  const last = refused.at(-1) ?? event;
  const names = missing.map(({ kind }) => nameOf(kind)).join(' and ');
  const minutes = Math.floor((Date.parse(event.time) - Date.parse(last.time)) / MINUTE_MS);
  const call = callFamilyOf(event.callKey);
  return {
    key: `${event.actor?.id ?? '-'} ${call === undefined ? subjectOf(event) : `${callGroup(call)}|${call.project}|${call.region}`}`,
    summary: `${whoOf(event)} was refused at ${names} and did the same ${minutes} minutes later, where ${names} has no record of it.`,
    evidence: evidence(
      ['who', event.actor?.id],
      ['call', event.callKey],
      ['refusals', refused.length],
      ['refused', last.time],
      ['status', last.status],
      ['seen', hopKindOf(last)],
      ['job', event.job],
      ['callerIp', textOf(event.claims, 'callerIp')],
    ),
  };
}

const nameOf = (kind: HopKind): string => (kind === 'gateway' ? 'the gateway' : 'the mesh');
