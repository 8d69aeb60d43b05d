/**
 * Rights that somebody was given shortly before being refused: they reach the services one after the other, for some minutes.
 * Only what a provider or a declared writer recorded, and what somebody else gave: nobody excuses himself.
 */
import { bindingsOf, isCustomRole } from '../detections/bindings.ts';
import { listOf, textOf } from '../detections/evidence.ts';
import { isImpersonationRole } from '../detections/job-roles.ts';
import { isDone, partiesOf } from '../detections/kinds.ts';
import { parseDatabricksName } from '../identity/grammar/databricks.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Facts } from './facts.ts';
import { withoutSession } from './repeats.ts';
import { back } from './span.ts';

/** How long rights take to arrive. */
export const PROPAGATION_MS = 10 * 60_000;

export interface Given {
  /** Canonical id, or that of a group. */
  readonly to: string;
  /** Undefined where the record names no role: a permission of its own, as Databricks has them. */
  readonly role: string | undefined;
}

/** What an event gives to whom; none where it gives nothing, or where it does not count. */
export function givenBy(event: TrailEvent): readonly Given[] {
  if (!isDone(event) || event.provenance === 'tenant') return NONE;
  if (event.source === 'databricks') return event.action === 'iam.change' ? givenByDatabricks(event) : NONE;
  const { claims } = event;
  if (event.action === 'grant.activate') {
    const to = textOf(claims, 'beneficiary');
    return to === undefined ? NONE : listOf(claims, 'grantedRoles').map(([role]) => ({ to, role }));
  }
  if (event.action !== 'iam.change') return NONE;
  const { added, standing } = bindingsOf(claims);
  return [...added, ...standing].flatMap(({ role, member }) => {
    const to = parseIdentifier(member)?.id;
    return to === undefined ? [] : [{ to, role }];
  });
}

const NONE: readonly Given[] = [];

/** `principal: SELECT,MODIFY; principal: …` of Unity Catalog; the target of a change of a job's or a cluster's list. */
function givenByDatabricks({ claims }: TrailEvent): readonly Given[] {
  const names = (textOf(claims, 'granted') ?? '').split('; ').map((line) => line.split(': ', 1)[0] ?? '');
  const target = textOf(claims, 'targetUser');
  return [...names, ...(target === undefined ? [] : [target])]
    .filter((name) => name !== '')
    .map((name) => ({ to: parseDatabricksName(name).id, role: undefined }));
}

/** Whether one of those refused was given, in the minutes before, what it may have lacked. */
export function wasJustGiven(refused: TrailEvent, facts: Facts): boolean {
  const span = back(refused.time, PROPAGATION_MS);
  const parties = new Set<string>(partiesOf(refused));
  if (parties.size === 0) return false;
  const changes = [
    ...policiesOf(refused).flatMap((policy) => facts.witnesses('policy', `iam|allow:${policy}`, span)),
    ...listsOf(refused).flatMap((resource) => facts.witnesses('change', resource, span)),
    ...[...parties].flatMap((who) => facts.witnesses('grant', who, span)),
  ];
  return changes.some(
    (change) =>
      !partiesOf(change).some((giver) => parties.has(giver) && change.action !== 'grant.activate') &&
      givenBy(change).some(({ to, role }) => parties.has(to) && covers(role, refused)),
  );
}

const BASIC: ReadonlySet<string> = new Set(['roles/owner', 'roles/editor', 'roles/viewer']);

/** What a role of the organisation's own holds is not in the entry that gives it. */
function covers(role: string | undefined, { claims, source }: TrailEvent): boolean {
  if (role === undefined || BASIC.has(role) || isCustomRole(role)) return true;
  const permission = textOf(claims, 'permission') ?? '';
  if (permission.startsWith('iam.serviceAccounts.')) return isImpersonationRole(role);
  const dot = permission.indexOf('.');
  return role.startsWith(`roles/${dot < 0 ? source : permission.slice(0, dot)}.`);
}

/** Full names of the resources whose IAM policy decides over the call, as far as the entry names them. */
function policiesOf({ source, project, resource, runAs }: TrailEvent): readonly string[] {
  if (source === 'databricks') return [];
  const named = withoutSession(resource);
  const account = runAs?.startsWith(ACCOUNT) === true ? runAs.slice(ACCOUNT.length) : undefined;
  return [
    ...(project === undefined ? [] : [`//cloudresourcemanager.googleapis.com/projects/${project}`]),
    ...(named === undefined ? [] : [`//${source}.googleapis.com/${named}`]),
    ...(account === undefined ? [] : [`//iam.googleapis.com/projects/-/serviceAccounts/${account}`]),
  ];
}

const ACCOUNT = 'service-account:google:';

/** `unityCatalog/main.sales.orders`, its schema and its catalog: a right on these is a right on the table. */
function listsOf({ source, resource }: TrailEvent): readonly string[] {
  if (source !== 'databricks' || resource === undefined) return [];
  const [catalog, schema, ...rest] = resource.split('.', 4);
  if (catalog === undefined || schema === undefined) return [resource];
  return rest.length === 0 ? [catalog, resource] : [catalog, `${catalog}.${schema}`, resource];
}
