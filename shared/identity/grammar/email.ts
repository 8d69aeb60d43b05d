/**
 * Addresses of Google accounts. What kind of account it is follows from the domain of the address alone: service
 * agents carry the customer's project number, and no customer can own their domain.
 * https://docs.cloud.google.com/iam/docs/service-account-types
 */
import type { PrincipalKind } from '../../model/principal.ts';
import { asciiLower, identity } from './canonical.ts';
import type { Identity } from './canonical.ts';

const SERVICE_ACCOUNTS = '.gserviceaccount.com';
const IAM = '.iam.gserviceaccount.com';

/**
 * Google's own projects whose service accounts are service agents, beside every `gcp-sa-…`, which Google keeps for itself. Exact
 * names: a pattern such as `…-robot` would let a customer's project of that name pass for Google's.
 */
const AGENT_PROJECTS = new Set([
  'bigquery-encryption',
  'cloud-ml.google.com',
  'cloudcomposer-accounts',
  'compute-system',
  'container-engine-robot',
  'containerregistry',
  'dataflow-service-producer-prod',
  'dataproc-accounts',
  'gae-api-prod.google.com',
  'gs-project-accounts',
  'serverless-robot-prod',
]);

/** Undefined when the text is no address. */
export function parseEmail(text: string): Identity | undefined {
  if (!isEmail(text)) return undefined;
  const address = asciiLower(text);
  return identity(kindOfAddress(address), 'google', address);
}

/** One `@` with something on both sides, and none of the characters that other grammars use as separators. */
export function isEmail(text: string): boolean {
  const at = text.indexOf('@');
  return at > 0 && at < text.length - 1 && !text.includes('@', at + 1) && !/[\s:/?[\]<>()"\\,;]/.test(text);
}

/** `address` in lower case. */
export function kindOfAddress(address: string): PrincipalKind {
  // Parts of redacted addresses are replaced by dots: it can be anyone's.
  if (address.includes('...')) return 'unknown';
  const domain = address.slice(address.indexOf('@') + 1);
  if (!domain.endsWith(SERVICE_ACCOUNTS)) return address === 'system@google.com' ? 'system' : 'user';
  if (domain === 'cloudservices.gserviceaccount.com' || domain === 'system.gserviceaccount.com')
    return 'system';
  if (!domain.endsWith(IAM)) return 'service-account';
  const project = domain.slice(0, -IAM.length);
  return isAgentProject(project) || AGENT_PROJECTS.has(project) ? 'system' : 'service-account';
}

/** Of a project in a domain (`gcp-sa-x.example.com`) the domain's owner chose the name. */
const isAgentProject = (project: string): boolean =>
  project.startsWith('gcp-sa-') && (!project.includes('.') || /^[a-z0-9-]+\.google\.com$/.test(project));
