/**
 * Job ids: one URN per engine. The only place that spells them; everything else takes the branded string.
 *
 *   dataproc:PROJECT/REGION/job/ID       …/batch/ID   …/session/ID   …/workflow/OPERATION_OR_TEMPLATE
 *   dataflow:PROJECT/LOCATION/JOB
 *   databricks:WORKSPACE/run/ID            databricks:WORKSPACE/job/ID   the definition that runs are made from
 *   yarn:PROJECT/REGION/CLUSTER/application_…   work that no job API knows
 *   bigquery:PROJECT/-/JOB
 *   openlineage:NAMESPACE/run/ID           openlineage:NAMESPACE/job/NAME   work that only lineage events tell of
 */
export type JobId = string & { readonly __brand: 'JobId' };

/** `-` stands for a part the entry does not tell. */
const part = (value: string | undefined): string => (value === undefined || value === '' ? '-' : value);

export function dataprocJob(
  project: string | undefined,
  region: string | undefined,
  kind: 'job' | 'batch' | 'session' | 'workflow',
  id: string,
): JobId {
  return `dataproc:${part(project)}/${part(region)}/${kind}/${id}` as JobId;
}

export function dataflowJob(project: string | undefined, location: string | undefined, id: string): JobId {
  return `dataflow:${part(project)}/${part(location)}/${id}` as JobId;
}

export function yarnApplication(
  project: string | undefined,
  region: string | undefined,
  cluster: string | undefined,
  application: string,
): JobId {
  return `yarn:${part(project)}/${part(region)}/${part(cluster)}/${application}` as JobId;
}

/**
 * The location is always left open: entries about the tables that a job read and wrote name it as
 * `projects/P/jobs/J`, and an id that told more would not be the id they can make.
 */
export function bigqueryJob(project: string | undefined, id: string): JobId {
  return `bigquery:${part(project)}/-/${id}` as JobId;
}

/** `id` is the run of a whole job; the runs of its tasks have ids of their own, which are no jobs. */
export function databricksRun(workspace: string | undefined, id: string): JobId {
  return `databricks:${part(workspace)}/run/${id}` as JobId;
}

export function databricksJob(workspace: string | undefined, id: string): JobId {
  return `databricks:${part(workspace)}/job/${id}` as JobId;
}

/** Namespaces and names are any text: what would end a part is percent-encoded. */
export function openlineageRun(namespace: string, runId: string): JobId {
  return `openlineage:${encoded(namespace)}/run/${encoded(runId)}` as JobId;
}

export function openlineageJob(namespace: string, name: string): JobId {
  return `openlineage:${encoded(namespace)}/job/${encoded(name)}` as JobId;
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** The job of an edge whose entry tells of a dataset and of no job: the id of none. */
export const NO_JOB = '-' as JobId;

/** Reads an id back from a row or the command line; undefined when it is none of the grammars above. */
export function parseJobId(text: string): JobId | undefined {
  const colon = text.indexOf(':');
  const engine = text.slice(0, colon);
  if (!['dataproc', 'dataflow', 'databricks', 'yarn', 'bigquery', 'openlineage'].includes(engine))
    return undefined;
  return text.indexOf('/', colon) > 0 ? (text as JobId) : undefined;
}
