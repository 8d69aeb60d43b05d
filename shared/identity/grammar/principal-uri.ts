/**
 * `principal://` and `principalSet://` identifiers of IAM v1 allow policies and of the v2 and v3 syntax of deny policies
 * and access boundaries. https://docs.cloud.google.com/iam/docs/principal-identifiers
 */
import { parseArn } from './aws.ts';
import { asciiLower, identity, issuerPart } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { isEmail, parseEmail } from './email.ts';
import { parseSpiffe, trustDomainIssuer, trustDomainMember } from './spiffe.ts';

const ONE = 'principal://';
const SET = 'principalSet://';
const WORKFORCE = 'locations/global/workforcePools/';
const WORKLOAD = '/locations/global/workloadIdentityPools/';

/** Undefined when the text is neither, or names something no published grammar has. */
export function parsePrincipalUri(text: string): Identity | undefined {
  const set = text.startsWith(SET);
  if (!set && !text.startsWith(ONE)) return undefined;
  const start = set ? SET.length : ONE.length;
  const slash = text.indexOf('/', start);
  if (slash < 0) return undefined;
  const authority = text.slice(start, slash);
  const path = text.slice(slash + 1);
  if (path === '') return undefined;
  switch (authority) {
    case 'goog':
      return set ? googSet(path) : parseEmail(after(path, 'subject/') ?? '');
    case 'iam.googleapis.com':
      return poolMember(path, set) ?? parseEmail(after(path, 'projects/-/serviceAccounts/') ?? '');
    case 'cloudresourcemanager.googleapis.com':
      return set ? identity('group', 'google-resources', path) : undefined;
    default:
      return trustDomain(authority, path, set);
  }
}

/** Full resource names of principal sets, `//iam.googleapis.com/…`, as principal access boundary bindings write them. */
export function parsePrincipalSetName(text: string): Identity | undefined {
  const path = after(text, '//iam.googleapis.com/');
  if (path === undefined) return undefined;
  const customer = after(path, 'locations/global/workspace/');
  if (customer !== undefined && customer !== '') return identity('group', 'google-customer', customer);
  return path.includes('Pools/') ? poolMember(`${path}/*`, true) : undefined;
}

function googSet(path: string): Identity | undefined {
  const group = after(path, 'group/');
  if (group !== undefined && isEmail(group)) return identity('group', 'google', asciiLower(group));
  if (path === 'public:all') return identity('group', 'google', 'allUsers');
  const customer = after(path, 'cloudIdentityCustomerId/');
  return customer === undefined || customer === ''
    ? undefined
    : identity('group', 'google-customer', customer);
}

function poolMember(path: string, set: boolean): Identity | undefined {
  const workforce = path.startsWith(WORKFORCE);
  const at = workforce ? 0 : path.indexOf(WORKLOAD);
  if (at < 0 || (!workforce && !path.startsWith('projects/'))) return undefined;
  const poolStart = at + (workforce ? WORKFORCE.length : WORKLOAD.length);
  const poolEnd = path.indexOf('/', poolStart);
  if (poolEnd < 0) return undefined;
  const pool = path.slice(poolStart, poolEnd);
  // SUBJECT may itself hold `/` and `:`; it is all that follows.
  const rest = path.slice(poolEnd + 1);
  if (pool === '' || rest === '') return undefined;
  if (workforce) return workforceMember(pool, rest, set);
  const project = path.slice('projects/'.length, at);
  return project === '' || project.includes('/') ? undefined : workloadMember(project, pool, rest, set);
}

function workforceMember(pool: string, rest: string, set: boolean): Identity | undefined {
  const issuer = `workforce/${issuerPart(pool)}`;
  if (set) return identity('group', issuer, rest);
  const subject = after(rest, 'subject/');
  return subject === undefined || subject === '' ? undefined : identity('user', issuer, subject);
}

function workloadMember(project: string, pool: string, rest: string, set: boolean): Identity | undefined {
  // Only Google makes pools with a dot (`P.svc.id.goog`); they are trust domains, and their names are unique.
  const shared = pool.includes('.');
  const issuer = shared ? trustDomainIssuer(pool) : `pool/${issuerPart(project)}/${issuerPart(pool)}`;
  if (set) return identity('group', issuer, rest);
  const subject = after(rest, 'subject/');
  if (subject === '') return undefined;
  if (shared) {
    if (subject !== undefined) return trustDomainMember(pool, subject);
    return rest.startsWith('kubernetes.serviceaccount.uid/') ? trustDomainMember(pool, rest) : undefined;
  }
  if (subject === undefined) return undefined;
  // The pool's mapping chose the subject: an ARN there says what kind it is, and is the pool's word, not AWS's.
  return identity(parseArn(subject)?.kind ?? 'workload', issuer, subject);
}

function trustDomain(domain: string, path: string, set: boolean): Identity | undefined {
  if (!domain.includes('.')) return undefined;
  if (!set) return parseSpiffe(`${domain}/${path}`);
  return identity('group', trustDomainIssuer(asciiLower(domain)), path);
}

const after = (text: string, prefix: string): string | undefined =>
  text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
