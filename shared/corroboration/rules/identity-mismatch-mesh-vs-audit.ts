import { evidence } from '../../detections/evidence.ts';
import type { DeclaredFacts } from '../../detections/declared-facts.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { startsPaired, withinOf } from '../call-pairs.ts';
import { groupOf, HOP_KINDS, isStart, samePlace, type HopKind } from '../call-records.ts';
import { segmentOf, segmentsAround, startAnchors, type Segment } from '../call-segments.ts';
import type { Call } from '../calls.ts';
import { citedAs } from '../cite.ts';
import {
  auditClaims,
  compared,
  relationOfAll,
  toldOf,
  type Compared,
  type Relation,
} from '../compared-claims.ts';
import { evidenceOf, requiredHops } from '../hop-evidence.ts';
import { firstFrom } from '../matching.ts';
import { memo2 } from '../memo.ts';
import { defineRule, type Context, type Join, type Judgement, type Outcome } from '../rule.ts';

export const identityMismatchMeshVsAudit = defineRule({
  id: 'identity-mismatch-mesh-vs-audit',
  number: 'U08',
  version: 1,
  kind: 'correlate',
  title: 'Mesh or gateway identity disagrees with the audit claim',
  severity: 'critical',
  why: 'A call that comes in as one identity and reaches the API as another one carries a credential that is not its own.',
  runbook: [
    'Read `hopClaims` against `auditClaims`, and `strength`: by an id that both carry they are one request, by time alone they may be two.',
    'Where the two are one identity, a binding is missing or too old: add it to `bindings`, valid from when it holds.',
    'Otherwise find out how `hop` came to the credential of `audit`, and revoke that credential.',
  ],
  evidence: [
    'hop',
    'audit',
    'seen',
    'strength',
    'hopClaims',
    'auditClaims',
    'relation',
    'bindings',
    'call',
    'job',
  ],
  maps: {
    attack: ['T1550.001', 'T1134', 'T1557'],
    soc2: ['CC6.1', 'CC7.2'],
    iso27001: ['A.5.16', 'A.8.5', 'A.8.15'],
  },
  peers: [],
  gaps: [
    'The mesh identity is not held against the workload of a gateway consumer.',
    'Without bindings, and where no evidence is declared, a workload and an account that differ are not comparable.',
  ],
  expects: 'one identity in the records of the hop and of the API',
  sources: ['dataproc', 'dataflow', 'databricks', 'istio', 'kong'],
  on: ['job.submit', 'session.create', 'workflow.run', 'cluster.create', 'api.call'],
  anchors: (record, { facts }) => {
    const group = record.kind === 'event' ? groupOf(record.event) : undefined;
    if (group === undefined) return [];
    return segmentsAround(group, record.time, facts).map(startAnchors);
  },
  judge: (anchor, context) =>
    anchor.kind === 'event' && isStart(anchor.event) ? judgeStart(anchor.event, context) : [],
});

interface Held {
  readonly kind: HopKind;
  readonly call: Call;
  readonly join: Join;
  readonly claims: readonly Compared[];
  readonly relation: Relation;
}

function judgeStart(event: TrailEvent, context: Context): readonly Judgement[] {
  const { facts, declared } = context;
  const group = groupOf(event);
  if (group === undefined) return [];
  const segment = segmentOf(group, event.time, facts);
  const start = segment.startOf.get(event.id);
  if (start === undefined || start.event.id !== event.id) return [];
  const isMapped = (declared.corroboration.evidenceFor(event)?.require.length ?? 0) > 0;
  const held = HOP_KINDS.flatMap((kind) => {
    const paired = startsPaired(segment, kind, declared).get(start);
    return paired?.is === 'paired' ? [heldAgainst(start, kind, paired.call, paired.join, isMapped)] : [];
  }).filter(({ call, relation }) => agrees(relation) || !isRelayed(call, declared));
  // A request that came through the gateway goes on as the gateway's own workload.
  const gateway = held.find(({ kind, relation }) => kind === 'gateway' && agrees(relation));
  const judged = held.filter(
    ({ kind, relation }) => kind === 'gateway' || gateway === undefined || agrees(relation),
  );
  const against = judged.find(({ relation }) => relation === 'conflict');
  if (against !== undefined)
    return [violated(start, against, isStrong(against.join) ? 'critical' : 'medium')];
  const [first] = judged;
  if (first === undefined) return byTimeAlone(start, segment, context, isMapped);
  const unknown = judged.find(({ relation }) => relation === 'unknown');
  const cited = judged.flatMap((one) => citedOf(start, one));
  if (unknown !== undefined) {
    return [
      {
        verdict: 'undetermined',
        join: unknown.join,
        cited,
        reason: `nothing says whether ${toldOf(unknown.claims)} is one of ${auditClaims(event)}`,
      },
    ];
  }
  const relations = [...new Set(judged.map(({ relation }) => relation))].join(', ');
  const by = bindingsOf([...start.events, ...judged.flatMap(({ call }) => call.events)]);
  return [
    {
      verdict: 'satisfied',
      join: first.join,
      cited,
      reason: `the identities hold together: ${relations}${by === '' ? '' : `, by the bindings ${by}`}`,
    },
  ];
}

