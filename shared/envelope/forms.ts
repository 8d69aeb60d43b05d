/** What a JSON object is that stands where a LogEntry was expected, told by its keys alone. */
import { isObject, type Json } from '../sources/fields.ts';
import { elements, members } from './json-text.ts';
import { hasRespelledPayload, isReexported } from './reexport.ts';

export type Form =
  | 'entry'
  /** Body of entries.write (WriteLogEntriesRequest) or entries.list: many entries in `entries`. */
  | 'batch'
  /** A LogEntry as another platform stored it, its keys changed. */
  | 'reexported'
  /** The AuditLog without its LogEntry. */
  | 'payload'
  | 'other';

export function formOf(value: Json): Form {
  const payload = hasPayload(value);
  const named = isNamed(value);
  if (payload && named) return isUsual(value) || !isReexported(value) ? 'entry' : 'reexported';
  if (isBatch(value)) return 'batch';
  if (isReexported(value)) return 'reexported';
  if (payload || named) return 'entry';
  return isAuditLog(value) ? 'payload' : 'other';
}

export const isLogEntry = (value: Json): boolean => formOf(value) === 'entry';

/** True where an object says of itself what makes it an entry: which log it is of, or what it logs. */
export const isEntryShaped = (value: Json): boolean => hasPayload(value) || isNamed(value);

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

/** As Cloud Logging writes every entry with a payload; what lacks a part may lack it because its keys were changed. */
function isUsual(value: Json): boolean {
  const audit: unknown = value['protoPayload'];
  return (
    value['insertId'] !== undefined &&
    value['timestamp'] !== undefined &&
    (audit === undefined || (isObject(audit) && audit['@type'] !== undefined)) &&
    !hasRespelledPayload(value)
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
