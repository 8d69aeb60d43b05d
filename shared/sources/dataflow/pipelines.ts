/**
 * Data Pipelines, the scheduler of Dataflow jobs: google/cloud/datapipelines/v1/data_pipelines.proto for the audited
 * calls, google/cloud/datapipelines/logging/v1 RequestLogEntry for its request log.
 */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { lastSegment } from '../../audit/payload.ts';
import type { AuditEventDraft, Normalised, Outcome } from '../../model/event.ts';
import { num, obj, resourceLabel, str } from '../fields.ts';
import { claim, claimed, type Claims } from './claims.ts';
import { methodOf } from './methods.ts';
import { child, readRequest, text, type DataflowRequest } from './schema.ts';
import { placeOf } from './where.ts';

export interface PipelineRequest {
  /** `projects/P/locations/L/pipelines/ID`. */
  readonly name?: string;
  readonly id?: string;
  /** Identity of the Cloud Scheduler job that starts the pipeline. */
  readonly schedulerServiceAccount?: string;
  /** The workload, which is a template launch, and the job that a run made of it. */
  readonly request: DataflowRequest;
}

/** `2019-05-16_04_24_18-6110555549864901093`, the only ids of a pipeline's jobs that are Dataflow's own. */
const DATAFLOW_JOB = /^[0-9]{4}(?:[-_][0-9]{2}){5}-[0-9]{1,20}$/;

export function readPipeline(payload: AuditLog): PipelineRequest {
  const stated = obj(payload.request, 'pipeline');
  const answered = obj(payload.response, 'pipeline') ?? payload.response;
  const pipeline = stated ?? answered;
  const workload = obj(pipeline, 'workload');
  const launch = child(
    workload,
    'dataflowFlexTemplateRequest',
    'dataflow_flex_template_request',
    'dataflowLaunchTemplateRequest',
    'dataflow_launch_template_request',
  );
  const name = text(payload.request, 'name') ?? text(pipeline, 'name');
  const run = str(obj(payload.response, 'job'), 'id');
  const read = readRequest(launch);
  const id = lastSegment(name);
  const scheduler = text(pipeline, 'schedulerServiceAccountEmail', 'scheduler_service_account_email');
  return {
    ...(name === undefined ? {} : { name }),
    ...(id === undefined ? {} : { id }),
    ...(scheduler === undefined ? {} : { schedulerServiceAccount: scheduler }),
    request: run !== undefined && DATAFLOW_JOB.test(run) ? { ...read, jobId: run } : read,
  };
}

/** RequestLogEntry.RequestType → the audited method that serves it. */
const REQUEST_TYPES: ReadonlyMap<string, string> = new Map([
  ['CREATE_PIPELINE', 'CreatePipeline'],
  ['UPDATE_PIPELINE', 'UpdatePipeline'],
  ['DELETE_PIPELINE', 'DeletePipeline'],
  ['LIST_PIPELINES', 'ListPipelines'],
  ['GET_PIPELINE', 'GetPipeline'],
  ['STOP_PIPELINE', 'StopPipeline'],
  ['RUN_PIPELINE', 'RunPipeline'],
  ['LIST_JOBS', 'ListJobs'],
]);

/** An entry of `datapipelines.googleapis.com/requests`: evidence that a call was served, without who made it. */
export function normalisePipelineRequest(entry: LogEntry): Normalised {
  const payload = entry.jsonPayload;
  const type = text(payload, 'requestType', 'request_type');
  const rpc = type === undefined ? undefined : REQUEST_TYPES.get(type);
  const known = rpc === undefined ? undefined : methodOf(`google.cloud.datapipelines.v1.Pipelines.${rpc}`);
  const location = resourceLabel(entry, 'location');
  const place = placeOf(entry, location);
  const status = num(obj(payload, 'status'), 'code');

  const claims: Claims = {};
  claim(claims, 'requestType', type);
  claim(claims, 'errorCause', text(payload, 'errorCause', 'error_cause'));
  claim(claims, 'pipeline', resourceLabel(entry, 'pipeline_id'));
  claim(claims, 'projectNumber', place.projectNumber);
  const event: AuditEventDraft = {
    action: 'api.call',
    outcome: outcomeOf(payload === undefined ? undefined : (status ?? 0)),
    method: rpc ?? 'datapipelines.googleapis.com/requests',
    ...(status === undefined || !Number.isSafeInteger(status) ? {} : { status }),
    identity: { absent: 'not-recorded' },
    via: 'direct',
    provenance: 'tenant',
    ...(place.project === undefined ? {} : { project: place.project }),
    ...(place.location === undefined ? {} : { location: place.location }),
    ...(known === undefined
      ? {}
      : {
          call: {
            engine: 'dataflow',
            method: known.call,
            ...(place.project === undefined ? {} : { project: place.project }),
            ...(place.location === undefined ? {} : { region: place.location }),
          },
        }),
    ...claimed(claims),
  };
  return type !== undefined && rpc === undefined
    ? { kind: 'event', event, unknownMethod: `datapipelines.googleapis.com/requests ${type}` }
    : { kind: 'event', event };
}

/** google.rpc.Code: 7 PERMISSION_DENIED, 16 UNAUTHENTICATED. */
function outcomeOf(code: number | undefined): Outcome {
  if (code === undefined) return 'unknown';
  if (code === 0) return 'allowed';
  return code === 7 || code === 16 ? 'denied' : 'failed';
}
