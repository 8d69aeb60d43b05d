/**
 * Batches and sessions of Dataproc Serverless: `projects.locations.batches.list`, `projects.locations.sessions.list`.
 * https://cloud.google.com/dataproc-serverless/docs/reference/rest/v1/projects.locations.batches/list
 */
import { OBSERVED, type JobApi } from '../../schemas/observed.ts';
import { obj, type Json } from '../sources/fields.ts';
import type { Inventory, InventoryOptions } from './inventory.ts';
import { jobInventory } from './jobs.ts';
import { historyOf, labelsOf, lastOf, present, textOf, uriOf } from './values.ts';

interface Kind {
  readonly api: Extract<JobApi, 'dataproc-batches' | 'dataproc-sessions'>;
  readonly collection: string;
  /** States in which it has not ended. */
  readonly active: readonly string[];
  /** Fields of the oneof, the engine's name, and where the file or class that is run stands. */
  readonly types: readonly (readonly [field: string, type: string, ...main: string[]])[];
  /** Fields beside those that both have: one that does not exist is an error. */
  readonly fields: readonly string[];
  readonly answer: string;
}

const BATCHES: Kind = {
  api: 'dataproc-batches',
  collection: 'batches',
  active: ['PENDING', 'RUNNING', 'CANCELLING'],
  types: [
    ['pysparkBatch', 'pyspark', 'mainPythonFileUri'],
    ['sparkBatch', 'spark', 'mainJarFileUri', 'mainClass'],
    ['sparkRBatch', 'sparkr', 'mainRFileUri'],
    ['sparkSqlBatch', 'spark-sql', 'queryFileUri'],
  ],
  fields: ['operation'],
  answer: 'nextPageToken,unreachable',
};

const SESSIONS: Kind = {
  api: 'dataproc-sessions',
  collection: 'sessions',
  active: ['CREATING', 'ACTIVE', 'TERMINATING'],
  types: [['jupyterSession', 'jupyter']],
  fields: ['user', 'jupyterSession(kernel)'],
  answer: 'nextPageToken',
};

/** The longest time to live that either may be given: what ended lately was created no longer before that. */
const LONGEST_MS = 14 * 86_400_000;

export const dataprocBatches = (options: InventoryOptions, project: string, location: string): Inventory =>
  inventoryOf(BATCHES, options, project, location);
export const dataprocSessions = (options: InventoryOptions, project: string, location: string): Inventory =>
  inventoryOf(SESSIONS, options, project, location);

function inventoryOf(kind: Kind, options: InventoryOptions, project: string, location: string): Inventory {
  const { api, collection, active } = kind;
  const query = { pageSize: '500', fields: fieldsOf(kind) };
  return jobInventory(options, {
    api,
    scope: `${project}/${location}`,
    path: `/v1/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}/${collection}`,
    queries: ({ since }) => {
      const created = new Date(since.getTime() - LONGEST_MS).toISOString();
      const running = active.map((state) => `state = ${state}`).join(' OR ');
      return [
        { ...query, filter: running },
        { ...query, filter: `create_time > "${created}"` },
      ];
    },
    field: collection,
    recordOf: (work) => recordOf(kind, work, project, location),
  });
}

/** Arguments, properties and queries, which may hold secrets, are not asked for. */
function fieldsOf({ answer, collection, fields, types }: Kind): string {
  const work = [
    'name',
    'uuid',
    'createTime',
    'state',
    'stateTime',
    'stateHistory(state,stateStartTime)',
    'creator',
    'labels',
    'environmentConfig(executionConfig(serviceAccount))',
    ...fields,
    ...types.flatMap(([field, , ...main]) => (main.length === 0 ? [] : [`${field}(${main.join(',')})`])),
  ];
  return `${answer},${collection}(${work.join(',')})`;
}

function recordOf(kind: Kind, work: Json | undefined, project: string, location: string): Json {
  const execution = obj(obj(work, 'environmentConfig'), 'executionConfig');
  const [field = '', jobType, ...main] = kind.types.find(([name]) => obj(work, name) !== undefined) ?? [];
  return present({
    type: OBSERVED,
    kind: 'job',
    api: kind.api,
    project,
    location,
    id: lastOf(textOf(work, 'name')),
    uuid: textOf(work, 'uuid', 128),
    state: textOf(work, 'state', 64),
    time: textOf(work, 'stateTime', 64),
    createTime: textOf(work, 'createTime', 64),
    history: historyOf(work, 'stateHistory'),
    creator: textOf(work, 'creator'),
    user: textOf(work, 'user'),
    runAs: textOf(execution, 'serviceAccount'),
    jobType,
    mainFile: uriOf(obj(work, field), ...main),
    operation: textOf(work, 'operation'),
    labels: labelsOf(work, 'labels'),
  });
}
