/**
 * Jobs of Dataproc clusters: `projects.regions.jobs.list`.
 * https://cloud.google.com/dataproc/docs/reference/rest/v1/projects.regions.jobs/list
 */
import { OBSERVED } from '../../schemas/observed.ts';
import { isObject, list, obj, str, type Json } from '../sources/fields.ts';
import type { Inventory, InventoryOptions } from './inventory.ts';
import { jobInventory } from './jobs.ts';
import { historyOf, labelsOf, present, textOf, uriOf } from './values.ts';

const API = 'dataproc-jobs';

/** Fields of the oneof `type_job`, the engine's name, and where the file or class that is run stands. */
const TYPES: readonly (readonly [field: string, type: string, ...main: string[]])[] = [
  ['pysparkJob', 'pyspark', 'mainPythonFileUri'],
  ['sparkJob', 'spark', 'mainJarFileUri', 'mainClass'],
  ['sparkSqlJob', 'spark-sql', 'queryFileUri'],
  ['hiveJob', 'hive', 'queryFileUri'],
  ['hadoopJob', 'hadoop', 'mainJarFileUri', 'mainClass'],
  ['sparkRJob', 'sparkr', 'mainRFileUri'],
  ['pigJob', 'pig', 'queryFileUri'],
  ['prestoJob', 'presto', 'queryFileUri'],
  ['trinoJob', 'trino', 'queryFileUri'],
  ['flinkJob', 'flink', 'mainJarFileUri', 'mainClass'],
];

/** Arguments, properties and queries, which may hold secrets, are not asked for. */
const JOB = [
  'reference',
  'placement(clusterName,clusterUuid)',
  'status(state,stateStartTime)',
  'statusHistory(state,stateStartTime)',
  'yarnApplications(trackingUrl)',
  'driverOutputResourceUri',
  'labels',
  'jobUuid',
  ...TYPES.map(([field, , ...main]) => `${field}(${main.join(',')})`),
];
const FIELDS = `nextPageToken,unreachable,jobs(${JOB.join(',')})`;

export function dataprocJobs(options: InventoryOptions, project: string, region: string): Inventory {
  const query = { pageSize: '500', fields: FIELDS };
  return jobInventory(options, {
    api: API,
    scope: `${project}/${region}`,
    path: `/v1/projects/${encodeURIComponent(project)}/regions/${encodeURIComponent(region)}/jobs`,
    // The list cannot be asked for a time.
    queries: () => [{ ...query, jobStateMatcher: 'ACTIVE' }, query],
    field: 'jobs',
    recordOf: (job) => recordOf(job, project, region),
  });
}

function recordOf(job: Json | undefined, project: string, location: string): Json {
  const placement = obj(job, 'placement');
  const status = obj(job, 'status');
  const [field = '', jobType, ...main] = TYPES.find(([name]) => obj(job, name) !== undefined) ?? [];
  return present({
    type: OBSERVED,
    kind: 'job',
    api: API,
    project,
    location,
    id: textOf(obj(job, 'reference'), 'jobId', 255),
    uuid: textOf(job, 'jobUuid', 128),
    state: textOf(status, 'state', 64),
    time: textOf(status, 'stateStartTime', 64),
    history: historyOf(job, 'statusHistory'),
    cluster: textOf(placement, 'clusterName', 256),
    clusterUuid: textOf(placement, 'clusterUuid', 128),
    jobType,
    mainFile: uriOf(obj(job, field), ...main),
    driverOutput: uriOf(job, 'driverOutputResourceUri'),
    applications: applicationsOf(list(job, 'yarnApplications')),
    labels: labelsOf(job, 'labels'),
  });
}

const APPLICATION = /application_[0-9]{1,20}_[0-9]{1,10}/;
const MAX_APPLICATIONS = 64;
const MAX_URL = 2048;

/** The id of an application stands in its URL alone. Progress and state change while the job's state does not. */
function applicationsOf(applications: readonly unknown[]): readonly string[] | undefined {
  const ids = new Set<string>();
  for (const item of applications) {
    const url = isObject(item) ? str(item, 'trackingUrl') : undefined;
    const id = url === undefined ? undefined : APPLICATION.exec(url.slice(0, MAX_URL))?.[0];
    if (id !== undefined) ids.add(id);
  }
  return ids.size === 0 ? undefined : [...ids].toSorted().slice(0, MAX_APPLICATIONS);
}
