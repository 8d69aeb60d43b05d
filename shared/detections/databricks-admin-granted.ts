import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';

export const databricksAdminGranted = defineDetection({
  id: 'databricks-admin-granted',
  version: 1,
  title: 'Administrator of Databricks made',
  severity: 'high',
  why: 'An administrator of the account, a workspace or the metastore can read all its data and switch its audit log off.',
  runbook: [
    'Ask `principal` for the ticket that makes `target` an administrator (`group`).',
    'Compare with the change before: an administrator who was made by one made today is the next step.',
    'Take the role away, and look what `target` did since.',
  ],
  evidence: ['target', 'group', 'method', 'outcome', 'principal', 'callerIp'],
  maps: { attack: ['T1098.003', 'T1078.004'], soc2: ['CC6.2', 'CC6.3'], iso27001: ['A.8.2', 'A.5.18'] },
  peers: [
    'Panther databricks_account_admin_privileged_role_assignment',
    'Panther databricks_metastore_admin_changes',
  ],
  gaps: ['A group that gives administration and does not say so in its name is not known by it.'],
  sources: ['databricks'],
  on: ['iam.change', 'policy.change'],
  decide: ({ event }) => {
    const { source, outcome, actor, claims, method, project } = event;
    if (source !== 'databricks' || outcome === 'failed' || !makesAdmin(event)) return [];
    const target = textOf(claims, 'targetUser') ?? textOf(claims, 'principal') ?? textOf(claims, 'newOwner');
    return [
      {
        key: `${project ?? '-'} ${target ?? method}`,
        severity: outcome === 'denied' ? 'medium' : 'high',
        verdict: outcome === 'unknown' ? 'undetermined' : 'violation',
        summary: `${whoOf(event)} ${outcome === 'denied' ? 'tried to make' : 'made'} ${target ?? 'somebody'} an administrator of ${project ?? 'Databricks'}.`,
        evidence: evidence(
          ['target', target],
          ['group', textOf(claims, 'targetGroup')],
          ['method', method],
          ['outcome', outcome],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

const MAKES: ReadonlySet<string> = new Set(['setAdmin', 'setAccountAdmin', 'changeAccountOwner']);
const JOINS: ReadonlySet<string> = new Set(['addPrincipalToGroup', 'addPrincipalsToGroup']);
/** `admins`, `account-admins`, `metastore_admins`. */
const ADMINS = /(?:^|[-_. ])admins?$/i;

function makesAdmin({ method, claims }: TrailEvent): boolean {
  if (method === 'unityCatalog.updateMetastore') return textOf(claims, 'newOwner') !== undefined;
  const action = method.slice(method.indexOf('.') + 1);
  if (MAKES.has(action)) return true;
  const group = textOf(claims, 'targetGroup');
  return JOINS.has(action) && group !== undefined && ADMINS.test(group);
}
