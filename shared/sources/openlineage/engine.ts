/**
 * The job of an engine that a run is part of, as the run's facets tell: `gcp_dataproc` (recorded clients write
 * `gcp_dataproc_spark`), `gcp_lineage` with its origin, the tags of Spark on YARN, and what Databricks puts into
 * `environment-properties`. Ids are text of the client, so each is held against a narrow class before it becomes part of
 * a job id. https://openlineage.io/docs/spec/facets
 */
import { segmentAfter } from '../../audit/payload.ts';
import { databricksJob, databricksRun, dataprocJob, yarnApplication, type JobId } from '../../model/job.ts';
import { anyText } from './facets.ts';
import { obj, str, type Json } from '../fields.ts';

export interface EngineJob {
  readonly job: JobId;
  /** Environment of the job: a Google Cloud project, or `databricks/WORKSPACE`. */
  readonly project?: string;
  readonly location?: string;
}

const ID = /^[A-Za-z0-9_-]{1,100}$/;
const PROJECT = /^[a-z0-9][a-z0-9.:-]{0,127}$/;
const REGION = /^[a-z0-9-]{1,63}$/;
const CLUSTER = /^[a-z0-9-]{1,63}$/;
const APPLICATION = /^application_[0-9]{1,20}_[0-9]{1,10}$/;
const NUMBER = /^[0-9]{1,20}$/;
const JOB_TAG = 'dataproc_job_';
const ATTEMPT_TAG = 'dataproc_job_attempt_timestamp_';
const MAX_TAGS = 4096;

/** Undefined where no facet names a job of an engine. */
export function engineJobOf(run: Json | undefined, job: Json | undefined): EngineJob | undefined {
  const facets = obj(run, 'facets');
  return dataprocOf(facets, obj(job, 'facets')) ?? databricksOf(facets);
}

function dataprocOf(facets: Json | undefined, jobFacets: Json | undefined): EngineJob | undefined {
  const dataproc = obj(facets, 'gcp_dataproc') ?? obj(facets, 'gcp_dataproc_spark');
  const origin = str(obj(obj(jobFacets, 'gcp_lineage'), 'origin'), 'name');
  const tags = str(obj(obj(facets, 'spark_properties'), 'properties'), 'spark.yarn.tags');
  if (dataproc === undefined && tags === undefined) return undefined;
  const project = matching(PROJECT, str(dataproc, 'projectId') ?? segmentAfter(origin, 'projects'));
  const region = matching(REGION, segmentAfter(origin, 'regions') ?? segmentAfter(origin, 'locations'));
  const place = {
    ...(project === undefined ? undefined : { project }),
    ...(region === undefined ? undefined : { location: region }),
  };
  for (const kind of ['batch', 'session', 'job'] as const) {
    const id = matching(
      ID,
      str(dataproc, `${kind}Id`) ??
        (kind === 'job' ? taggedJob(tags) : segmentAfter(origin, `${kind}${kind === 'batch' ? 'es' : 's'}`)),
    );
    if (id !== undefined) return { job: dataprocJob(project, region, kind, id), ...place };
  }
  const application = matching(APPLICATION, str(dataproc, 'appId'));
  if (application === undefined) return undefined;
  const cluster = matching(CLUSTER, str(dataproc, 'clusterName') ?? segmentAfter(origin, 'clusters'));
  return { job: yarnApplication(project, region, cluster, application), ...place };
}

/** The Jobs API tags the application of a job with its id, beside tags of the attempt. */
export function taggedJob(tags: string | undefined): string | undefined {
  if (tags === undefined || tags.length > MAX_TAGS) return undefined;
  for (const tag of tags.split(',')) {
    const text = tag.trim();
    if (text.startsWith(JOB_TAG) && !text.startsWith(ATTEMPT_TAG)) return text.slice(JOB_TAG.length);
  }
  return undefined;
}

/** Keys of Spark's configuration on Databricks; the facet nests its properties under its own name. */
function databricksOf(facets: Json | undefined): EngineJob | undefined {
  const outer = obj(facets, 'environment-properties') ?? obj(facets, 'environment_properties');
  const environment = obj(outer, 'environment-properties') ?? outer;
  const properties = obj(obj(facets, 'spark_properties'), 'properties');
  const read = (...keys: readonly string[]): string | undefined =>
    matching(NUMBER, anyText(environment, keys) ?? anyText(properties, keys));
  const run = read('spark.databricks.job.parentRunId', 'spark.databricks.job.runId');
  const definition = read('spark.databricks.job.id');
  const workspace = read(
    'spark.databricks.clusterUsageTags.clusterOwnerOrgId',
    'orgId',
    'spark.databricks.workspaceId',
  );
  const project = workspace === undefined ? undefined : { project: `databricks/${workspace}` };
  if (run !== undefined) return { job: databricksRun(workspace, run), ...project };
  return definition === undefined ? undefined : { job: databricksJob(workspace, definition), ...project };
}

function matching(pattern: RegExp, text: string | undefined): string | undefined {
  return text !== undefined && pattern.test(text) ? text : undefined;
}
