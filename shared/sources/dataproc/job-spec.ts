/**
 * What a job, batch or workflow step is told to run: its engine, its main file and the datasets its arguments name
 * (google.cloud.dataproc.v1 Job, OrderedJob, Batch). Arguments, variables and SQL may hold secrets: only dataset ids
 * leave this file.
 */
import { datasetsInArgs, datasetsInProperties } from '../../datasets/args.ts';
import { datasetsInSql, type SqlNames } from '../../datasets/sql.ts';
import type { UseSet } from '../../datasets/uses.ts';
import { obj, str, strings, type Json } from '../fields.ts';
import { withoutQuery } from './origins.ts';

export interface JobSpec {
  /** `pyspark`, `spark`, `spark-sql`, `hive`, … */
  readonly type: string;
  /** URI or class that is run, without a query string, which may be a signature. */
  readonly main?: string;
  /** The oneof's own message. */
  readonly body: Json;
}

/** Fields of the oneof in Job and in Batch, with the engine's name. */
const TYPES: readonly (readonly [field: string, type: string])[] = [
  ['pysparkJob', 'pyspark'],
  ['sparkJob', 'spark'],
  ['sparkSqlJob', 'spark-sql'],
  ['hiveJob', 'hive'],
  ['hadoopJob', 'hadoop'],
  ['sparkRJob', 'sparkr'],
  ['pigJob', 'pig'],
  ['prestoJob', 'presto'],
  ['trinoJob', 'trino'],
  ['flinkJob', 'flink'],
  ['pysparkBatch', 'pyspark'],
  ['sparkBatch', 'spark'],
  ['sparkSqlBatch', 'spark-sql'],
  ['sparkRBatch', 'sparkr'],
  ['pysparkNotebookBatch', 'pyspark-notebook'],
];
const MAIN = [
  'mainPythonFileUri',
  'mainJarFileUri',
  'mainClass',
  'mainRFileUri',
  'queryFileUri',
  'notebookFileUri',
];

/** The one type message of a job or batch; undefined where none of the known ones is set. */
export function jobSpecOf(job: Json | undefined): JobSpec | undefined {
  if (job === undefined) return undefined;
  for (const [field, type] of TYPES) {
    const body = obj(job, field);
    if (body === undefined) continue;
    for (const key of MAIN) {
      const main = str(body, key);
      if (main !== undefined) return { type, body, main: withoutQuery(main) };
    }
    return { type, body };
  }
  return undefined;
}

/**
 * Adds the datasets a job or batch is pointed at.
 *
 * @param cluster name under which unqualified tables are known; undefined where there is no cluster, and then SQL
 *   names nothing but files and fully qualified BigQuery tables.
 */
export function addDatasets(
  uses: UseSet,
  spec: JobSpec,
  batch: Json | undefined,
  cluster: string | undefined,
): void {
  const { body, type } = spec;
  // Pig Latin joins relations of its own script: only its file literals are datasets.
  const names: SqlNames =
    cluster === undefined || type === 'pig' ? { dialect: 'bigquery' } : { dialect: 'hive', cluster };
  const args = strings(body, 'args');
  if (args.length > 0) uses.addAll(datasetsInArgs(args, names));
  for (const query of strings(obj(body, 'queryList'), 'queries')) uses.addAll(datasetsInSql(query, names));
  for (const key of ['properties', 'scriptVariables', 'queryVariables', 'params']) {
    const values = obj(body, key);
    if (values !== undefined) uses.addAll(datasetsInProperties(values, names));
  }
  const runtime = obj(obj(batch, 'runtimeConfig'), 'properties');
  if (runtime !== undefined) uses.addAll(datasetsInProperties(runtime, names));
}
