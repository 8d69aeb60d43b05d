/** A role that was given outside of CI, and what whoever has it did with it. */
import { bindingsOf, isContainer, isCustomRole, type Binding } from '../../detections/bindings.ts';
import { isImpersonationRole } from '../../detections/job-roles.ts';
import { parseIdentifier } from '../../identity/grammar/identifier.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { doersOf, isSameIdentity } from '../same-identity.ts';
import { isDeclaredChange } from './declared-change.ts';
import { opensWork } from './gate.ts';
import { attemptBefore } from './history.ts';
import type { LetIn, Passed } from './let-in.ts';

/** @param changes all that are recorded of bindings of those who did it, in the order of time */
export function letInByIam(
  change: TrailEvent,
  changes: readonly TrailEvent[],
  passed: Passed,
): LetIn | undefined {
  const { event, declared, facts } = passed;
  const given = givenBy(change, event).filter((binding) => isUsable(binding, change, event));
  if (given.length === 0 || !governs(change, event)) return undefined;
  const others = changes.filter((one) => one.resource === change.resource && one.id !== change.id);
  const since = others.filter((one) => one.time >= change.time && one.time <= event.time);
  // Taken back, or made part of what is declared.
  if (since.some((one) => mentions(one, event) && isDeclaredChange(one, changes, declared, facts)))
    return undefined;
  const binding = given.find((one) => !since.some((later) => takes(later, one)));
  if (binding === undefined || wasGivenBefore(others, change, event)) return undefined;
  const attempt = attemptBefore(event, change, facts);
  if (attempt === 'allowed') return undefined;
  const isNew = bindingsOf(change.claims).added.some((one) => isSameBinding(one, binding));
  const isKnown = isNew && !isCustomRole(binding.role) && !event.action.startsWith('data.');
  const isLetIn = isKnown || attempt === 'denied';
  return {
    policy: `allow:${change.resource ?? '-'}`,
    change,
    before: undefined,
    says: isLetIn ? 'let-in' : 'unknown',
    why: isLetIn
      ? `${binding.role} was not given before, and nothing of the kind had been done`
      : isNew
        ? `whether another role than ${binding.role} let it through is not recorded`
        : 'the policy was set whole, and the one before is not recorded',
  };
}

const isOf = ({ member }: Binding, event: TrailEvent): boolean => {
  const id = parseIdentifier(member)?.id;
  return doersOf(event).some((who) => isSameIdentity(who, id));
};

function givenBy(change: TrailEvent, event: TrailEvent): readonly Binding[] {
  const { added, standing } = bindingsOf(change.claims);
  return [...added, ...standing].filter((binding) => opensWork(binding.role) && isOf(binding, event));
}

const mentions = (change: TrailEvent, event: TrailEvent): boolean => {
  const { added, removed, standing } = bindingsOf(change.claims);
  return [...added, ...removed, ...standing].some((binding) => isOf(binding, event));
};

const isSameBinding = (a: Binding, b: Binding): boolean =>
  a.role === b.role && a.member === b.member && a.condition === b.condition;

const takes = (change: TrailEvent, binding: Binding): boolean =>
  bindingsOf(change.claims).removed.some((one) => isSameBinding(one, binding));

/** A role of the same kind that was given before and is not known to have been taken. */
function wasGivenBefore(others: readonly TrailEvent[], change: TrailEvent, event: TrailEvent): boolean {
  const open = new Set<string>();
  for (const one of others) {
    if (one.time >= change.time) break;
    const { added, removed, standing } = bindingsOf(one.claims);
    for (const binding of [...added, ...standing])
      if (opensWork(binding.role) && isOf(binding, event) && isUsable(binding, one, event))
        open.add(keyOf(binding));
    for (const binding of removed) open.delete(keyOf(binding));
  }
  return open.size > 0;
}

const keyOf = ({ role, member, condition }: Binding): string =>
  JSON.stringify([role, member, condition ?? '']);

/** Whether the role has to do with what was done. */
function isUsable({ role }: Binding, change: TrailEvent, event: TrailEvent): boolean {
  if (isImpersonationRole(role)) return !event.action.startsWith('data.') && isAccountOf(change, event);
  if (!role.startsWith('roles/') || isCustomRole(role) || !role.includes('.')) return true;
  const service = role.slice('roles/'.length, role.indexOf('.'));
  return service === event.source || (service === 'composer' && event.action === 'workflow.run');
}

/** The account that the work runs under, or any of the project. */
function isAccountOf({ resource = '', claims }: TrailEvent, { runAs }: TrailEvent): boolean {
  if (isContainer(resource)) return true;
  const named = [resource.slice(resource.lastIndexOf('/') + 1), claims['account'], claims['email']];
  return (
    runAs !== undefined &&
    named.some((one) => typeof one === 'string' && one !== '' && runAs.endsWith(`:${one}`))
  );
}

const PROJECT = /(?:^|\/)projects\/([^/]+)$/;
const BUCKET = /\/buckets\/([^/]+)$/;
const TABLES = /(?:^|\/)projects\/([^/]+)\/datasets\/([^/]+)(?:\/tables\/([^/]+))?$/;

/** Whether what was done is below the resource whose policy it is. Of folders and the organisation all may be. */
function governs({ resource = '' }: TrailEvent, event: TrailEvent): boolean {
  const project = PROJECT.exec(resource)?.[1];
  if (project !== undefined) return project === event.project;
  if (isContainer(resource)) return true;
  const bucket = BUCKET.exec(resource)?.[1];
  if (bucket !== undefined) return touches(event, `gs://${bucket}`, '/');
  const [, owner, dataset, table] = TABLES.exec(resource) ?? [];
  if (owner !== undefined)
    return touches(event, `bigquery:${owner}.${dataset ?? ''}${table === undefined ? '' : `.${table}`}`, '.');
  return resource.includes('/serviceAccounts/') || event.resource === resource;
}

const touches = ({ datasets }: TrailEvent, whole: string, separator: string): boolean =>
  datasets.some(({ dataset }) => dataset === whole || dataset.startsWith(`${whole}${separator}`));
