/**
 * What is known by now of what a decision waited for, and the records that tell it: the approval that covers the event, the hops
 * that its call came through, what it was done to before.
 */
import { byDeployer } from '../detections/deployers.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Awaited } from '../policy/decision.ts';
import type { Settled } from '../policy/request.ts';
import { approvalsFor, rank, type Found } from './approval-search.ts';
import { isProven, isSelfApproved } from './approvals.ts';
import { isUsedUp } from './approvals-used.ts';
import { citedAs } from './cite.ts';
import type { Facts } from './facts.ts';
import { isApprovable } from './needs-approval.ts';
import type { Cited, Context } from './rule.ts';
import { stateOf } from './state-name.ts';
import { hopsOf } from './through.ts';

export interface Known {
  /** Of each what is recorded; absent where nothing is. */
  readonly settled: Settled;
  readonly cited: readonly Cited[];
  /** Whether calls of its kind are seen at hops one by one, so that one that is seen at none came through none. */
  readonly isHopped: boolean;
  /** Id of an approval that would cover it, and was used as often as it may be. */
  readonly usedUp: string | undefined;
  /** The latest of the records, as they came here. */
  readonly receiveTime: string | undefined;
}

/** @param waitsFor what makes a difference: the rest is not looked for */
export function knownOf(event: TrailEvent, waitsFor: readonly Awaited[], context: Context): Known {
  const { declared, facts } = context;
  const { approval, usedUp } = waitsFor.includes('approval') ? coveringApproval(event, context) : NO_APPROVAL;
  const hops = waitsFor.includes('via') ? hopsOf(event, declared, facts) : undefined;
  const prior = waitsFor.includes('prior') ? priorOf(event, declared, facts) : undefined;
  const records = [
    ...(approval === undefined ? [] : [{ role: 'approval', event: approval.approval.event }]),
    ...(hops ?? []).map((hop) => ({ role: hop.via, event: hop.event })),
    ...(prior?.told === undefined ? [] : [{ role: 'before', event: prior.told }]),
  ];
  return {
    settled: {
      ...(approval === undefined ? undefined : { approval: asSettled(approval, event) }),
      ...(hops === undefined || hops.length === 0 ? undefined : { through: hops.map(({ via }) => via) }),
      ...(prior === undefined ? undefined : { prior: prior.prior }),
    },
    isHopped: hops !== undefined,
    usedUp,
    cited: records.map((one) => citedAs(one.role, one.event)),
    receiveTime: records
      .flatMap((one) => one.event.receiveTime ?? [])
      .toSorted()
      .at(-1),
  };
}

/**
 * In force, within its scope and not used as often as it may be; whether it is proven and whose it is the policy asks itself. The
 * best of several: proven before claimed, somebody else's before one's own, then the earliest.
 */
function coveringApproval(event: TrailEvent, context: Context): Covering {
  const recorded = approvalsFor(event, context.facts);
  const inForce = rank(recorded, { event, declared: context.declared }).filter(({ held }) =>
    COVERING.has(held.standing),
  );
  const holding = inForce.filter(({ held }) => held.standing === 'approved');
  const isUsed = holding.length > 0 && isUsedUp(event, holding, recorded, context);
  const covering = isUsed ? inForce.filter(({ held }) => held.standing !== 'approved') : inForce;
  const worth = ({ approval }: Found): number =>
    (isProven(approval.event) ? 0 : 2) + (isSelfApproved(approval, event) ? 1 : 0);
  return {
    approval: covering.toSorted((a, b) => worth(a) - worth(b))[0],
    usedUp: isUsed ? holding[0]?.approval.id : undefined,
  };
}

interface Covering {
  readonly approval: Found | undefined;
  readonly usedUp: string | undefined;
}
const NO_APPROVAL: Covering = { approval: undefined, usedUp: undefined };

const COVERING: ReadonlySet<string> = new Set(['approved', 'self-approved', 'unproven']);

const asSettled = ({ approval }: Found, event: TrailEvent): NonNullable<Settled['approval']> => ({
  by: approval.approvers[0] ?? '-',
  signed: isProven(approval.event),
  selfApproved: isSelfApproved(approval, event),
  kind: approval.kind,
});

interface PriorState {
  readonly prior: NonNullable<Settled['prior']>;
  readonly told: TrailEvent | undefined;
}

/** Undefined where it is not known: nothing is recorded of it from before, and the event does not say that it is new. */
function priorOf(event: TrailEvent, declared: DeclaredFacts, facts: Facts): PriorState | undefined {
  const state = stateOf(event);
  if (state?.kind === 'policy') {
    const version = facts
      .policy(state.plane, state.policy)
      .find((one) => one.time < event.time && one.provenance !== 'tenant');
    const told = version === undefined ? undefined : facts.event(version.eventId);
    if (version !== undefined && told !== undefined)
      return {
        prior: { existed: version.change !== 'delete', byDeployer: byDeployer(told, declared) },
        told,
      };
  }
  if (state === undefined && event.job !== undefined) {
    const told = facts.job(event.job).find((one) => one.time < event.time && isApprovable(one));
    if (told !== undefined) return { prior: { existed: true, byDeployer: byDeployer(told, declared) }, told };
  }
  return isCreation(event) ? { prior: { existed: false, byDeployer: false }, told: undefined } : undefined;
}

/** What begins to be, as its method says: nothing was there before. */
const isCreation = ({ method, action }: TrailEvent): boolean =>
  action === 'job.submit' ||
  action === 'session.create' ||
  action === 'cluster.create' ||
  /(?:^|[./])(?:create|Create|insert|Insert)[A-Za-z]*$/.test(method);
