/**
 * What Cloud Logging writes when a sink cannot deliver: log id `logging.googleapis.com/sink_error`, resource
 * `logging_sink`, the error in the labels `error_code` (`topic_not_found`, `bucket_changed_parent_project`, …) and
 * `error_detail`. https://docs.cloud.google.com/logging/docs/api/platform-logs
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { claim, type Claims } from '../../audit/claims.ts';
import type { AuditEventDraft, Normalised } from '../../model/event.ts';
import { label, logId, logProject, resourceLabel } from '../fields.ts';

export const SINK_ERROR = 'sink_error';
const LOG_ID = `logging.googleapis.com/${SINK_ERROR}`;

export const isSinkError = (entry: LogEntry): boolean => logId(entry) === LOG_ID;

/** Entries were matched by a sink and not delivered; which ones, nobody says. */
export function sinkErrorEvent(entry: LogEntry): Normalised {
  const claims: Claims = {};
  claim(claims, 'sink', resourceLabel(entry, 'name') ?? label(entry, 'sink_id'));
  claim(claims, 'destination', resourceLabel(entry, 'destination') ?? label(entry, 'destination'), 1024);
  claim(claims, 'errorCode', label(entry, 'error_code'));
  claim(claims, 'errorDetail', label(entry, 'error_detail'));
  const event: { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] } = {
    action: 'telemetry.write',
    outcome: 'failed',
    method: SINK_ERROR,
    identity: { absent: 'not-recorded' },
    via: 'direct',
    // Whether others may write to this log is not documented.
    provenance: 'tenant',
  };
  if (Object.keys(claims).length > 0) event.claims = claims;
  const project = logProject(entry);
  if (project !== undefined) event.project = project;
  return { kind: 'event', event };
}
