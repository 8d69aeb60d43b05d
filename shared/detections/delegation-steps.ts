/** The way from the original caller to the identity that did it, as the entry tells it. */
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** Google's service agents stand between any two, and add nothing to whose right it is. */
export const delegationChain = ({ actingFor, actor }: TrailEvent): readonly PrincipalId[] =>
  [...actingFor.map((link) => link.id), ...(actor === undefined ? [] : [actor.id])].filter(
    (id) => !id.startsWith('system:'),
  );

/** From each link to the next. Two names of one identity are no step. */
export function delegationSteps(
  event: TrailEvent,
): readonly (readonly [from: PrincipalId, to: PrincipalId])[] {
  const chain = delegationChain(event);
  return chain.flatMap((from, index) => {
    const to = chain[index + 1];
    return to === undefined || to === from ? [] : [[from, to] as const];
  });
}
