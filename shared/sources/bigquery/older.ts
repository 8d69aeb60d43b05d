/**
 * Entries with AuditData in `serviceData` (google/cloud/bigquery/logging/v1/audit_data.proto), the older generation, which
 * reports calls. BigQuery writes both generations about the same job. Both lead to the same job id here, so that a job, its
 * lineage and what is judged by job count once; the claim `generation` tells these entries apart.
 */
import type { AuditLog } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { checked } from '../../audit/evidence.ts';
import { UseSet } from '../../datasets/uses.ts';
import { isObject, list, obj, own, type Json } from '../fields.ts';
import { errorCode, jobClaims, jobDatasets, olderJob, type JobForm } from './job.ts';
import { jobOfName, tableOf } from './names.ts';
import { addParent } from './parent.ts';

const OLDER_TYPE = 'type.googleapis.com/google.cloud.bigquery.logging.v1.AuditData';
/** `jobservice.insert`, `tableservice.update`: the older generation's methods. */
const SERVICES = /^(?:job|table|tabledata|dataset)service\./;

export function isOlder(payload: AuditLog): boolean {
  return own(payload.serviceData, '@type') === OLDER_TYPE || SERVICES.test(payload.methodName ?? '');
}

export function addOlder(seen: Seen): void {
  const { draft, claims, payload } = seen;
  const data = payload.serviceData;
  claims['generation'] = 'AuditData';
  const completed = obj(data, 'jobCompletedEvent');
  const job = olderJob(jobIn(data, completed));
  const asked = olderJob(obj(obj(data, 'jobInsertRequest'), 'resource'));
  const name = job.name ?? asked.name ?? jobOfName(payload.resourceName);
  if (name !== undefined) draft.job = name;

  if (draft.action === 'job.submit' || draft.action === 'job.finish') {
    addJob(seen, completed === undefined && asked.config !== undefined ? asked : job, job, data);
    return;
  }
  const table = tableOf(payload.resourceName);
  if (draft.outcome !== 'allowed') return;
  if (draft.action === 'data.read') {
    const uses = readTables(data);
    if (table !== undefined) uses.add({ dataset: table, op: 'read', strength: 'stated' });
    draft.datasets = uses.list();
  } else if (draft.action === 'data.delete' && table !== undefined) {
    draft.datasets = [{ dataset: table, op: 'write', strength: 'stated' }];
  } else if (
    payload.methodName === 'datasetservice.update' &&
    checked(payload, 'bigquery.datasets.setIamPolicy')
  ) {
    draft.action = 'data.share';
  }
}

function addJob(seen: Seen, told: JobForm, ended: JobForm, data: Json | undefined): void {
  const { draft, claims } = seen;
  const dry = own(told.config, 'dryRun') === true || own(obj(data, 'jobQueryRequest'), 'dryRun') === true;
  if (dry) {
    // Checked and not run.
    draft.action = 'metadata.read';
    claims['dryRun'] = true;
    jobClaims(claims, told);
    return;
  }
  const code = errorCode(ended);
  if (code !== undefined && draft.outcome === 'allowed') {
    draft.outcome = code === 7 || code === 16 ? 'denied' : 'failed';
    draft.status = code;
  }
  const stated = draft.action === 'job.finish' && draft.outcome === 'allowed';
  const uses = readTables(data);
  uses.addAll(jobDatasets(told, stated ? 'stated' : 'declared', claims));
  draft.datasets = uses.list();
  jobClaims(claims, told);
  claim(claims, 'errorCode', code);
  addParent(seen, told);
}

/** The job of whichever request or response the entry holds. */
function jobIn(data: Json | undefined, completed: Json | undefined): Json | undefined {
  return (
    obj(completed, 'job') ??
    obj(obj(data, 'jobInsertResponse'), 'resource') ??
    obj(obj(data, 'jobQueryResponse'), 'job') ??
    obj(obj(data, 'jobGetQueryResultsResponse'), 'job') ??
    obj(obj(data, 'jobQueryDoneResponse'), 'job')
  );
}

const MAX_READS = 64;

/** Tables of this project that the job read. */
function readTables(data: Json | undefined): UseSet {
  const uses = new UseSet();
  for (const event of list(data, 'tableDataReadEvents').slice(0, MAX_READS)) {
    const dataset = isObject(event) ? tableOf(own(event, 'tableName')) : undefined;
    if (dataset !== undefined) uses.add({ dataset, op: 'read', strength: 'stated' });
  }
  return uses;
}
