/** Members of IAM policies: whose they are. https://docs.cloud.google.com/iam/docs/principal-identifiers */
import type { Declared } from '../../schemas/declared.ts';
import { kindOfAddress } from '../identity/grammar/email.ts';

/** Whoever has a basic role in a project. */
const PROJECT_MEMBERS = /^project(?:Owner|Editor|Viewer):/;
const ACCOUNT_SUFFIX = '.gserviceaccount.com';

/**
 * Undefined where nothing declared tells it: no domain for a person, no project for an account. Google's service agents
 * are the organisation's where the number of their project, folder or organisation is.
 */
export function isExternal(
  member: string,
  projects: ReadonlySet<string>,
  { domains, ids }: Declared['organisation'],
): boolean | undefined {
  if (
    member === 'allUsers' ||
    member === 'allAuthenticatedUsers' ||
    member === 'principalSet://goog/public:all'
  )
    return true;
  const living = member.startsWith('deleted:') ? member.slice('deleted:'.length) : member;
  if (living.startsWith('principal://') || living.startsWith('principalSet://'))
    return ofPool(living, projects, ids);
  const rest = living.slice(living.indexOf(':') + 1).toLowerCase();
  if (PROJECT_MEMBERS.test(living)) return projects.size === 0 ? undefined : !projects.has(rest);
  // `serviceAccount:PROJECT.svc.id.goog[namespace/account]`: an account of a cluster.
  const pool = rest.indexOf('.svc.id.goog[');
  if (pool > 0) return projects.size === 0 ? undefined : !projects.has(rest.slice(0, pool));
  const address = rest.split('?')[0] ?? rest;
  // Of `domain:example.com` all of it.
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!domain.endsWith(ACCOUNT_SUFFIX)) return domains.length === 0 ? undefined : !domains.includes(domain);
  const container = containerOf(address, domain);
  if (container === undefined) return ofAccount(address, domain, projects);
  return ids.length === 0 ? undefined : !ids.some((id) => id === container || id.endsWith(`/${container}`));
}

const APP_ENGINE = 'appspot.gserviceaccount.com';
const OF_PROJECT = '.iam.gserviceaccount.com';

/**
 * The organisation or folder that an agent of Google's serves: `service-org-N`, `service-folder-N`, and as writers of sinks were
 * called before, `oN-1` and `fN-1`.
 */
function containerOf(address: string, domain: string): string | undefined {
  if (!domain.endsWith(OF_PROJECT) || kindOfAddress(address) !== 'system') return undefined;
  return /^(?:service-(?:org|folder)-|[of])([0-9]{1,20})(?:-[0-9]{1,20})?@/.exec(address)?.[1];
}

function ofAccount(address: string, domain: string, projects: ReadonlySet<string>): boolean | undefined {
  if (projects.size === 0) return undefined;
  const name = address.slice(0, -domain.length - 1);
  if (domain === APP_ENGINE) return !projects.has(name);
  // Only Google's own projects name accounts after another's number and mean it: in their own, anybody may.
  if (domain.endsWith(OF_PROJECT) && kindOfAddress(address) !== 'system')
    return !projects.has(domain.slice(0, -OF_PROJECT.length));
  const digits = /^(?:service-|p)?([0-9]{6,20})(?:-|$)/.exec(name)?.[1];
  return digits === undefined || !projects.has(digits);
}

/** `//iam.googleapis.com/projects/N/…` and `…/locations/global/workforcePools/P/…`. */
function ofPool(member: string, projects: ReadonlySet<string>, ids: readonly string[]): boolean | undefined {
  const project = /\/projects\/([a-z0-9-]{1,40})\//.exec(member)?.[1];
  if (project !== undefined) return projects.size === 0 ? undefined : !projects.has(project);
  if (ids.length === 0) return undefined;
  return !ids.some((id) => member.includes(`/${id}/`));
}
