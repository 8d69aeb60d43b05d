/**
 * BigQuery: jobs, reads and writes of tables, changes of what is stored and of who may use it, in all three generations
 * of its audit entries. Formats: docs/sources/bigquery.md.
 */
import { withoutMethod } from '../../audit/payload.ts';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import { auditEvent, finished, type Seen } from '../../audit/event.ts';
import { toolOf } from '../../audit/evidence.ts';
import { readPolicyChange } from '../../audit/iam-policy.ts';
import { addPerimeter, isPerimeterEntry } from '../../audit/vpc-service-controls.ts';
import type { Action, Normalised } from '../../model/event.ts';
import type { Source } from '../source.ts';
import { addMetadata, eventOf, METADATA_TYPE } from './metadata.ts';
import { actionOf, isStreamMethod, isSubmission, METHODS } from './methods.ts';
import { jobOfName, tableOf } from './names.ts';
import { addOlder, isOlder } from './older.ts';
import { addStream } from './streams.ts';

const SERVICES = new Set(['bigquery.googleapis.com', 'bigquerystorage.googleapis.com']);

function owns(entry: LogEntry): boolean {
  const service = entry.protoPayload?.serviceName;
  return service !== undefined && SERVICES.has(service);
}

function normalise(entry: LogEntry): Normalised {
  const payload = entry.protoPayload;
  const event = eventOf(payload?.metadata);
  const stated = payload?.methodName === '' ? undefined : payload?.methodName;
  // What the entry is, its event says; the method is that of the call behind it.
  const method = stated ?? event?.key;
  if (payload === undefined || method === undefined) return withoutMethod('BigQuery');
  const known = actionOf(method);
  const seen = auditEvent(entry, payload, method, known ?? 'unclassified');
  if (stated === undefined) claim(seen.claims, 'methodFrom', 'metadata');
  claim(seen.claims, 'tool', toolOf(payload));
  if (isPerimeterEntry(payload)) addPerimeter(seen);
  else if (event !== undefined) addMetadata(seen, event);
  else if (isStreamMethod(method)) addStream(seen);
  else if (isOlder(payload)) addOlder(seen);
  else addBare(seen);
  addRunAs(seen);
  // A new method with an event that is known is understood by its event.
  const unknown = known === undefined && event === undefined;
  return { kind: 'event', event: finished(seen), ...(unknown ? { unknownMethod: method } : {}) };
}

/** An entry without metadata: the first of a job, a refusal, a change of a policy. */
function addBare(seen: Seen): void {
  const { draft, claims, payload, method } = seen;
  const job = jobOfName(payload.resourceName);
  if (job !== undefined) draft.job = job;
  if (isSubmission(method) && draft.operation?.phase === 'last') draft.action = 'job.finish';
  if (draft.action === 'data.share') readPolicyChange(seen);
  // The size limit of an entry cuts its metadata first.
  if (payload.metadata?.['@type'] === METADATA_TYPE) claims['metadataWithoutEvent'] = true;
  const op = OPS.get(draft.action);
  const dataset = op === undefined ? undefined : tableOf(payload.resourceName);
  if (op !== undefined && dataset !== undefined && draft.outcome === 'allowed') {
    draft.datasets = [{ dataset, op, strength: 'stated' }];
  }
}

const OPS: ReadonlyMap<Action, 'read' | 'write'> = new Map<Action, 'read' | 'write'>([
  ['data.read', 'read'],
  ['data.write', 'write'],
  ['data.delete', 'write'],
]);

/** A BigQuery job has no identity of its own: it runs as whoever submitted it. */
function addRunAs({ draft }: Seen): void {
  const { caller } = draft.identity;
  if (caller !== undefined && (draft.action === 'job.submit' || draft.action === 'job.finish')) {
    draft.identity = { ...draft.identity, runAs: caller };
  }
}

export const bigquery: Source = { name: 'bigquery', version: 2, methods: METHODS, owns, normalise };