/** Cited wherever they were used: whoever looks after them is asked first. */
const bindingsOf = (events: readonly TrailEvent[]): string =>
  [...new Set(events.flatMap(({ bindings }) => bindings))].toSorted().join(', ');

/** Whose call it is, only the gateway's record tells. */
const isRelayed = ({ events }: Call, { corroboration }: DeclaredFacts): boolean =>
  events.every((event) => corroboration.isRelay(event));

const agrees = (relation: Relation): boolean =>
  relation === 'agree' || relation === 'alias' || relation === 'delegated';
const isStrong = (join: Join): boolean => join === 'request-id' || join === 'job-id';

function heldAgainst(start: Call, kind: HopKind, call: Call, join: Join, isMapped: boolean): Held {
  // A job that was started by a repeated request has several records, each with its caller.
  const claims = call.events.flatMap((hop) => {
    const all = start.events.map((audit) => compared(hop, audit, isMapped));
    return all.find((one) => agrees(relationOfAll(one))) ?? all[0] ?? [];
  });
  const distinct = [...new Map(claims.map((one) => [`${one.id} ${one.as ?? ''}`, one])).values()];
  return { kind, call, join, claims: distinct, relation: relationOfAll(distinct) };
}

/** One call and one start of one kind at one time, each without a partner, and nothing else they could belong to. */
function byTimeAlone(
  start: Call,
  segment: Segment,
  context: Context,
  isMapped: boolean,
): readonly Judgement[] {
  return requiredHops(start.event, context).flatMap((kind): Judgement[] => {
    const pairs = startsPaired(segment, kind, context.declared);
    const within = withinOf(start, context.declared);
    const there = evidenceOf(start, kind, segment, context);
    if (there.paired.is !== 'alone' || there.paired.crowd.partners.length > 0) return [];
    const isHere = ({ place }: Call): boolean => samePlace(place, start.place);
    const { calls, starts } = leftOver(pairs, segment)[kind];
    const call = onlyNear(calls, start.at, within, isHere);
    if (call === undefined || isRelayed(call, context.declared)) return [];
    if (onlyNear(starts, start.at, within, isHere) !== start) return [];
    const held = heldAgainst(start, kind, call, 'time', isMapped);
    if (held.relation !== 'conflict') return [];
    return [
      {
        verdict: 'waiting',
        about: kind,
        until: there.until,
        on: [kind],
        otherwise: { ...violated(start, held, 'medium') },
      },
    ];
  });
}

/** Starts and calls without a partner, in the order of time. */
const leftOver = memo2((pairs: ReturnType<typeof startsPaired>, { starts, hops }: Segment) => {
  const taken = new Set([...pairs.values()].flatMap((one) => (one.is === 'paired' ? [one.call] : [])));
  const left = (kind: HopKind) => ({
    starts: starts.filter((start) => pairs.get(start)?.is !== 'paired'),
    calls: hops[kind].filter((call) => !taken.has(call)),
  });
  return { gateway: left('gateway'), mesh: left('mesh') };
});

/** The one of a list in the order of time that is near and like this; undefined where none or several are. */
function onlyNear(
  sorted: readonly Call[],
  at: number,
  reach: number,
  holds: (call: Call) => boolean,
): Call | undefined {
  let only: Call | undefined;
  for (let i = firstFrom(sorted, at - reach); ; i += 1) {
    const call = sorted[i];
    if (call === undefined || call.at > at + reach) return only;
    if (!holds(call)) continue;
    if (only !== undefined) return undefined;
    only = call;
  }
}

const citedOf = (start: Call, { kind, call }: Held) => [
  ...start.events.map((one) => citedAs('audit', one)),
  ...call.events.map((one) => citedAs(kind, one)),
];

function violated(start: Call, held: Held, severity: 'critical' | 'medium'): Outcome {
  const { event } = start;
  const hop = held.claims.find(({ relation }) => relation === 'conflict')?.id ?? held.call.id;
  const name = held.kind === 'gateway' ? 'gateway' : 'mesh';
  return {
    verdict: 'violated',
    join: held.join,
    cited: citedOf(start, held),
    found: {
      key: `${hop} ${event.actor?.id ?? '-'}`,
      severity,
      summary:
        held.join === 'time'
          ? `The ${name} saw one call, by ${hop}, when ${whoOf(event)} started work by ${event.method}; nobody else's call is near.`
          : `The ${name} saw the call as ${hop}, and the API as ${whoOf(event)}.`,
      evidence: evidence(
        ['hop', hop],
        ['audit', event.actor?.id],
        ['seen', held.kind],
        ['strength', held.join],
        ['hopClaims', toldOf(held.claims)],
        ['auditClaims', auditClaims(event)],
        ['relation', held.relation],
        ['bindings', bindingsOf([...start.events, ...held.call.events])],
        ['call', event.callKey],
        ['job', event.job],
      ),
    },
  };
}
