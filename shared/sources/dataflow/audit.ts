/**
 * Audit entries of Dataflow and of Data Pipelines, its scheduler. The id of the job stands in the request alone: the
 * resource's labels are empty strings and there is no resource name.
 */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import {
  auditOutcome,
  currentLocation,
  operationOf,
  segmentAfter,
  withoutMethod,
} from '../../audit/payload.ts';
import { listClaim } from '../../audit/claims.ts';
import { callerClaims, permissionOf, violationClaims } from '../../audit/event.ts';
import { isCloudAudit } from '../../audit/service.ts';
import type { Claim } from '../../identity/claims.ts';
import { identityOfAudit } from '../../identity/audit.ts';
import { specDigest } from '../../jobapi/spec-digest.ts';
import type { Action, AuditEventDraft, Normalised } from '../../model/event.ts';
import { isObject, obj, resourceLabel, str } from '../fields.ts';
import { claim, claimed, type Claims } from './claims.ts';
import { datasetsOf } from './datasets.ts';
import { methodOf, type Method } from './methods.ts';
import { readPipeline } from './pipelines.ts';
import { readRequest, text, type DataflowRequest } from './schema.ts';
import { jobOf, placeOf } from './where.ts';

export function normaliseAudit(entry: LogEntry, payload: AuditLog): Normalised {
  const name = payload.methodName;
  if (name === undefined || name === '') return withoutMethod('Dataflow');
  const method = methodOf(name);
  const isPipeline = payload.serviceName === 'datapipelines.googleapis.com';
  const pipeline = isPipeline ? readPipeline(payload) : undefined;
  // Of what a call answers only the job that it made is read: other responses have ids of other things.
  const starts = method?.action === 'job.submit' || method?.reads === 'template-check';
  const response = starts && !isPipeline ? payload.response : undefined;
  const request = pipeline?.request ?? readRequest(payload.request, response);
  const resource = payload.resourceName ?? pipeline?.name;
  const place = placeOf(
    entry,
    currentLocation(payload) ?? request.location ?? segmentAfter(resource, 'locations'),
  );
  const { action, call } = decide(method, request, payload);
  const operation = operationOf(entry);
  const { outcome, status } = auditOutcome(payload);

  const snapshotOf =
    action === 'data.write' ? text(payload.response, 'sourceJobId', 'source_job_id') : undefined;
  const jobId = request.jobId ?? snapshotOf;
  const job = jobOf(place, jobId);
  const parentJob = jobOf(place, request.replaces);
  const datasets =
    action === 'job.submit' || action === 'job.update' ? datasetsOf(request, place.project) : undefined;
  const identity = identityOfAudit(payload, operation?.phase);
  const runAs = serviceAccount(request.serviceAccount);

  const claims = claimsOf(request, payload, action);
  callerClaims(claims, payload);
  if (outcome === 'denied') claim(claims, 'permission', permissionOf(payload));
  violationClaims(claims, payload);
  claim(claims, 'projectNumber', place.projectNumber);
  claim(claims, 'pipeline', pipeline?.id ?? resourceLabel(entry, 'pipeline_id'));
  claim(claims, 'schedulerServiceAccount', pipeline?.schedulerServiceAccount);
  if (job === undefined) claim(claims, 'jobIdAsReceived', jobId);

  const event: AuditEventDraft = {
    action,
    outcome,
    method: name,
    ...(status === undefined ? {} : { status }),
    identity: runAs === undefined ? identity : { ...identity, runAs },
    via: 'direct',
    provenance: isCloudAudit(entry) ? 'provider' : 'tenant',
    ...(job === undefined ? {} : { job }),
    ...(request.jobName === undefined ? {} : { jobName: request.jobName }),
    ...(parentJob === undefined ? {} : { parentJob }),
    ...(resource === undefined ? {} : { resource }),
    ...(place.project === undefined ? {} : { project: place.project }),
    ...(place.location === undefined ? {} : { location: place.location }),
    call: {
      engine: 'dataflow',
      method: call,
      ...(place.project === undefined ? {} : { project: place.project }),
      ...(place.location === undefined ? {} : { region: place.location }),
      ...(job === undefined || jobId === undefined ? {} : { job: jobId }),
    },
    ...(operation === undefined ? {} : { operation }),
    ...(datasets === undefined || datasets.length === 0 ? {} : { datasets }),
    ...claimed(claims),
  };
  return method === undefined ? { kind: 'event', event, unknownMethod: name } : { kind: 'event', event };
}

