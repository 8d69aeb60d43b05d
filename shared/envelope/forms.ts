/** What a JSON object is that stands where a LogEntry was expected, told by its keys alone. */
import { isObject, type Json } from '../sources/fields.ts';
import { elements, members } from './json-text.ts';

export type Form =
  | 'entry'
  /** Body of entries.write (WriteLogEntriesRequest) or entries.list: many entries in `entries`. */
  | 'batch'
  /** A LogEntry as another platform stored it: its keys changed, and with them what cannot be told back. */
  | 'reexported'
  /** The AuditLog without its LogEntry. */
  | 'payload'
  | 'other';

/** Lower case by other platforms, `protopayload_auditlog` by BigQuery's log tables, snake case by protobuf printers. */
const REEXPORTED_KEYS = [
  'protopayload',
  'protopayload_auditlog',
  'jsonpayload',
  'textpayload',
  'insertid',
  'logname',
  'receivetimestamp',
  'proto_payload',
  'json_payload',
  'text_payload',
  'insert_id',
  'log_name',
];

export function formOf(value: Json): Form {
  const payload = hasPayload(value);
  const named = isNamed(value);
  if (payload && named) return 'entry';
  if (isBatch(value)) return 'batch';
  if (REEXPORTED_KEYS.some((key) => Object.hasOwn(value, key))) return 'reexported';
  if (payload || named) return 'entry';
  return isAuditLog(value) ? 'payload' : 'other';
}

export const isLogEntry = (value: Json): boolean => formOf(value) === 'entry';

function isBatch(value: Json): boolean {
  const entries: unknown = value['entries'];
  if (!Array.isArray(entries)) return false;
  const first: unknown = entries[0];
  return isNamed(value) || (isObject(first) && (hasPayload(first) || isNamed(first)));
}

const isNamed = (value: Json): boolean => typeof value['logName'] === 'string';

function hasPayload(value: Json): boolean {
  return (
    value['protoPayload'] !== undefined ||
    value['jsonPayload'] !== undefined ||
    value['textPayload'] !== undefined
  );
}

function isAuditLog(value: Json): boolean {
  if (typeof value['methodName'] !== 'string') return false;
  return (
    isObject(value['authenticationInfo']) ||
    value['@type'] === 'type.googleapis.com/google.cloud.audit.AuditLog'
  );
}

/**
 * The entries of a batch as texts, with the batch's logName, resource and labels where an entry has none of its own
 * (WriteLogEntriesRequest: the entry's value wins, labels label by label).
 */
export function entriesOfBatch(text: string): string[] {
  const batch = members(text);
  return elements(batch.get('entries') ?? '[]').map((entryText) => {
    if (!entryText.startsWith('{')) return entryText;
    const entry = members(entryText);
    for (const key of ['logName', 'resource']) {
      const shared = batch.get(key);
      if (shared !== undefined && !entry.has(key)) entry.set(key, shared);
    }
    const labels = mergedLabels(batch.get('labels'), entry.get('labels'));
    if (labels !== undefined) entry.set('labels', labels);
    return objectText(entry);
  });
}

function mergedLabels(shared: string | undefined, own: string | undefined): string | undefined {
  if (own === undefined || shared === undefined) return own ?? shared;
  if (!own.startsWith('{') || !shared.startsWith('{')) return own;
  return objectText(new Map([...members(shared), ...members(own)]));
}

function objectText(parts: ReadonlyMap<string, string>): string {
  return `{${Array.from(parts, ([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}
