/** Audit events as lines of a file, on the way that they come. */
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { Decoded } from '../../../shared/envelope/envelope.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { databricks } from '../../../shared/sources/databricks/index.ts';
import { isObject } from '../../../shared/sources/fields.ts';

/** A line as its log entry; entries that the function makes stand in the samples as they are. */
export function adopted(text: string): LogEntry {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('a line is an object');
  return databricks.adopt?.({ kind: 'json', value, text }) ?? LogEntry.parse(value);
}

export function decoded(text: string): Decoded {
  const [first] = decodeEntry(Buffer.from(text), {
    ordinalOf: ordinals(),
    adopt: (record) => databricks.adopt?.(record),
  });
  if (first === undefined) throw new Error('a line decodes to something');
  return first;
}

export const WORKSPACE = '4821734609921173';

/** An event with what the test is about, as a line. */
export function line(more: object): string {
  return JSON.stringify({
    version: '2.0',
    timestamp: 1770000000123,
    workspaceId: WORKSPACE,
    userIdentity: { email: 'ana@example.com' },
    serviceName: 'jobs',
    actionName: 'runNow',
    requestId: 'r-1',
    requestParams: { job_id: '42' },
    response: { statusCode: 200, errorMessage: null, result: '{"run_id":9001}' },
    ...more,
  });
}

export function eventOf(more: object): AuditEventDraft {
  const result = databricks.normalise(adopted(line(more)));
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event;
}
