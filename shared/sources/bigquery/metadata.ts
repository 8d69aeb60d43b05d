/**
 * Entries with BigQueryAuditMetadata (google/cloud/audit/bigquery_audit_metadata.proto): one event in each, told by the key
 * of its oneof. The method is that of the call behind it and says nothing about what this entry is.
 */
import { claim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { checked, countClaim } from '../../audit/evidence.ts';
import { bindingClaims, isPublicMember, policyClaims } from '../../audit/iam-policy.ts';
import { addAllowPolicy } from '../../audit/policy-version.ts';
import type { Action } from '../../model/event.ts';
import { isObject, list, num, obj, own, str, strings, type Json } from '../fields.ts';
import { currentJob, errorCode, jobClaims, jobDatasets } from './job.ts';
import { jobOfName, tableOf } from './names.ts';
import { addParent } from './parent.ts';

export const METADATA_TYPE = 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata';

interface EventKind {
  readonly action: Action;
  /** Whether the table, model or dataset of `resourceName` is read, written or only described. */
  readonly op?: 'read' | 'write';
}

/** Every event of the message, in its order. */
export const EVENTS: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['jobInsertion', { action: 'job.submit' }],
  ['jobChange', { action: 'job.finish' }],
  ['jobDeletion', { action: 'job.delete' }],
  ['datasetCreation', { action: 'schema.change' }],
  ['datasetChange', { action: 'schema.change' }],
  ['datasetDeletion', { action: 'data.delete' }],
  ['tableCreation', { action: 'schema.change' }],
  ['tableChange', { action: 'schema.change' }],
  ['tableDeletion', { action: 'data.delete', op: 'write' }],
  ['tableDataRead', { action: 'data.read', op: 'read' }],
  ['tableDataChange', { action: 'data.write', op: 'write' }],
  ['modelCreation', { action: 'model.register' }],
  ['modelMetadataChange', { action: 'schema.change' }],
  ['modelDataChange', { action: 'data.write', op: 'write' }],
  ['modelDataRead', { action: 'data.read', op: 'read' }],
  ['modelDeletion', { action: 'model.delete', op: 'write' }],
  ['routineCreation', { action: 'schema.change' }],
  ['routineChange', { action: 'schema.change' }],
  ['routineDeletion', { action: 'schema.change' }],
  // Who may see which rows.
  ['rowAccessPolicyCreation', { action: 'data.share' }],
  ['rowAccessPolicyChange', { action: 'data.share' }],
  ['rowAccessPolicyDeletion', { action: 'data.share' }],
  ['unlinkDataset', { action: 'data.share' }],
]);

export interface MetadataEvent {
  readonly key: string;
  readonly body: Json;
  readonly kind: EventKind;
}

/** The event of an entry; undefined where its metadata holds none that is known. */
export function eventOf(metadata: Json | undefined): MetadataEvent | undefined {
  if (metadata === undefined) return undefined;
  for (const key of Object.keys(metadata)) {
    const kind = EVENTS.get(key);
    if (kind === undefined) continue;
    const body = obj(metadata, key);
    if (body !== undefined) return { key, body, kind };
  }
  return undefined;
}

export function addMetadata(seen: Seen, event: MetadataEvent): void {
  const { draft, claims, payload } = seen;
  const { key, body, kind } = event;
  draft.action = kind.action;
  claim(claims, 'event', key);
  claim(claims, 'reason', str(body, 'reason'));
  claim(claims, 'sheet', str(obj(obj(payload.metadata, 'firstPartyAppMetadata'), 'sheetsMetadata'), 'docId'));
  if (key === 'jobInsertion' || key === 'jobChange') return addJob(seen, event);

  const job = jobOfName(str(body, 'jobName'));
  if (job !== undefined) draft.job = job;
  const dataset = kind.op === undefined ? undefined : tableOf(payload.resourceName);
  if (kind.op !== undefined && dataset !== undefined && draft.outcome === 'allowed') {
    draft.datasets = [{ dataset, op: kind.op, strength: 'stated' }];
  }
  if (key === 'tableDataRead') addRead(seen, body);
  else if (key === 'tableDataChange') addChange(seen, body);
  else if (key === 'datasetChange' || key === 'tableChange' || key === 'datasetCreation') {
    addSharing(seen, body);
  }
  if (own(body, 'truncated') === true) claims['truncatedTable'] = true;
}

