/** Workload and workforce identity pools, their providers and keys: whose assertions become Google identities. */
import { claim, expressionClaim, listClaim, objectClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { segmentAfter } from '../../audit/payload.ts';
import { obj, own, str, strings } from '../fields.ts';

export function readFederation({ payload, claims }: Seen): void {
  const { request } = payload;
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
