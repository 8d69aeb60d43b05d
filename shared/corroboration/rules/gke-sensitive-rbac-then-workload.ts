import { byDeployer } from '../../detections/deployers.ts';
import { evidence, textOf } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import { controlPlaneGroup, rightsGroup } from '../change-groups.ts';
import { citedAs } from '../cite.ts';
import { changesControlPlane, strongRightOf } from '../control-plane.ts';
import { anchorOf, defineRule } from '../rule.ts';
import { back, forth } from '../span.ts';
import { objectName } from '../state-name.ts';

const WINDOW_MS = 60 * 60_000;

export const gkeSensitiveRbacThenWorkload = defineRule({
  id: 'gke-sensitive-rbac-then-workload',
  version: 1,
  kind: 'correlate',
  title: 'Rights in the mesh control plane given, then used to change a workload there',
  severity: 'high',
  why: 'Whoever runs code in the control plane of the mesh decides what every proxy lets through and what it writes down.',
  runbook: [
    'Ask `by` for the change that needed `right`, and compare `workload` with what the release says.',
    'Look for new images and accounts in `workload`, and for calls of its account since `workloadAt`.',
    'Put both back, by GitOps; restart the control plane from reviewed manifests.',
  ],
  evidence: ['by', 'rbac', 'right', 'rbacAt', 'workload', 'workloadAt', 'cluster'],
  maps: { attack: ['T1098.006', 'T1610'], soc2: ['CC6.3', 'CC7.2'], iso27001: ['A.8.2', 'A.8.18'] },
  peers: [
    'Elastic privilege_escalation_gcp_gke_sensitive_rbac_change_followed_by_workload_modification (all namespaces)',
  ],
  gaps: [
    'Control planes in namespaces of other names are not known as such.',
    'What a role of one’s own allows is told where it is made, not where it is bound.',
    'Changes of two identities are not put together.',
  ],
  sources: ['kubernetes'],
  on: ['iam.change', 'workload.change'],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    const who = event.actor?.id;
    if (who === undefined || event.source !== 'kubernetes') return [];
    if (event.action === 'workload.change') return changesControlPlane(event) ? [record] : [];
    return strongRightOf(event) === undefined
      ? []
      : context.facts.witnesses('change', controlPlaneGroup(who), forth(event.time, WINDOW_MS)).map(anchorOf);
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event' || !changesControlPlane(anchor.event)) return [];
    const { event } = anchor;
    const who = event.actor?.id;
    if (who === undefined || byDeployer(event, context.declared)) return [];
    const cluster = textOf(event.claims, 'cluster');
    const rbac = context.facts
      .witnesses('change', rightsGroup(who), back(event.time, WINDOW_MS))
      .find(({ claims }) => textOf(claims, 'cluster') === cluster);
    if (rbac === undefined) return [];
    const workload = objectName(event) ?? event.resource ?? event.id;
    return [
      {
        verdict: 'violated' as const,
        cited: [citedAs('workload', event), citedAs('rbac', rbac)],
        found: {
          key: `${cluster ?? '-'} ${who}`,
          summary: `${whoOf(event)} gave rights in the control plane of the mesh and changed ${workload} within the hour.`,
          evidence: evidence(
            ['by', who],
            ['rbac', objectName(rbac) ?? rbac.resource],
            ['right', strongRightOf(rbac)],
            ['rbacAt', rbac.time],
            ['workload', workload],
            ['workloadAt', event.time],
            ['cluster', cluster],
          ),
        },
      },
    ];
  },
});
