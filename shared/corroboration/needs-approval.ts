/** Which events an approval is asked for. */
import type { RequiredApproval } from '../../schemas/corroboration.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { isDone } from '../detections/kinds.ts';
import type { Action } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { DECIDED } from '../policy/actions.ts';

/** What somebody did, and no decision of somebody else about it. */
export const APPROVABLE: readonly Action[] = DECIDED.filter((action) => !action.startsWith('grant.'));
const APPROVABLE_SET: ReadonlySet<Action> = new Set(APPROVABLE);

/** It was done, and whoever says so could not have made it up. */
export const isApprovable = (event: TrailEvent): boolean =>
  APPROVABLE_SET.has(event.action) && isDone(event) && event.provenance !== 'tenant';

/** The approvals that the configuration asks for; none for what was refused, and for the entry that ends an operation. */
export const requiredFor = (event: TrailEvent, declared: DeclaredFacts): readonly RequiredApproval[] =>
  isApprovable(event) ? declared.corroboration.approvalsFor(event) : [];

/** @param waits its decision hangs on what may still arrive */
export const hangsOnApproval = (event: TrailEvent, declared: DeclaredFacts, waits: boolean): boolean =>
  isApprovable(event) && (waits || declared.corroboration.approvalsFor(event).length > 0);
