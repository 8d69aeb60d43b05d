/** An audit event that reached us as it is, wrapped into the log entry that everything behind works on. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { textDigest } from '../../envelope/event-id.ts';
import { compact } from '../../envelope/json-text.ts';
import { exactValue } from '../exact-json.ts';
import { isObject, own, str, type Json } from '../fields.ts';
import type { ForeignRecord } from '../source.ts';
import { scalar } from './record.ts';

export const LOG_PREFIX = 'databricks/';
export const AUDIT_LOG = '/audit';
const WORKSPACE = /^[A-Za-z0-9_-]{1,64}$/;

/** Milliseconds from 1973 to 2286. Seconds and microseconds are outside and stay unread, which shows. */
const MIN_MILLISECONDS = 1e11;
const MAX_MILLISECONDS = 1e13;

/**
 * Lines of audit files and rows of `system.access.audit`. The log is named after the workspace; without a time the
 * entry has none either, and with one that is none it has one that its decoder cannot read.
 */
export function adopt(record: ForeignRecord): LogEntry | undefined {
  if (record.kind !== 'json' || !isAuditRecord(record.value)) return undefined;
  const value = exactly(record.value, record.text);
  const workspace = scalar(value, 'workspaceId') ?? scalar(value, 'workspace_id');
  const named = workspace !== undefined && WORKSPACE.test(workspace) ? workspace : '-';
  const entry: { -readonly [K in keyof LogEntry]: LogEntry[K] } = {
    logName: `${LOG_PREFIX}${named}${AUDIT_LOG}`,
    resource: { type: 'databricks_workspace', labels: { workspace_id: named } },
    jsonPayload: value,
  };
  const timestamp = timeOf(value);
  if (timestamp !== undefined) entry.timestamp = timestamp;
  const insertId = idOf(value, record.text);
  if (insertId !== undefined) entry.insertId = insertId;
  return entry;
}

function isAuditRecord(value: Json): boolean {
  const named = str(value, 'serviceName') !== undefined && str(value, 'actionName') !== undefined;
  return named || (str(value, 'service_name') !== undefined && str(value, 'action_name') !== undefined);
}

/** With the digits of long numbers, where the text is at hand. */
function exactly(value: Json, text: string | undefined): Json {
  const exact = text === undefined ? value : exactValue(value, text);
  return isObject(exact) ? exact : value;
}

function timeOf(value: Json): string | undefined {
  const time = own(value, 'timestamp') ?? own(value, 'event_time');
  if (typeof time === 'string' && !/^[0-9]{1,20}$/.test(time)) return time === '' ? undefined : time;
  const milliseconds = typeof time === 'string' ? Number(time) : time;
  if (milliseconds === undefined || milliseconds === null) return undefined;
  if (typeof milliseconds !== 'number') return typeof milliseconds;
  return Number.isInteger(milliseconds) && milliseconds >= MIN_MILLISECONDS && milliseconds < MAX_MILLISECONDS
    ? new Date(milliseconds).toISOString()
    : String(time);
}

/**
 * `event_id` is unique; lines of files have none. Their `requestId` is not: request and answer of a slow action share it,
 * and so do the parts of a bulk change, so what the line says is part of its id. A file that is delivered again repeats
 * its lines as they were, and they are the same entries.
 */
function idOf(value: Json, text: string | undefined): string | undefined {
  const eventId = str(value, 'event_id');
  if (eventId !== undefined) return eventId;
  const requestId = str(value, 'requestId') ?? str(value, 'request_id');
  if (requestId === undefined) return undefined;
  return `${requestId}/${textDigest(compact(text ?? JSON.stringify(value))).slice(0, 32)}`;
}
