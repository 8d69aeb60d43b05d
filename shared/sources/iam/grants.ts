/** Privileged Access Manager and Access Approval: access that somebody asks for and somebody else decides on. */
import { claim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { segmentAfter } from '../../audit/payload.ts';
import { addPolicyResource } from '../../audit/policy-version.ts';
import { parseIdentifier } from '../../identity/grammar/identifier.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../fields.ts';

/** Grants are named `…/entitlements/E/grants/G`; the one that is being made has its name in the response only. */
export function readGrant({ payload, claims }: Seen): void {
  const { request, response, metadata } = payload;
  const asked = obj(request, 'grant');
  // The entry that ends an operation, and system events, carry the grant in the response or the metadata.
  const grant = obj(metadata, 'grant') ?? obj(response, 'response') ?? response;
  const name = str(request, 'name') ?? str(grant, 'name') ?? payload.resourceName;
  claim(
    claims,
    'entitlement',
    segmentAfter(name, 'entitlements') ?? segmentAfter(str(request, 'parent'), 'entitlements'),
  );
  claim(claims, 'grant', segmentAfter(name, 'grants') ?? segmentAfter(payload.resourceName, 'grants'));
  claim(claims, 'requester', str(grant, 'requester'));
  // Under the names that approvals of change systems have, so that one question finds both.
  claim(claims, 'approvalId', name !== undefined && name.includes('/grants/') ? name : undefined, 1024);
  const requester = str(grant, 'requester');
  claim(claims, 'beneficiary', requester === undefined ? undefined : parseIdentifier(requester)?.id, 1024);
  claim(claims, 'state', str(grant, 'state'));
  claim(claims, 'requestedDuration', str(asked, 'requestedDuration') ?? str(grant, 'requestedDuration'));
  claim(claims, 'reason', str(request, 'reason'));
  claim(
    claims,
    'justification',
    str(obj(asked, 'justification') ?? obj(grant, 'justification'), 'unstructuredJustification'),
  );
  accessClaims(claims, obj(grant, 'privilegedAccess'));
}

export function readEntitlement(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response } = payload;
  addPolicyResource(seen, {
    plane: 'iam',
    collection: 'entitlements',
    sent: obj(request, 'entitlement'),
    id: str(request, 'entitlementId'),
    marks: ['eligibleUsers', 'privilegedAccess'],
  });
  const entitlement = obj(request, 'entitlement') ?? response;
  claim(
    claims,
    'entitlement',
    str(request, 'entitlementId') ??
      segmentAfter(str(request, 'name') ?? str(entitlement, 'name') ?? payload.resourceName, 'entitlements'),
  );
  claim(claims, 'updateMask', str(request, 'updateMask'));
  claim(claims, 'maxRequestDuration', str(entitlement, 'maxRequestDuration'));
  listClaim(claims, 'eligible', principalsOf(list(entitlement, 'eligibleUsers')));
  const manual = obj(obj(entitlement, 'approvalWorkflow'), 'manualApprovals');
  const steps = list(manual, 'steps').filter(isObject);
  // Without a workflow, whoever is eligible is granted at once.
  if (entitlement !== undefined && own(request, 'entitlement') !== undefined)
    claims['approvalSteps'] = steps.length;
  listClaim(
    claims,
    'approvers',
    steps.flatMap((step) => principalsOf(list(step, 'approvers'))),
  );
  accessClaims(claims, obj(entitlement, 'privilegedAccess'));
}

const principalsOf = (entries: readonly unknown[]): readonly string[] =>
  entries.flatMap((entry) => (isObject(entry) ? strings(entry, 'principals') : []));

/** `[role, condition?]` of each binding that the grant makes, and where. */
function accessClaims(claims: Seen['claims'], access: Json | undefined): void {
  const iam = obj(access, 'gcpIamAccess');
  claim(claims, 'grantedOn', str(iam, 'resource'), 1024);
  const roles = list(iam, 'roleBindings').flatMap((binding) => {
    if (!isObject(binding)) return [];
    const condition = str(binding, 'conditionExpression');
    const role = str(binding, 'role') ?? '';
    return [condition === undefined ? [role] : [role, condition]];
  });
  listClaim(claims, 'grantedRoles', roles);
}

/** Access of Google's own staff, which the customer approves or dismisses. */
export function readApproval({ payload, claims }: Seen): void {
  const { request, response } = payload;
  const name = str(request, 'name') ?? payload.resourceName;
  claim(claims, 'approvalRequest', segmentAfter(name, 'approvalRequests'));
  claim(
    claims,
    'approvalId',
    name !== undefined && name.includes('/approvalRequests/') ? name : undefined,
    1024,
  );
  claim(claims, 'requestedResource', str(response, 'requestedResourceName'), 1024);
  const reason = obj(response, 'requestedReason');
  claim(claims, 'reasonType', str(reason, 'type'));
  claim(claims, 'reason', str(reason, 'detail'));
  const approve = obj(response, 'approve');
  const expires = str(approve, 'expireTime') ?? str(request, 'expireTime');
  claim(claims, 'expireTime', expires);
  claim(claims, 'until', expires);
  if (own(approve, 'autoApproved') === true) claims['autoApproved'] = true;
  if (own(obj(response, 'dismiss'), 'implicit') === true) claims['implicit'] = true;
  claim(claims, 'updateMask', str(request, 'updateMask'));
  const enrolled = list(obj(request, 'settings'), 'enrolledServices');
  if (enrolled.length > 0) claims['enrolledServices'] = enrolled.length;
}
