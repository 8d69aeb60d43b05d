import { HOUR_MS, later } from '../../alerts/times.ts';
import { recordOfCall } from '../missing-record.ts';
import { evidence, textOf } from '../../detections/evidence.ts';
import { subjectOf, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { callFamilyOf } from '../call-family.ts';
import {
  createdJobOf,
  groupOf,
  hopKindOf,
  isApiRecord,
  isPassed,
  requestIdsOf,
  samePlace,
  type HopKind,
} from '../call-records.ts';
import { answerWithinOf, callsPaired, type Paired } from '../call-pairs.ts';
import { isWithin, segmentOf, segmentsAround, segmentsIn, type Segment } from '../call-segments.ts';
import type { Call } from '../calls.ts';
import { latenessOf, lastOf } from '../hop-evidence.ts';
import { citedAs } from '../cite.ts';
import { byTime, firstFrom, match } from '../matching.ts';
import { memo, memo2 } from '../memo.ts';
import {
  anchorOf,
  defineRule,
  type Anchor,
  type Cited,
  type Context,
  type Judgement,
  type Outcome,
} from '../rule.ts';
import { dayPlus } from '../span.ts';
import { auditSubject } from '../subjects.ts';
import { dayOf } from '../traces.ts';

export const gatewayCallWithoutAuditRecord = defineRule({
  id: 'gateway-call-without-audit-record',
  number: 'L03',
  version: 2,
  kind: 'absence',
  title: 'Gateway let a job call through, cloud never recorded it',
  severity: 'high',
  why: 'The API records every job start, so that a call without a record says that the record was lost on its way here, or that something else answered.',
  runbook: [
    'Read the audit log of `call` in Cloud Logging itself: where the record is there, its export is broken or filtered.',
    'Look for findings on sinks and exclusions, and on silent sources, around `time`.',
    'Where Cloud Logging has no record either, find out what answered at the route: a mock, a cache, another service.',
  ],
  evidence: ['who', 'call', 'seen', 'requestId', 'status', 'route', 'others', 'group'],
  maps: { attack: ['T1685.002'], soc2: ['CC7.2', 'CC2.1'], iso27001: ['A.8.15', 'A.5.28'] },
  peers: [],
  gaps: [
    'A launch that is only validated is not told from others by its path: exempt the route.',
    'A repeated request that the API recorded once is known as such by its request id alone.',
  ],
  expects: 'the API’s record of the call',
  partners: ['dataproc', 'dataflow', 'databricks'],
  missing: (anchor) => (anchor.kind === 'event' ? recordOfCall(anchor.event) : undefined),
  sources: ['dataproc', 'dataflow', 'databricks', 'istio', 'kong'],
  on: ['job.submit', 'session.create', 'workflow.run', 'cluster.create', 'api.call'],
  anchors: (record, { facts, declared }) => {
    if (record.kind !== 'event') return [];
    const group = groupOf(record.event);
    if (group === undefined) return [];
    const near = segmentsAround(group, record.time, facts);
    // Those of the next half hour are counted together with what is missing here.
    const at = Date.parse(record.time);
    const after = segmentsIn(group, at, at + COUNTED_MS, facts);
    return [
      ...near.flatMap((segment) => [callAnchors(segment), ...sameCall(record.event, segment)]),
      ...after.map((segment) => aloneAnchors(segment, declared)),
    ];
  },
  judge: (anchor, context) =>
    anchor.kind === 'event' && isPassed(anchor.event) ? judgeCall(anchor.event, context) : [],
});

const COUNTED_MS = HOUR_MS / 2;
const MANY = 3;
/** Days in which the audit log of an engine was recorded, after which it is expected to be. */
const SEEN_DAYS = 30;
const ENGINES = ['dataproc', 'dataflow', 'databricks'] as const;

/** Calls through the gateway, and those through the mesh of which no gateway has a record. */
const callsOf = memo((segment: Segment): readonly Call[] => {
  const { gateway, mesh } = segment.hops;
  const ids = new Set(gateway.flatMap(({ keys }) => keys['request-id'] ?? []));
  return [
    ...gateway,
    ...mesh.filter(({ keys }) => !(keys['request-id'] ?? []).some((id) => ids.has(id))),
  ].filter((call) => isWithin(segment, call));
});

const callAnchors = memo((segment: Segment) => callsOf(segment).map(({ event }) => anchorOf(event)));
const callById = memo((segment: Segment) => new Map(callsOf(segment).map((call) => [call.event.id, call])));

/** Records of hops by the request that they are of, each under its own id as well. */
const recordsByCall = memo((segment: Segment) => {
  const records = new Map<string, Anchor[]>();
  for (const call of [...segment.hops.gateway, ...segment.hops.mesh]) {
    const names = [...(call.keys['request-id'] ?? []).map(ofRequest), ...call.events.map(({ id }) => id)];
    const all = call.events.map(anchorOf);
    for (const name of names) {
      const known = records.get(name);
      if (known === undefined) records.set(name, [...all]);
      else known.push(...all);
    }
  }
  return records;
});
const ofRequest = (id: string): string => `request ${id}`;

/** Of the records of one call one is judged: which that is changes when an earlier one comes late, or one of another hop. */
const sameCall = (event: TrailEvent, segment: Segment): readonly (readonly Anchor[])[] =>
  event.action === 'api.call'
    ? [event.id, ...requestIdsOf(event).map(ofRequest)].flatMap((name) => {
        const same = recordsByCall(segment).get(name);
        return same === undefined ? [] : [same];
      })
    : [];

type Declared = Context['declared'];

const pairedOf = (call: Call, segment: Segment, declared: Declared): Paired | undefined => {
  const kind = hopKindOf(call.event);
  return kind === undefined ? undefined : callsPaired(segment, kind, declared).get(call);
};

/** In the order of time. */
const aloneIn = memo2((segment: Segment, declared: Declared): readonly Call[] =>
  callsOf(segment)
    .filter((call) => pairedOf(call, segment, declared)?.is === 'alone' && !isReplay(call, segment, declared))
    .toSorted(byTime),
);
const aloneAnchors = memo2((segment: Segment, declared: Declared) =>
  aloneIn(segment, declared).map(({ event }) => anchorOf(event)),
);

const namesOfCall = (call: Call, segment: Segment): readonly string[] => [
  ...(call.keys['request-id'] ?? []),
  ...(call.keys['job-id'] ?? []),
  ...(namesInMesh(segment).get(call) ?? []),
];

/** What names the calls that have their record. */
const answeredIn = memo2((segment: Segment, declared: Declared) => {
  const named = (kind: HopKind): ReadonlySet<string> =>
    new Set(
      segment.hops[kind].flatMap((call) =>
        pairedOf(call, segment, declared)?.is === 'paired' ? namesOfCall(call, segment) : [],
      ),
    );
  return { gateway: named('gateway'), mesh: named('mesh') };
});

/** How far apart the gateway and the mesh record one request. */
const SAME_REQUEST_MS = 5000;

/** What the mesh named the request of a call through the gateway: a repeated one keeps its name there. */
const namesInMesh = memo(({ hops }: Segment): ReadonlyMap<Call, readonly string[]> => {
  const fits = (a: Call, b: Call): boolean =>
    Math.abs(a.at - b.at) <= SAME_REQUEST_MS && samePlace(a.place, b.place);
  const { pairs } = match(hops.gateway, hops.mesh, { fits, reach: SAME_REQUEST_MS });
  return new Map([...pairs].map(([call, { partner }]) => [call, partner.keys['request-id'] ?? []]));
});

/** Of a call without a record: another of the same request has one. The API did not begin the work twice. */
function isReplay(call: Call, segment: Segment, declared: Declared): boolean {
  const kind = hopKindOf(call.event);
  if (kind === undefined) return false;
  const answered = answeredIn(segment, declared)[kind];
  return namesOfCall(call, segment).some((name) => answered.has(name));
}

function judgeCall(event: TrailEvent, context: Context): readonly Judgement[] {
  const { facts, declared } = context;
  const group = groupOf(event);
  const kind = hopKindOf(event);
  const engine = ENGINES.find((name) => name === callFamilyOf(event.callKey)?.engine);
  if (group === undefined || kind === undefined || engine === undefined) return [];
  if (!isExpected(event, context)) return [];
  const segment = segmentOf(group, event.time, facts);
  const call = callById(segment).get(event.id);
  // What a relay passes on is judged by the gateway's own record.
  if (call === undefined || call.events.every((one) => declared.corroboration.isRelay(one))) return [];
  const paired = pairedOf(call, segment, declared);
  const after = answerWithinOf(call, declared) + declared.corroboration.lateness(engine);
  const hop = call.events.map((one) => citedAs(kind, one));
  if (paired?.is === 'paired') return [satisfied(paired, later(event.time, after), hop)];
  if (isReplay(call, segment, declared) || isOfKnownJob(event, context)) {
    return [
      { verdict: 'satisfied', cited: hop, reason: 'the API recorded another call of the same request' },
    ];
  }
  const last = paired === undefined ? event.time : lastOf(paired.crowd, event.time);
  return [
    {
      verdict: 'waiting',
      until: later(last, after),
      on: [engine],
      otherwise:
        paired?.is === 'beyond'
          ? {
              verdict: 'undetermined',
              cited: hop,
              reason: 'so many calls by the same identity that none can be told from the next',
            }
          : unanswered(call, kind, paired, missingAround(group, call, context), hop),
    },
  ];
}

/** Where it is declared that calls are held against their audit records, or the audit log of the engine was seen. */
function isExpected(event: TrailEvent, { declared, facts }: Context): boolean {
  const call = callFamilyOf(event.callKey);
  if (call === undefined) return false;
  const required = declared.corroboration.evidenceFor(event);
  if (required !== undefined) return required.require.length > 0;
  if (call.project === '') return false;
  const day = dayOf(event.time);
  return (
    facts.sightings('audit', auditSubject(call.engine, call.project), dayPlus(day, -SEEN_DAYS), day).length >
    0
  );
}

function satisfied(paired: Extract<Paired, { is: 'paired' }>, until: string, hop: readonly Cited[]): Outcome {
  const late = latenessOf(paired.call, until);
  return {
    verdict: 'satisfied',
    join: paired.join,
    ...(late > 0 ? { lateMs: late } : undefined),
    cited: [...hop, ...paired.call.events.map((one) => citedAs('audit', one))],
    reason: 'the API recorded the call',
  };
}

/** The call names the job, and there is a record of its start from another time. */
function isOfKnownJob(event: TrailEvent, { facts }: Context): boolean {
  const job = createdJobOf(event);
  return job !== undefined && facts.job(job).some(isApiRecord);
}

/** Calls of the group without a record in the half hour up to this one, itself among them. */
function missingAround(group: string, call: Call, { facts, declared }: Context): number {
  return segmentsIn(group, call.at - COUNTED_MS, call.at, facts).reduce((sum, segment) => {
    const alone = aloneIn(segment, declared);
    return sum + firstFrom(alone, call.at + 1) - firstFrom(alone, call.at - COUNTED_MS);
  }, 0);
}

function unanswered(
  call: Call,
  kind: HopKind,
  paired: Paired | undefined,
  missing: number,
  hop: readonly Cited[],
): Outcome {
  const { event } = call;
  const crowd = paired === undefined || paired.is === 'paired' ? undefined : paired.crowd;
  const together = crowd !== undefined && crowd.anchors.length > 1 ? crowd : undefined;
  const name = kind === 'gateway' ? 'The gateway' : 'The mesh';
  return {
    verdict: 'violated',
    cited: [...hop, ...(together?.partners ?? []).slice(0, 25).map((one) => citedAs('audit', one.event))],
    join: 'identity-and-time',
    found: {
      key: event.requestId ?? subjectOf(event),
      severity: missing >= MANY ? 'critical' : 'high',
      summary:
        together === undefined
          ? `${name} let a call of ${whoOf(event)} through that starts work, and the API has no record of it.`
          : `${name} let ${together.anchors.length} calls of ${whoOf(event)} through that start work, and the API has no record of ${together.alone.length} of them; which, no record tells.`,
      evidence: evidence(
        ['who', event.actor?.id],
        ['call', event.callKey],
        ['seen', kind],
        ['requestId', event.requestId],
        ['status', event.status],
        ['route', textOf(event.claims, 'route')],
        ['others', missing > 1 ? `${missing} calls without a record in half an hour` : undefined],
        [
          'group',
          together === undefined
            ? undefined
            : `${together.anchors.length} calls, ${together.partners.length} records of the API`,
        ],
      ),
    },
  };
}