function addJob(seen: Seen, { key, body }: MetadataEvent): void {
  const { draft, claims } = seen;
  const job = currentJob(obj(body, 'job'));
  if (job.name !== undefined) draft.job = job.name;
  const code = errorCode(job);
  let done = false;
  if (key === 'jobChange') {
    const after = str(body, 'after') ?? str(job.status, 'jobState');
    done = after === 'DONE';
    draft.action = done ? 'job.finish' : after === 'RUNNING' ? 'job.start' : 'job.run';
    claim(claims, 'state', after);
  }
  if (code !== undefined && draft.outcome === 'allowed') {
    // The call that is recorded here succeeded; the job that it tells of did not.
    draft.outcome = code === 7 || code === 16 ? 'denied' : 'failed';
    draft.status = code;
  }
  // The first entry of a job and its last name what it touches; those between repeat the first.
  if (done || key === 'jobInsertion') {
    draft.datasets = jobDatasets(job, done && draft.outcome === 'allowed' ? 'stated' : 'declared', claims);
  }
  jobClaims(claims, job);
  addParent(seen, job);
}

function addRead({ claims }: Seen, body: Json): void {
  claims['fields'] = list(body, 'fields').length;
  const tags = list(body, 'policyTags').length;
  if (tags > 0) claims['policyTags'] = tags;
  if (own(body, 'fieldsTruncated') === true || own(body, 'policyTagsTruncated') === true) {
    claims['truncated'] = true;
  }
  claim(claims, 'readSession', str(body, 'sessionName'));
}

function addChange({ draft, claims }: Seen, body: Json): void {
  countClaim(claims, 'insertedRows', own(body, 'insertedRowsCount'));
  countClaim(claims, 'deletedRows', own(body, 'deletedRowsCount'));
  claim(claims, 'writeStream', str(body, 'streamName'));
  const inserted = num(body, 'insertedRowsCount') ?? 0;
  const removes = (num(body, 'deletedRowsCount') ?? 0) > 0 || own(body, 'truncated') === true;
  if (removes && inserted === 0) draft.action = 'data.delete';
}

/**
 * Who may use a dataset or table. The access list stands in every description of a dataset, so that its presence proves no
 * change of it: the reason, the listed changes or the permission that was checked do.
 */
function addSharing(seen: Seen, body: Json): void {
  const { draft, claims, payload } = seen;
  const acl = obj(obj(body, 'dataset'), 'acl');
  const deltas = list(body, 'bindingDeltas');
  if (deltas.length > 0) bindingClaims(claims, deltas);
  if (letsEverybodyIn(obj(acl, 'policy'))) claims['publicMember'] = true;
  const views = list(acl, 'authorizedViews').length;
  if (views > 0) claims['authorizedViews'] = views;
  if (
    deltas.length > 0 ||
    str(body, 'reason') === 'SET_IAM_POLICY' ||
    checked(payload, 'bigquery.datasets.setIamPolicy') ||
    checked(payload, 'bigquery.tables.setIamPolicy')
  ) {
    draft.action = 'data.share';
    // Without the difference, the list as it is now.
    if (deltas.length === 0) policyClaims(claims, obj(acl, 'policy'));
    addAllowPolicy(seen, obj(acl, 'policy'));
  }
}

/** Grants of a dataset looked at; there are a few. */
const MAX_GRANTS = 500;

function letsEverybodyIn(policy: Json | undefined): boolean {
  for (const binding of list(policy, 'bindings').slice(0, MAX_GRANTS)) {
    if (isObject(binding) && strings(binding, 'members').some(isPublicMember)) return true;
  }
  return false;
}
