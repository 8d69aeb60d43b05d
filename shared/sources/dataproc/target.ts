/**
 * Where an audited call went and which job it is about. The same facts stand in several places of an entry, some of
 * them empty or reduced (a parent instead of a name, `jobs/` without an id, the second entry of an operation).
 */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { currentLocation, lastSegment, segmentAfter } from '../../audit/payload.ts';
import { dataprocJob, type JobId } from '../../model/job.ts';
import { logProject, obj, resourceLabel, str } from '../fields.ts';
import { regionLabel } from './draft.ts';
import type { Method } from './methods.ts';

export interface Target {
  readonly project: string | undefined;
  readonly region: string | undefined;
  /** Id of the job, batch, session or workflow run within project and region. */
  readonly id: string | undefined;
  readonly job: JobId | undefined;
}

/** The API takes ids up to 100 characters; a refused request may hold anything. */
const MAX_ID = 255;
const DIGITS = /^[0-9]{1,20}$/;

export function targetOf(entry: LogEntry, payload: AuditLog, method: Method | undefined): Target {
  const project = projectOf(entry, payload);
  const region = regionOf(entry, payload);
  switch (method?.subject) {
    case 'job':
      return at(project, region, 'job', jobIdOf(entry, payload));
    case 'batch':
      return at(project, region, 'batch', namedId(entry, payload, 'batch', 'batches'));
    case 'session':
      return at(project, region, 'session', namedId(entry, payload, 'session', 'sessions'));
    case 'workflow':
      return at(
        project,
        region,
        'workflow',
        method.action === 'workflow.run' ? workflowId(entry, payload) : undefined,
      );
    case 'cluster':
    case 'workload':
    case 'operation':
    case 'other':
    case undefined:
      return { project, region, id: undefined, job: undefined };
  }
}

function at(
  project: string | undefined,
  region: string | undefined,
  kind: 'job' | 'batch' | 'session' | 'workflow',
  id: string | undefined,
): Target {
  if (id === undefined || id.length > MAX_ID) return { project, region, id: undefined, job: undefined };
  return { project, region, id, job: dataprocJob(project, region, kind, id) };
}

/** The project's id where any field has it; its number where that is all there is. */
function projectOf(entry: LogEntry, payload: AuditLog): string | undefined {
  const label = resourceLabel(entry, 'project_id');
  if (label !== undefined && !DIGITS.test(label)) return label;
  const named = segmentAfter(payload.resourceName, 'projects');
  if (named !== undefined && !DIGITS.test(named)) return named;
  const asked = str(payload.request, 'projectId');
  if (asked !== undefined && !DIGITS.test(asked)) return asked;
  return logProject(entry) ?? label ?? named ?? asked;
}

function regionOf(entry: LogEntry, payload: AuditLog): string | undefined {
  const { request, resourceName } = payload;
  return (
    regionLabel(entry) ??
    str(request, 'region') ??
    segmentAfter(resourceName, 'regions') ??
    segmentAfter(resourceName, 'locations') ??
    segmentAfter(str(request, 'parent'), 'locations') ??
    currentLocation(payload)
  );
}

/** Response of an operation holds its metadata; entries of some services have it beside the response. */
export function operationMetadata(payload: AuditLog): Readonly<Record<string, unknown>> | undefined {
  return obj(payload.response, 'metadata') ?? payload.metadata;
}

function jobIdOf(entry: LogEntry, payload: AuditLog): string | undefined {
  const { request, response } = payload;
  return (
    str(obj(obj(request, 'job'), 'reference'), 'jobId') ??
    str(request, 'jobId') ??
    str(obj(response, 'reference'), 'jobId') ??
    str(operationMetadata(payload), 'jobId') ??
    segmentAfter(payload.resourceName, 'jobs') ??
    resourceLabel(entry, 'job_id')
  );
}

/** Batches and sessions: chosen by the caller (`batchId`), or in a resource name anywhere. */
function namedId(
  entry: LogEntry,
  payload: AuditLog,
  kind: 'batch' | 'session',
  collection: string,
): string | undefined {
  const { request, response } = payload;
  return (
    str(request, `${kind}Id`) ??
    segmentAfter(str(request, 'name'), collection) ??
    segmentAfter(payload.resourceName, collection) ??
    segmentAfter(str(obj(request, kind), 'name'), collection) ??
    segmentAfter(str(response, 'name'), collection) ??
    segmentAfter(str(operationMetadata(payload), kind), collection) ??
    resourceLabel(entry, `${kind}_id`)
  );
}

/** A run of a workflow is known by its operation; without one, by its template. */
function workflowId(entry: LogEntry, payload: AuditLog): string | undefined {
  const { request, response } = payload;
  return (
    lastSegment(entry.operation?.id) ??
    segmentAfter(str(response, 'name'), 'operations') ??
    segmentAfter(str(request, 'name'), 'workflowTemplates') ??
    str(obj(request, 'template'), 'id')
  );
}
