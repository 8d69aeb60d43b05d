/** An OpenLineage event as its client sent it, wrapped into the log entry that everything behind works on. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { sha256 } from '../../envelope/event-id.ts';
import { compact } from '../../envelope/json-text.ts';
import { obj, str, type Json } from '../fields.ts';
import type { ForeignRecord } from '../source.ts';

export const LOG_NAME = 'openlineage/events';

/**
 * RunEvents, JobEvents and DatasetEvents, with or without `producer` and `schemaURL`, which old clients left out. Events
 * have no id of their own: what they say tells them apart, and one that is sent again is the same.
 */
export function adopt(record: ForeignRecord): LogEntry | undefined {
  if (record.kind !== 'json') return undefined;
  const { value } = record;
  const timestamp = str(value, 'eventTime');
  if (timestamp === undefined || !isOpenLineage(value)) return undefined;
  return {
    logName: LOG_NAME,
    resource: { type: 'openlineage' },
    timestamp,
    insertId: sha256(compact(record.text ?? JSON.stringify(value))).slice(0, 32),
    jsonPayload: value,
  };
}

export function isOpenLineage(value: Json): boolean {
  return isNamed(obj(value, 'job')) || isNamed(obj(value, 'dataset'));
}

const isNamed = (thing: Json | undefined): boolean =>
  str(thing, 'namespace') !== undefined && str(thing, 'name') !== undefined;
