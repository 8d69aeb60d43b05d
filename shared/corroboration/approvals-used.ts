/** Whether the approvals that would hold for an event were used as often as they may be before. */
import { listOf } from '../detections/evidence.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { approvalsFor, type Recorded } from './approval-search.ts';
import { supplied, usesOf, type Supply } from './approval-uses.ts';
import { heldBy, isFor, type Approval } from './approvals.ts';
import { asksFor } from './asked.ts';
import { requiredFor } from './needs-approval.ts';
import type { Context } from './rule.ts';
import { recordedAs } from './same-identity.ts';

const STARTS: ReadonlySet<string> = new Set(['job.submit', 'session.create', 'workflow.run']);

/**
 * Undefined: as often as wanted. What a run does is not another use of what approved the run, also where the record of data does
 * not say which run it was.
 */
function usesLeft({ uses, event: { claims } }: Approval, event: TrailEvent): number | undefined {
  const isPartOfRun =
    event.job === undefined &&
    event.action.startsWith('data.') &&
    listOf(claims, 'actions').some(([action = '']) => STARTS.has(action));
  return isPartOfRun ? undefined : uses;
}

/**
 * @param holding approvals that hold for the event but for the number of their uses
 * @param recorded all that are for those who did it: what others of them are used for takes none of these
 */
export function isUsedUp(
  event: TrailEvent,
  holding: readonly Recorded[],
  recorded: readonly Recorded[],
  context: Context,
): boolean {
  if (holding.some(({ approval }) => usesLeft(approval, event) === undefined)) return false;
  const uses = usesOf(usedBefore(event, holding, recorded, context));
  const limits = limitsOf(recorded);
  const choices = uses.map((use) => {
    const chosen = use.ids.has(event.id)
      ? holding
      : recorded.filter((one) => holdsFor(one, use.event, context));
    // It has one that may be used as often as wanted, and takes none from anybody.
    if (chosen.some(({ approval }) => usesLeft(approval, use.event) === undefined)) return [];
    return chosen.map(({ approval }): Supply => ({
      id: nameOf(approval),
      uses: limits.get(nameOf(approval)) ?? 1,
    }));
  });
  return supplied(choices)[uses.findIndex(({ ids }) => ids.has(event.id))] !== true;
}

const nameOf = ({ id, event }: Approval): string => JSON.stringify([event.source, id]);

/** An approval that is decided on again is no second one: what was said last of its uses holds. */
function limitsOf(recorded: readonly Recorded[]): ReadonlyMap<string, number> {
  const inOrder = recorded.map(({ approval }) => approval).toSorted((a, b) => byTime(a.event, b.event));
  return new Map(inOrder.map((approval) => [nameOf(approval), approval.uses ?? 1]));
}

const byTime = (a: TrailEvent, b: TrailEvent): number =>
  a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1;

/** What whoever the approvals are for did up to the event, itself included, as far back as it may matter. */
function usedBefore(
  event: TrailEvent,
  holding: readonly Recorded[],
  recorded: readonly Recorded[],
  { facts }: Context,
): readonly TrailEvent[] {
  const limited = recorded.filter(({ approval }) => approval.uses !== undefined);
  const span = { from: beginningOf(holding, limited), until: event.time };
  const distinct = new Map<string, TrailEvent>([[event.id, event]]);
  for (const who of new Set(limited.flatMap(({ approval }) => recordedAs(approval.beneficiary)))) {
    for (const one of facts.witnesses('needs-approval', who, span)) {
      if (one.time < event.time || one.id <= event.id) distinct.set(one.id, one);
    }
  }
  return [...distinct.values()].toSorted(byTime);
}

/** Approvals that overlap may stand for one another, so that the first of a row of them begins it. */
function beginningOf(holding: readonly Recorded[], limited: readonly Recorded[]): string {
  let from = holding.map((one) => one.approval.from).toSorted()[0] ?? '';
  for (;;) {
    const earlier = limited
      .filter(({ approval }) => approval.from < from && (approval.until ?? from) >= from)
      .map(({ approval }) => approval.from)
      .toSorted()[0];
    if (earlier === undefined) return from;
    from = earlier;
  }
}

/** Used is an approval by what the configuration asks one for, and by what a policy lets happen with one only. */
function holdsFor({ approval, ends }: Recorded, event: TrailEvent, { declared }: Context): boolean {
  if (!isFor(approval, event)) return false;
  const asked = requiredFor(event, declared).map((required) => asksFor(event, required, declared));
  if (waitsForApproval(event)) asked.push({ event, declared });
  return asked.some((one) => heldBy(approval, ends, one)?.standing === 'approved');
}

const waitsForApproval = ({ waitsFor }: TrailEvent): boolean => waitsFor?.includes('approval') === true;

/** What whoever an approval is for did in a span, of all that asks for approvals. */
export const doneBy = (
  who: string,
  span: { readonly from: string; readonly until: string },
  { facts }: Context,
): readonly TrailEvent[] => recordedAs(who).flatMap((id) => facts.witnesses('needs-approval', id, span));

/** Whose approval a use may take that comes late: those after it. */
export function afterUse(event: TrailEvent, context: Context): readonly TrailEvent[] {
  if (!waitsForApproval(event) && requiredFor(event, context.declared).length === 0) return [];
  return approvalsFor(event, context.facts).flatMap(({ approval }) =>
    approval.uses === undefined || approval.until === undefined || approval.until < event.time
      ? []
      : doneBy(approval.beneficiary, { from: event.time, until: approval.until }, context),
  );
}
