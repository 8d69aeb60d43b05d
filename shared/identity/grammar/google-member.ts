/**
 * Everything Google Cloud writes for a principal: members of IAM policies, `principalEmail` and `principalSubject` of
 * audit entries. https://docs.cloud.google.com/iam/docs/principal-identifiers
 */
import { asciiLower, identity, issuerPart, unstated } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { isEmail, parseEmail } from './email.ts';
import { isDnsName, parseKubernetesName } from './kubernetes.ts';
import { parsePrincipalSetName, parsePrincipalUri } from './principal-uri.ts';
import { serviceAccountPath, trustDomainMember } from './spiffe.ts';

/** True for identities that a workload or workforce pool federates, in both their spellings. */
export function isFederatedSubject(text: string): boolean {
  if (text.startsWith('serviceAccount:')) return text.endsWith(']');
  if (!text.startsWith('principal://') || text.startsWith('principal://goog/')) return false;
  return !text.startsWith('principal://iam.googleapis.com/projects/-/serviceAccounts/');
}

/** Total: a subject of no known grammar (a bare GUID) is an unknown principal whose issuer is unstated. */
export function parseGooglePrincipal(text: string): Identity {
  if (text.startsWith('system:')) return parseKubernetesName(text);
  return parseGoogleMember(text) ?? unstated(isGuid(text) ? asciiLower(text) : text);
}

/** A member in any documented grammar, or a bare address; undefined when it is none. */
export function parseGoogleMember(text: string): Identity | undefined {
  const deleted = text.startsWith('deleted:') ? parseDeleted(text.slice('deleted:'.length)) : undefined;
  return deleted ?? parseLiving(text);
}

function parseLiving(text: string): Identity | undefined {
  if (text.startsWith('principal')) return parsePrincipalUri(text);
  if (text.startsWith('//')) return parsePrincipalSetName(text);
  if (text === 'allUsers' || text === 'allAuthenticatedUsers') return identity('group', 'google', text);
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  switch (text.slice(0, Math.max(colon, 0))) {
    case '':
      return parseEmail(text) ?? parsePoolMember(text);
    // The prefix is not trusted with the kind: real entries write `user:` before service accounts.
    case 'user':
      return parseEmail(rest);
    case 'serviceAccount':
      return parseEmail(rest) ?? parsePoolMember(rest);
    case 'group':
      return isEmail(rest) ? identity('group', 'google', asciiLower(rest)) : undefined;
    case 'domain':
      return isDnsName(asciiLower(rest)) ? identity('group', 'google-domain', asciiLower(rest)) : undefined;
    case 'projectOwner':
      return projectRole('owner', rest);
    case 'projectEditor':
      return projectRole('editor', rest);
    case 'projectViewer':
      return projectRole('viewer', rest);
    default:
      return undefined;
  }
}

/** Legacy `POOL[SUBJECT]`; in pools of clusters the subject is `NAMESPACE/SERVICE_ACCOUNT`. */
function parsePoolMember(text: string): Identity | undefined {
  const open = text.indexOf('[');
  if (open <= 0 || !text.endsWith(']')) return undefined;
  const pool = asciiLower(text.slice(0, open));
  const subject = text.slice(open + 1, -1);
  if (subject === '' || !/^[a-z0-9.:_-]{1,255}$/.test(pool)) return undefined;
  const slash = subject.indexOf('/');
  const ofCluster = pool.endsWith('.svc.id.goog') || pool.endsWith('.hub.id.goog');
  if (!ofCluster || slash <= 0 || slash === subject.length - 1 || subject.includes('/', slash + 1)) {
    return trustDomainMember(pool, subject);
  }
  return trustDomainMember(pool, serviceAccountPath(subject.slice(0, slash), subject.slice(slash + 1)));
}

/**
 * A deleted principal is not the one that bears its name now: the issuer says so, with Google's unique id where it is
 * given (`deleted:user:E?uid=N`).
 */
function parseDeleted(text: string): Identity | undefined {
  const query = text.lastIndexOf('?uid=');
  const living = parseLiving(query < 0 ? text : text.slice(0, query));
  if (living === undefined) return undefined;
  const mark = query < 0 ? 'deleted' : `uid=${issuerPart(text.slice(query + '?uid='.length))}`;
  return identity(living.kind, `${living.issuer}?${mark}`, living.subject);
}

const projectRole = (role: string, project: string): Identity | undefined =>
  project === '' ? undefined : identity('group', 'google-resources', `projects/${project}/role/${role}`);

/** The account of `//iam.googleapis.com/projects/P/serviceAccounts/ACCOUNT/keys/KEY`: an address or a unique id. */
export function parseKeyOwner(keyName: string): Identity | undefined {
  const mark = '/serviceAccounts/';
  const start = keyName.indexOf(mark);
  const end = keyName.indexOf('/keys/', start + mark.length);
  if (!keyName.startsWith('//iam.googleapis.com/projects/') || start < 0 || end < 0) return undefined;
  const account = keyName.slice(start + mark.length, end);
  return parseEmail(account) ?? (/^\d{1,32}$/.test(account) ? unstated(account) : undefined);
}

export function isGuid(text: string): boolean {
  return text.length === 36 && /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text);
}
