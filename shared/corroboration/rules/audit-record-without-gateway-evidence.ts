import { evidence, textOf } from '../../detections/evidence.ts';
import { subjectOf, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { latest } from '../../alerts/times.ts';
import { groupOf, isStart, type HopKind } from '../call-records.ts';
import { segmentOf, segmentsAround, startAnchors } from '../call-segments.ts';
import type { Call } from '../calls.ts';
import { evidenceOf, latenessOf, requiredHops, startsBeside, type HopEvidence } from '../hop-evidence.ts';
import { citedAs } from '../cite.ts';
import {
  anchorOf,
  defineRule,
  JOINS,
  type Cited,
  type Context,
  type Join,
  type Judgement,
  type Outcome,
} from '../rule.ts';

export const auditRecordWithoutGatewayEvidence = defineRule({
  id: 'audit-record-without-gateway-evidence',
  number: 'L02',
  version: 1,
  kind: 'absence',
  title: 'Job recorded by the cloud, never seen at the gateway',
  severity: 'critical',
  why: 'Whoever calls the API past the gateway and the mesh passes by their policies, and nothing but the audit log tells of it.',
  runbook: [
    'Read `missing`: it names the hops that have no record of this call, although they have to.',
    'Compare `callerIp` with the addresses that the gateway leaves from; ask `who` how the job was submitted.',
    'Where `group` is told, that many of its calls came past the hop, and no record says which: look at all of them.',
    'Where nobody answers for it, stop the job, revoke the credentials of `who` and restrict the API to the gateway.',
  ],
  evidence: ['who', 'call', 'job', 'required', 'missing', 'seen', 'group', 'unproven', 'callerIp'],
  maps: { attack: ['T1078.004', 'T1133'], soc2: ['CC6.6', 'CC6.1', 'CC7.2'], iso27001: ['A.8.20', 'A.8.15'] },
  peers: ['Panther aws_console_sign-in_without_okta (absence of the record of the identity provider)'],
  gaps: [
    'In traffic of one identity so dense that nobody can tell which record is whose, a call past the hop may be undetermined.',
    'A call that the API refused inside of a 200 of gRPC, without its status in the log, stands for another one by the same identity.',
    'Updates of Dataflow that replace a job by dataflow.jobs.updateContents are not judged.',
  ],
  expects: 'a record of the call at each hop that it has to come through',
  partners: ['gateway', 'mesh'],
  sources: ['dataproc', 'dataflow', 'databricks', 'istio', 'kong'],
  on: ['job.submit', 'session.create', 'workflow.run', 'cluster.create', 'api.call'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    const group = groupOf(event);
    if (group === undefined) return startsBeside(event, context).map(anchorOf);
    return [
      ...segmentsAround(group, event.time, context.facts).map(startAnchors),
      ...startsOfJob(event, context).map(anchorOf),
    ];
  },
  judge: (anchor, context) =>
    anchor.kind === 'event' && isStart(anchor.event) ? judgeStart(anchor.event, context) : [],
});

function judgeStart(event: TrailEvent, context: Context): readonly Judgement[] {
  const group = groupOf(event);
  const kinds = requiredHops(event, context);
  if (group === undefined || kinds.length === 0) return [];
  const segment = segmentOf(group, event.time, context.facts);
  const start = segment.startOf.get(event.id);
  if (start === undefined || start.event.id !== event.id) return [];
  const hops = kinds.map((kind) => evidenceOf(start, kind, segment, context));
  const missing = hops.filter(({ paired }) => paired.is !== 'paired');
  if (missing.length === 0) return [satisfied(event, hops)];
  if (isRepeated(event, context)) return [];
  return [
    {
      verdict: 'waiting',
      until: missing.map(({ until }) => until).reduce(latest),
      on: missing.map(({ kind }) => kind),
      otherwise: unseen(start, kinds, hops, missing),
    },
  ];
}

/** The first of them answers for the others, and which is the first changes when one comes late. */
const startsOfJob = (event: TrailEvent, { facts }: Context): readonly TrailEvent[] =>
  event.job !== undefined && isStart(event) ? facts.job(event.job).filter(isStart) : [];

/** The same job was started before, which that start answers for. */
const isRepeated = ({ job, time, id }: TrailEvent, { facts }: Context): boolean =>
  job !== undefined && facts.job(job).some((other) => isStart(other) && other.id !== id && other.time < time);

const surest = (joins: readonly Join[]): Join | undefined =>
  JOINS.toReversed().find((join) => joins.includes(join));

function satisfied(event: TrailEvent, hops: readonly HopEvidence[]): Outcome {
  const late = Math.max(
    ...hops.map(({ paired, until }) => (paired.is === 'paired' ? latenessOf(paired.call, until) : 0)),
  );
  // Of several hops the weaker join is what the verdict rests on.
  const join = surest(joinsOf(hops));
  return {
    verdict: 'satisfied',
    ...(join === undefined ? undefined : { join }),
    ...(late > 0 ? { lateMs: late } : undefined),
    cited: citedOf(event, hops),
    reason: `the call was seen at ${namesOf(hops.map(({ kind }) => kind))}`,
  };
}

const joinsOf = (hops: readonly HopEvidence[]): readonly Join[] =>
  hops.flatMap(({ paired }) => (paired.is === 'paired' ? [paired.join] : []));

function unseen(
  start: Call,
  kinds: readonly HopKind[],
  hops: readonly HopEvidence[],
  missing: readonly HopEvidence[],
): Outcome {
  const { event } = start;
  const cited = citedOf(event, hops);
  const certain = missing.filter((one) => doubtOf(start, one) === undefined);
  const found = foundOf(start, kinds, hops, missing);
  if (certain.length > 0) return { verdict: 'violated', cited, join: 'identity-and-time', found };
  const doubts = missing.flatMap((one) => doubtOf(start, one) ?? []);
  const reason = [...new Set(doubts)].join('; ');
  return missing.some(({ unanswered, connections }) => unanswered.length > 0 && connections.length === 0)
    ? {
        verdict: 'undetermined',
        cited,
        reason,
        found: {
          ...found,
          severity: 'high',
          summary: `${whoOf(event)} started work by ${event.method}, and whether the call came through cannot be told: ${reason}.`,
        },
      }
    : { verdict: 'undetermined', cited, reason };
}

/** Why the absence of a record does not say that the call came past the hop; undefined where it does. */
function doubtOf(start: Call, { kind, paired, connections, unanswered }: HopEvidence): string | undefined {
  if (connections.length > 0)
    return `${kind}: only connections were seen, in one of which the call may have been`;
  if (unanswered.length > 0)
    return `${kind}: a call by the same identity was let through, and its answer was not seen`;
  if (paired.is === 'beyond')
    return `${kind}: so many calls by the same identity that none can be told from the next`;
  if (start.identities.size === 0) return 'the audit record names nobody';
  return undefined;
}

const MOST_CITED = 25;

function citedOf(event: TrailEvent, hops: readonly HopEvidence[]): readonly Cited[] {
  const cited = hops.flatMap(({ kind, paired, connections, unanswered, forgeable }) => [
    ...(paired.is === 'paired' ? paired.call.events.map((one) => citedAs(kind, one)) : []),
    ...(paired.is === 'paired'
      ? []
      : paired.crowd.partners.slice(0, MOST_CITED).map((one) => citedAs(kind, one.event))),
    ...connections.slice(0, MOST_CITED).map((one) => citedAs('connection', one)),
    ...[...unanswered, ...forgeable].slice(0, MOST_CITED).map((one) => citedAs(kind, one.event)),
  ]);
  return [citedAs('audit', event), ...cited];
}

function foundOf(
  start: Call,
  kinds: readonly HopKind[],
  hops: readonly HopEvidence[],
  missing: readonly HopEvidence[],
) {
  const { event } = start;
  const crowd = missing
    .flatMap(({ paired }) =>
      paired.is === 'paired' || paired.crowd.anchors.length < 2 ? [] : [paired.crowd],
    )
    .reduce<Crowd | undefined>(
      (most, one) => (most === undefined || one.alone.length > most.alone.length ? one : most),
      undefined,
    );
  const names = namesOf(missing.map(({ kind }) => kind));
  const call = event.callKey ?? event.method;
  const forgeable = missing.flatMap((one) => one.forgeable).length;
  const seen = hops.flatMap(({ kind, paired }) =>
    paired.is === 'paired' ? [`${kind} (${paired.join})`] : [],
  );
  return {
    key: crowd === undefined ? subjectOf(event) : `${call} ${event.actor?.id ?? '-'}`,
    summary:
      crowd === undefined
        ? `${whoOf(event)} started work by ${event.method}, and ${names} has no record of the call.`
        : `${crowd.alone.length} of ${crowd.anchors.length} calls of ${whoOf(event)} by ${event.method} have no record of ${names}; which of them, no record tells.`,
    evidence: evidence(
      ['who', event.actor?.id],
      ['call', call],
      ['job', crowd === undefined ? event.job : undefined],
      ['required', namesOf(kinds)],
      ['missing', names],
      ['seen', seen.join(', ')],
      [
        'group',
        crowd === undefined
          ? undefined
          : `${crowd.anchors.length} calls from ${crowd.anchors[0]?.event.time ?? ''} to ${crowd.anchors.at(-1)?.event.time ?? ''}, ${crowd.partners.length} records`,
      ],
      [
        'unproven',
        forgeable === 0
          ? undefined
          : `${forgeable} records that anybody who may write logs could have written`,
      ],
      ['callerIp', textOf(event.claims, 'callerIp')],
    ),
  };
}

interface Crowd {
  readonly anchors: readonly Call[];
  readonly partners: readonly Call[];
  readonly alone: readonly Call[];
}

const namesOf = (kinds: readonly HopKind[]): string =>
  kinds.map((kind) => (kind === 'gateway' ? 'the gateway' : 'the mesh')).join(' and ');
