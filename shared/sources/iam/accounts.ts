/** Roles, service accounts, their keys, deny and boundary rules, groups. */
import { claim, listClaim, objectClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { lastSegment, segmentAfter } from '../../audit/payload.ts';
import { addPolicyResource } from '../../audit/policy-version.ts';
import { isObject, list, obj, resourceLabel, str, strings } from '../fields.ts';

/**
 * The address in `projects/P/serviceAccounts/EMAIL`, wherever the entry has it; the numeric id of an account that is
 * gone or of which nothing else is told.
 */
export function accountOf({ entry, payload }: Seen): string | undefined {
  const { request, response } = payload;
  return (
    resourceLabel(entry, 'email_id') ??
    str(response, 'email') ??
    segmentAfter(str(request, 'name'), 'serviceAccounts') ??
    segmentAfter(str(obj(request, 'serviceAccount'), 'name'), 'serviceAccounts') ??
    str(request, 'accountId') ??
    str(request, 'account_id') ??
    segmentAfter(payload.resourceName, 'serviceAccounts')
  );
}

export function readAccount(seen: Seen): void {
  const { entry, payload, claims } = seen;
  claim(claims, 'serviceAccount', accountOf(seen));
  claim(claims, 'uniqueId', str(payload.response, 'uniqueId') ?? resourceLabel(entry, 'unique_id'));
  claim(claims, 'updateMask', str(payload.request, 'updateMask'));
}

/** Of a key its id and life are told, never its material. */
export function readKey(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response } = payload;
  claim(claims, 'serviceAccount', accountOf(seen));
  claim(
    claims,
    'key',
    segmentAfter(str(response, 'name'), 'keys') ??
      segmentAfter(str(request, 'name'), 'keys') ??
      segmentAfter(payload.resourceName, 'keys'),
  );
  claim(claims, 'keyOrigin', str(response, 'keyOrigin'));
  claim(claims, 'keyType', str(response, 'keyType'));
  claim(claims, 'keyAlgorithm', str(response, 'keyAlgorithm') ?? str(request, 'keyAlgorithm'));
  claim(claims, 'validBefore', str(response, 'validBeforeTime'));
}

/** Entries of roles spell fields in either way. */
const PERMISSIONS = ['includedPermissions', 'included_permissions'];

export function readRole(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response } = payload;
  const role = obj(request, 'role');
  const id = str(request, 'roleId') ?? str(request, 'role_id');
  addPolicyResource(seen, { plane: 'iam', collection: 'roles', sent: role, id, marks: PERMISSIONS });
  claim(
    claims,
    'role',
    str(response, 'name') ??
      str(request, 'name') ??
      str(role, 'name') ??
      str(request, 'roleId') ??
      payload.resourceName,
  );
  claim(claims, 'stage', str(response, 'stage') ?? str(role, 'stage'));
  const delta = obj(payload.serviceData, 'permissionDelta');
  const added = strings(delta, 'addedPermissions');
  const removed = strings(delta, 'removedPermissions');
  if (delta !== undefined) {
    claims['permissionsAdded'] = added.length;
    claims['permissionsRemoved'] = removed.length;
    listClaim(claims, 'addedPermissions', added);
    listClaim(claims, 'removedPermissions', removed);
    return;
  }
  listClaim(claims, 'permissions', strings(role, 'includedPermissions'));
}

/** End of the method, collection, field of the request, and what every one has. */
const RULES = [
  [
    'PrincipalAccessBoundaryPolicy',
    'principalAccessBoundaryPolicies',
    'principalAccessBoundaryPolicy',
    'details',
  ],
  ['PolicyBinding', 'policyBindings', 'policyBinding', 'target'],
  ['Policy', 'denypolicies', 'policy', 'rules'],
] as const;

/** Deny policies and principal access boundaries: `[…deniedPrincipals] × […deniedPermissions]`, kept as they are. */
export function readRule(seen: Seen): void {
  const { payload, claims, method } = seen;
  const { request, response } = payload;
  const kind = RULES.find(([name]) => method.endsWith(name));
  if (kind !== undefined) {
    const [, collection, field, mark] = kind;
    const id = str(request, `${field}Id`);
    addPolicyResource(seen, { plane: 'iam', collection, sent: obj(request, field), id, marks: [mark] });
  }
  claim(claims, 'rule', str(request, 'name') ?? payload.resourceName, 1024);
  objectClaim(
    claims,
    'ruleText',
    obj(request, 'policy') ?? obj(request, 'principalAccessBoundaryPolicy') ?? obj(request, 'policyBinding'),
  );
  claim(claims, 'etagBefore', str(obj(request, 'policy'), 'etag') ?? str(request, 'etag'));
  claim(claims, 'etagAfter', str(response, 'etag'));
}

/** Groups of Cloud Identity: whoever joins one has what the group was granted. */
export function readMembership({ payload, claims }: Seen): void {
  const { request, response } = payload;
  const membership = obj(request, 'membership') ?? response;
  claim(
    claims,
    'group',
    str(obj(obj(request, 'group'), 'groupKey'), 'id') ??
      str(obj(response, 'groupKey'), 'id') ??
      segmentAfter(str(request, 'parent') ?? str(request, 'name') ?? payload.resourceName, 'groups'),
  );
  claim(
    claims,
    'member',
    str(obj(membership, 'preferredMemberKey'), 'id') ??
      str(obj(membership, 'memberKey'), 'id') ??
      (segmentAfter(payload.resourceName, 'memberships') === undefined
        ? undefined
        : lastSegment(payload.resourceName)),
  );
  const roles = list(membership, 'roles').map((role) => (isObject(role) ? (str(role, 'name') ?? '') : ''));
  listClaim(claims, 'memberRoles', roles);
}
