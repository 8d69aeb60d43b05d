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

export function formOf(value: Json): Form {
  const payload = hasPayload(value);
  const named = isNamed(value);
  if (payload && named) return 'entry';
  if (isBatch(value)) return 'batch';
  if (isReexported(value)) return 'reexported';
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

/**
 * Lower case by other platforms, `protopayload_auditlog` by BigQuery's log tables, snake case by protobuf printers. Asked
 * of every entry without a payload, as the mesh writes them, and reads of fixed keys are the fastest.
 */
function isReexported(value: Json): boolean {
  return (
    value['protopayload'] !== undefined ||
    value['protopayload_auditlog'] !== undefined ||
    value['jsonpayload'] !== undefined ||
    value['textpayload'] !== undefined ||
    value['insertid'] !== undefined ||
    value['logname'] !== undefined ||
    value['receivetimestamp'] !== undefined ||
    value['proto_payload'] !== undefined ||
    value['json_payload'] !== undefined ||
    value['text_payload'] !== undefined ||
    value['insert_id'] !== undefined ||
    value['log_name'] !== undefined
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
