/**
 * A BigQuery job as either generation describes it: `metadata.job….job` of BigQueryAuditMetadata and
 * `serviceData….job` of AuditData. The two differ in the names of their fields and in how they refer to tables.
 */
import { claim, listClaim, type Claims } from '../../audit/claims.ts';
import { countClaim } from '../../audit/evidence.ts';
import { datasetsInSql } from '../../datasets/sql.ts';
import { datasetOfUri } from '../../datasets/uri.ts';
import { UseSet } from '../../datasets/uses.ts';
import type { DatasetOp, DatasetUse, Strength } from '../../model/event.ts';
import type { JobId } from '../../model/job.ts';
import { list, num, obj, own, str, strings, isObject, type Json } from '../fields.ts';
import { jobOfName, jobOfReference, tableOf } from './names.ts';

export interface JobForm {
  readonly name: JobId | undefined;
  readonly config: Json | undefined;
  readonly query: Json | undefined;
  readonly load: Json | undefined;
  readonly extract: Json | undefined;
  readonly copy: Json | undefined;
  readonly status: Json | undefined;
  /** Why it failed: google.rpc.Status; without a code where it did not. */
  readonly error: Json | undefined;
  readonly stats: Json | undefined;
  readonly queryStats: Json | undefined;
  /** The script whose statement this job is. */
  readonly script: JobId | undefined;
}

/** BigQueryAuditMetadata.Job. */
export function currentJob(job: Json | undefined): JobForm {
  const config = obj(job, 'jobConfig');
  const status = obj(job, 'jobStatus');
  const stats = obj(job, 'jobStats');
  return {
    name: jobOfName(str(job, 'jobName')),
    config,
    query: obj(config, 'queryConfig'),
    load: obj(config, 'loadConfig'),
    extract: obj(config, 'extractConfig'),
    copy: obj(config, 'tableCopyConfig'),
    status,
    error: obj(status, 'errorResult'),
    stats,
    queryStats: obj(stats, 'queryStats'),
    script: jobOfName(str(stats, 'parentJobName')),
  };
}

/** google.cloud.bigquery.logging.v1.Job. */
export function olderJob(job: Json | undefined): JobForm {
  const config = obj(job, 'jobConfiguration');
  const status = obj(job, 'jobStatus');
  const stats = obj(job, 'jobStatistics');
  return {
    name: jobOfReference(obj(job, 'jobName')),
    config,
    query: obj(config, 'query'),
    load: obj(config, 'load'),
    extract: obj(config, 'extract'),
    copy: obj(config, 'tableCopy'),
    status,
    error: obj(status, 'error'),
    stats,
    queryStats: stats,
    script: undefined,
  };
}

/** Code of google.rpc.Code that the job failed with. */
export function errorCode(job: JobForm): number | undefined {
  const code = num(job.error, 'code');
  return code === 0 ? undefined : code;
}

/** Datasets kept of one job; a load may list thousands of files. */
const MAX_DATASETS = 64;

/**
 * What the job read and wrote. `stated` once it is done: the record of its end names both. Before, and of one that failed,
 * the configuration says what it was told to do, which is `declared`. What only the SQL names is `inferred`.
 */
export function jobDatasets(job: JobForm, strength: Strength, claims: Claims): readonly DatasetUse[] {
  const uses = new UseSet();
  const { query, load, extract, copy, queryStats } = job;
  const add = (value: unknown, op: DatasetOp): void => {
    const isUri = typeof value === 'string' && value.includes('://');
    const dataset = isUri ? datasetOfUri(value) : tableOf(value);
    if (dataset !== undefined) uses.add({ dataset, op, strength });
  };
  if (query !== undefined) {
    add(own(query, 'destinationTable'), 'write');
    for (const table of list(queryStats, 'referencedTables')) add(table, 'read');
    const views = list(queryStats, 'referencedViews');
    for (const view of views) add(view, 'read');
    // Which of what was read are views is told nowhere else.
    listClaim(
      claims,
      'views',
      views.slice(0, MAX_DATASETS).flatMap((view) => tableOf(view) ?? []),
    );
    for (const definition of list(query, 'tableDefinitions')) {
      if (isObject(definition)) for (const uri of strings(definition, 'sourceUris')) add(uri, 'read');
    }
    if (str(query, 'statementType') === 'EXPORT_DATA') addExport(uses, str(query, 'query'));
  }
  if (load !== undefined) {
    add(own(load, 'destinationTable'), 'write');
    for (const uri of strings(load, 'sourceUris')) add(uri, 'read');
  }
  if (extract !== undefined) {
    add(own(extract, 'sourceTable') ?? own(extract, 'sourceModel'), 'read');
    for (const uri of strings(extract, 'destinationUris')) add(uri, 'write');
  }
  if (copy !== undefined) {
    add(own(copy, 'destinationTable'), 'write');
    for (const table of list(copy, 'sourceTables')) add(table, 'read');
  }
  const all = uses.list();
  if (all.length <= MAX_DATASETS) return all;
  claims['datasetsBeyondLimit'] = all.length - MAX_DATASETS;
  return all.slice(0, MAX_DATASETS);
}

/** EXPORT DATA names where it writes in its SQL alone. */
function addExport(uses: UseSet, sql: string | undefined): void {
  if (sql === undefined) return;
  for (const use of datasetsInSql(sql)) if (use.op === 'write') uses.add(use);
}

/** What a reader must know of the job. Neither its SQL nor a message of its errors, which quotes the SQL. */
export function jobClaims(claims: Claims, job: JobForm): void {
  const { config, query, load, extract, copy, stats, queryStats } = job;
  claim(claims, 'jobType', str(config, 'type') ?? typeOf(job));
  claim(claims, 'statementType', str(query, 'statementType'));
  claim(claims, 'priority', str(query, 'priority') ?? str(query, 'queryPriority'));
  claim(claims, 'writeDisposition', str(query ?? load ?? copy, 'writeDisposition'));
  claim(claims, 'copyOperation', str(copy, 'operationType'));
  claim(claims, 'reservation', str(stats, 'reservation'));
  countClaim(claims, 'processedBytes', own(queryStats, 'totalProcessedBytes'));
  countClaim(claims, 'billedBytes', own(queryStats, 'totalBilledBytes'));
  countClaim(claims, 'outputRows', own(queryStats, 'outputRowCount'));
  countClaim(claims, 'outputRows', own(queryStats, 'queryOutputRowCount'));
  countClaim(claims, 'loadedBytes', own(obj(stats, 'loadStats'), 'totalOutputBytes'));
  countClaim(claims, 'exportedBytes', own(obj(stats, 'extractStats'), 'totalInputBytes'));
  if (own(queryStats, 'cacheHit') === true) claims['cacheHit'] = true;
  // What was cut off the entry is not known to be harmless.
  if (
    own(query, 'queryTruncated') === true ||
    own(load, 'sourceUrisTruncated') === true ||
    own(extract, 'destinationUrisTruncated') === true ||
    own(copy, 'sourceTablesTruncated') === true
  ) {
    claims['truncated'] = true;
  }
  claim(claims, 'errorCode', errorCode(job));
}

/** The older generation has no type; which configuration is there tells. Names as the current one has them. */
function typeOf(job: JobForm): string | undefined {
  if (job.query !== undefined) return 'QUERY';
  if (job.load !== undefined) return 'IMPORT';
  if (job.extract !== undefined) return 'EXPORT';
  return job.copy === undefined ? undefined : 'COPY';
}
