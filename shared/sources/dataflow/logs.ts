/**
 * Logs of jobs and their workers (resource `dataflow_step`): evidence that a job ran, told by somebody else than the
 * call that started it. Anyone who may write log entries in the project could have written them, so they never count
 * as the provider's word, and none of them says who acted.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft, Normalised } from '../../model/event.ts';
import { label, logId, resourceLabel, str } from '../fields.ts';
import { claim, claimed, type Claims } from './claims.ts';
import { jobMessageOf } from './job-messages.ts';
import { jobOf, placeOf } from './where.ts';

export const DATAFLOW_LOGS = 'dataflow.googleapis.com/';

/**
 * Logs of the machinery under a worker. Whatever ran also wrote to `worker`, `harness` or `system`, so these add volume
 * and no evidence. A log that is in neither list is kept.
 */
const INFRASTRUCTURE: ReadonlySet<string> = new Set(
  'shuffler shuffler-startup docker kubelet vm-health vm-monitor resource agent insights jvm-gc'.split(' '),
);

/** Labels that Dataflow sets on the entries of its workers. */
const JOB_ID = 'dataflow.googleapis.com/job_id';
const JOB_NAME = 'dataflow.googleapis.com/job_name';
const REGION = 'dataflow.googleapis.com/region';
const LOG_TYPE = 'dataflow.googleapis.com/log_type';
const WORKER = 'compute.googleapis.com/resource_name';

export function normaliseLog(entry: LogEntry): Normalised {
  const id = logId(entry);
  const name = id?.startsWith(DATAFLOW_LOGS) === true ? id.slice(DATAFLOW_LOGS.length) : undefined;
  if (name !== undefined && INFRASTRUCTURE.has(name))
    return { kind: 'filtered', rule: 'dataflow-infrastructure' };

  const place = placeOf(entry, label(entry, REGION));
  const jobId = resourceLabel(entry, 'job_id') ?? label(entry, JOB_ID) ?? str(entry.jsonPayload, 'job');
  const job = jobOf(place, jobId);
  const jobName = resourceLabel(entry, 'job_name') ?? label(entry, JOB_NAME);
  const said = jobMessageOf(
    name === 'job-message' ? (entry.textPayload ?? str(entry.jsonPayload, 'message')) : undefined,
  );

  const claims: Claims = {};
  claim(claims, 'logType', label(entry, LOG_TYPE));
  claim(claims, 'message', said.name);
  claim(claims, 'step', resourceLabel(entry, 'step_id') ?? str(entry.jsonPayload, 'step'));
  claim(claims, 'worker', label(entry, WORKER) ?? str(entry.jsonPayload, 'worker'));
  claim(claims, 'projectNumber', place.projectNumber);
  const labelled = label(entry, JOB_ID);
  if (labelled !== jobId) claim(claims, 'labelledJobId', labelled);
  if (job === undefined) claim(claims, 'jobIdAsReceived', jobId);

  const event: AuditEventDraft = {
    action: said.action,
    outcome: said.outcome,
    method: id ?? 'dataflow_step',
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'tenant',
    ...(job === undefined ? {} : { job }),
    ...(jobName === undefined ? {} : { jobName }),
    ...(place.project === undefined ? {} : { project: place.project }),
    ...(place.location === undefined ? {} : { location: place.location }),
    ...claimed(claims),
  };
  return { kind: 'event', event };
}
