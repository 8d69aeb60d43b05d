/** Where an audited call went. The same facts stand in several places of an entry, some of them empty. */
import type { AuditLog, LogEntry } from '../../schemas/log-entry.ts';
import { logProject, resourceLabel } from '../sources/fields.ts';
import { currentLocation, segmentAfter } from './payload.ts';

const DIGITS = /^[0-9]{1,20}$/;

/** The project's id where any field has it, its number where that is all there is. */
export function auditProject(entry: LogEntry, payload: AuditLog): string | undefined {
  const label = resourceLabel(entry, 'project_id');
  if (label !== undefined && !DIGITS.test(label)) return label;
  const named = segmentAfter(payload.resourceName, 'projects');
  // `projects/-/serviceAccounts/…` stands for whichever project the account is in, `projects/_` for any bucket's.
  const stated = named === '-' || named === '_' ? undefined : named;
  if (stated !== undefined && !DIGITS.test(stated)) return stated;
  return logProject(entry) ?? label ?? stated;
}

/** Region, zone or multi-region. */
export function auditLocation(entry: LogEntry, payload: AuditLog): string | undefined {
  const { resourceName } = payload;
  return (
    resourceLabel(entry, 'location') ??
    resourceLabel(entry, 'region') ??
    resourceLabel(entry, 'zone') ??
    segmentAfter(resourceName, 'locations') ??
    segmentAfter(resourceName, 'regions') ??
    segmentAfter(resourceName, 'zones') ??
    currentLocation(payload)
  );
}

/** `organizations/O`, `folders/F` or `billingAccounts/B` of a log that belongs to no project. */
export function auditContainer(entry: LogEntry): string | undefined {
  const name = entry.logName;
  if (name === undefined || name.startsWith('projects/')) return undefined;
  const end = name.indexOf('/logs/');
  return end > 0 ? name.slice(0, end) : undefined;
}
