import type { TrailClaims } from '../model/trail-event.ts';
import { parseJson } from './claimed-json.ts';
import { defineChangeDetection, type Change } from './change.ts';
import { byDeployer } from './deployers.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';
import { entityOf, verbOf } from './gateway-entity.ts';
import { isObject, list } from '../sources/fields.ts';

export const meshPolicyInlineEdit = defineChangeDetection({
  id: 'mesh-policy-inline-edit',
  number: 'D01',
  version: 1,
  title: 'Mesh authorisation changed outside CI',
  severity: 'high',
  why: 'The mesh decides who reaches job and data services; a policy edited by hand opens them until somebody compares.',
  runbook: [
    'Compare `object` with the reviewed repository: apply that again, by GitOps.',
    'Read `opens`: what the new text lets in; list calls that passed since (query via mesh).',
    'Ask `by` for the incident or ticket; a deployer who is not declared belongs into `deployers`.',
  ],
  evidence: ['object', 'cluster', 'verb', 'action', 'opens', 'by'],
  maps: {
    attack: ['T1685', 'T1098'],
    soc2: ['CC8.1', 'CC6.1', 'CC7.1'],
    iso27001: ['A.8.32', 'A.8.9', 'A.5.15'],
  },
  peers: [
    'Elastic persistence_gcp_gke_admission_webhook_created_or_modified (webhooks only)',
    'Sigma gcp_kubernetes_admission_controller (webhooks only)',
  ],
  gaps: ['A change by a declared deployer without a deploy record shows once records are held against it.'],
  sources: ['kubernetes'],
  on: ['policy.change'],
  compare: (change, declared) => {
    const { event, after } = change;
    const kind = textOf(after, 'kind') ?? '';
    if (!isDone(event) || event.source !== 'kubernetes' || !KINDS.has(kind)) return [];
    if (byDeployer(event, declared)) return [];
    const opens = openedBy(change);
    const object = entityOf(event);
    return [
      {
        key: `${textOf(after, 'cluster') ?? '-'} ${object}`,
        severity: opens === undefined ? 'high' : 'critical',
        summary: `${whoOf(event)} changed ${object} outside of CI${opens === undefined ? '' : `: ${opens}`}.`,
        evidence: evidence(
          ['object', object],
          ['cluster', textOf(after, 'cluster')],
          ['verb', textOf(after, 'verb')],
          ['action', textOf(after, 'policyAction')],
          ['opens', opens],
          ['by', event.actor?.id],
        ),
      },
    ];
  },
});

const KINDS: ReadonlySet<string> = new Set([
  'security.istio.io/authorizationpolicies',
  'security.istio.io/requestauthentications',
  'networking.istio.io/envoyfilters',
  'networking.istio.io/sidecars',
  'networking.istio.io/serviceentries',
]);

/** What an authorization policy lets in that it should not, where the texts tell. */
function openedBy({ event, before, after }: Change): string | undefined {
  const denied = before === undefined ? after : before;
  if (verbOf(event) === 'delete')
    return textOf(denied, 'policyAction') === 'DENY' ? 'a DENY is gone' : undefined;
  const allows = textOf(after, 'policyAction') === 'ALLOW';
  if (before !== undefined && textOf(before, 'policyAction') === 'DENY') {
    if (textOf(after, 'policyAction') !== 'DENY') return 'a DENY is gone';
    return rulesOf(after).length < rulesOf(before).length ? 'a rule of a DENY is gone' : undefined;
  }
  if (!allows) return undefined;
  if (isTrue(after, 'matchesAll')) return 'an ALLOW that matches every request';
  if (isTrue(after, 'wildcardPrincipal') && (before === undefined || !isTrue(before, 'wildcardPrincipal')))
    return 'an ALLOW for every principal';
  return before !== undefined && fromless(after) > fromless(before)
    ? 'an ALLOW whose `from` is gone'
    : undefined;
}

const rulesOf = (claims: TrailClaims): readonly unknown[] => list(parseJson(textOf(claims, 'spec')), 'rules');

/** Rules that say nothing of who may call. */
const fromless = (claims: TrailClaims): number =>
  rulesOf(claims).filter((rule) => isObject(rule) && list(rule, 'from').length === 0).length;
