/** Audit entries of dataproc.googleapis.com and dataprocrm.googleapis.com as events. */
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { callerClaims, permissionOf, violationClaims } from '../../audit/event.ts';
import { readPolicyChange } from '../../audit/iam-policy.ts';
import { auditOutcome, operationOf } from '../../audit/payload.ts';
import { isCloudAudit } from '../../audit/service.ts';
import { identityOfAudit } from '../../identity/audit.ts';
import type { ApiCall, Normalised } from '../../model/event.ts';
import { obj, str } from '../fields.ts';
import { auditClaims } from './audit-claims.ts';
import { claim, filtered, type Draft } from './draft.ts';
import { isInternal, methodOf, type Method } from './methods.ts';
import { runAsOf } from './run-as.ts';
import { targetOf, type Target } from './target.ts';
import { addWork } from './work.ts';

export function normaliseAudit(entry: LogEntry, payload: AuditLog): Normalised {
  const methodName = payload.methodName;
  if (methodName === undefined || methodName === '') {
    return { kind: 'refused', code: 'payload-shape', reason: 'The audit entry has no methodName.' };
  }
  if (isInternal(methodName)) return filtered('dataproc-agent-internal');
  const method = methodOf(methodName);
  const draft = draftOf(entry, payload, methodName, method);
  return method === undefined
    ? { kind: 'event', event: draft, unknownMethod: methodName }
    : { kind: 'event', event: draft };
}

function draftOf(entry: LogEntry, payload: AuditLog, methodName: string, method: Method | undefined): Draft {
  const operation = operationOf(entry);
  const target = targetOf(entry, payload, method);
  const claims = auditClaims(entry, payload, method);
  const { outcome, status } = auditOutcome(payload);
  const draft: Draft = {
    action: method?.action ?? 'unclassified',
    outcome,
    method: methodName,
    identity: identityOfAudit(payload, operation?.phase),
    via: 'direct',
    provenance: isCloudAudit(entry) ? 'provider' : 'tenant',
    claims,
  };
  if (status !== undefined) draft.status = status;
  if (target.job !== undefined) draft.job = target.job;
  if (target.project !== undefined) draft.project = target.project;
  if (target.region !== undefined) draft.location = target.region;
  if (payload.resourceName !== undefined && payload.resourceName !== '')
    draft.resource = payload.resourceName;
  if (operation !== undefined) draft.operation = operation;
  callerClaims(claims, payload);
  if (outcome === 'denied') claim(claims, 'permission', permissionOf(payload));
  violationClaims(claims, payload);
  // The provider's own id of the request; `request.requestId` is a token that the caller makes up.
  const requestId = str(obj(payload.requestMetadata, 'requestAttributes'), 'id');
  if (requestId !== undefined) draft.requestId = requestId;
  if (method === undefined) return draft;

  draft.call = callOf(method, target);
  if (method.action === 'iam.change') readPolicyChange({ entry, payload, method: methodName, draft, claims });
  if (method.subject === 'other' || method.action === 'metadata.read') return draft;
  const runAs = runAsOf(payload.request, method);
  if (runAs?.claim !== undefined) draft.identity = { ...draft.identity, runAs: runAs.claim };
  if (runAs?.byDefault === true) claims['runAsDefault'] = true;
  addWork(draft, claims, payload, method);
  return draft;
}

function callOf(method: Method, target: Target): ApiCall {
  const call: { -readonly [K in keyof ApiCall]: ApiCall[K] } = { engine: 'dataproc', method: method.name };
  if (target.project !== undefined) call.project = target.project;
  if (target.region !== undefined) call.region = target.region;
  if (target.id !== undefined) call.job = target.id;
  return call;
}
