/**
 * The canonical form of a record: its six members without the proof, in the JSON Canonicalization Scheme (RFC 8785).
 * Records hold text and small whole numbers only, so `jq -cjS 'del(.data.proof)'` prints the same.
 */
import { hash } from 'node:crypto';
import { isObject } from '../sources/fields.ts';

/** A record as its schema leaves it. */
export interface ProvenRecord {
  readonly specversion: string;
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly time: string;
  readonly data: { readonly proof?: string | undefined };
}

/** SHA-256 hex of the canonical form: what tokens are bound to. */
export const recordDigest = (record: ProvenRecord): string => hash('sha256', canonicalRecord(record));

export function canonicalRecord(record: ProvenRecord): string {
  const { specversion, type, source, id, time } = record;
  const { proof: _, ...data } = record.data;
  return canonical({ specversion, type, source, id, time, data });
}

/** RFC 8785 sorts by UTF-16 code units and prints numbers and text as ECMAScript does. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(',')}}`;
}
