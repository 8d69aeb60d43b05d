import type { Severity } from '../../schemas/alerting.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { bindingsOf, isCustomRole, mostTellingFirst, type Binding } from './bindings.ts';
import { isPublicMember } from '../audit/iam-policy.ts';
import { isJobPermission, isJobRole, isViewer } from './job-roles.ts';
import { isDone, whoOf } from './kinds.ts';

export const jobRoleGranted = defineDetection({
  id: 'job-role-granted',
  number: 'D05',
  version: 2,
  title: 'Job, data or mesh role granted outside CI',
  severity: 'high',
  why: 'Who may submit jobs reads what their accounts read; a grant that nobody reviewed lasts until somebody looks.',
  runbook: [
    'Ask whoever made the change why `role` was given to `member` on `resource`; look for a ticket of that hour.',
    'List what `member` did since (query jobs-of-principal, from the time of the finding).',
    'Take the binding back, and put it into the reviewed configuration if it is needed.',
  ],
  evidence: ['resource', 'role', 'member', 'condition', 'permissions', 'by'],
  maps: {
    attack: ['T1098.003'],
    soc2: ['CC6.2', 'CC6.3'],
    iso27001: ['A.5.18', 'A.8.2'],
  },
  peers: [
    'Panther gcp_iam_org_folder_changes',
    'SecOps gcp_admin_privileged_roles_added_to_service_accounts (owner and editor)',
    'ETD IAM Anomalous Grant',
  ],
  gaps: [
    'What a custom role contains is not in the entry that grants it: such a grant is undetermined.',
    'Services that log the policy and no difference: what was granted before is not known from the entry alone.',
  ],
  sources: ['iam', 'dataproc', 'bigquery', 'spanner', 'storage', 'pubsub', 'databricks'],
  on: ['iam.change', 'log.change', 'data.share', 'schema.change'],
  decide: ({ event, declared }) => {
    if (!isDone(event)) return [];
    const deployed = byDeployer(event, declared);
    if (event.source === 'databricks') return deployed ? [] : onDatabricks(event);
    const { added, standing, cut } = bindingsOf(event.claims);
    const found = [
      ...added.flatMap((grant) => granted(event, declared, grant, deployed)),
      ...standing.flatMap((grant) => standingGrant(event, declared, grant, deployed)),
      ...(deployed ? [] : roleWidened(event)),
    ];
    if (cut && !deployed) found.push(beyond(event));
    return mostTellingFirst(found);
  },
});

function granted(
  event: TrailEvent,
  declared: DeclaredFacts,
  grant: Binding,
  deployed: boolean,
): readonly Found[] {
  const custom = isCustomRole(grant.role);
  if (!custom && !isJobRole(grant.role, event.resource, declared)) return [];
  // A reviewed configuration does not make anything public by way of a job's role.
  if (deployed && !isPublicMember(grant.member)) return [];
  const found = foundOf(event, grant, severityOf(event, declared, grant));
  return [custom ? { ...found, verdict: 'undetermined' } : found];
}

/** Of a policy that was set whole it is not known what is new; what is open to everybody is wrong either way. */
function standingGrant(
  event: TrailEvent,
  declared: DeclaredFacts,
  grant: Binding,
  deployed: boolean,
): readonly Found[] {
  if (!isJobRole(grant.role, event.resource, declared)) return [];
  if (isPublicMember(grant.member)) return [foundOf(event, grant, 'critical')];
  return deployed
    ? []
    : [{ ...foundOf(event, grant, severityOf(event, declared, grant)), verdict: 'undetermined' }];
}

function severityOf(
  event: TrailEvent,
  declared: DeclaredFacts,
  { role, member, condition }: Binding,
): Severity {
  const outside = declared.isExternalMember(member) === true || member.startsWith('domain:');
  if (outside || isPublicMember(member)) return 'critical';
  if (endsSoon(condition, event.time)) return 'low';
  return isViewer(role) ? 'medium' : 'high';
}

/** Days after which access that ends by itself is no self-service any more. */
const SOON = 7;
const EXPIRY = /^\s*request\.time\s*<\s*timestamp\(\s*["']([^"']{1,40})["']\s*\)\s*$/;

/** The condition is an end and nothing else: `request.time < timestamp("2026-06-01T00:00:00Z")`. */
function endsSoon(condition: string | undefined, time: string): boolean {
  const end = EXPIRY.exec(condition?.slice(0, 200) ?? '')?.[1];
  return end !== undefined && Date.parse(end) - Date.parse(time) <= SOON * 86_400_000;
}

const foundOf = (event: TrailEvent, { role, member, condition }: Binding, severity: Severity): Found => ({
  key: `${event.resource ?? '-'} ${role} ${member}`,
  severity,
  summary: `${whoOf(event)} granted ${role} to ${member} outside of CI.`,
  evidence: evidence(
    ['resource', event.resource],
    ['role', role],
    ['member', member],
    ['condition', condition],
    ['by', event.actor?.id],
  ),
});

/** A custom role that is made or changed: everybody who has it gets what is added. */
function roleWidened(event: TrailEvent): readonly Found[] {
  const { claims } = event;
  const listed = [...listOf(claims, 'addedPermissions'), ...listOf(claims, 'permissions')];
  const permissions = listed.flatMap(([one = '']) => (isJobPermission(one) ? [one] : []));
  if (permissions.length === 0) return [];
  const role = textOf(claims, 'role') ?? event.resource ?? '-';
  return [
    {
      key: `${role} permissions`,
      summary: `${whoOf(event)} gave a custom role permissions on jobs or their data outside of CI.`,
      evidence: evidence(
        ['role', role],
        ['permissions', permissions.slice(0, 10).join(' ')],
        ['by', event.actor?.id],
      ),
    },
  ];
}

const beyond = (event: TrailEvent): Found => ({
  key: `${event.resource ?? '-'} beyond what is listed`,
  summary: `${whoOf(event)} changed more bindings than the entry's list holds.`,
  evidence: evidence(['resource', event.resource], ['by', event.actor?.id]),
  verdict: 'undetermined',
});

/** Access to jobs and clusters, administrators, and what Unity Catalog gives. */
const DATABRICKS = /(?:\.changeJobAcl|\.changeClusterAcl|\.setAdmin|\.setAccountAdmin|\.changeAccountOwner)$/;

function onDatabricks(event: TrailEvent): readonly Found[] {
  const { claims, method } = event;
  const group = textOf(claims, 'targetGroup');
  const given = textOf(claims, 'granted');
  const admins = method.includes('.addPrincipal') && group === 'admins';
  if (!DATABRICKS.test(method) && !admins && given === undefined) return [];
  const member = textOf(claims, 'targetUser') ?? textOf(claims, 'principal') ?? given ?? '-';
  const role = textOf(claims, 'permission') ?? group ?? method;
  return [
    {
      key: `${event.project ?? '-'} ${event.resource ?? '-'} ${role} ${member}`,
      severity: given === undefined ? 'high' : 'medium',
      summary: `${whoOf(event)} gave access to jobs, clusters or data of a workspace outside of CI.`,
      evidence: evidence(
        ['resource', event.resource],
        ['role', role],
        ['member', member],
        ['by', event.actor?.id],
      ),
    },
  ];
}
