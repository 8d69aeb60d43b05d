/**
 * The digest of a job's specification, by which an approval names what may be submitted: equal for what a person has in a
 * file and for what the audit log has of the submission, whose printers leave out defaults and write 64-bit numbers as
 * text (proto3 JSON). docs/sources/approvals.md has the same in words, for those who compute it elsewhere.
 */
import { hash } from 'node:crypto';
import { isObject, type Json } from '../sources/fields.ts';

/**
 * What a service adds to a job or batch that it accepted (google.cloud.dataproc.v1 Job and Batch, output only), and the
 * name that the same specification has another of each time.
 */
const ADDED: ReadonlySet<string> = new Set([
  'reference',
  'status',
  'statusHistory',
  'yarnApplications',
  'driverOutputResourceUri',
  'driverControlFilesUri',
  'jobUuid',
  'done',
  'name',
  'uuid',
  'createTime',
  'runtimeInfo',
  'state',
  'stateMessage',
  'stateTime',
  'creator',
  'operation',
  'stateHistory',
]);

/**
 * SHA-256 hex of the specification's canonical form.
 *
 * @param spec the `job` of a SubmitJob, the `batch` of a CreateBatch, the launch parameters of a Dataflow template, the
 * body of a Databricks run submission; of a definition, its settings
 */
export function specDigest(spec: Json): string {
  const own = Object.fromEntries(Object.entries(spec).filter(([key]) => !ADDED.has(key)));
  return hash('sha256', canonicalSpec(own) ?? '{}');
}

/** Undefined for what proto3 JSON leaves out: null, false, 0, an empty list or object. Empty text stays: it may be a value. */
function canonicalSpec(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    return value.length === 0
      ? undefined
      : `[${value.map((item) => canonicalSpec(item) ?? 'null').join(',')}]`;
  }
  if (isObject(value)) {
    const members = Object.keys(value)
      .toSorted()
      .flatMap((key) => {
        const member = canonicalSpec(value[key]);
        return member === undefined ? [] : [`${JSON.stringify(key)}:${member}`];
      });
    return members.length === 0 ? undefined : `{${members.join(',')}}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === true) return '"true"';
  return typeof value === 'number' && value !== 0 ? `"${value}"` : undefined;
}
