/** Names of jobs and tables as both generations of entries write them. */
import { bigqueryTable, datasetOfUri } from '../../datasets/uri.ts';
import { createMemo } from '../../identity/memo.ts';
import type { DatasetId } from '../../model/dataset.ts';
import { bigqueryJob, type JobId } from '../../model/job.ts';
import { isObject, str, type Json } from '../fields.ts';

/** Ids of BigQuery jobs: letters, digits, `_` and `-`, at most 1,024 of them; longer ones make no key here. */
const JOB_ID = /^[A-Za-z0-9_-]{1,300}$/;
/** Project ids, domain-scoped ones too. */
const PROJECT = /^[A-Za-z0-9.:-]{1,100}$/;

/** `projects/P/jobs/J`; undefined for `projects/P/jobs`, which names none. */
export function jobOfName(name: string | undefined): JobId | undefined {
  if (name === undefined || !name.startsWith('projects/')) return undefined;
  const end = name.indexOf('/', 9);
  return end > 0 && name.startsWith('/jobs/', end)
    ? jobOf(name.slice(9, end), name.slice(end + 6))
    : undefined;
}

/** `{projectId, jobId, location}` of the older generation. */
export function jobOfReference(reference: Json | undefined): JobId | undefined {
  const project = str(reference, 'projectId');
  const id = str(reference, 'jobId');
  return project === undefined || id === undefined ? undefined : jobOf(project, id);
}

function jobOf(project: string, id: string): JobId | undefined {
  return PROJECT.test(project) && JOB_ID.test(id) ? bigqueryJob(project, id) : undefined;
}

/**
 * The dataset id of a table or model: `projects/P/datasets/D/tables/T` (`…/models/M`), or the older generation's object.
 * Undefined for hidden datasets, whose names begin with `_`: cached results of queries and variables of scripts
 * belong to one job and are no datasets.
 */
export function tableOf(value: unknown): DatasetId | undefined {
  if (typeof value === 'string') return tableOfName(value);
  if (!isObject(value)) return undefined;
  const project = str(value, 'projectId');
  const dataset = str(value, 'datasetId');
  const table = str(value, 'tableId');
  if (project === undefined || dataset === undefined || table === undefined) return undefined;
  return dataset.startsWith('_') ? undefined : bigqueryTable(`${dataset}.${table}`, project);
}

/** The same tables come again and again, and reading a name costs as much as the rest of the entry. */
const memo = createMemo<DatasetId | undefined>(2000);

const tableOfName = (name: string): DatasetId | undefined => memo(name, () => readTable(name));

function readTable(name: string): DatasetId | undefined {
  const at = name.indexOf('/datasets/');
  if (at < 0 || name.startsWith('_', at + 10)) return undefined;
  const models = name.indexOf('/models/', at + 10);
  const table = models < 0 ? name : `${name.slice(0, models)}/tables/${name.slice(models + 8)}`;
  // A write stream is named below its table.
  const streams = table.indexOf('/streams/', at + 10);
  return datasetOfUri(streams < 0 ? table : table.slice(0, streams));
}
