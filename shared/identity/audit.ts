/**
 * Who an AuditLog names (google.cloud.audit.AuthenticationInfo, and the fields the Service Control schema adds to it).
 * The raw object is read as it came: a field of the wrong type names nobody, and never costs the others.
 */
import type { AuditLog } from '../../schemas/log-entry.ts';
import { isObject, list, obj, own, str } from '../sources/fields.ts';
import type { Json } from '../sources/fields.ts';
import type { Claim, DelegationLink, IdentityClaims } from './claims.ts';
import { isFederatedSubject } from './grammar/google-member.ts';

/** Longer chains than any token service issues; what is beyond stands as one link that names nobody. */
export const MAX_LINKS = 64;

/**
 * Claims of an audit entry: the caller, or why there is none, and the delegation chain, original caller first.
 *
 * @param operationPhase which entry of a long-running operation this is; the last one names nobody by design.
 * @param cluster of a Kubernetes API server's entry, to qualify names that are unique in one cluster only.
 */
export function identityOfAudit(
  payload: AuditLog,
  operationPhase?: 'first' | 'last' | 'only',
  cluster?: string,
): IdentityClaims {
  const info = payload.authenticationInfo;
  if (info === undefined) return { absent: absence(payload, operationPhase) };
  const caller = callerOf(info, payload.serviceName, cluster);
  const delegation = delegationOf(info);
  if (delegation.length === 0)
    return caller === undefined ? { absent: absence(payload, operationPhase) } : { caller };
  return caller === undefined
    ? { absent: absence(payload, operationPhase), delegation }
    : { caller, delegation };
}

/** google.rpc.Code: 7 PERMISSION_DENIED, for which callers are redacted; 16 UNAUTHENTICATED. */
function absence(payload: AuditLog, phase: string | undefined): NonNullable<IdentityClaims['absent']> {
  if (phase === 'last') return 'operation-end';
  const code = payload.status?.code;
  if (code === 7) return 'redacted';
  return code === 16 ? 'unauthenticated' : 'not-recorded';
}

function callerOf(info: Json, service: string | undefined, cluster: string | undefined): Claim | undefined {
  const email = str(info, 'principalEmail');
  const subject = str(info, 'principalSubject');
  // The Kubernetes API server writes its own user names here, which are no addresses.
  if (
    email !== undefined &&
    (email.startsWith('system:') || (service === 'k8s.io' && !email.includes('@')))
  ) {
    return kubernetes(email, cluster);
  }
  if (email === undefined && subject?.startsWith('system:') === true) return kubernetes(subject, cluster);
  const keyName = str(info, 'serviceAccountKeyName');
  if (email === undefined && subject === undefined && keyName === undefined) {
    return thirdParty(obj(info, 'thirdPartyPrincipal'));
  }
  return google(email, subject, keyName, str(obj(info, 'oauthInfo'), 'oauthClientId'));
}

type GoogleClaim = Extract<Claim, { kind: 'google' }>;

/** Field by field: this is on the path of every audit entry, and object spreads cost more than the reads. */
function google(email?: string, subject?: string, keyName?: string, oauthClientId?: string): GoogleClaim {
  const claim: { -readonly [K in keyof GoogleClaim]: GoogleClaim[K] } = { kind: 'google' };
  if (email !== undefined) claim.email = email;
  if (subject !== undefined) claim.subject = subject;
  if (keyName !== undefined) claim.keyName = keyName;
  if (oauthClientId !== undefined) claim.oauthClientId = oauthClientId;
  return claim;
}

const kubernetes = (name: string, cluster: string | undefined): Claim =>
  cluster === undefined ? { kind: 'kubernetes', name } : { kind: 'kubernetes', name, cluster };

/** Claims of a federated identity, where they name an issuer and a subject; the Struct has no fixed shape. */
function thirdParty(principal: Json | undefined): Claim | undefined {
  const claims = obj(principal, 'thirdPartyClaims') ?? principal;
  return str(claims, 'iss') !== undefined && str(claims, 'sub') !== undefined && claims !== undefined
    ? { kind: 'jwt', claims }
    : undefined;
}

function delegationOf(info: Json): readonly DelegationLink[] {
  const impersonation = list(info, 'serviceAccountDelegationInfo');
  const history = obj(info, 'serviceDelegationHistory');
  const email = str(info, 'principalEmail');
  const subject = str(info, 'principalSubject');
  const onBehalf = email !== undefined && subject !== undefined && isFederatedSubject(subject);
  // Nearly every entry ends here.
  if (impersonation.length === 0 && history === undefined && !onBehalf) return [];

  const links: DelegationLink[] = [];
  if (history !== undefined) historyLinks(history, email, subject, links);
  // An address beside a federated subject: "service account on behalf of third party principal" (audit_log.proto).
  if (
    onBehalf &&
    !impersonation.some((item) => isObject(item) && own(item, 'principalSubject') === subject)
  ) {
    links.push({ claim: { kind: 'google', subject }, recordedBy: 'principalSubject' });
  }
  for (const item of impersonation) links.push(impersonationLink(item));
  if (links.length <= MAX_LINKS) return links;
  return [...links.slice(0, MAX_LINKS - 1), { recordedBy: 'serviceAccountDelegationInfo' }];
}

/** One element is a first party, a third party, a subject alone, or `{}`: a link that names nobody is still a link. */
function impersonationLink(item: unknown): DelegationLink {
  const recordedBy = 'serviceAccountDelegationInfo';
  if (!isObject(item)) return { recordedBy };
  const email = str(obj(item, 'firstPartyPrincipal'), 'principalEmail');
  const subject = str(item, 'principalSubject');
  if (email === undefined && subject === undefined) {
    const claim = thirdParty(obj(item, 'thirdPartyPrincipal'));
    return claim === undefined ? { recordedBy } : { claim, recordedBy };
  }
  return { claim: google(email, subject), recordedBy };
}

/** `{originalPrincipal, serviceMetadata[]{principalSubject}}`: the services in between follow whom they served. */
function historyLinks(
  history: Json,
  email: string | undefined,
  caller: string | undefined,
  links: DelegationLink[],
): void {
  const recordedBy = 'serviceDelegationHistory';
  const original = str(history, 'originalPrincipal');
  links.push(
    original === undefined ? { recordedBy } : { claim: { kind: 'google', subject: original }, recordedBy },
  );
  for (const item of list(history, 'serviceMetadata')) {
    const subject = isObject(item) ? str(item, 'principalSubject') : undefined;
    // The service that called is the caller of the entry already.
    if (subject === undefined || subject === caller) continue;
    if (email !== undefined && subject.endsWith(`:${email}`)) continue;
    links.push({ claim: { kind: 'google', subject }, recordedBy });
  }
}
