import { auditConfigsOf, auditDeltasOf, lossesOf, withDeltas, type AuditLoss } from './audit-configs.ts';
import { defineChangeDetection, masks, type Change } from './change.ts';
import type { Found } from './detection.ts';
import { evidence, isCut, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const auditConfigWeakened = defineChangeDetection({
  id: 'audit-config-weakened',
  number: 'L04',
  version: 1,
  title: 'Data Access logging removed or a principal exempted',
  severity: 'high',
  why: 'Reads of data leave no trace once Data Access logs are off; most rules about data then see nothing, and say so to nobody.',
  runbook: [
    'Ask whoever made the change for the ticket: `service` and `logType` tell what is no longer logged on `resource`.',
    'Put the audit configuration back; it takes effect at once for new calls.',
    'Treat reads of that service since the change as unknown: list jobs that ran then (query jobs).',
  ],
  evidence: ['resource', 'service', 'logType', 'exempted', 'by'],
  maps: {
    attack: ['T1685.002'],
    soc2: ['CC7.2', 'CC8.1'],
    iso27001: ['A.8.15', 'A.8.9'],
  },
  peers: [
    'SecOps gcp_cloud_audit_logging_removed_from_all_services (allServices only)',
    'SecOps gcp_exempt_principals_from_audit_log (allServices only)',
    'Stratus gcp.defense-evasion.disable-audit-logs',
  ],
  gaps: ['What a folder or organisation above still logs is not looked at.'],
  sources: ['iam'],
  on: ['log.change', 'iam.change'],
  compare: (change) => {
    const { event, before, after } = change;
    if (!isDone(event) || event.source !== 'iam') return [];
    const deltas = auditDeltasOf(after);
    if (isCut(after, 'auditConfigDeltas') || isCut(after, 'policyAuditConfigs')) return [unknown(change)];
    const left = auditConfigsOf(after);
    if (deltas.length === 0) {
      // Unless its mask says so, setting a policy leaves the audit configuration as it is.
      const mask = textOf(after, 'updateMask');
      if (mask === undefined || !masks(mask, 'auditConfigs')) return [];
      return before === undefined ? [unknown(change)] : told(change, lossesOf(auditConfigsOf(before), left));
    }
    if (before !== undefined) {
      const was = auditConfigsOf(before);
      return told(change, lossesOf(was, withDeltas(was, deltas, true)));
    }
    if (left.size > 0) return told(change, lossesOf(withDeltas(left, deltas, false), left));
    // Nothing but the difference: what it takes away is taken away unless it gives it back itself.
    const nothing = new Map<string, ReadonlySet<string>>();
    const types = deltas.filter((delta) => delta.exempted === undefined);
    const exempted = deltas.filter((delta) => delta.action === 'ADD' && delta.exempted !== undefined);
    const lost = lossesOf(withDeltas(nothing, types, false), withDeltas(nothing, types, true));
    return told(change, [...lost, ...exempted]);
  },
});

const told = ({ event }: Change, losses: readonly AuditLoss[]): readonly Found[] =>
  losses.map(({ line, exempted }) => {
    const [service = '', logType = ''] = line.split(' ');
    const what = exempted === undefined ? '' : ` for ${exempted}`;
    return {
      key: `${event.resource ?? '-'} ${service} ${logType}`,
      severity: isAboveProjects(event.resource) ? 'critical' : 'high',
      summary: `${whoOf(event)} switched off ${logType} logs of ${service}${what}.`,
      evidence: evidence(
        ['resource', event.resource],
        ['service', service],
        ['logType', logType],
        ['exempted', exempted],
        ['by', event.actor?.id],
      ),
    };
  });

const isAboveProjects = (resource: string | undefined): boolean =>
  /(?:^|\/)(?:organizations|folders)\/[^/]+$/.test(resource ?? '');

const unknown = ({ event }: Change): Found => ({
  key: `${event.resource ?? '-'} audit configuration`,
  severity: isAboveProjects(event.resource) ? 'critical' : 'high',
  summary: `${whoOf(event)} set an audit configuration of which the entry does not tell what it was before.`,
  evidence: evidence(['resource', event.resource], ['by', event.actor?.id]),
  verdict: 'undetermined',
});
