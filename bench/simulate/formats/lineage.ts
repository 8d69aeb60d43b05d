/** Run events of OpenLineage's Spark listener on Dataproc, with the facet that names the job. Whoever runs code can send them. */
import { REGION, type Cluster, type Project } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import type { Json, Told } from '../told.ts';

const PRODUCER = 'https://github.com/OpenLineage/OpenLineage/tree/1.39.0/integration/spark';
const SPEC = 'https://openlineage.io/spec';

export interface LineageRun {
  readonly project: Project;
  readonly name: string;
  /** Absent for a batch. */
  readonly cluster?: Cluster;
  readonly at: number;
  readonly endsAt: number;
  /** `gs://BUCKET/PREFIX` or `bigquery:P.D.T`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

const facet = (schema: string, content: Json): Json => ({
  _producer: PRODUCER,
  _schemaURL: `${SPEC}/${schema}`,
  ...content,
});

function dataset(name: string): Json {
  if (name.startsWith('bigquery:'))
    return { namespace: 'bigquery', name: name.slice('bigquery:'.length), facets: {} };
  const [bucket = '', ...path] = name.slice('gs://'.length).split('/');
  return { namespace: `gs://${bucket}`, name: path.join('/'), facets: {} };
}

function facets({ project, name, cluster }: LineageRun): Json {
  const common = { appName: name, projectId: project.id };
  return cluster === undefined
    ? { gcp_dataproc: facet(FACET, { ...common, jobType: 'batch', batchId: name }) }
    : {
        gcp_dataproc_spark: facet(FACET, {
          ...common,
          jobType: 'job',
          jobId: name,
          clusterName: cluster.name,
          clusterUuid: cluster.uuid,
        }),
      };
}

const FACET = 'facets/1-0-0/GcpDataprocRunFacet.json';

export function lineageEvents(random: Random, run: LineageRun): readonly Told[] {
  const runId = random.uuid();
  const { project, cluster, name } = run;
  const origin =
    cluster === undefined
      ? `projects/${project.id}/locations/${REGION}/batches/${name}`
      : `projects/${project.id}/regions/${REGION}/clusters/${cluster.name}`;
  const told = (at: number, eventType: string, outputs: readonly Json[]): Told => ({
    at,
    path: 'openlineage',
    form: 'record',
    text: JSON.stringify({
      eventTime: new Date(Math.floor(at)).toISOString(),
      producer: PRODUCER,
      schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
      eventType,
      run: { runId, facets: facets(run) },
      job: {
        namespace: project.id,
        name,
        facets: {
          gcp_lineage: facet('facets/1-0-0/GcpLineageJobFacet.json', {
            origin: { sourceType: 'DATAPROC', name: origin },
          }),
        },
      },
      inputs: run.reads.map(dataset),
      outputs,
    }),
  });
  return [told(run.at, 'START', []), told(run.endsAt, 'COMPLETE', run.writes.map(dataset))];
}
