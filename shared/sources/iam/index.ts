/**
 * Who may do what, and who lent whom an identity: IAM policies of every service, roles, service accounts and their keys,
 * impersonation, federation, groups, Privileged Access Manager and Access Approval. Formats: docs/sources/iam.md.
 */
import { readPolicyChange } from '../../audit/iam-policy.ts';
import { methodTable, type Method } from '../../audit/methods.ts';
import { changesIamPolicy } from '../../audit/service.ts';
import { auditSource } from '../../audit/source.ts';
import { readAccount, readKey, readMembership, readRole, readRule } from './accounts.ts';
import { readExchange, readMint } from './credentials.ts';
import { readFederation } from './federation.ts';
import { readApproval, readEntitlement, readGrant } from './grants.ts';
import { IAM_METHODS, type IamReader } from './methods.ts';

const SERVICES = methodTable(IAM_METHODS);
const POLICY: Method<IamReader> = { action: 'iam.change', reads: 'policy' };

/** Services of sources that read the policies of their own resources, which are datasets and job engines. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'bigquery.googleapis.com',
  'bigquerystorage.googleapis.com',
  'dataflow.googleapis.com',
  'datapipelines.googleapis.com',
  'dataproc.googleapis.com',
  'dataprocrm.googleapis.com',
  'pubsub.googleapis.com',
  'spanner.googleapis.com',
  'storage.googleapis.com',
]);

export const iam = auditSource({
  name: 'iam',
  version: 1,
  tables: IAM_METHODS,
  owns: (service, methodName) =>
    SERVICES.has(service) || (changesIamPolicy(methodName) && !ELSEWHERE.has(service)),
  find: (_service, methodName) => (changesIamPolicy(methodName) ? POLICY : undefined),
  readers: {
    policy: readPolicyChange,
    role: readRole,
    account: readAccount,
    key: readKey,
    mint: readMint,
    exchange: readExchange,
    federation: readFederation,
    rule: readRule,
    membership: readMembership,
    grant: readGrant,
    entitlement: readEntitlement,
    approval: readApproval,
  },
});
