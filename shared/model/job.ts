/**
 * Job ids: one URN per engine. The only place that spells them; everything else takes the branded string.
 *
 *   dataproc:PROJECT/REGION/job/ID       …/batch/ID   …/session/ID   …/workflow/OPERATION_OR_TEMPLATE
 *   dataflow:PROJECT/LOCATION/JOB
 *   databricks:WORKSPACE/run/ID
 *   yarn:PROJECT/REGION/CLUSTER/application_…   work that no job API knows
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

/** Reads an id back from a row or the command line; undefined when it is none of the grammars above. */
export function parseJobId(text: string): JobId | undefined {
  const colon = text.indexOf(':');
  const engine = text.slice(0, colon);
  if (!['dataproc', 'dataflow', 'databricks', 'yarn'].includes(engine)) return undefined;
  return text.indexOf('/', colon) > 0 ? (text as JobId) : undefined;
}
