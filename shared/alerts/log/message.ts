/**
 * A notice as a structured entry that Cloud Run hands to Cloud Logging. What comes from logs is inside `alert` only, so
 * that no label or value can become a field that Cloud Logging reads.
 * https://docs.cloud.google.com/logging/docs/structured-logging
 */
import type { Severity } from '../../../schemas/alerting.ts';
import { alertOf } from '../alert.ts';
import type { Notice } from '../notice.ts';
import { fit } from '../text.ts';

const SEVERITY = {
  critical: 'CRITICAL',
  high: 'ERROR',
  medium: 'WARNING',
  low: 'NOTICE',
} as const satisfies Record<Severity, string>;

export function renderEntry(notice: Notice, resent: boolean): Readonly<Record<string, unknown>> {
  const alert = alertOf(notice, resent);
  return {
    // What is over pages nobody who alerts on severity.
    severity: notice.state === 'resolved' ? 'NOTICE' : SEVERITY[notice.severity],
    message: fit(`${notice.change} ${notice.severity}: ${notice.title}: ${notice.summary}`, 1000),
    'logging.googleapis.com/labels': {
      jobtrail_rule: alert.rule,
      jobtrail_change: alert.change,
      jobtrail_state: alert.state,
      jobtrail_severity: alert.severity,
      jobtrail_episode: `${alert.episode.id}/${alert.episode.n}`,
    },
    alert,
  };
}
