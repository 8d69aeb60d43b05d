/** A role that lets one start jobs, given to oneself. */
import { bindingsOf, type Binding } from '../detections/bindings.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { byDeployer } from '../detections/deployers.ts';
import { isJobRole, isViewer } from '../detections/job-roles.ts';
import { isDone } from '../detections/kinds.ts';
import { parseGoogleMember } from '../identity/grammar/google-member.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { isSameIdentity } from './same-identity.ts';

export interface SelfGrant extends Binding {
  /** The entry tells the policy as it was set, and not what is new in it. */
  readonly standing: boolean;
}

/** None where a declared deployer did it: what it gives itself is reviewed where it is written. */
export function selfGrantsOf(event: TrailEvent, declared: DeclaredFacts): readonly SelfGrant[] {
  const { action, actor } = event;
  if (action !== 'iam.change' && action !== 'log.change') return [];
  if (actor === undefined || !isDone(event) || byDeployer(event, declared)) return [];
  const { added, standing } = bindingsOf(event.claims);
  const isOwn = ({ role, member }: Binding): boolean => {
    const id = parseGoogleMember(member)?.id;
    return (
      isJobRole(role, event.resource, declared) &&
      !isViewer(role) &&
      (isSameIdentity(id, actor.id) || isSameIdentity(id, actor.as))
    );
  };
  return [
    ...added.filter(isOwn).map((one) => ({ ...one, standing: false })),
    ...standing.filter(isOwn).map((one) => ({ ...one, standing: true })),
  ];
}

/** Whether a policy that was in force before had the grant already. */
export const hasGrant = ({ claims }: TrailEvent, { role, member }: Binding): boolean => {
  const { added, standing } = bindingsOf(claims);
  return [...added, ...standing].some((one) => one.role === role && one.member === member);
};
