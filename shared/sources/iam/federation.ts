/** Workload and workforce identity pools, their providers and keys: whose assertions become Google identities. */
import { claim, expressionClaim, listClaim, objectClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { segmentAfter } from '../../audit/payload.ts';
import { addPolicyResource } from '../../audit/policy-version.ts';
import { obj, own, str, strings } from '../fields.ts';

export function readFederation(seen: Seen): void {
  const { payload, claims } = seen;
  const { request } = payload;
  addTrust(seen);
  const name = str(request, 'name') ?? str(request, 'parent') ?? payload.resourceName;
  claim(
    claims,
    'pool',
    segmentAfter(name, 'workloadIdentityPools') ??
      segmentAfter(name, 'workforcePools') ??
      str(request, 'workloadIdentityPoolId') ??
      str(request, 'workforcePoolId'),
  );
  claim(
    claims,
    'provider',
    str(request, 'workloadIdentityPoolProviderId') ??
      str(request, 'workforcePoolProviderId') ??
      segmentAfter(name, 'providers') ??
      segmentAfter(payload.resourceName, 'providers'),
  );
  claim(claims, 'updateMask', str(request, 'updateMask'));
  const provider = obj(request, 'workloadIdentityPoolProvider') ?? obj(request, 'workforcePoolProvider');
  const changed =
    provider ?? obj(request, 'workloadIdentityPool') ?? obj(request, 'workforcePool') ?? payload.response;
  const disabled = own(changed, 'disabled');
  if (typeof disabled === 'boolean') claims['disabled'] = disabled;
  if (provider === undefined) return;
  // An empty condition lets everybody in whom the provider knows.
  if (own(provider, 'attributeCondition') === '') claims['attributeCondition'] = '';
  expressionClaim(claims, 'attributeCondition', str(provider, 'attributeCondition'));
  objectClaim(claims, 'attributeMapping', obj(provider, 'attributeMapping'));
  const oidc = obj(provider, 'oidc');
  claim(claims, 'issuer', str(oidc, 'issuerUri'), 1024);
  listClaim(claims, 'allowedAudiences', strings(oidc, 'allowedAudiences'));
  claim(claims, 'awsAccount', str(obj(provider, 'aws'), 'accountId'));
  if (obj(provider, 'saml') !== undefined) claims['saml'] = true;
}

/** What every provider of each protocol has; a pool has nothing that must be stated. */
const PROVIDER_MARKS = ['attributeMapping', 'oidc', 'aws', 'saml', 'x509'];
const POOL_MARKS = ['displayName', 'description', 'disabled', 'state', 'mode'];

/** A provider's mapping and condition, and the pool around it, decide whose assertions become which identities. */
function addTrust(seen: Seen): void {
  const { method, payload } = seen;
  const { request } = payload;
  const workforce = method.includes('Workforce');
  const field = workforce ? 'workforcePool' : 'workloadIdentityPool';
  if (method.endsWith('PoolProvider')) {
    const sent = obj(request, `${field}Provider`);
    const id = str(request, `${field}ProviderId`);
    addPolicyResource(seen, { plane: 'iam', collection: 'providers', sent, id, marks: PROVIDER_MARKS });
  } else if (method.endsWith('Pool')) {
    const collection = `${field}s`;
    const sent = obj(request, field);
    addPolicyResource(seen, {
      plane: 'iam',
      collection,
      sent,
      id: str(request, `${field}Id`),
      marks: POOL_MARKS,
    });
  }
}
