/**
 * Whether one approval holds for one event. A function of the two and of what took the approval back: the same whatever came
 * first. What is not limited in an approval is not limited by it (schemas/approval.ts).
 */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { numberOf, textOf } from '../detections/evidence.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { storedTimestamp } from '../store/timestamp.ts';
import { later } from '../alerts/times.ts';
import { outOfScope, type Outside } from './approval-scope.ts';
import { doersOf, isSameIdentity } from './same-identity.ts';

/** A decision to let somebody do something, as its record tells it. */
export interface Approval {
  readonly event: TrailEvent;
  readonly id: string;
  /** `approval` of a change system; `grant` of Privileged Access Manager. */
  readonly kind: 'approval' | 'grant';
  /** Under every name that the record gives. */
  readonly approvers: readonly string[];
  readonly beneficiary: string;
  /** When it was given, as its record says. */
  readonly dated: string;
  readonly requestedBy: string | undefined;
  /** Inclusive and exclusive, as in rows; no end is told where `until` is undefined. */
  readonly from: string;
  readonly until: string | undefined;
  readonly uses: number | undefined;
}

/** The nearer to holding, the earlier. */
export const STANDINGS = [
  'approved',
  /** It holds but for a limit of which the event tells nothing. */
  'not-told',
  'unproven',
  'self-approved',
  'not-an-approver',
  'used-up',
  'revoked',
  'expired',
  'not-yet-valid',
  'approved-late',
  'over-scope',
] as const;
export type Standing = (typeof STANDINGS)[number];

export interface Held {
  readonly standing: Standing;
  /** Which limit it is about: `action`, `job`, `specDigest`, `dataset`, `environment`, `role`, `resource`; or why it is unproven. */
  readonly limit?: string;
  /** What took it back. */
  readonly ended?: TrailEvent;
}

export interface Asked {
  readonly event: TrailEvent;
  readonly declared: DeclaredFacts;
  /** Datasets that need the approval; absent: all that the event touches. */
  readonly datasets?: readonly string[];
  readonly mayApprove?: (approver: string) => boolean;
}

/** Undefined for what approves nothing, or names nobody whom it is for. */
export function approvalOf(event: TrailEvent): Approval | undefined {
  const { claims } = event;
  const id = textOf(claims, 'approvalId');
  const beneficiary = textOf(claims, 'beneficiary');
  if (event.action !== 'grant.approve' || event.outcome !== 'allowed') return undefined;
  if (id === undefined || beneficiary === undefined) return undefined;
  const from = timeOf(textOf(claims, 'notBefore')) ?? event.time;
  const named = textOf(claims, 'approver');
  return {
    event,
    id,
    kind: event.source === 'approvals' ? 'approval' : 'grant',
    approvers: [...new Set([named, event.actor?.id, event.actor?.as].filter((one) => one !== undefined))],
    beneficiary,
    dated: event.time,
    requestedBy: textOf(claims, 'requestedBy'),
    from,
    until: timeOf(textOf(claims, 'until')) ?? endOf(from, textOf(claims, 'requestedDuration')),
    uses: numberOf(claims, 'uses'),
  };
}

const timeOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : storedTimestamp(text);

/** `3600s`, as Privileged Access Manager tells how long access is asked for. */
function endOf(from: string, duration: string | undefined): string | undefined {
  const seconds = /^([0-9]{1,9})(?:\.[0-9]{1,9})?s$/.exec(duration ?? '')?.[1];
  return seconds === undefined ? undefined : later(from, Number(seconds) * 1000);
}

/** Signed by whom the configuration trusts, or told by the provider. */
export const isProven = ({ provenance }: TrailEvent): boolean =>
  provenance === 'signed' || provenance === 'provider';

/** Whether the approval is for somebody who did it or for whom it was done. */
export const isFor = ({ beneficiary }: Approval, event: TrailEvent): boolean =>
  doersOf(event).some((who) => isSameIdentity(who, beneficiary));

/**
 * What the approval is worth for the event, its number of uses left aside. Undefined where it has nothing to do with it: it is
 * for other things, and was not in force either.
 * @param ends refusals and withdrawals under its id
 */
export function heldBy(approval: Approval, ends: readonly TrailEvent[], asked: Asked): Held | undefined {
  const out = outOfScope(approval, asked);
  const past = outOfForce(approval, ends, asked.event.time);
  if (out !== undefined && out.told)
    return past === undefined ? { standing: 'over-scope', limit: out.limit } : undefined;
  return past ?? worthOf(approval, asked, out);
}

/** Why the approval does not hold at an instant. */
function outOfForce(approval: Approval, ends: readonly TrailEvent[], at: string): Held | undefined {
  if (approval.dated > at) return { standing: 'approved-late' };
  if (at < approval.from) return { standing: 'not-yet-valid' };
  const ended = endOfApproval(approval, ends, at);
  if (ended !== undefined) return { standing: 'revoked', ended };
  if (approval.until !== undefined && at >= approval.until) return { standing: 'expired' };
  return undefined;
}

function worthOf(approval: Approval, asked: Asked, out: Outside | undefined): Held {
  const { event } = asked;
  if (!isProven(approval.event))
    return { standing: 'unproven', limit: textOf(approval.event.claims, 'unverified') ?? 'no-proof' };
  if (isSelfApproved(approval, event)) return { standing: 'self-approved' };
  const { mayApprove = anybody } = asked;
  if (!approval.approvers.some(mayApprove)) return { standing: 'not-an-approver' };
  return out === undefined ? { standing: 'approved' } : { standing: 'not-told', limit: out.limit };
}

const anybody = (): boolean => true;

/** The first withdrawal after it and not after the use. Whoever can only claim to withdraw withdraws nothing that is proven. */
function endOfApproval(
  { id, event }: Approval,
  ends: readonly TrailEvent[],
  at: string,
): TrailEvent | undefined {
  return ends
    .filter(
      (end) =>
        (end.action === 'grant.revoke' || end.action === 'grant.deny') &&
        end.outcome === 'allowed' &&
        (isProven(end) || !isProven(event)) &&
        end.source === event.source &&
        textOf(end.claims, 'approvalId') === id &&
        end.time >= event.time &&
        end.time <= at,
    )
    .toSorted((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1))[0];
}

/**
 * Given by somebody whom it is for: the caller, whomever he acted for, whoever asked for it; and the owner of an agent, unless
 * a third person asked: what his agent asks for, he asks for.
 */
export function isSelfApproved(approval: Approval, event: TrailEvent): boolean {
  const { approvers, beneficiary, requestedBy } = approval;
  const doers = doersOf(event);
  const isOne = (of: readonly (string | undefined)[]): boolean =>
    approvers.some((approver) => of.some((one) => isSameIdentity(approver, one)));
  if (isOne([...doers, beneficiary, requestedBy])) return true;
  const owner = event.actor?.owner;
  const third =
    requestedBy !== undefined &&
    ![...doers, beneficiary, owner].some((one) => isSameIdentity(one, requestedBy));
  return !third && isOne([owner]);
}
