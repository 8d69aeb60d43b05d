/**
 * The Cedar schema that policies are written against: every decided verb with what it is done to. Written from the
 * vocabulary, so that a verb can neither be missing nor be spelt in two ways. `schemas/cedar/jobtrail.cedarschema` is its
 * text, for editors; a test keeps it so.
 */
import { DECIDED, groupOf, resourceKindOf } from './actions.ts';

export const NAMESPACE = 'Jobtrail';

/** Cedar entity type of each kind of principal. */
export const PRINCIPAL_TYPES = {
  user: 'User',
  'service-account': 'ServiceAccount',
  workload: 'Workload',
  agent: 'Agent',
  group: 'Team',
  system: 'System',
  unknown: 'Unknown',
} as const;

/** Attributes of the context that later events may still bring; `has` tells whether they are known. */
export const AWAITED_ATTRIBUTES = { approval: 'approval', through: 'via', prior: 'prior' } as const;

const PRINCIPAL = `{
  // Canonical id, as query jobs prints it: "user:google:ana@example.com".
  id: String,
  issuer: String,
  subject: String,
  // Environment the identity belongs to; people have none.
  environment?: String,
  // Agents only: who answers for it, and the lane it is to keep to.
  owner?: String,
  lane?: String,
}`;

const RESOURCE = `{
  // Job id, dataset id or resource name.
  name: String,
  environment?: String,
  project?: String,
  location?: String,
  // dataproc, dataflow, databricks, bigquery, yarn, openlineage
  engine?: String,
  // The caller's own name for a job: text that anybody may choose.
  jobName?: String,
  // Datasets, from the configuration.
  classification?: String,
  owner?: String,
  labels: Set<String>,
}`;

const CONTEXT = `{
  // oidc, oauth, mtls, federation, static-key, password, credential, none
  credential: String,
  // A user-managed service account key minted the token.
  userManagedKey: Bool,
  // Principal ids it acted for, as the entry recorded them.
  actingFor: Set<String>,
  delegations: Long,
  // allowed, denied, failed, unknown
  outcome: String,
  // Account that the work runs under.
  runAs?: String,
  source: String,
  provenance: String,
  // UTC
  hour: Long,
  // 1 is Monday
  weekday: Long,
  // Datasets that the job was submitted with.
  reads: Set<String>,
  writes: Set<String>,
  // Hops that the request was seen at: "gateway", "mesh". Not known from the entry alone.
  through?: Set<String>,
  // The approval that covers it. Not known from the entry alone.
  approval?: Approval,
  // What it was done to, before. Not known from the entry alone.
  prior?: Prior,
}`;

export function cedarSchema(): string {
  const groups = [...new Set(DECIDED.map(groupOf))].filter(
    (group) => !DECIDED.some((action) => action === group),
  );
  const principals = Object.values(PRINCIPAL_TYPES);
  const lines = [
    `namespace ${NAMESPACE} {`,
    'type Approval = { by: String, signed: Bool, selfApproved: Bool, kind: String };',
    'type Prior = { existed: Bool, byDeployer: Bool };',
    `type Context = ${CONTEXT};`,
    'entity Group;',
    'entity Environment;',
    `entity ${principals.join(', ')} in [Group] = ${PRINCIPAL};`,
    `entity Job, Cluster, Model, Dataset, Resource in [Environment] = ${RESOURCE};`,
    ...groups.map((group) => `action "${group}";`),
    ...DECIDED.map((action) => {
      const group = groupOf(action);
      const member = group === action ? '' : ` in ["${group}"]`;
      return (
        `action "${action}"${member} appliesTo { principal: [${principals.join(', ')}], ` +
        `resource: [${resourceKindOf(action)}], context: Context };`
      );
    }),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
