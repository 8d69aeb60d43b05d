/**
 * Which other work started a BigQuery job: the script it is a statement of, or the Dataflow job that Beam's connector
 * writes into the label `beam_job_id` (org.apache.beam.sdk.io.gcp.bigquery.BigQueryIOMetadata, bigquery_io_metadata.py).
 * Labels are the caller's to choose, so what they name is declared. Dataproc and Databricks document no label.
 */
import { claim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { dataflowJob } from '../../model/job.ts';
import { obj, str } from '../fields.ts';
import type { JobForm } from './job.ts';

/** `2019-05-16_04_24_18-6110555549864901093`. */
const DATAFLOW_ID = /^[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}_[0-9]{2}_[0-9]{2}-[0-9]{1,20}$/;

export function addParent({ draft, claims }: Seen, job: JobForm): void {
  const beam = str(obj(job.config, 'labels'), 'beam_job_id');
  claim(claims, 'beamJobId', beam);
  if (job.script !== undefined) {
    draft.parentJob = job.script;
  } else if (beam !== undefined && DATAFLOW_ID.test(beam)) {
    // Nothing here tells the region of the Dataflow job.
    draft.parentJob = dataflowJob(draft.project, undefined, beam);
    draft.parentStrength = 'declared';
  }
}
