/**
 * One night of one project, as entries: jobs whose accesses to data are recorded under every kind of id, approvals of
 * every worth, and accesses that name no job. They go through the whole pipeline, so that what is joined is what sources make.
 */
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import type { Attestation } from '../../shared/attest/attestation.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { EntryRows } from '../../shared/store/store.ts';

type Json = Readonly<Record<string, unknown>>;

export const PROJECT = 'acme-data-prod';
const REGION = 'europe-west1';
const FLOW = '2026-05-04_02_01_17-4471902837465501001';
const OTHER_FLOW = '2026-05-04_02_05_00-4471902837465501002';
export const ANA = 'user:google:ana@example.com';
export const BATCH = `dataproc:${PROJECT}/${REGION}/batch/nightly-1`;
export const DATAFLOW = `dataflow:${PROJECT}/${REGION}/${FLOW}`;
export const OTHER_DATAFLOW = `dataflow:${PROJECT}/${REGION}/${OTHER_FLOW}`;
export const REGIONLESS = `dataflow:${PROJECT}/-/${FLOW}`;
export const LOAD = `bigquery:${PROJECT}/-/beam_load_1`;
export const RUN = 'openlineage:acme/run/0196f3a1-0000-7000-8000-000000000002';
export const ORDERS = `bigquery:${PROJECT}.sales.orders`;
export const DAILY = `bigquery:${PROJECT}.sales.daily`;
export const LOOKUP = 'gs://acme-landing/lookup/a.csv';
export const SHARED_LOOKUP = 'gs://acme-landing/lookup/c.csv';
export const LATE_LOOKUP = 'gs://acme-landing/lookup/b.csv';
export const RATES = `bigquery:${PROJECT}.sales.rates`;
export const LANDING = 'gs://acme-landing/orders';
const ETL = `etl@${PROJECT}.iam.gserviceaccount.com`;
const BEAM = `beam@${PROJECT}.iam.gserviceaccount.com`;
export const BEAM_ID = `service-account:google:${BEAM}`;
export const ETL_ID = `service-account:google:${ETL}`;

const CONFIG = parseConfig(
  JSON.stringify({ environments: { prod: [PROJECT] }, meshProjects: ['acme-mesh'] }),
  'test.yaml',
);
const SIGNED: Attestation = {
  kind: 'verified',
  issuer: 'change-system',
  subject: undefined,
  keyId: 'k1',
  covers: 'content',
  claims: {},
  vouchesForOthers: true,
};
export const NOW = '2026-05-05T00:00:00.000000000Z';

interface Written {
  readonly entry: Json;
  readonly attestation?: Attestation;
}

let count = 0;

function written(time: string, log: string, rest: Json): Written {
  count += 1;
  const timestamp = `2026-05-04T${time}.000000000Z`;
  return {
    entry: { insertId: `joined${count}`, timestamp, receiveTimestamp: timestamp, logName: log, ...rest },
  };
}

interface Call {
  readonly service: string;
  readonly method: string;
  readonly caller?: string;
  readonly resourceName?: string;
  readonly request?: Json;
  readonly response?: Json;
  readonly metadata?: Json;
  readonly resource: Json;
  readonly operation?: Json;
  readonly split?: Json;
}

function audit(time: string, call: Call): Written {
  const { service, method, caller, resource, operation, split, ...rest } = call;
  return written(time, `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2Fdata_access`, {
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      status: {},
      ...(caller === undefined ? {} : { authenticationInfo: { principalEmail: caller } }),
      serviceName: `${service}.googleapis.com`,
      methodName: method,
      authorizationInfo: [{ permission: 'x', granted: true }],
      ...rest,
    },
    resource,
    ...(operation === undefined ? {} : { operation }),
    ...(split === undefined ? {} : { split }),
  });
}

const TOKEN = 'a1b2c3d4-0000-4000-8000-00000000beef';

