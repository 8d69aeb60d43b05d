/**
 * What a change of an IAM policy changed. Services that record it do so in `serviceData.policyDelta`, newer ones in
 * `metadata.policyDelta` (google.iam.v1.logging.AuditData, google.iam.v1.PolicyDelta); of the others the policy that was
 * set is kept, with the etags that chain it to the one before. Every delta counts, so the counts and the marks below
 * are of all of them, also where the list is too long to be kept whole.
 */
import { isObject, list, obj, own, str, strings, type Json } from '../sources/fields.ts';
import { claim, listClaim, type Claims } from './claims.ts';
import type { Seen } from './event.ts';
import { addAllowPolicy } from './policy-version.ts';
import { changesIamPolicy } from './service.ts';

export function readPolicyChange(seen: Seen): void {
  const { payload, draft, claims, method } = seen;
  const delta = obj(payload.serviceData, 'policyDelta') ?? obj(payload.metadata, 'policyDelta');
  const bindings = list(delta, 'bindingDeltas');
  const audits = list(delta, 'auditConfigDeltas');
  const policy = obj(payload.request, 'policy');
  claim(claims, 'etagBefore', str(policy, 'etag'));
  claim(claims, 'etagAfter', str(payload.response, 'etag'));
  claim(claims, 'updateMask', maskOf(payload.request));
  // What is audited decides over what can be known at all: such a change is one of the log, whatever else it grants.
  if (audits.length > 0) draft.action = 'log.change';
  if (bindings.length > 0) bindingClaims(claims, bindings);
  if (audits.length > 0) auditClaims(claims, audits);
  // Beside the difference, what is left: whether a service is still covered by another line shows there.
  if (audits.length > 0) auditConfigClaims(claims, wholePolicy(seen, true));
  const told = bindings.length > 0 || audits.length > 0;
  if (!told) policyClaims(claims, policy ?? payload.request);
  const changes = told || draft.action === 'iam.change' || changesIamPolicy(method);
  if (changes) addAllowPolicy(seen, wholePolicy(seen, told));
}

/**
 * The policy after the change: the one in the response, or the one that was sent, unless a mask says that its bindings
 * were no part of it. Proto3 JSON leaves an empty list out, and so do entries that tell the difference alone: without
 * a list of bindings a policy is taken for empty only where no difference is told.
 */
function wholePolicy({ payload }: Seen, told: boolean): Json | undefined {
  const { request, response } = payload;
  if (hasLists(response)) return response;
  const sent = obj(request, 'policy');
  const mask = maskOf(request);
  if (mask !== '' && !mask.split(',').includes('bindings')) return undefined;
  return hasLists(sent) || !told ? sent : undefined;
}

const hasLists = (policy: Json | undefined): policy is Json =>
  Array.isArray(own(policy, 'bindings')) || Array.isArray(own(policy, 'auditConfigs'));

/** A FieldMask is a text in proto3 JSON and an object with paths in some entries. */
function maskOf(request: Json | undefined): string {
  return str(request, 'updateMask') ?? strings(obj(request, 'updateMask'), 'paths').slice(0, 50).join(',');
}

/** `[action, role, member, condition?]` of each delta. */
export function bindingClaims(claims: Claims, deltas: readonly unknown[]): void {
  const items: (readonly string[])[] = [];
  let added = 0;
  let removed = 0;
  let isPublic = false;
  for (const delta of deltas) {
    if (!isObject(delta)) continue;
    const action = str(delta, 'action') ?? '';
    const member = str(delta, 'member') ?? '';
    if (action === 'ADD') added += 1;
    if (action === 'REMOVE') removed += 1;
    if (action === 'ADD' && isPublicMember(member)) isPublic = true;
    items.push(withCondition([action, str(delta, 'role') ?? '', member], obj(delta, 'condition')));
  }
  claims['bindingsAdded'] = added;
  claims['bindingsRemoved'] = removed;
  if (isPublic) claims['publicMember'] = true;
  listClaim(claims, 'bindingDeltas', items);
}

export const isPublicMember = (member: string): boolean =>
  member === 'allUsers' || member === 'allAuthenticatedUsers' || member === 'principalSet://goog/public:all';

function withCondition(item: readonly string[], condition: Json | undefined): readonly string[] {
  const expression = str(condition, 'expression');
  return expression === undefined ? item : [...item, expression];
}

/**
 * `[action, service, logType, exemptedMember?]` of each delta. Less is logged after a REMOVE, and after an ADD that
 * exempts somebody.
 */
function auditClaims(claims: Claims, deltas: readonly unknown[]): void {
  const items: (readonly string[])[] = [];
  let reduced = 0;
  for (const delta of deltas) {
    if (!isObject(delta)) continue;
    const action = str(delta, 'action') ?? '';
    const exempted = str(delta, 'exemptedMember');
    if (action === (exempted === undefined ? 'REMOVE' : 'ADD')) reduced += 1;
    const item = [action, str(delta, 'service') ?? '', str(delta, 'logType') ?? ''];
    items.push(exempted === undefined ? item : [...item, exempted]);
  }
  if (reduced > 0) claims['auditReduced'] = reduced;
  listClaim(claims, 'auditConfigDeltas', items);
}

/** The policy that was set: `[role, member, condition?]` of each grant, and what it audits. */
export function policyClaims(claims: Claims, policy: Json | undefined): void {
  const grants: (readonly string[])[] = [];
  let isPublic = false;
  for (const binding of list(policy, 'bindings')) {
    if (!isObject(binding)) continue;
    const condition = obj(binding, 'condition');
    for (const member of strings(binding, 'members')) {
      if (isPublicMember(member)) isPublic = true;
      grants.push(withCondition([str(binding, 'role') ?? '', member], condition));
    }
  }
  if (isPublic) claims['publicMember'] = true;
  listClaim(claims, 'policyGrants', grants);
  auditConfigClaims(claims, policy);
}

/** `[service, logType, …exempted]` of each type of log that is on. */
function auditConfigClaims(claims: Claims, policy: Json | undefined): void {
  const audits: (readonly string[])[] = [];
  for (const config of list(policy, 'auditConfigs')) {
    if (!isObject(config)) continue;
    const service = str(config, 'service') ?? '';
    for (const one of list(config, 'auditLogConfigs')) {
      if (isObject(one))
        audits.push([service, str(one, 'logType') ?? '', ...strings(one, 'exemptedMembers')]);
    }
  }
  listClaim(claims, 'policyAuditConfigs', audits);
}
