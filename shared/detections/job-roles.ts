/**
 * Which IAM roles and permissions let somebody run data jobs, reach their data, or act as the identities they run under.
 * https://docs.cloud.google.com/iam/docs/roles-permissions
 */
import type { DeclaredFacts } from './declared-facts.ts';
import { isContainer } from './bindings.ts';

const JOB_ROLES: ReadonlySet<string> = new Set([
  'roles/dataflow.admin',
  'roles/dataflow.developer',
  'roles/dataflow.worker',
  'roles/bigquery.admin',
  'roles/bigquery.dataOwner',
  'roles/bigquery.dataEditor',
  'roles/bigquery.jobUser',
]);
const JOB_SERVICES = ['roles/dataproc.', 'roles/composer.', 'roles/spanner.'];
const STORAGE_ROLES: ReadonlySet<string> = new Set(['roles/storage.admin', 'roles/storage.objectAdmin']);

/** @param resource whose IAM policy names the role: storage roles count where job code is kept, and above it */
export function isJobRole(role: string, resource: string | undefined, declared: DeclaredFacts): boolean {
  if (JOB_ROLES.has(role) || JOB_SERVICES.some((service) => role.startsWith(service))) return true;
  return STORAGE_ROLES.has(role) && (isContainer(resource) || isStagingBucket(resource, declared));
}

/** Names that Dataproc and Dataflow give their own buckets. */
const STAGING = /^(?:dataproc-(?:staging|temp)-|dataflow-staging-)/;

function isStagingBucket(resource: string | undefined, declared: DeclaredFacts): boolean {
  const bucket = /\/buckets\/([^/]+)$/.exec(resource ?? '')?.[1];
  return bucket !== undefined && (STAGING.test(bucket) || declared.isTrustedCode(`gs://${bucket}/`) === true);
}

/** Roles that only look. */
export const isViewer = (role: string): boolean => /viewer$/i.test(role);

const READS = /^(?:get|list|getIamPolicy|listSessions)$/;
const JOB_PERMISSIONS: ReadonlySet<string> = new Set([
  'bigquery.jobs.create',
  'bigquery.datasets.setIamPolicy',
  'bigquery.datasets.update',
  'bigquery.tables.setIamPolicy',
  'bigquery.tables.update',
  'bigquery.tables.updateData',
]);

/** A permission of those roles that does more than look. */
export function isJobPermission(permission: string): boolean {
  if (JOB_PERMISSIONS.has(permission)) return true;
  const [service = '', , verb = ''] = permission.split('.');
  return ['dataproc', 'dataflow', 'composer', 'spanner'].includes(service) && !READS.test(verb);
}

const IMPERSONATION_ROLES: ReadonlySet<string> = new Set([
  'roles/iam.serviceAccountUser',
  'roles/iam.serviceAccountTokenCreator',
  'roles/iam.serviceAccountOpenIdTokenCreator',
  'roles/iam.workloadIdentityUser',
  'roles/iam.serviceAccountKeyAdmin',
]);

export const isImpersonationRole = (role: string): boolean => IMPERSONATION_ROLES.has(role);

const IMPERSONATION_PERMISSIONS: ReadonlySet<string> = new Set(
  ['actAs', 'getAccessToken', 'getOpenIdToken', 'signJwt', 'signBlob', 'implicitDelegation'].map(
    (verb) => `iam.serviceAccounts.${verb}`,
  ),
);

export const isImpersonationPermission = (permission: string): boolean =>
  IMPERSONATION_PERMISSIONS.has(permission);
