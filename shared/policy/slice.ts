/** Which policies could hold for a verb in an environment, by their scopes alone: Cedar is asked about no others. */
import type { EntityUidJson, PolicyJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { groupOf } from './actions.ts';
import type { Action } from '../model/event.ts';
import { NAMESPACE } from './schema.ts';

export const couldHold = (
  { action: verbs, resource }: PolicyJson,
  action: Action,
  environment: string | undefined,
): boolean => namesAction(verbs, action) && namesEnvironment(resource, environment);

function namesAction(scope: PolicyJson['action'], action: Action): boolean {
  if (!('entity' in scope || 'entities' in scope)) return true;
  const named = 'entities' in scope ? scope.entities : [scope.entity];
  return named.map(uidOf).some(({ id }) => id === action || id === groupOf(action));
}

/** What a resource is in is its environment and nothing else. */
function namesEnvironment(scope: PolicyJson['resource'], environment: string | undefined): boolean {
  const within = scope.op === 'in' ? scope : scope.op === 'is' ? scope.in : undefined;
  if (within === undefined || !('entity' in within)) return true;
  const { type, id } = uidOf(within.entity);
  return type !== `${NAMESPACE}::Environment` || id === environment;
}

const uidOf = (entity: EntityUidJson): TypeAndId => ('__entity' in entity ? entity.__entity : entity);
