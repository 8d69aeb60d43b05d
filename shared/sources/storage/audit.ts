/** Audit entries of Cloud Storage as events. */
import { withoutMethod } from '../../audit/payload.ts';
import type { AuditLog, LogEntry } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import { auditEvent, finished, type Seen } from '../../audit/event.ts';
import { checked, countClaim, toolOf } from '../../audit/evidence.ts';
import { readPolicyChange } from '../../audit/iam-policy.ts';
import { addPerimeter, isPerimeterEntry } from '../../audit/vpc-service-controls.ts';
import { datasetOfObject } from '../../datasets/objects.ts';
import type { Action, Normalised, Strength } from '../../model/event.ts';
import { obj, own, str } from '../fields.ts';
import { addCustomContext } from './custom-context.ts';
import { jobOfPath } from './job-paths.ts';
import { actionOf, makesNoObject } from './methods.ts';
import { objectName, type ObjectName } from './names.ts';

export function normaliseAudit(entry: LogEntry, payload: AuditLog): Normalised {
  const method = payload.methodName;
  if (method === undefined || method === '') return withoutMethod('Cloud Storage');
  const action = actionOf(method);
  const seen = auditEvent(entry, payload, method, action ?? 'unclassified');
  claim(seen.claims, 'tool', toolOf(payload));
  if (isPerimeterEntry(payload)) addPerimeter(seen);
  const name = objectName(seen.draft.resource);
  if (action !== undefined && ACCESSES.has(action)) addAccess(seen, name);
  else if (action !== undefined && KEYS.has(action)) addKey(seen);
  else if (action === 'iam.change' || action === 'schema.change') readPolicyChange(seen);
  return { kind: 'event', event: finished(seen), ...(action === undefined ? { unknownMethod: method } : {}) };
}

const ACCESSES: ReadonlySet<Action> = new Set<Action>(['data.read', 'data.write', 'data.delete']);
const KEYS: ReadonlySet<Action> = new Set<Action>(['credential.create', 'credential.revoke']);

/** The job it belongs to, where anything names one, and the dataset that was touched. */
function addAccess({ draft, claims, payload, method }: Seen, name: ObjectName | undefined): void {
  const { metadata } = payload;
  let strength: Strength = 'stated';
  const named = addCustomContext(claims, metadata);
  const path = name?.object === undefined ? undefined : jobOfPath(draft.project, name.bucket, name.object);
  if (named !== undefined) {
    draft.job = named;
    strength = 'declared';
    claims['jobBy'] = 'custom-context';
    claims['jobStrength'] = strength;
  } else if (path?.job !== undefined) {
    draft.job = path.job;
    claims['jobBy'] = 'path';
    claims['jobStrength'] = 'path';
  }
  claim(claims, 'clusterUuid', path?.clusterUuid);
  claim(claims, 'batchUuid', path?.batchUuid);
  // A copy: where to is told by the entry of what was read, and in another project perhaps by no other entry.
  claim(claims, 'copiedTo', str(metadata, 'destination'));
  countClaim(claims, 'requestedBytes', own(metadata, 'requested_bytes'));
  if (draft.action === 'data.write' && checked(payload, 'storage.objects.delete'))
    claims['overwrites'] = true;
  // An engine's own scratch space is part of a job and no dataset.
  if (name === undefined || path !== undefined || draft.outcome !== 'allowed' || makesNoObject(method))
    return;
  const dataset = datasetOfObject(name.bucket, name.object);
  if (dataset === undefined) return;
  draft.datasets = [{ dataset, op: draft.action === 'data.read' ? 'read' : 'write', strength }];
}

/** HMAC keys are long-lived credentials of a service account for the XML API. The secret is never in an entry. */
function addKey({ draft, claims, payload, method }: Seen): void {
  const { request, response } = payload;
  const key = obj(response, 'metadata') ?? response;
  claim(claims, 'accessId', str(key, 'accessId') ?? str(request, 'accessId'));
  claim(
    claims,
    'keyOf',
    str(key, 'serviceAccountEmail') ??
      str(request, 'serviceAccountEmail') ??
      str(payload.metadata, 'serviceAccountEmail'),
  );
  const state = str(request, 'state') ?? str(key, 'state');
  claim(claims, 'keyState', state);
  if (method.endsWith('.update') && (state === 'INACTIVE' || state === 'DELETED'))
    draft.action = 'credential.revoke';
}
