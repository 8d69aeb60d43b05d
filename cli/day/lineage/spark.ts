/**
 * Run events of OpenLineage's Spark listener on Dataproc (https://openlineage.io/spec/2-0-2/OpenLineage.json), with the facet
 * that names the job. Recorded clients call it `gcp_dataproc_spark`, the published schema `gcp_dataproc`.
 */
import { REGION } from '../company.ts';
import type { Cluster, Project } from '../company.ts';
import type { Json, RecordDraft } from '../entry.ts';
import { tableOf } from '../data/bigquery.ts';
import { locationOf } from '../data/storage.ts';
import type { Touched } from '../jobs/touched.ts';
import type { Scene } from '../scene.ts';

const PRODUCER = 'https://github.com/OpenLineage/OpenLineage/tree/1.39.0/integration/spark';
const SPEC = 'https://openlineage.io/spec';

export interface ParentRun {
  readonly runId: string;
  readonly namespace: string;
  readonly name: string;
}

export interface SparkRun {
  readonly project: Project;
  /** Of work without a cluster, the batch. */
  readonly on:
    | { readonly cluster: Cluster; readonly job: string; readonly uuid: string; readonly application: string }
    | { readonly batch: string; readonly uuid: string };
  readonly name: string;
  readonly at: number;
  readonly endsAt: number;
  readonly touched: Touched;
  readonly failed: boolean;
  readonly parent?: ParentRun;
}

const facet = (schema: string, content: Json, producer = PRODUCER): Json => ({
  _producer: producer,
  _schemaURL: `${SPEC}/${schema}`,
  ...content,
});

/** Namespace and name of a dataset, by the naming of OpenLineage; undefined for what is neither file nor table. */
function datasetOf(text: string): Json | undefined {
  const table = tableOf(text);
  if (table !== undefined) {
    return { namespace: 'bigquery', name: `${table.project}.${table.dataset}.${table.table}`, facets: {} };
  }
  const location = locationOf(text);
  return location === undefined
    ? undefined
    : { namespace: `gs://${location.bucket}`, name: location.prefix.replace(/\/$/, ''), facets: {} };
}

const datasets = (names: readonly string[]): readonly Json[] =>
  names.map(datasetOf).filter((dataset) => dataset !== undefined);

function engineFacet({ project, on, name }: SparkRun): Json {
  const common = { appName: name, projectId: project.id };
  return 'batch' in on
    ? {
        gcp_dataproc: facet('facets/1-0-0/GcpDataprocRunFacet.json', {
          ...common,
          jobType: 'batch',
          batchId: on.batch,
          batchUuid: on.uuid,
        }),
      }
    : {
        gcp_dataproc_spark: facet('facets/1-0-0/GcpDataprocRunFacet.json', {
          ...common,
          jobType: 'job',
          jobId: on.job,
          jobUuid: on.uuid,
          appId: on.application,
          clusterName: on.cluster.name,
          clusterUuid: on.cluster.uuid,
        }),
      };
}

const originOf = ({ project, on }: SparkRun): string =>
  'batch' in on
    ? `projects/${project.id}/locations/${REGION}/batches/${on.batch}`
    : `projects/${project.id}/regions/${REGION}/clusters/${on.cluster.name}`;

function runFacets(run: SparkRun): Json {
  return {
    ...engineFacet(run),
    processing_engine: facet('facets/1-1-1/ProcessingEngineRunFacet.json', {
      name: 'spark',
      version: '3.5.3',
      openlineageAdapterVersion: '1.39.0',
    }),
    ...('batch' in run.on
      ? {}
      : {
          spark_applicationDetails: facet('2-0-2/OpenLineage.json#/$defs/RunFacet', {
            master: 'yarn',
            appName: run.name,
            applicationId: run.on.application,
            userName: 'root',
          }),
        }),
    ...(run.parent === undefined
      ? {}
      : {
          parent: facet('facets/1-1-0/ParentRunFacet.json', {
            run: { runId: run.parent.runId },
            job: { namespace: run.parent.namespace, name: run.parent.name },
          }),
        }),
  };
}

/** Told at the start, where nothing is known of outputs yet, and at the end. */
export function sparkEvents(scene: Scene, run: SparkRun): readonly RecordDraft[] {
  const runId = scene.random.uuid();
  const event = (at: number, eventType: string, inputs: readonly Json[], outputs: readonly Json[]) => ({
    at,
    to: 'openlineage' as const,
    text: JSON.stringify({
      eventTime: new Date(scene.midnight + Math.floor(at)).toISOString(),
      producer: PRODUCER,
      schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
      eventType,
      run: { runId, facets: runFacets(run) },
      job: {
        namespace: run.project.id,
        name: run.name,
        facets: {
          jobType: facet('facets/2-0-3/JobTypeJobFacet.json', {
            processingType: 'BATCH',
            integration: 'SPARK',
            jobType: 'APPLICATION',
          }),
          gcp_lineage: facet('facets/1-0-0/GcpLineageJobFacet.json', {
            origin: { sourceType: 'DATAPROC', name: originOf(run) },
          }),
        },
      },
      inputs,
      outputs,
    }),
  });
  const { reads, writes } = run.touched;
  return [
    event(run.at, 'START', datasets(reads), []),
    event(run.endsAt, run.failed ? 'FAIL' : 'COMPLETE', datasets(reads), run.failed ? [] : datasets(writes)),
  ];
}
