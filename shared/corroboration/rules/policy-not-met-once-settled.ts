import { evidence } from '../../detections/evidence.ts';
import { subjectOf, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import type { Awaited, Decision } from '../../policy/decision.ts';
import type { Settled } from '../../policy/request.ts';
import { approvalsAbout, eventSpan } from '../approval-search.ts';
import { afterUse } from '../approvals-used.ts';
import { citedAs } from '../cite.ts';
import { groupOf } from '../call-records.ts';
import { segmentsAround, type Segment } from '../call-segments.ts';
import type { Facts } from '../facts.ts';
import { memo } from '../memo.ts';
import { APPROVABLE, isApprovable } from '../needs-approval.ts';
import {
  anchorOf,
  type Anchor,
  defineRule,
  type AwaitedPath,
  type Context,
  type Judgement,
  type Outcome,
} from '../rule.ts';
import { recordedAs } from '../same-identity.ts';
import { knownOf, type Known } from '../settled.ts';
import { forth, msBetween } from '../span.ts';
import { changesAfter } from '../state-before.ts';
import { windowMs } from '../through.ts';

export const policyNotMetOnceSettled = defineRule({
  id: 'policy-not-met-once-settled',
  version: 1,
  kind: 'absence',
  title: 'Policy not met once all was known',
  severity: 'high',
  why: 'Policy lets this happen with an approval, through a hop or from a known state only; by now it is known that it was otherwise.',
  runbook: [
    'Read `decision` and `policies`: those that forbid it; where there are none, no policy permits it as it was done.',
    'Read what it was decided with: `approval`, `through`, `prior`. With these the decision can be taken again (`jobtrail policy test`).',
    'Ask `who` for the approval, or why the call did not come through the gateway; cancel the work where nobody answers for it.',
  ],
  evidence: [
    'decision',
    'policies',
    'waitedFor',
    'approval',
    'through',
    'prior',
    'who',
    'action',
    'job',
    'resource',
    'environment',
  ],
  maps: {
    attack: ['T1648', 'T1078.004'],
    soc2: ['CC6.1', 'CC6.3', 'CC8.1'],
    iso27001: ['A.5.15', 'A.5.36', 'A.8.32'],
  },
  peers: [],
  gaps: [
    'What something was before is known of policies and of jobs; of anything else a decision that hangs on it stays undetermined.',
    'A group of people that an approval is for is not looked into: it must name who does it.',
  ],
  expects: 'the approval, the hop or the state before that the policy asks for',
  sources: ['approvals', 'iam', 'istio', 'kong', 'dataproc', 'dataflow', 'databricks', 'kubernetes'],
  on: [...APPROVABLE, 'grant.approve', 'grant.deny', 'grant.revoke', 'api.call'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    const { facts } = context;
    if (event.action === 'api.call') return waitingAround(event, facts);
    if (event.action.startsWith('grant.'))
      return approvalsAbout(event, facts).flatMap((approval) =>
        recordedAs(approval.beneficiary).flatMap((who) =>
          waiting(facts.witnesses('needs-approval', who, eventSpan(approval))),
        ),
      );
    const others = isApprovable(event) ? [...changesAfter(event, facts), ...afterUse(event, context)] : [];
    return [...waiting([event, ...others]), ...(isApprovable(event) ? waitingAround(event, facts) : [])];
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    const first = waitingDecision(anchor.event, context);
    return first === undefined ? [] : [judge(anchor.event, first, context)];
  },
});

/** The decision that an event alone does not allow: taken again only where the one that was taken with it waits. */
function waitingDecision(event: TrailEvent, { decide }: Context): Decision | undefined {
  if (event.waitsFor === undefined || event.waitsFor.length === 0) return undefined;
  const first = isApprovable(event) ? decide(event, {}) : undefined;
  return first?.outcome === 'undetermined' ? first : undefined;
}

/** As recorded with the event: whoever is judged is decided again. */
const waiting = (events: readonly TrailEvent[]) =>
  events.filter((event) => (event.waitsFor?.length ?? 0) > 0 && isApprovable(event)).map(anchorOf);

/** The starts whose hops hang on a record of a hop or of another start. */
function waitingAround(record: TrailEvent, facts: Facts): readonly (readonly Anchor[])[] {
  const group = groupOf(record);
  return group === undefined ? [] : segmentsAround(group, record.time, facts).map(waitingStarts);
}

const waitingStarts = memo(({ starts }: Segment) => waiting(starts.flatMap(({ events }) => events)));

function judge(event: TrailEvent, first: Decision, context: Context): Judgement {
  const known = knownOf(event, first.waitsFor, context);
  const { on, until } = waitFor(event, first, context);
  const now = decidedAnyway(event, known.settled, context);
  if (now !== undefined) return outcomeOf(event, first, now, known, known.settled, until);
  const final = asNothingElse(known, first.waitsFor);
  const last = context.decide(event, final);
  const otherwise: Outcome =
    last === undefined || last.outcome === 'undetermined'
      ? {
          verdict: 'undetermined',
          cited: [citedAs('action', event), ...known.cited],
          reason: `it hangs on ${(last?.waitsFor ?? first.waitsFor).join(', ')}, of which nothing is recorded`,
        }
      : outcomeOf(event, first, last, known, final, until);
  return { verdict: 'waiting', until, on, otherwise };
}

const PATHS: Readonly<Record<Awaited, (event: TrailEvent) => readonly AwaitedPath[]>> = {
  approval: () => ['approvals'],
  via: () => ['gateway', 'mesh'],
  prior: ({ source }) => [source],
};

function waitFor(event: TrailEvent, { waitsFor }: Decision, { declared }: Context) {
  const on = waitsFor.flatMap((awaited) => PATHS[awaited](event));
  const late = Math.max(...on.map((path) => declared.corroboration.lateness(path)));
  const window = waitsFor.includes('via') ? windowMs(event, declared) : 0;
  return { on, until: forth(event.time, window + late).until };
}

/** The decision, where it comes out the same whatever else may come: a hop that is missing may still be seen. */
function decidedAnyway(event: TrailEvent, settled: Settled, { decide }: Context): Decision | undefined {
  const { through, ...others } = settled;
  const possible =
    through === undefined
      ? [others]
      : [settled, ...(through.length > 1 ? [] : [{ ...others, through: BOTH }])];
  const decisions = possible.map((one) => decide(event, one));
  const [first] = decisions;
  const isSame = decisions.every((one) => one?.outcome === first?.outcome);
  return first !== undefined && first.outcome !== 'undetermined' && isSame ? first : undefined;
}

const BOTH = ['gateway', 'mesh'] as const;

/** What nobody recorded up to the end of the wait is not there; of a state before, and of hops that do not see such calls, it is not known. */
const asNothingElse = (
  { settled: { approval, through, prior }, isHopped }: Known,
  waitsFor: readonly Awaited[],
): Settled => ({
  ...(waitsFor.includes('approval') ? { approval: approval ?? null } : undefined),
  ...(through !== undefined || isHopped ? { through: through ?? [] } : undefined),
  ...(prior === undefined ? undefined : { prior }),
});

function outcomeOf(
  event: TrailEvent,
  first: Decision,
  decision: Decision,
  known: Known,
  settled: Settled,
  until: string,
): Outcome {
  const cited = [citedAs('action', event), ...known.cited];
  if (decision.outcome === 'permitted' || decision.outcome === 'not-covered') {
    const lateMs = known.receiveTime === undefined ? 0 : msBetween(until, known.receiveTime);
    return {
      verdict: 'satisfied',
      cited,
      reason: `${decision.outcome} by ${decision.policies.join(', ') || 'no policy'}`,
      ...(lateMs > 0 ? { lateMs } : undefined),
    };
  }
  const why = decision.outcome === 'forbidden' ? 'a policy forbids it' : 'no policy permits it';
  return {
    verdict: 'violated',
    cited,
    found: {
      key: subjectOf(event),
      summary: `${whoOf(event)} did ${event.action} under a policy that waited for ${first.waitsFor.join(', ')}; now that it is known, ${why}.`,
      evidence: evidence(
        ['decision', decision.outcome],
        ['policies', decision.policies.join(', ')],
        ['waitedFor', first.waitsFor.join(', ')],
        ['approval', toldApproval(settled, known)],
        ['through', settled.through === undefined ? undefined : settled.through.join(', ') || 'none'],
        ['prior', settled.prior === undefined ? undefined : JSON.stringify(settled.prior)],
        ['who', event.actor?.id],
        ['action', event.action],
        ['job', event.job],
        ['resource', event.resource],
        ['environment', event.environment],
      ),
    },
  };
}

function toldApproval({ approval }: Settled, { usedUp }: Known): string | undefined {
  if (approval === undefined) return undefined;
  if (approval !== null) return JSON.stringify(approval);
  return usedUp === undefined ? 'none' : `used before: ${usedUp}`;
}
