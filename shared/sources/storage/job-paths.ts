/**
 * Which job an object was written for, where the engine puts a job's id into its name. Whoever may write to the bucket may
 * choose such a name: the join is of strength `path`.
 *
 *   google-cloud-dataproc-metainfo/CLUSTER_UUID/jobs/JOB/driveroutput.000000000   Dataproc (Job.driver_output_resource_uri)
 *   google-cloud-dataproc-metainfo/UUID/jobs/srvls-batch-BATCH_UUID/…             a batch by its uuid, which is not its id
 *   …/2026-05-04_02_01_17-4471902837465501001/…, …/dax-tmp-2026-…-S01-0-…         Dataflow: templates' staging, service temp
 */
import { dataflowJob, dataprocJob, type JobId } from '../../model/job.ts';

export interface PathJob {
  readonly job?: JobId;
  readonly clusterUuid?: string;
  readonly batchUuid?: string;
}

const METAINFO = 'google-cloud-dataproc-metainfo/';
const JOBS = 'jobs/';
const SERVERLESS = 'srvls-batch-';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** The API takes letters, digits, `_` and `-`, at most 100 of them. */
const DATAPROC_ID = /^[A-Za-z0-9_-]{1,100}$/;
const DATAFLOW_ID = /(?:^|[/-])([0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}_[0-9]{2}_[0-9]{2}-[0-9]{15,20})(?![0-9])/;
/** Buckets that the engines create are named after the region and the number of the project. */
const ENGINE_BUCKET =
  /^(?:dataproc-staging|dataproc-temp|dataflow-staging)-([a-z]{2,20}-[a-z]{2,20}[0-9]{1,2})-/;
/** Longer than the prefixes in use; what follows cannot hold the id of a job. */
const MAX_LOOK = 512;

export function jobOfPath(project: string | undefined, bucket: string, object: string): PathJob | undefined {
  const name = object.length > MAX_LOOK ? object.slice(0, MAX_LOOK) : object;
  const metainfo = name.startsWith(METAINFO) ? 0 : name.indexOf(`/${METAINFO}`) + 1;
  if (metainfo > 0 || name.startsWith(METAINFO)) {
    return ofMetainfo(project, bucket, name.slice(metainfo + METAINFO.length));
  }
  // Every id has the time in it, and few names have underscores where it has them.
  if (!name.includes('_')) return undefined;
  const id = DATAFLOW_ID.exec(name)?.[1];
  return id === undefined ? undefined : { job: dataflowJob(project, regionOf(bucket), id) };
}

function ofMetainfo(project: string | undefined, bucket: string, rest: string): PathJob | undefined {
  const slash = rest.indexOf('/');
  const owner = slash < 0 ? rest : rest.slice(0, slash);
  if (!UUID.test(owner)) return undefined;
  if (!rest.startsWith(JOBS, slash + 1)) return { clusterUuid: owner };
  const from = slash + 1 + JOBS.length;
  const end = rest.indexOf('/', from);
  const id = end < 0 ? rest.slice(from) : rest.slice(from, end);
  if (id.startsWith(SERVERLESS)) return { batchUuid: id.slice(SERVERLESS.length) };
  return DATAPROC_ID.test(id)
    ? { clusterUuid: owner, job: dataprocJob(project, regionOf(bucket), 'job', id) }
    : { clusterUuid: owner };
}

const regionOf = (bucket: string): string | undefined => ENGINE_BUCKET.exec(bucket)?.[1];
