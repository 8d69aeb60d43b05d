/**
 * States in which work has ended, by API. Any other, a new one too, counts as not ended, so that what is not known is
 * asked for again and shown.
 */
import type { JobApi } from '../../../schemas/observed.ts';
import type { Outcome } from '../../model/event.ts';

type Ended = ReadonlyMap<string, Outcome>;

const ENDED: Readonly<Record<JobApi, Ended>> = {
  /** google.cloud.dataproc.v1.JobStatus.State; a failed attempt (ATTEMPT_FAILURE) is followed by the next. */
  'dataproc-jobs': new Map([
    ['DONE', 'allowed'],
    ['ERROR', 'failed'],
    ['CANCELLED', 'failed'],
  ]),
  /** google.cloud.dataproc.v1.Batch.State */
  'dataproc-batches': new Map([
    ['SUCCEEDED', 'allowed'],
    ['FAILED', 'failed'],
    ['CANCELLED', 'failed'],
  ]),
  /** google.cloud.dataproc.v1.Session.State */
  'dataproc-sessions': new Map([
    ['TERMINATED', 'allowed'],
    ['FAILED', 'failed'],
  ]),
  /** google.dataflow.v1beta3.JobState; an updated job goes on as the one that replaced it. */
  'dataflow-jobs': new Map([
    ['JOB_STATE_DONE', 'allowed'],
    ['JOB_STATE_UPDATED', 'allowed'],
    ['JOB_STATE_DRAINED', 'allowed'],
    ['JOB_STATE_FAILED', 'failed'],
    ['JOB_STATE_CANCELLED', 'failed'],
  ]),
  /** `status.state` of API 2.2, and the further ends of the older `state.life_cycle_state`. */
  'databricks-runs': new Map([
    ['TERMINATED', 'unknown'],
    ['SKIPPED', 'unknown'],
    ['INTERNAL_ERROR', 'failed'],
  ]),
};

/** Codes of terminations, and results, that are no failures; SKIPPED and the like never ran. */
const RESULTS: Ended = new Map([
  ['SUCCESS', 'allowed'],
  ['SUCCESS_WITH_FAILURES', 'allowed'],
  ['SKIPPED', 'unknown'],
  ['EXCLUDED', 'unknown'],
  ['DISABLED', 'unknown'],
]);

/** How the work ended; undefined while it has not. */
export function endOf(api: JobApi, state: string, result: string | undefined): Outcome | undefined {
  const ended = ENDED[api].get(state);
  return ended === undefined || result === undefined ? ended : (RESULTS.get(result) ?? 'failed');
}
