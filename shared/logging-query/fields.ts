/** Fields of a log entry by the path that a query names them with. */
import { isObject, own, type Json } from '../sources/fields.ts';
import type { Path } from './parse.ts';

/** `missing`: in a payload or a label, where every comparison fails. `defaulted`: of LogEntry itself, where it has its default. */
export type Field =
  | { readonly kind: 'values'; readonly values: readonly unknown[]; readonly repeated: boolean }
  | { readonly kind: 'missing' | 'defaulted' | 'undefined' };

/** Fields of google.logging.v2.LogEntry, and where the names below one are anybody's. */
const FIELDS: ReadonlyMap<string, 'open' | 'closed'> = new Map([
  ['logname', 'closed'],
  ['resource', 'closed'],
  ['timestamp', 'closed'],
  ['receivetimestamp', 'closed'],
  ['severity', 'closed'],
  ['insertid', 'closed'],
  ['httprequest', 'closed'],
  ['labels', 'open'],
  ['metadata', 'open'],
  ['operation', 'closed'],
  ['trace', 'closed'],
  ['spanid', 'closed'],
  ['tracesampled', 'closed'],
  ['sourcelocation', 'closed'],
  ['split', 'closed'],
  ['textpayload', 'open'],
  ['jsonpayload', 'open'],
  ['protopayload', 'open'],
]);

/** Names are compared without case, and LogEntry's own in both of the spellings of Protocol Buffers. */
export const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

export function fieldOf(entry: Json, path: Path): Field {
  const root = plain(path[0] ?? '');
  const below = FIELDS.get(root);
  if (below === undefined || path.includes('')) return { kind: 'undefined' };
  let values: readonly unknown[] = [entry];
  let repeated = false;
  for (const name of path) {
    values = values.flatMap((value) => {
      if (!isObject(value)) return [];
      const found = member(value, name);
      if (!Array.isArray(found)) return found === undefined ? [] : [found];
      repeated = true;
      return found;
    });
  }
  if (values.length > 0) return { kind: 'values', values, repeated };
  const open = below === 'open' || (root === 'resource' && plain(path[1] ?? '') === 'labels');
  return { kind: open ? 'missing' : 'defaulted' };
}

function member(object: Json, name: string): unknown {
  const exact = own(object, name);
  if (exact !== undefined) return exact;
  const wanted = plain(name);
  const key = Object.keys(object).find((one) => plain(one) === wanted);
  return key === undefined ? undefined : own(object, key);
}

/** Every text and number that an entry holds, for texts that are looked for in any field. Entries may nest as deep as they like. */
export function* leavesOf(entry: Json): Generator<string> {
  const open: unknown[] = [entry];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') yield value;
    else if (typeof value === 'number' || typeof value === 'boolean') yield String(value);
    else if (Array.isArray(value)) for (const item of value) open.push(item);
    else if (isObject(value)) for (const key of Object.keys(value)) open.push(own(value, key));
  }
}