/** A batch behind Kong and the mesh, submitted by a person, running as `etl`. */
function batchEntries(): readonly Written[] {
  const resource = {
    type: 'cloud_dataproc_batch',
    labels: { project_id: PROJECT, location: REGION, batch_id: 'nightly-1' },
  };
  const create = {
    service: 'dataproc',
    method: 'google.cloud.dataproc.v1.BatchController.CreateBatch',
    resourceName: `projects/${PROJECT}/locations/${REGION}`,
    resource,
  };
  const operation = { id: 'op-1', producer: 'dataproc.googleapis.com' };
  const path = `/v1/projects/${PROJECT}/locations/${REGION}/batches`;
  return [
    written('01:59:58', 'projects/acme-gateway/logs/stdout', {
      resource: {
        type: 'k8s_container',
        labels: {
          project_id: 'acme-gateway',
          location: REGION,
          cluster_name: 'edge',
          namespace_name: 'kong',
        },
      },
      jsonPayload: {
        client_ip: '10.8.0.4',
        request: {
          id: TOKEN,
          method: 'POST',
          uri: `/dataproc${path}`,
          url: 'https://api.example.com',
          headers: {},
        },
        response: { status: 200, headers: {} },
        route: { name: 'dataproc-jobs' },
        service: { name: 'dataproc', host: 'dataproc.googleapis.com' },
        upstream_uri: path,
        upstream_status: '200',
        tries: [{}],
        latencies: { request: 9 },
        consumer: { id: 'c-1', username: 'ana-cli' },
        started_at: 1777860000000,
      },
    }),
    written('01:59:59', 'projects/acme-mesh/logs/server-accesslog-stackdriver', {
      resource: {
        type: 'k8s_container',
        labels: { project_id: 'acme-mesh', location: REGION, cluster_name: 'mesh', namespace_name: 'egress' },
      },
      httpRequest: {
        requestMethod: 'POST',
        requestUrl: `https://dataproc.googleapis.com${path}`,
        status: 200,
        protocol: 'http',
      },
      labels: {
        request_id: TOKEN,
        source_principal: 'spiffe://acme.internal/ns/kong/sa/proxy',
        mesh_uid: 'm',
      },
    }),
    audit('02:00:00', {
      ...create,
      caller: 'ana@example.com',
      request: {
        batchId: 'nightly-1',
        requestId: TOKEN,
        batch: {
          pysparkBatch: { mainPythonFileUri: 'gs://acme-code/nightly.py' },
          environmentConfig: { executionConfig: { serviceAccount: ETL } },
        },
      },
      operation: { ...operation, first: true },
    }),
    ...['02:01:00', '02:02:00', '02:03:00'].map((time) =>
      written(time, `projects/${PROJECT}/logs/dataproc.googleapis.com%2Foutput`, {
        resource,
        textPayload: 'working',
      }),
    ),
    audit('02:40:00', {
      ...create,
      request: { batchId: 'nightly-1' },
      operation: { ...operation, last: true },
    }),
    lineage('02:05:00', 'START', true, { inputs: [], outputs: [] }),
    // Without the facets that name the batch.
    lineage('02:30:00', 'COMPLETE', false, {
      inputs: [{ namespace: 'gs://acme-landing', name: 'orders' }],
      outputs: [{ namespace: 'bigquery', name: `${PROJECT}.sales.daily` }],
    }),
    // Under the batch's identity while it ran, and after it had ended.
    object('02:10:00', ETL, 'storage.objects.get', 'acme-landing', 'lookup/a.csv'),
    object('05:00:00', ETL, 'storage.objects.get', 'acme-landing', 'lookup/b.csv'),
  ];
}

function lineage(time: string, eventType: string, named: boolean, io: Json): Written {
  const facets = named
    ? { gcp_dataproc: { projectId: PROJECT, batchId: 'nightly-1', appId: 'application_1_1' } }
    : {};
  return {
    entry: {
      eventTime: `2026-05-04T${time}Z`,
      eventType,
      producer: 'https://github.com/OpenLineage/OpenLineage',
      schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/definitions/RunEvent',
      run: { runId: '0196f3a1-0000-7000-8000-000000000002', facets },
      job: {
        namespace: 'acme',
        name: 'nightly',
        facets: {
          gcp_lineage: { origin: { name: `projects/${PROJECT}/regions/${REGION}/batches/nightly-1` } },
        },
      },
      ...io,
    },
  };
}

function object(time: string, caller: string, method: string, bucket: string, name: string): Written {
  return audit(time, {
    service: 'storage',
    method,
    caller,
    resourceName: `projects/_/buckets/${bucket}/objects/${name}`,
    resource: { type: 'gcs_bucket', labels: { project_id: PROJECT, bucket_name: bucket, location: REGION } },
  });
}

function launch(time: string, id: string, parameters: Json): Written {
  return audit(time, {
    service: 'dataflow',
    method: 'google.dataflow.v1beta3.FlexTemplatesService.LaunchFlexTemplate',
    caller: 'ana@example.com',
    request: {
      projectId: PROJECT,
      location: REGION,
      launchParameter: { jobName: 'orders', parameters, environment: { serviceAccountEmail: BEAM } },
    },
    response: { job: { id, projectId: PROJECT, name: 'orders', location: REGION } },
    resource: { type: 'dataflow_step', labels: { project_id: PROJECT, region: REGION } },
  });
}

