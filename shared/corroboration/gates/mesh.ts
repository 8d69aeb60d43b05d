/** An AuthorizationPolicy that was changed outside of CI, and a request that the mesh let through afterwards. */
import type { TrailEvent } from '../../model/trail-event.ts';
import { objectName } from '../state-name.ts';
import { attemptBefore } from './history.ts';
import { undeclaredAt, type LetIn, type Passed, type Version } from './let-in.ts';
import { meshRequestOf, meshTextSays, type MeshRequest, type Says } from './mesh-text.ts';

export function letInByMesh(change: TrailEvent, passed: Passed): LetIn | undefined {
  const policy = objectName(change);
  if (policy === undefined) return undefined;
  const undeclared = undeclaredAt('mesh', policy, passed, ({ provenance }) => provenance !== 'tenant');
  if (undeclared === undefined) return undefined;
  const { inForce, first, before } = undeclared;
  const request = meshRequestOf(passed.event);
  const now = says(inForce, request);
  const then = before === undefined ? undefined : says(before, request);
  // What another policy let through, this one did not; and who was let in before was not let in by the change.
  if (now === 'deny' || then === 'allow') return undefined;
  const attempt = attemptBefore(passed.event, first.event, passed.facts);
  if (attempt === 'allowed') return undefined;
  const isLetIn = (now === 'allow' && then === 'deny') || (now === 'allow' && attempt === 'denied');
  return {
    policy,
    change: inForce.event,
    before: before?.event,
    says: isLetIn ? 'let-in' : 'unknown',
    why: isLetIn
      ? `${before === undefined ? 'refused before the change' : 'denied by the version before'}, allowed by this one`
      : before === undefined
        ? 'the version before is not recorded'
        : 'the texts look at what no record tells',
  };
}

/** Without the policy nothing of it allows or denies; of one that denied, its end lets in. */
function says({ change, event }: Version, request: MeshRequest): Says {
  if (change === 'delete') return 'allow';
  return change === 'set' ? meshTextSays(event.claims, request) : undefined;
}
