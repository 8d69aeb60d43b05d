/**
 * What google.logging.v2.LogEntry consists of, since a field that is not in an entry has the default of its type there, and one
 * that there is none of is an error. https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
import type { Path } from './parse.ts';

/**
 * `open`: below it names are anybody's, and a field that is not there is missing. `time`: of a sample it says nothing of the entries that it
 * stands for. `id`: every entry has one, and a sample that has none says nothing either. `message`: has fields of its own and no value to compare.
 */
export type FieldKind =
  | 'text'
  | 'number'
  | 'int64'
  | 'boolean'
  | 'duration'
  | 'severity'
  | 'time'
  | 'id'
  | 'payload'
  | 'message'
  | 'open';

/** Names are compared without case, and in both of the spellings of Protocol Buffers. */
export const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

const FIELDS: ReadonlyMap<string, FieldKind> = new Map([
  ['logname', 'text'],
  ['insertid', 'id'],
  ['timestamp', 'time'],
  ['receivetimestamp', 'time'],
  ['severity', 'severity'],
  ['trace', 'text'],
  ['spanid', 'text'],
  ['tracesampled', 'boolean'],
  ['textpayload', 'payload'],
  ['jsonpayload', 'open'],
  ['protopayload', 'open'],
  ['labels', 'open'],
  ['metadata', 'open'],
  ['resource', 'message'],
  ['resource.type', 'text'],
  ['resource.labels', 'open'],
  ['httprequest', 'message'],
  ['httprequest.requestmethod', 'text'],
  ['httprequest.requesturl', 'text'],
  ['httprequest.requestsize', 'int64'],
  ['httprequest.status', 'number'],
  ['httprequest.responsesize', 'int64'],
  ['httprequest.useragent', 'text'],
  ['httprequest.remoteip', 'text'],
  ['httprequest.serverip', 'text'],
  ['httprequest.referer', 'text'],
  ['httprequest.latency', 'duration'],
  ['httprequest.cachelookup', 'boolean'],
  ['httprequest.cachehit', 'boolean'],
  ['httprequest.cachevalidatedwithoriginserver', 'boolean'],
  ['httprequest.cachefillbytes', 'int64'],
  ['httprequest.protocol', 'text'],
  ['operation', 'message'],
  ['operation.id', 'text'],
  ['operation.producer', 'text'],
  ['operation.first', 'boolean'],
  ['operation.last', 'boolean'],
  ['sourcelocation', 'message'],
  ['sourcelocation.file', 'text'],
  ['sourcelocation.line', 'int64'],
  ['sourcelocation.function', 'text'],
  ['split', 'message'],
  ['split.uid', 'text'],
  ['split.index', 'number'],
  ['split.totalsplits', 'number'],
]);

/** Undefined for a field that an entry cannot have. */
export function kindOf(path: Path): FieldKind | undefined {
  const [first = '', second] = path.map(plain);
  const root = FIELDS.get(first);
  if (root !== 'message' || second === undefined)
    return path.length === 1 || root === 'open' ? root : undefined;
  const inner = FIELDS.get(`${first}.${second}`);
  return path.length === 2 || inner === 'open' ? inner : undefined;
}
