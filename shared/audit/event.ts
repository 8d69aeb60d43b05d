/**
 * The part of an event that every Cloud Audit Logs entry tells in the same way, whatever the service: who, outcome, where,
 * operation, and the evidence of the envelope (google.cloud.audit.AuditLog). What a method means and what its request
 * says is added by the source.
 */
import type { AuditLog, LogEntry } from '../../schemas/log-entry.ts';
import { identityOfAudit } from '../identity/audit.ts';
import type { Action, AuditEventDraft } from '../model/event.ts';
import { isObject, list, obj, own, str } from '../sources/fields.ts';
import { claim, type Claims } from './claims.ts';
import { auditOutcome, callerIp, operationOf } from './payload.ts';
import { auditContainer, auditLocation, auditProject } from './place.ts';
import { isCloudAudit } from './service.ts';

export type Draft = { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] };

/** An event under construction, with the entry it is read from. */
export interface Seen {
  readonly entry: LogEntry;
  readonly payload: AuditLog;
  /** As the entry spells it. */
  readonly method: string;
  readonly draft: Draft;
  readonly claims: Claims;
}

/**
 * @param cluster `PROJECT/LOCATION/NAME` of the Kubernetes cluster whose API server wrote the entry.
 */
export function auditEvent(
  entry: LogEntry,
  payload: AuditLog,
  method: string,
  action: Action,
  cluster?: string,
): Seen {
  const operation = operationOf(entry);
  const { outcome, status } = auditOutcome(payload);
  const draft: Draft = {
    action,
    outcome,
    method,
    identity: identityOfAudit(payload, operation?.phase, cluster),
    via: 'direct',
    provenance: isCloudAudit(entry) ? 'provider' : 'tenant',
  };
  if (status !== undefined) draft.status = status;
  const project = auditProject(entry, payload);
  if (project !== undefined) draft.project = project;
  const location = auditLocation(entry, payload);
  if (location !== undefined) draft.location = location;
  const resource = payload.resourceName;
  if (resource !== undefined && resource !== '') draft.resource = resource;
  if (operation !== undefined) draft.operation = operation;
  // The provider's own id of the request; `request.requestId` is a token that the caller makes up.
  const requestId = str(obj(payload.requestMetadata, 'requestAttributes'), 'id');
  if (requestId !== undefined) draft.requestId = requestId;

  const claims: Claims = {};
  callerClaims(claims, payload);
  const permission = permissionOf(payload);
  // A Kubernetes API server, and Dataflow, name the method by its permission.
  if (permission !== method) claim(claims, 'permission', permission);
  claim(claims, 'logContainer', auditContainer(entry));
  violationClaims(claims, payload);
  return { entry, payload, method, draft, claims };
}

/** The finished event: claims are part of it where there are any. */
export function finished({ draft, claims }: Seen): AuditEventDraft {
  for (const _name in claims) {
    draft.claims = claims;
    break;
  }
  return draft;
}

/** Where the caller was: `callerNetwork` is set within the organisation only. */
export function callerClaims(claims: Claims, payload: AuditLog): void {
  claim(claims, 'callerIp', callerIp(payload));
  claim(claims, 'callerNetwork', str(payload.requestMetadata, 'callerNetwork'));
}

/** The permission that was missing where one was, else the first one checked. Absent `granted` means false. */
export function permissionOf(payload: AuditLog): string | undefined {
  let first: string | undefined;
  for (const item of payload.authorizationInfo ?? []) {
    if (!isObject(item)) continue;
    const permission = str(item, 'permission');
    if (permission === undefined) continue;
    if (own(item, 'granted') !== true) return permission;
    first ??= permission;
  }
  return first;
}

/** Why an organisation policy or a service perimeter refused, or would have refused in a dry run. */
export function violationClaims(claims: Claims, payload: AuditLog): void {
  const first = list(obj(payload.policyViolationInfo, 'orgPolicyViolationInfo'), 'violationInfo')[0];
  if (isObject(first)) claim(claims, 'violatedConstraint', str(first, 'constraint'));
  const { metadata } = payload;
  const reason = str(metadata, 'violationReason');
  if (reason === undefined) return;
  claim(claims, 'perimeterViolation', reason);
  claim(claims, 'perimeterViolationId', str(metadata, 'vpcServiceControlsUniqueId'));
  if (own(metadata, 'dryRun') === true) claims['perimeterDryRun'] = true;
}
