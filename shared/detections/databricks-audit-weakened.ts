import type { TrailEvent } from '../model/trail-event.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';

export const databricksAuditWeakened = defineDetection({
  id: 'databricks-audit-weakened',
  number: 'L15',
  version: 1,
  title: 'Databricks audit detail or delivery reduced',
  severity: 'critical',
  why: 'Without verbose audit logs what notebooks and queries did is not recorded; without delivery nothing is.',
  runbook: [
    'Ask `by` for the ticket; nobody does this in production. `outcome` tells whether it took effect.',
    'Switch `setting` back on in the workspace, and look who else is its administrator.',
    'Treat what ran in the workspace since as unknown; compare runs as the API lists them (query jobs).',
  ],
  evidence: ['workspace', 'setting', 'value', 'outcome', 'by'],
  maps: { attack: ['T1685.002'], soc2: ['CC7.2'], iso27001: ['A.8.15'] },
  peers: ['Panther databricks_verbose_audit_logging_disabled'],
  gaps: [
    'Who reads the system tables is not declared: every right on them that is taken away is told.',
    'An audit file that is deleted is told without who did it, which the log of its bucket knows.',
  ],
  sources: ['databricks'],
  on: ['log.change', 'iam.change'],
  decide: ({ event }) => {
    if (event.source !== 'databricks') return [];
    const [setting, value] = weakened(event) ?? [];
    if (setting === undefined) return [];
    const found: Found = {
      key: `${event.project ?? 'databricks'} ${setting}`,
      severity: event.outcome === 'denied' || event.outcome === 'failed' ? 'high' : 'critical',
      summary: `${whoOf(event)} reduced what Databricks records: ${setting}.`,
      evidence: evidence(
        ['workspace', event.project],
        ['setting', setting],
        ['value', value],
        ['outcome', event.outcome],
        ['by', event.actor?.id],
      ),
    };
    return [event.outcome === 'unknown' ? { ...found, verdict: 'undetermined' } : found];
  },
});

type Weakened = readonly [setting: string, value: string | undefined];

function weakened({ claims, resource }: TrailEvent): Weakened | undefined {
  if (isTrue(claims, 'auditFileDeleted')) return ['audit file', resource];
  const status = textOf(claims, 'deliveryStatus');
  if (status === 'DISABLED') return ['log delivery', status];
  const revoked = textOf(claims, 'revoked');
  if (revoked !== undefined && isSystemSchema(resource)) return ['grants on system tables', revoked];
  return verbose(textOf(claims, 'settingKeys'), textOf(claims, 'settingValues'));
}

/** `unityCatalog/system.access.audit`, `unityCatalog/system` */
const isSystemSchema = (resource = ''): boolean => /^unityCatalog\/system(?:\.|$)/.test(resource);

/** Several settings may be edited at once: keys and values in the same order. */
function verbose(keys: string | undefined, values: string | undefined): Weakened | undefined {
  if (keys === undefined) return undefined;
  const parts = (text: string): readonly string[] =>
    text
      .replaceAll(/[[\]"\s]/g, '')
      .split(',')
      .map((part) => part.toLowerCase());
  const at = parts(keys).indexOf('enableverboseauditlogs');
  return parts(values ?? '')[at] === 'false' ? ['verbose audit logs', 'false'] : undefined;
}
