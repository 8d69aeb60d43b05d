/**
 * Kubernetes user names. They are unique in their cluster only, so the cluster is the issuer.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
import type { PrincipalKind } from '../../model/principal.ts';
import { identity, issuerPart } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { parseEmail } from './email.ts';
import { serviceAccountPath } from './spiffe.ts';

const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** @param cluster `PROJECT/LOCATION/NAME`; `-` stands for one the entry does not tell. */
export const clusterIssuer = (cluster: string | undefined): string =>
  `kubernetes/${issuerPart(cluster ?? '-')}`;

/** Total. GKE writes addresses of Google accounts as they are; every other name is the cluster's own. */
export function parseKubernetesName(name: string, cluster?: string): Identity {
  const member = parseServiceAccountName(name);
  const issuer = clusterIssuer(cluster);
  if (member !== undefined) return identity('workload', issuer, member);
  return parseEmail(name) ?? identity(kindOfName(name), issuer, name);
}

/** `system:serviceaccount:NS:NAME` as the path `ns/NS/sa/NAME`. */
export function parseServiceAccountName(name: string): string | undefined {
  if (!name.startsWith(SERVICE_ACCOUNT)) return undefined;
  const colon = name.indexOf(':', SERVICE_ACCOUNT.length);
  const namespace = name.slice(SERVICE_ACCOUNT.length, colon);
  const account = name.slice(colon + 1);
  if (colon < 0 || !isDnsName(namespace) || !isDnsName(account)) return undefined;
  return serviceAccountPath(namespace, account);
}

export const isDnsName = (text: string): boolean => /^[a-z0-9.-]{1,253}$/.test(text);

function kindOfName(name: string): PrincipalKind {
  if (name === 'system:anonymous' || name === 'system:unauthenticated') return 'unknown';
  return name.startsWith('system:') && !name.startsWith(SERVICE_ACCOUNT) ? 'system' : 'unknown';
}
