/** An OpenLineage event as its client sent it, wrapped into the log entry that everything behind works on. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { textDigest } from '../../envelope/event-id.ts';
import { compact } from '../../envelope/json-text.ts';
import { exactValue } from '../exact-json.ts';
import { isObject, obj, str, type Json } from '../fields.ts';
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
  if (!isOpenLineage(value) || (timestamp === undefined && !namesItsSchema(value))) return undefined;
  return {
    logName: LOG_NAME,
    resource: { type: 'openlineage' },
    ...(timestamp === undefined ? undefined : { timestamp }),
    insertId: textDigest(compact(record.text ?? JSON.stringify(value))).slice(0, 32),
    // Ids in facets may be numbers of 64 bits.
    jsonPayload: exact(record),
  };
}

function exact({ value, text }: Extract<ForeignRecord, { kind: 'json' }>): Json {
  const read = text === undefined ? value : exactValue(value, text);
  return isObject(read) ? read : value;
}

export function isOpenLineage(value: Json): boolean {
  return isNamed(obj(value, 'job')) || isNamed(obj(value, 'dataset'));
}

/** A job or dataset with a name is no mark of OpenLineage; without the time that its events have, they must say what they are. */
const namesItsSchema = (value: Json): boolean =>
  str(value, 'schemaURL')?.startsWith('https://openlineage.io/spec/') === true;

const isNamed = (thing: Json | undefined): boolean =>
  str(thing, 'namespace') !== undefined && str(thing, 'name') !== undefined;