interface Decided {
  readonly action: Action;
  readonly call: string;
}

/** Requested states that end a running job for good (Job.requested_state of google/dataflow/v1beta3/jobs.proto). */
const ENDING = new Set(['CANCELLED', 'CANCELLING', 'DONE', 'DRAINED', 'DRAINING']);

function decide(method: Method | undefined, request: DataflowRequest, payload: AuditLog): Decided {
  if (method === undefined) return { action: 'unclassified', call: payload.methodName ?? '' };
  const { action, call } = method;
  if (method.reads === undefined) return method;
  switch (method.reads) {
    case 'update': {
      const { requestedState } = request;
      const cancels = requestedState === undefined ? checksCancel(payload) : ENDING.has(requestedState);
      return { action: cancels ? 'job.cancel' : action, call };
    }
    case 'template-check':
      if (request.launches === undefined) return method;
      return { action: request.validateOnly === true ? action : 'job.submit', call: request.launches };
    case 'launch':
      return { action: request.validateOnly === true ? 'metadata.read' : action, call };
  }
}

/** Cancelling needs `dataflow.jobs.cancel`, updating `dataflow.jobs.updateContents`: which one was asked for tells. */
function checksCancel(payload: AuditLog): boolean {
  let cancel = false;
  for (const item of payload.authorizationInfo ?? []) {
    const permission = isObject(item) ? str(item, 'permission') : undefined;
    if (permission === 'dataflow.jobs.updateContents') return false;
    if (permission === 'dataflow.jobs.cancel') cancel = true;
  }
  return cancel;
}

/** An e-mail, or a resource name that ends in one. */
function serviceAccount(value: string | undefined): Claim | undefined {
  if (value === undefined) return undefined;
  const email = value.slice(value.lastIndexOf('/') + 1);
  return email.includes('@') ? { kind: 'google', email } : undefined;
}

function claimsOf(request: DataflowRequest, payload: AuditLog, action: Action): Claims {
  const claims: Claims = {};
  claim(claims, 'jobType', request.jobType);
  claim(claims, 'template', request.template);
  claim(claims, 'containerImage', request.containerImage);
  listClaim(claims, 'libraries', request.packages ?? []);
  claim(claims, 'requestedState', request.requestedState);
  claim(claims, 'sdk', request.sdk);
  claim(claims, 'tempLocation', request.tempLocation);
  claim(claims, 'stagingLocation', request.stagingLocation);
  claim(claims, 'update', request.update);
  claim(claims, 'validateOnly', request.validateOnly);
  claim(claims, 'gatewayRequestId', request.gatewayRequestId);
  if (action === 'job.submit') claim(claims, 'specDigest', launchDigest(payload));
  if (action === 'data.write') claim(claims, 'snapshot', text(payload.response, 'id'));
  if (action === 'data.delete') claim(claims, 'snapshot', text(payload.request, 'snapshotId', 'snapshot_id'));
  if (action === 'job.cancel' || action === 'job.update') {
    const first = payload.authorizationInfo?.[0];
    claim(claims, 'permission', isObject(first) ? str(first, 'permission') : undefined);
  }
  return claims;
}

/** Of the parameters that a template is launched with, where the entry has them in the names of the REST API. */
function launchDigest({ request }: AuditLog): string | undefined {
  const launched = obj(request, 'launchParameters') ?? obj(request, 'launchParameter');
  return launched === undefined ? undefined : specDigest(launched);
}
