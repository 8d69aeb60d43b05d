import type { TrailClaims } from '../model/trail-event.ts';
import { isObject, list, own } from '../sources/fields.ts';
import { parseJson } from './claimed-json.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const orgPolicyChanged = defineDetection({
  id: 'org-policy-changed',
  version: 1,
  title: 'Organisation policy changed or taken away',
  severity: 'medium',
  why: 'Constraints forbid keys, public buckets and members from outside whatever roles allow; without them a grant is enough.',
  runbook: [
    'Compare `constraint` on `resource` with its version before (PolicyVersions); `effect` says what is known of it.',
    'Ask `principal` for the change; set the policy again where nobody asked for it.',
    'Look what was done since that the constraint forbade: keys, public buckets, members from outside.',
  ],
  evidence: ['constraint', 'effect', 'resource', 'method', 'principal', 'callerIp'],
  maps: { attack: ['T1685', 'T1484'], soc2: ['CC6.1', 'CC8.1'], iso27001: ['A.8.9', 'A.8.32', 'A.5.36'] },
  peers: ['SecOps gcp_iam_organization_policy_updated_or_deleted'],
  gaps: [
    'What a list constraint allowed before is not in the entry. Tags that conditions ask for are not judged.',
  ],
  sources: ['platform'],
  on: ['policy.change'],
  decide: ({ event, declared }) => {
    const { claims, actor, method, resource } = event;
    if (!CHANGES.test(method) || isTrue(claims, 'dryRun') || !isDone(event)) return [];
    const constraint = (textOf(claims, 'constraint') ?? '-').replace('constraints/', '');
    const effect = TAKEN_AWAY.test(method) || isTrue(claims, 'reset') ? 'taken away' : effectOf(claims);
    if (effect === 'enforced') return [];
    const isKey = KEYS.has(constraint.replace('.managed.', '.'));
    // What keeps keys and data in is not lifted by a pipeline alone; the rest is its everyday work.
    if (byDeployer(event, declared) && !(isKey && effect !== 'changed')) return [];
    return [
      {
        key: `${resource ?? '-'} ${constraint}`,
        severity: isKey ? 'high' : 'medium',
        summary: `${whoOf(event)} changed the organisation policy ${constraint} (${effect}).`,
        evidence: evidence(
          ['constraint', constraint],
          ['effect', effect],
          ['resource', resource],
          ['method', method],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

const CHANGES =
  /(?:^|\.)(?:SetOrgPolicy|ClearOrgPolicy|OrgPolicy\.(?:Create|Update|Delete)(?:Policy|CustomConstraint))$/;
const TAKEN_AWAY = /(?:ClearOrgPolicy|\.Delete(?:Policy|CustomConstraint))$/;

/** Without these a key, a public bucket or somebody from outside is one call away. */
const KEYS: ReadonlySet<string> = new Set([
  'iam.disableServiceAccountKeyCreation',
  'iam.disableServiceAccountKeyUpload',
  'iam.allowedPolicyMemberDomains',
  'iam.allowedPolicyMembers',
  'iam.disableAuditLoggingExemption',
  'storage.publicAccessPrevention',
  'storage.uniformBucketLevelAccess',
]);

/** A boolean constraint is enforced where every rule says so; a rule under a condition makes a hole. */
function effectOf(claims: TrailClaims): 'enforced' | 'not enforced' | 'changed' {
  const rules = list(parseJson(textOf(claims, 'spec')), 'rules').map((rule) =>
    isObject(rule) ? own(rule, 'enforce') : undefined,
  );
  if (rules.some((enforce) => enforce === false || enforce === 'false')) return 'not enforced';
  const enforced = claims['enforced'];
  if (enforced === undefined) return 'changed';
  return enforced === true ? 'enforced' : 'not enforced';
}
