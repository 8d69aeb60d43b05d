/**
 * Databricks: audit events as they are delivered to a bucket or exported from `system.access.audit`, and what happens to
 * the files they come in. Formats and meanings: docs/sources/databricks.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Source } from '../source.ts';
import { adopt, AUDIT_LOG, LOG_PREFIX } from './adopt.ts';
import { normaliseAudit } from './audit.ts';
import { DELIVERY_LOG, normaliseDelivery } from './delivery.ts';
import { METHODS } from './methods.ts';

/** Log names that `adopt` and the function give: none that a log sink could. */
function owns(entry: LogEntry): boolean {
  const name = entry.logName;
  return name?.startsWith(LOG_PREFIX) === true && (name.endsWith(AUDIT_LOG) || name.endsWith(DELIVERY_LOG));
}

export const databricks: Source = {
  name: 'databricks',
  version: 2,
  methods: METHODS,
  owns,
  adopt,
  normalise: (entry) =>
    entry.logName?.endsWith(DELIVERY_LOG) === true ? normaliseDelivery(entry) : normaliseAudit(entry),
};