function loadJob(time: string, metadata: Json, more: Partial<Call> = {}): Written {
  return audit(time, {
    service: 'bigquery',
    method: 'google.cloud.bigquery.v2.JobService.InsertJob',
    caller: BEAM,
    resourceName: `projects/${PROJECT}/jobs/beam_load_1`,
    metadata: { '@type': 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata', ...metadata },
    resource: { type: 'bigquery_project', labels: { project_id: PROJECT, location: 'EU' } },
    ...more,
  });
}

/** A Dataflow job that reads a bucket and loads a table by a job of BigQuery, beside another under the same identity. */
function dataflowEntries(): readonly Written[] {
  const jobConfig = {
    type: 'IMPORT',
    loadConfig: {
      sourceUris: ['gs://acme-df-temp/load/part-0.avro'],
      destinationTable: `projects/${PROJECT}/datasets/sales/tables/orders`,
    },
    labels: { beam_job_id: FLOW },
  };
  const job = { jobName: `projects/${PROJECT}/jobs/beam_load_1`, jobConfig, jobStatus: { jobState: 'DONE' } };
  const split = { uid: 'split-1', totalSplits: 2 };
  return [
    launch('02:01:00', FLOW, { inputFilePattern: 'gs://acme-landing/orders/*.json' }),
    launch('02:05:00', OTHER_FLOW, { inputFilePattern: 'gs://acme-landing/returns/*.json' }),
    loadJob('02:20:00', { jobInsertion: { job, reason: 'JOB_INSERT_REQUEST' } }),
    loadJob('02:21:00', { jobChange: { job, after: 'DONE' } }, { split }),
    // The second piece of the entry names neither the job nor what it is about.
    loadJob(
      '02:21:00',
      { tableDataRead: { fields: ['id'], reason: 'JOB' } },
      {
        resourceName: `projects/${PROJECT}/datasets/sales/tables/rates`,
        split: { ...split, index: 1 },
      },
    ),
    object('02:15:00', BEAM, 'storage.objects.create', 'acme-df-temp', `tmp/${FLOW}/shard-0`),
    object('02:16:00', BEAM, 'storage.objects.get', 'acme-landing', 'lookup/c.csv'),
  ];
}

function approval(time: string, data: Json, attestation?: Attestation): Written {
  count += 1;
  const entry = {
    specversion: '1.0',
    type: 'jobtrail.approval.v1',
    source: '//changes.example.com',
    id: `approval-${count}`,
    time: `2026-05-04T${time}Z`,
    data: { decision: 'approved', for: 'ana@example.com', until: '2026-05-04T06:00:00Z', ...data },
  };
  return attestation === undefined ? { entry } : { entry, attestation };
}

function approvalEntries(): readonly Written[] {
  const what = { actions: ['job.submit', 'data.write'] };
  return [
    approval(
      '01:00:00',
      {
        id: 'CHG-1',
        approver: 'cleo@example.com',
        what: { ...what, datasets: [`bq://${PROJECT}.sales.daily`] },
        uses: 1,
      },
      SIGNED,
    ),
    approval('01:05:00', { id: 'CHG-2', approver: 'mallory@example.com', what: { ...what, job: BATCH } }),
    approval(
      '01:06:00',
      { id: 'CHG-3', approver: 'cleo@example.com', what: { ...what, job: 'another' } },
      SIGNED,
    ),
    approval(
      '01:07:00',
      {
        id: 'CHG-4',
        approver: 'cleo@example.com',
        until: '2026-05-04T01:30:00Z',
        what: { ...what, job: BATCH },
      },
      SIGNED,
    ),
    audit('01:30:00', {
      service: 'privilegedaccessmanager',
      method: 'google.cloud.privilegedaccessmanager.v1.PrivilegedAccessManager.ApproveGrant',
      caller: 'dora@example.com',
      resourceName: `projects/${PROJECT}/locations/global/entitlements/night-push/grants/g-1`,
      request: { name: `projects/${PROJECT}/locations/global/entitlements/night-push/grants/g-1` },
      response: {
        name: `projects/${PROJECT}/locations/global/entitlements/night-push/grants/g-1`,
        requester: 'ana@example.com',
        requestedDuration: '7200s',
      },
      resource: {
        type: 'audited_resource',
        labels: { project_id: PROJECT, service: 'privilegedaccessmanager.googleapis.com' },
      },
    }),
  ];
}

/** What the pipeline makes of all of it, in order of writing. */
export function joinedEntries(): readonly EntryRows[] {
  count = 0;
  const preparer = createPreparer({ sources: SOURCES, loaded: CONFIG });
  const context = {
    ordinalOf: ordinals(),
    adopt: (record: Parameters<NonNullable<(typeof SOURCES)[number]['adopt']>>[0]) => {
      for (const source of SOURCES) {
        const entry = source.adopt?.(record);
        if (entry !== undefined) return entry;
      }
      return undefined;
    },
  };
  return [...batchEntries(), ...dataflowEntries(), ...approvalEntries()].flatMap(({ entry, attestation }) =>
    decodeEntry(Buffer.from(JSON.stringify(entry)), context).flatMap((decoded) => {
      const prepared = preparer.prepare(decoded, NOW, attestation);
      if (prepared.kind !== 'rows' || prepared.entry.kind !== 'event') {
        throw new Error(`${JSON.stringify(entry)} made no event: ${JSON.stringify(prepared)}`);
      }
      return [prepared.entry];
    }),
  );
}
