/** Fields of a log entry by the path that a query names them with. */
import { isObject, own, type Json } from '../sources/fields.ts';
import { kindOf, plain, type FieldKind } from './entry-fields.ts';
import type { Path } from './parse.ts';

/**
 * `missing`: in a payload or a label, where every comparison fails. `defaulted`: of LogEntry itself, where it has its default.
 * `unknown`: no such field, or nothing that could be told from here.
 */
export type Field =
  | {
      readonly kind: 'values';
      readonly values: readonly unknown[];
      readonly repeated: boolean;
      readonly of: FieldKind;
    }
  | { readonly kind: 'defaulted'; readonly of: FieldKind }
  | { readonly kind: 'missing' | 'unknown' };

export function fieldOf(entry: Json, path: Path): Field {
  const of = kindOf(path);
  if (of === undefined || path.includes('')) return { kind: 'unknown' };
  let values: readonly unknown[] = [entry];
  let repeated = false;
  for (const [depth, name] of path.entries()) {
    const next: unknown[] = [];
    for (const value of values) {
      if (!isObject(value)) continue;
      const found = member(value, name, namedByProto(path, depth));
      if (found === AMBIGUOUS) return { kind: 'unknown' };
      if (Array.isArray(found)) {
        repeated = true;
        next.push(...found);
      } else if (found !== undefined) next.push(found);
    }
    values = next;
  }
  if (values.length > 0) return { kind: 'values', values, repeated, of };
  return of === 'open' ? { kind: 'missing' } : { kind: 'defaulted', of };
}

/**
 * Whether the name is one of Protocol Buffers, which come in two spellings: of LogEntry and what it holds, and of an audit
 * record's own fields. Keys of labels and of JSON are what they are.
 */
function namedByProto(path: Path, depth: number): boolean {
  const [root = '', second = ''] = path;
  if (depth === 0) return true;
  switch (plain(root)) {
    case 'labels':
    case 'jsonpayload':
    case 'metadata':
      return false;
    case 'resource':
      return depth === 1;
    case 'protopayload':
      return depth === 1 || !JSON_IN_AUDIT_RECORD.has(plain(second));
    default:
      return true;
  }
}

/** Fields of google.cloud.audit.AuditLog that hold any JSON. */
const JSON_IN_AUDIT_RECORD: ReadonlySet<string> = new Set(['request', 'response', 'metadata', 'servicedata']);

const AMBIGUOUS = Symbol('the name is that of a key in other letters');

/** A key that is the same but for its letters' case, or an underscore, may be meant or not where keys are anybody's. */
function member(object: Json, name: string, folds: boolean): unknown {
  const exact = own(object, name);
  if (exact !== undefined) return exact;
  const wanted = plain(name);
  const key = Object.keys(object).find((one) => plain(one) === wanted);
  if (key === undefined) return undefined;
  return folds ? own(object, key) : AMBIGUOUS;
}

/** Every text, number and truth value that an entry holds. Entries may nest as deep as they like. */
export function* leavesOf(entry: Json): Generator<string | number | boolean> {
  const open: unknown[] = [entry];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') yield value;
    else if (Array.isArray(value)) for (const item of value) open.push(item);
    else if (isObject(value)) for (const key of Object.keys(value)) open.push(own(value, key));
  }
}
