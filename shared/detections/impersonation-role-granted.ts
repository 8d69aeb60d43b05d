import type { Severity } from '../../schemas/alerting.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { bindingsOf, isContainer, isCustomRole, mostTellingFirst, type Binding } from './bindings.ts';
import { isPublicMember } from '../audit/iam-policy.ts';
import { isImpersonationPermission, isImpersonationRole } from './job-roles.ts';
import { isDone, whoOf } from './kinds.ts';

export const impersonationRoleGranted = defineDetection({
  id: 'impersonation-role-granted',
  number: 'D06',
  version: 2,
  title: 'Right to act as a job identity granted',
  severity: 'high',
  why: 'Who may mint tokens of an account, or attach it to work, has all that the account has, and the log then names the account.',
  runbook: [
    'Ask whoever made the change why `member` needs `role` on `resource`; on a project it is every account in it.',
    'List tokens minted and jobs started as the account since (query principal, method GenerateAccessToken).',
    'Take the binding back; grant it on the one account that needs it, by CI.',
  ],
  evidence: ['resource', 'role', 'member', 'condition', 'permissions', 'by'],
  maps: {
    attack: ['T1098.003', 'T1548.005'],
    soc2: ['CC6.3', 'CC6.1'],
    iso27001: ['A.8.2', 'A.5.18'],
  },
  peers: [
    'CSA 2.20 and 2.21',
    'Elastic persistence_gcp_service_account_impersonation_role_grant (accounts only)',
    'Panther gcp_permissions_granted_to_create_or_manage_service_account_key (last delta only)',
    'ETD Impersonation Role Granted For Dormant Service Account',
  ],
  gaps: [
    'What a custom role contains is not in the entry that grants it: such a grant is undetermined.',
    'Roles that contain the right beside much else (owner, editor) are other rules’.',
    'An entry may name an account by its number: then it is taken for one that runs jobs.',
  ],
  sources: ['iam'],
  on: ['iam.change', 'log.change'],
  decide: ({ event, declared }) => {
    if (!isDone(event) || event.source !== 'iam') return [];
    const deployed = byDeployer(event, declared);
    const { added, standing, cut } = bindingsOf(event.claims);
    const found = [
      ...added.flatMap((grant) => granted(event, declared, grant, deployed)),
      ...standing.flatMap((grant) =>
        granted(event, declared, grant, deployed).map((one): Found => ({ ...one, verdict: 'undetermined' })),
      ),
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
  const { role, member, condition } = grant;
  const custom = isCustomRole(role);
  if (!custom && !isImpersonationRole(role)) return [];
  if (deployed && !isPublicMember(member)) return [];
  if (isServiceAgent(member, event, declared)) return [];
  return [
    {
      key: `${event.resource ?? '-'} ${role} ${member}`,
      severity: severityOf(event, declared, member),
      summary: `${whoOf(event)} gave ${member} the right to act as ${isContainer(event.resource) ? 'every service account below' : 'an account of'} ${event.resource ?? 'a resource that is not named'}.`,
      evidence: evidence(
        ['resource', event.resource],
        ['role', role],
        ['member', member],
        ['condition', condition],
        ['by', event.actor?.id],
      ),
      ...(custom ? { verdict: 'undetermined' as const } : {}),
    },
  ];
}

/** On a project and above it is every account; on an account that is declared to run no jobs it is less. */
function severityOf(event: TrailEvent, declared: DeclaredFacts, member: string): Severity {
  if (isContainer(event.resource) || isPublicMember(member) || declared.isExternalMember(member) === true)
    return 'critical';
  const account = /\/serviceAccounts\/([^/@]+@[^/]+)$/.exec(event.resource ?? '')?.[1];
  const id = account === undefined ? undefined : parseIdentifier(account)?.id;
  if (id === undefined || declared.isAnyRuntimeAccount(id)) return 'high';
  return declared.isRuntimeAccount(event.environment, id) === false ? 'medium' : 'high';
}

/** Google's agents of Dataflow, Dataproc and Compute Engine, which start workers under an account. */
const SERVICE_AGENT =
  /^serviceAccount:service-[0-9]{6,20}@(?:dataflow-service-producer-prod|dataproc-accounts|compute-system)\.iam\.gserviceaccount\.com$/;

const isServiceAgent = (member: string, event: TrailEvent, declared: DeclaredFacts): boolean =>
  SERVICE_AGENT.test(member) && !isContainer(event.resource) && declared.isExternalMember(member) === false;

function roleWidened(event: TrailEvent): readonly Found[] {
  const { claims } = event;
  const listed = [...listOf(claims, 'addedPermissions'), ...listOf(claims, 'permissions')];
  const permissions = listed.flatMap(([one = '']) => (isImpersonationPermission(one) ? [one] : []));
  if (permissions.length === 0) return [];
  const role = textOf(claims, 'role') ?? event.resource ?? '-';
  return [
    {
      key: `${role} permissions`,
      summary: `${whoOf(event)} let a custom role act as service accounts.`,
      evidence: evidence(['role', role], ['permissions', permissions.join(' ')], ['by', event.actor?.id]),
    },
  ];
}

const beyond = (event: TrailEvent): Found => ({
  key: `${event.resource ?? '-'} beyond what is listed`,
  summary: `${whoOf(event)} changed more bindings than the entry's list holds.`,
  evidence: evidence(['resource', event.resource], ['by', event.actor?.id]),
  verdict: 'undetermined',
});
