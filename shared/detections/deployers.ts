/** Whether a change came from where changes come from: CI and GitOps, as declared. */
import type { TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';

/** The caller itself: acting for a deployer is not being one. Whoever is not named is none. */
export const byDeployer = ({ actor }: TrailEvent, declared: DeclaredFacts): boolean =>
  actor !== undefined && declared.isDeployer(actor.id);
