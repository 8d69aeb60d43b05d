/**
 * Short-lived credentials. The identity that a minted credential speaks for is the event's `runAs`: its later use is an
 * event whose actor is that principal.
 */
import { claim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { lastSegment, segmentAfter } from '../../audit/payload.ts';
import type { Claim } from '../../identity/claims.ts';
import { resourceLabel, str, strings } from '../fields.ts';
import { accountOf } from './accounts.ts';

/** `GenerateAccessToken`, `GenerateIdToken`, `SignBlob`, `SignJwt` of the IAM Credentials API. */
export function readMint(seen: Seen): void {
  const { entry, payload, claims } = seen;
  const { request, metadata } = payload;
  const account = accountOf(seen);
  claim(claims, 'serviceAccount', account);
  claim(claims, 'uniqueId', resourceLabel(entry, 'unique_id'));
  if (account?.includes('@') === true) speaksFor(seen, { kind: 'google', email: account });
  claim(claims, 'lifetime', str(request, 'lifetime'));
  claim(claims, 'audience', str(request, 'audience'));
  listClaim(claims, 'scopes', strings(request, 'scope'));
  listClaim(claims, 'delegates', strings(request, 'delegates').map(accountIn));
  listClaim(claims, 'identityDelegationChain', strings(metadata, 'identityDelegationChain').map(accountIn));
}

/** `projects/-/serviceAccounts/EMAIL` → EMAIL. */
const accountIn = (name: string): string => segmentAfter(name, 'serviceAccounts') ?? name;

/**
 * A token of another identity provider exchanged for Google's. The caller is the subject as the provider asserted it;
 * `mapped_principal` is who Google takes it for.
 */
export function readExchange(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, metadata, resourceName } = payload;
  const mapped = str(metadata, 'mapped_principal') ?? str(metadata, 'mappedPrincipal');
  claim(claims, 'mappedPrincipal', mapped, 1024);
  if (mapped !== undefined) speaksFor(seen, { kind: 'google', subject: mapped });
  claim(
    claims,
    'pool',
    segmentAfter(resourceName, 'workloadIdentityPools') ?? segmentAfter(resourceName, 'workforcePools'),
  );
  claim(claims, 'provider', segmentAfter(resourceName, 'providers'));
  claim(claims, 'grantType', lastSegment(str(request, 'grantType'), ':'));
  claim(claims, 'subjectTokenType', lastSegment(str(request, 'subjectTokenType'), ':'));
  claim(claims, 'audience', str(request, 'audience'), 1024);
  claim(claims, 'scope', str(request, 'scope'), 1024);
}

function speaksFor({ draft }: Seen, runAs: Claim): void {
  draft.identity = { ...draft.identity, runAs };
}
