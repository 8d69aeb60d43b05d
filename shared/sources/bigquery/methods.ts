/**
 * Audited methods of BigQuery and what each means where nothing else in the entry says it. An entry with
 * BigQueryAuditMetadata is told by its event (metadata.ts): a table read has the method of the query that read it.
 * Source: https://docs.cloud.google.com/bigquery/docs/reference/auditlogs
 */
import type { Action } from '../../model/event.ts';

const V2 = 'google.cloud.bigquery.v2.';
const STORAGE = 'google.cloud.bigquery.storage.';

const CURRENT: readonly (readonly [name: string, action: Action])[] = [
  [`${V2}JobService.InsertJob`, 'job.submit'],
  [`${V2}JobService.Query`, 'job.submit'],
  [`${V2}JobService.GetQueryResults`, 'data.read'],
  [`${V2}JobService.DeleteJob`, 'job.delete'],
  [`${V2}TableDataService.List`, 'data.read'],
  [`${V2}TableService.InsertTable`, 'schema.change'],
  [`${V2}TableService.UpdateTable`, 'schema.change'],
  [`${V2}TableService.PatchTable`, 'schema.change'],
  [`${V2}TableService.DeleteTable`, 'data.delete'],
  [`${V2}DatasetService.InsertDataset`, 'schema.change'],
  [`${V2}DatasetService.UpdateDataset`, 'schema.change'],
  [`${V2}DatasetService.PatchDataset`, 'schema.change'],
  [`${V2}DatasetService.UndeleteDataset`, 'schema.change'],
  [`${V2}DatasetService.DeleteDataset`, 'data.delete'],
  [`${V2}ModelService.PatchModel`, 'schema.change'],
  [`${V2}ModelService.DeleteModel`, 'data.delete'],
  [`${V2}RoutineService.InsertRoutine`, 'schema.change'],
  [`${V2}RoutineService.UpdateRoutine`, 'schema.change'],
  [`${V2}RoutineService.DeleteRoutine`, 'schema.change'],
  [`${V2}RowAccessPolicyService.CreateRowAccessPolicy`, 'data.share'],
  [`${V2}RowAccessPolicyService.DeleteRowAccessPolicy`, 'data.share'],
  ['google.iam.v1.IAMPolicy.SetIamPolicy', 'data.share'],
  // A table reached its expiration time; nobody called.
  ['InternalTableExpired', 'data.delete'],
];

/** AuditData, the older generation. */
const OLDER: readonly (readonly [name: string, action: Action])[] = [
  ['jobservice.insert', 'job.submit'],
  ['jobservice.query', 'job.submit'],
  ['jobservice.jobcompleted', 'job.finish'],
  ['jobservice.getqueryresults', 'data.read'],
  ['tabledataservice.list', 'data.read'],
  ['tableservice.insert', 'schema.change'],
  ['tableservice.update', 'schema.change'],
  ['tableservice.delete', 'data.delete'],
  ['datasetservice.insert', 'schema.change'],
  ['datasetservice.update', 'schema.change'],
  ['datasetservice.delete', 'data.delete'],
];

/** Storage Read and Write API: plain AuditLog. */
const STREAMS: readonly (readonly [name: string, action: Action])[] = [
  [`${STORAGE}v1.BigQueryRead.CreateReadSession`, 'data.read'],
  [`${STORAGE}v1beta1.BigQueryStorage.CreateReadSession`, 'data.read'],
  [`${STORAGE}v1beta2.BigQueryRead.CreateReadSession`, 'data.read'],
  [`${STORAGE}v1.BigQueryRead.ReadRows`, 'data.read'],
  // Divides a stream between two readers; the rows come with ReadRows.
  [`${STORAGE}v1.BigQueryRead.SplitReadStream`, 'metadata.read'],
  [`${STORAGE}v1.BigQueryWrite.AppendRows`, 'data.write'],
];

/** Known and not documented to be audited, and what a service perimeter names instead of a method. */
const ALSO: readonly (readonly [name: string, action: Action])[] = [
  [`${V2}JobService.CancelJob`, 'job.cancel'],
  ['jobservice.cancel', 'job.cancel'],
  ['datasetservice.list', 'metadata.read'],
  ['google.iam.v1.IAMPolicy.GetIamPolicy', 'metadata.read'],
  ['google.iam.v1.IAMPolicy.TestIamPermissions', 'metadata.read'],
  ['bigquery.jobs.create', 'job.submit'],
  ['bigquery.tables.getData', 'data.read'],
  ['bigquery.tables.updateData', 'data.write'],
  ['bigquery.tables.export', 'data.read'],
];

const ACTIONS = new Map<string, Action>([...CURRENT, ...OLDER, ...STREAMS, ...ALSO]);

export const METHODS: readonly string[] = [...CURRENT, ...OLDER, ...STREAMS].map(([name]) => name);

export const actionOf = (method: string): Action | undefined => ACTIONS.get(method);
export const isStreamMethod = (method: string): boolean => method.startsWith(STORAGE);

const SUBMITS = new Set([`${V2}JobService.InsertJob`, `${V2}JobService.Query`]);
export const isSubmission = (method: string): boolean => SUBMITS.has(method);
