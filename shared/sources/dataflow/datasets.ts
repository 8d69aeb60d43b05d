/**
 * What a job is told to read and write, as its request names it: template parameters, pipeline options, and the Job's
 * own list of connectors (JobMetadata). The audit log's flat create entry carries none of these.
 */
import type { DatasetUse } from '../../model/event.ts';
import { datasetsInParameter } from '../../datasets/args.ts';
import { datasetsInSql, type SqlNames } from '../../datasets/sql.ts';
import { bigqueryTable, datasetOfUri } from '../../datasets/uri.ts';
import { UseSet } from '../../datasets/uses.ts';
import { isObject, list, own, type Json } from '../fields.ts';
import { text, type DataflowRequest } from './schema.ts';

/** Parameters read of one request, and connectors of one kind. */
const MAX_ITEMS = 512;
const MAX_NAME = 128;

/** Inputs and outputs of a request. `project` completes names that leave it out. */
export function datasetsOf(request: DataflowRequest, project: string | undefined): readonly DatasetUse[] {
  const { parameters, options, jobMetadata } = request;
  if (parameters === undefined && options === undefined && jobMetadata === undefined) return [];
  const sql: SqlNames = project === undefined ? { dialect: 'bigquery' } : { dialect: 'bigquery', project };
  const uses = new UseSet();
  if (parameters !== undefined) addNamed(uses, parameters, project, sql);
  if (options !== undefined) addNamed(uses, options, project, sql);
  if (jobMetadata !== undefined) addConnectors(uses, jobMetadata, project, sql);
  return uses.list();
}

/**
 * Words of names whose values are code, scratch space or credentials (JAVASCRIPT_UDF_FILE and the like among the
 * template parameter types, `tempLocation`, `filesToStage`): a URI there is no input or output of the work.
 */
const NO_DATA: ReadonlySet<string> = new Set(
  (
    'temp temporary tmp staging stage javascript python udf schema jsonpath jar jars template requirements setup ' +
    'container kms secret password credentials certificate keystore truststore'
  ).split(' '),
);
const DEAD_LETTERS: ReadonlySet<string> = new Set(['dlq', 'dead', 'deadletter']);

/** Values by parameter or option name; the words of the name give the direction. */
function addNamed(uses: UseSet, values: Json, project: string | undefined, sql: SqlNames): void {
  const plain = new Map<string, string>();
  for (const key of Object.keys(values).slice(0, MAX_ITEMS)) {
    const words = wordsOf(key);
    if (words.length === 0) continue;
    const value = own(values, key);
    if (typeof value === 'string') plain.set(words.join(''), value);
    if (words.some((word) => NO_DATA.has(word))) continue;
    const name = words.some((word) => DEAD_LETTERS.has(word)) ? `output ${words.join(' ')}` : words.join(' ');
    for (const item of Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [value]) {
      if (typeof item === 'string') uses.addAll(datasetsInParameter(name, item, sql));
    }
  }
  addSpanner(uses, plain, project);
  addBigtable(uses, plain, project);
}

const PORTABLE = 'beam:option:';

/** `input_subscription`, `inputSubscription` and Beam's portable `beam:option:input_subscription:v1` are one name. */
function wordsOf(key: string): readonly string[] {
  if (key.length > MAX_NAME) return [];
  const name = key.startsWith(PORTABLE) ? key.slice(PORTABLE.length, key.lastIndexOf(':')) : key;
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .filter((word) => word !== '');
}

/** Templates name a Spanner database by up to three parameters. */
function addSpanner(uses: UseSet, values: ReadonlyMap<string, string>, project: string | undefined): void {
  for (const prefix of ['spanner', '']) {
    const instance = values.get(`${prefix}instanceid`) ?? values.get(`${prefix}instance`);
    const database = values.get(`${prefix}databaseid`) ?? values.get(`${prefix}database`);
    const home = values.get('spannerprojectid') ?? project;
    if (instance === undefined || database === undefined || home === undefined) continue;
    const dataset = datasetOfUri(`spanner://${home}:${instance}/${database}`);
    if (dataset !== undefined) uses.add({ dataset, op: 'use', strength: 'declared' });
    return;
  }
}

const BIGTABLE = [
  ['bigtable', 'use'],
  ['bigtableread', 'read'],
  ['bigtablewrite', 'write'],
] as const;

function addBigtable(uses: UseSet, values: ReadonlyMap<string, string>, project: string | undefined): void {
  for (const [prefix, op] of BIGTABLE) {
    const instance = values.get(`${prefix}instanceid`);
    const table = values.get(`${prefix}tableid`);
    const home = values.get(`${prefix}projectid`) ?? project;
    if (instance === undefined || table === undefined || home === undefined) continue;
    const dataset = datasetOfUri(`projects/${home}/instances/${instance}/tables/${table}`);
    if (dataset !== undefined) uses.add({ dataset, op, strength: 'declared' });
  }
}

/** JobMetadata: structured, but without direction. A query in it is free text and reads as such. */
function addConnectors(uses: UseSet, metadata: Json, project: string | undefined, sql: SqlNames): void {
  const use = (name: string, dataset: ReturnType<typeof datasetOfUri>): void => {
    if (name !== '' && dataset !== undefined) uses.add({ dataset, op: 'use', strength: 'stated' });
  };
  for (const item of details(metadata, 'bigqueryDetails', 'bigquery_details')) {
    const home = text(item, 'projectId', 'project_id') ?? project;
    const dataset = text(item, 'dataset');
    const table = text(item, 'table');
    if (dataset !== undefined && table !== undefined) use(table, bigqueryTable(`${dataset}.${table}`, home));
    const query = text(item, 'query');
    if (query !== undefined) uses.addAll(datasetsInSql(query, sql));
  }
  for (const item of details(metadata, 'pubsubDetails', 'pubsub_details')) {
    const topic = text(item, 'topic');
    const subscription = text(item, 'subscription');
    if (topic !== undefined) use(topic, datasetOfUri(resourceName(topic, 'topics', project)));
    if (subscription !== undefined) {
      use(subscription, datasetOfUri(resourceName(subscription, 'subscriptions', project)));
    }
  }
  for (const item of details(metadata, 'fileDetails', 'file_details')) {
    const pattern = text(item, 'filePattern', 'file_pattern');
    if (pattern !== undefined) use(pattern, datasetOfUri(pattern));
  }
  for (const item of details(metadata, 'spannerDetails', 'spanner_details')) {
    const home = text(item, 'projectId', 'project_id') ?? project ?? '';
    const database = text(item, 'databaseId', 'database_id') ?? '';
    use(
      database,
      datasetOfUri(`spanner://${home}:${text(item, 'instanceId', 'instance_id') ?? ''}/${database}`),
    );
  }
  for (const item of details(metadata, 'bigTableDetails', 'big_table_details')) {
    const home = text(item, 'projectId', 'project_id') ?? project ?? '';
    const instance = text(item, 'instanceId', 'instance_id') ?? '';
    const table = text(item, 'tableId', 'table_id') ?? '';
    use(table, datasetOfUri(`projects/${home}/instances/${instance}/tables/${table}`));
  }
}

function details(metadata: Json, camel: string, snake: string): readonly Json[] {
  const found = list(metadata, camel);
  return (found.length > 0 ? found : list(metadata, snake))
    .slice(0, MAX_ITEMS)
    .filter((item) => isObject(item));
}

/** A name alone belongs to the job's project. */
function resourceName(name: string, collection: string, project: string | undefined): string {
  return name.includes('/') || project === undefined ? name : `projects/${project}/${collection}/${name}`;
}
