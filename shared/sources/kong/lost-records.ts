/**
 * Lines of Kong's error log that say that log plugins threw records away (Kong/kong `kong/tools/queue.lua`):
 *
 *   2026/01/31 12:00:00 [error] 1#0: *42 [kong] queue.lua:98 [http-log] queue full, dropping old entries …, context: …
 *
 * What a client wrote can stand at the end of such a line only, behind what Kong says.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft, Normalised } from '../../model/event.ts';
import { logProject, resourceLabel } from '../fields.ts';
import { type Claims, NAME, put } from './claims.ts';

const HEAD =
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[[a-z]{1,8}\] \d{1,10}#\d{1,10}: (?:\*\d{1,20} )?\[kong\] queue\.lua:\d{1,6} (?:\[([a-z0-9-]{1,63})\] )?/;
/** What Kong says follows the head at once, but for the queue's name. */
const MAX_MESSAGE = 400;

/** Of the versions since 3.3, whose queues these are. */
const LOSSES: readonly (readonly [loss: string, said: RegExp])[] = [
  ['queue-full', /queue full, dropping old entries/],
  ['retries-exhausted', /giving up after \d{1,10} retries\.\s{1,2}(\d{1,10}) queue entries were lost/],
  ['retries-exhausted', /max_retry_time exceeded[^0-9]{0,40}(\d{1,10}) queue entries were lost/],
  ['bytes-exceeded', /byte capacity exceeded, (\d{1,10}) queue entries were dropped/],
  ['record-too-long', /string to be queued is longer/],
];

export const LOST_RECORDS = 'queue.lua';

/** Undefined for a line that says nothing of the kind. */
export function lostRecordsEvent(entry: LogEntry, line: string): Normalised | undefined {
  const head = HEAD.exec(line.slice(0, MAX_MESSAGE));
  if (head === null) return undefined;
  const message = line.slice(head[0].length, head[0].length + MAX_MESSAGE);
  for (const [loss, said] of LOSSES) {
    const match = said.exec(message);
    if (match === null) continue;
    const claims: Claims = { log: 'error', loss };
    put(claims, 'plugin', head[1], NAME);
    if (match[1] !== undefined) claims['lostRecords'] = Number(match[1]);
    put(claims, 'cluster', resourceLabel(entry, 'cluster_name'), NAME);
    put(claims, 'pod', resourceLabel(entry, 'pod_name'), NAME);
    return { kind: 'event', event: lossEvent(entry, claims) };
  }
  return undefined;
}

function lossEvent(entry: LogEntry, claims: Claims): AuditEventDraft {
  const project = logProject(entry);
  return {
    action: 'telemetry.write',
    outcome: 'failed',
    method: LOST_RECORDS,
    identity: { absent: 'not-recorded' },
    via: 'gateway',
    provenance: 'tenant',
    claims,
    ...(project === undefined ? {} : { project }),
  };
}
