/**
 * BigQuery's entries: BigQueryAuditMetadata in `protoPayload.metadata`, one event in each. A job is told when it is
 * inserted and when it is done, under one operation; tables it reads and changes are told apart from it.
 */
import { audit } from '../audit.ts';
import type { AuditCall, Permission } from '../audit.ts';
import { REGION } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import type { Scene } from '../scene.ts';
import { requestTimeOf } from './access.ts';
import type { Access } from './access.ts';

const BIGQUERY = 'bigquery.googleapis.com';
const METADATA = { '@type': 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata' } as const;
const INSERT = 'google.cloud.bigquery.v2.JobService.InsertJob';

export interface Table {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}

/** Of `project.dataset.table` or `project:dataset.table`. */
export function tableOf(text: string): Table | undefined {
  const match = /^([a-z0-9-]+)[.:]([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)$/.exec(text);
  return match === null
    ? undefined
    : { project: match[1] ?? '', dataset: match[2] ?? '', table: match[3] ?? '' };
}

const nameOf = ({ project, dataset, table }: Table): string =>
  `projects/${project}/datasets/${dataset}/tables/${table}`;

const datasetResource = ({ project, dataset }: Table): Json => ({
  type: 'bigquery_dataset',
  labels: { project_id: project, dataset_id: dataset },
});

const permission = (
  name: string,
  resource: string,
  permissionType: Permission['permissionType'],
): Permission => ({ permission: name, resource, permissionType });

function entry(
  scene: Scene,
  by: Access,
  at: number,
  rest: Pick<AuditCall, 'method' | 'resource' | 'metadata'> & Partial<AuditCall>,
): Draft {
  return audit({
    at,
    to: 'bigquery',
    project: by.project.id,
    log: 'data_access',
    service: BIGQUERY,
    caller: by.caller,
    location: REGION,
    requestTime: requestTimeOf(scene, at),
    ...rest,
  });
}

/** The Storage Read API, as Spark's connector reads: no job, no labels; a session is all there is. */
export function readSession(
  scene: Scene,
  by: Access,
  at: number,
  table: Table,
  fields: readonly string[],
): Draft {
  const name = nameOf(table);
  const project = `projects/${by.project.id}`;
  const session = `${project}/locations/${REGION}/sessions/CAISDE${scene.random.base36(22)}`;
  return entry(scene, by, at, {
    method: 'google.cloud.bigquery.storage.v1.BigQueryRead.CreateReadSession',
    resourceName: name,
    resource: datasetResource(table),
    permissions: [
      permission('bigquery.readsessions.create', project, 'ADMIN_WRITE'),
      permission('bigquery.tables.getData', name, 'DATA_READ'),
    ],
    request: {
      '@type': 'type.googleapis.com/google.cloud.bigquery.storage.v1.CreateReadSessionRequest',
      parent: project,
      readSession: { table: name, dataFormat: 'ARROW', readOptions: { selectedFields: fields } },
    },
    metadata: {
      ...METADATA,
      tableDataRead: { fields, reason: 'CREATE_READ_SESSION', sessionName: session },
    },
  });
}

export interface BigQueryJob {
  readonly id: string;
  readonly lastsMs: number;
  readonly config: Json;
  /** `queryStats`, `loadStats` or `extractStats`, known when it is done. */
  readonly stats: Json;
  readonly error?: { readonly code: number; readonly message: string };
}

/** The two entries of a job. */
export function bigQueryJob(scene: Scene, by: Access, at: number, job: BigQueryJob): readonly Draft[] {
  const { id, config, lastsMs, stats, error } = job;
  const name = `projects/${by.project.id}/jobs/${id}`;
  const iso = (ms: number): string => new Date(scene.midnight + Math.floor(ms)).toISOString();
  const end = at + lastsMs;
  const operationId = `${String(scene.midnight + Math.floor(at))}-${by.project.id}:${id}`;
  const common = {
    method: INSERT,
    resourceName: name,
    resource: {
      type: 'bigquery_project',
      labels: { project_id: by.project.id, location: REGION },
    },
    permissions: [permission('bigquery.jobs.create', `projects/${by.project.id}`, 'ADMIN_WRITE')],
  };
  const described = (status: Json, more: Json): Json => ({
    jobName: name,
    jobConfig: config,
    jobStatus: status,
    jobStats: { createTime: iso(at), startTime: iso(at + 140), ...more },
  });
  return [
    entry(scene, by, at, {
      ...common,
      operation: { id: operationId, producer: BIGQUERY, first: true },
      metadata: {
        ...METADATA,
        jobInsertion: { job: described({ jobState: 'RUNNING' }, {}), reason: 'JOB_INSERT_REQUEST' },
      },
    }),
    entry(scene, by, end, {
      ...common,
      operation: { id: operationId, producer: BIGQUERY, last: true },
      metadata: {
        ...METADATA,
        jobChange: {
          after: 'DONE',
          job: described(
            error === undefined
              ? { jobState: 'DONE' }
              : { jobState: 'DONE', errorResult: error, errors: [error] },
            { endTime: iso(end), totalSlotMs: String(lastsMs * 3), ...stats },
          ),
        },
      },
      ...(error === undefined ? {} : { status: error }),
    }),
  ];
}

/** A table that a job changed, told apart from the job. */
function tableChanged(
  scene: Scene,
  by: Access,
  at: number,
  table: Table,
  change: { readonly job: string; readonly rows: string },
): Draft {
  const name = nameOf(table);
  return entry(scene, by, at, {
    method: INSERT,
    resourceName: name,
    resource: datasetResource(table),
    permissions: [permission('bigquery.tables.updateData', name, 'DATA_WRITE')],
    metadata: {
      ...METADATA,
      tableDataChange: {
        insertedRowsCount: change.rows,
        truncated: true,
        reason: 'JOB',
        jobName: `projects/${by.project.id}/jobs/${change.job}`,
      },
    },
  });
}

/** A table that a query read. The method is the query's, which says nothing of it. */
export function tableRead(
  scene: Scene,
  by: Access,
  at: number,
  table: Table,
  read: { readonly job: string; readonly fields: readonly string[] },
): Draft {
  const name = nameOf(table);
  return entry(scene, by, at, {
    method: INSERT,
    resourceName: name,
    resource: datasetResource(table),
    permissions: [permission('bigquery.tables.getData', name, 'DATA_READ')],
    metadata: {
      ...METADATA,
      tableDataRead: {
        fields: read.fields,
        reason: 'JOB',
        jobName: `projects/${by.project.id}/jobs/${read.job}`,
      },
    },
  });
}

/** How Spark and Beam write a table: files in a bucket, loaded by a job that replaces the table. */
export function loadTable(
  scene: Scene,
  by: Access,
  at: number,
  table: Table,
  load: { readonly id: string; readonly sources: readonly string[]; readonly labels: Json },
): readonly Draft[] {
  const lastsMs = scene.random.int(4000, 21_000);
  return [
    ...bigQueryJob(scene, by, at, {
      id: load.id,
      lastsMs,
      config: {
        type: 'IMPORT',
        loadConfig: {
          sourceUris: load.sources,
          schemaJson: '{\n}',
          destinationTable: nameOf(table),
          createDisposition: 'CREATE_IF_NEEDED',
          writeDisposition: 'WRITE_TRUNCATE',
        },
        ...(Object.keys(load.labels).length === 0 ? {} : { labels: load.labels }),
      },
      stats: { loadStats: { totalOutputBytes: scene.random.digits(9) } },
    }),
    tableChanged(scene, by, at + lastsMs + 40, table, { job: load.id, rows: scene.random.digits(6) }),
  ];
}
