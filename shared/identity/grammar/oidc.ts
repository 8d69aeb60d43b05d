/**
 * Subjects of OpenID Connect issuers. The key is (issuer, subject), never the subject alone; what kind of principal it is
 * follows from those two as well, so that an Istio request principal and the token's claims give one id.
 */
import { asciiLower, identity, issuerPart } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { isEmail, parseEmail } from './email.ts';
import { clusterIssuer, parseServiceAccountName } from './kubernetes.ts';

const HTTPS = 'https://';
const GITHUB = 'https://token.actions.githubusercontent.com';
const OKTA_DOMAINS = ['.okta.com', '.oktapreview.com', '.okta-emea.com', '.okta-gov.com'];
/** Issuers that every cluster may have: they name no cluster. */
const LOCAL_CLUSTER_ISSUERS = new Set([
  'kubernetes/serviceaccount',
  'https://kubernetes.default.svc',
  'https://kubernetes.default.svc.cluster.local',
]);

export const isGoogleIssuer = (iss: string): boolean =>
  iss === 'https://accounts.google.com' || iss === 'accounts.google.com';

/**
 * Istio `request.auth.principal`, `<iss>/<sub>`: split at the last `/`, because the issuer may be a URL. GitHub's
 * subjects hold `/` themselves (`repo:OWNER/REPO:ref:refs/heads/B`) and its issuer is one fixed text.
 */
export function parseRequestPrincipal(value: string, cluster?: string): Identity | undefined {
  const slash = value.startsWith(`${GITHUB}/`) ? GITHUB.length : value.lastIndexOf('/');
  if (slash <= 0 || slash === value.length - 1) return undefined;
  const iss = value.slice(0, slash);
  const sub = value.slice(slash + 1);
  return selfSigned(iss, sub) ?? parseOidcSubject(iss, sub, cluster);
}

/** A Google service account that signs its own tokens is issuer and subject at once, under its own keys. */
export function selfSigned(iss: string, sub: string): Identity | undefined {
  if (iss !== sub || !iss.endsWith('gserviceaccount.com')) return undefined;
  return parseEmail(sub);
}

/** Total. */
export function parseOidcSubject(iss: string, sub: string, cluster?: string): Identity {
  if (isGoogleIssuer(iss)) return identity('unknown', 'oidc/accounts.google.com', sub);
  const tenant = entraTenant(iss);
  // Pairwise: another application sees another subject for the same person.
  if (tenant !== undefined) return identity('unknown', `entra/${tenant}`, `sub/${sub}`);
  const account = parseServiceAccountName(sub);
  const inCluster = LOCAL_CLUSTER_ISSUERS.has(iss) ? clusterIssuer(cluster) : gkeIssuer(iss);
  if (inCluster !== undefined) {
    return account === undefined
      ? identity('unknown', inCluster, sub)
      : identity('workload', inCluster, account);
  }
  const issuer = iss.startsWith(HTTPS)
    ? `oidc/${issuerPart(iss.slice(HTTPS.length))}`
    : `jwt/${issuerPart(iss)}`;
  if (account !== undefined || iss === GITHUB || sub.startsWith('spiffe://')) {
    return identity('workload', issuer, sub);
  }
  return identity(isOkta(iss) ? oktaKind(sub) : 'unknown', issuer, sub);
}

/** The tenant of an Entra issuer, v1 or v2; undefined for other issuers. */
export function entraTenant(iss: string): string | undefined {
  const match =
    /^https:\/\/login\.microsoftonline\.com\/([0-9a-fA-F-]{36})\/v2\.0$/.exec(iss) ??
    /^https:\/\/sts\.windows\.net\/([0-9a-fA-F-]{36})\/$/.exec(iss);
  return match?.[1] === undefined ? undefined : asciiLower(match[1]);
}

/** `https://container.googleapis.com/v1/projects/P/locations/L/clusters/C` names the cluster. */
function gkeIssuer(iss: string): string | undefined {
  const match =
    /^https:\/\/container\.googleapis\.com\/v1\/projects\/([^/]{1,128})\/(?:locations|zones)\/([^/]{1,64})\/clusters\/([^/]{1,64})$/.exec(
      iss,
    );
  return match === null ? undefined : clusterIssuer(`${match[1]}/${match[2]}/${match[3]}`);
}

function isOkta(iss: string): boolean {
  if (!iss.startsWith(HTTPS)) return false;
  const end = iss.indexOf('/', HTTPS.length);
  const host = iss.slice(HTTPS.length, end < 0 ? undefined : end);
  return OKTA_DOMAINS.some((domain) => host.endsWith(domain));
}

/** Ids of Okta's own making: users `00u…`, applications `0oa…`; access tokens carry the user's login. */
function oktaKind(sub: string): 'user' | 'service-account' | 'unknown' {
  if (/^00u[0-9A-Za-z]{17}$/.test(sub) || isEmail(sub)) return 'user';
  return /^0oa[0-9A-Za-z]{17}$/.test(sub) ? 'service-account' : 'unknown';
}
