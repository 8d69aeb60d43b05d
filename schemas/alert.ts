/**
 * `jobtrail.alert.v1`: an alert as the webhook channel sends it and as Cloud Logging keeps it. Receivers ignore fields
 * they do not know; a field is never removed or given another meaning within v1. Texts come from log entries and are
 * neither escaped nor to be trusted; controls and lone surrogates are U+FFFD, and what is cut ends in `…`.
 */
import * as z from 'zod';
import { Severity } from './alerting.ts';

export const ALERT_TYPE = 'jobtrail.alert.v1';

const count = z.number().int().min(0);

export const Alert = z.object({
  type: z.literal(ALERT_TYPE),
  /** The same for every sending of one change: what to deduplicate by. Equal to the header `webhook-id`. */
  id: z.string().min(1).max(255),
  /** True where an earlier sending was cut off and may have arrived. */
  resent: z.boolean(),
  /** SHA-256 hex of rule and key, and which time around, from 1. */
  episode: z.object({ id: z.string().min(1).max(128), n: z.number().int().min(1) }),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  /** What brought this sending about. `reopen`: an acknowledgement or a resolution was taken back. */
  change: z.enum(['open', 'merge', 'acknowledge', 'resolve', 'reopen']),
  severity: Severity,
  rule: z.string(),
  key: z.string(),
  title: z.string(),
  summary: z.string(),
  /** Principal id; null where none is known. */
  who: z.string().nullable(),
  forWhom: z.array(z.string()),
  environment: z.string().nullable(),
  job: z.string().nullable(),
  evidence: z.array(z.object({ label: z.string(), value: z.string() })),
  eventIds: z.array(z.string()),
  why: z.string(),
  runbook: z.array(z.string()),
  runbookUrl: z.string(),
  /** Findings merged so far. */
  occurrences: count,
  /** Event times, RFC 3339. */
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** Who acknowledged, resolved or took either back. */
  by: z.string().nullable(),
  /** How many of each list were left out. */
  omitted: z.object({ forWhom: count, evidence: count, eventIds: count }),
});
export type Alert = z.infer<typeof Alert>;
