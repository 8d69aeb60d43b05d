/**
 * Pub/Sub: topics, subscriptions, snapshots, schemas and their policies. Formats: docs/sources/pubsub.md.
 */
import { withoutMethod } from '../../audit/payload.ts';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { claim } from '../../audit/claims.ts';
import { auditEvent, finished, type Seen } from '../../audit/event.ts';
import { updateMask, toolOf } from '../../audit/evidence.ts';
import { readPolicyChange } from '../../audit/iam-policy.ts';
import { addPerimeter, isPerimeterEntry } from '../../audit/vpc-service-controls.ts';
import { datasetOfUri } from '../../datasets/uri.ts';
import type { Normalised } from '../../model/event.ts';
import { obj, str } from '../fields.ts';
import type { Source } from '../source.ts';
import { changesReceiver, destinationClaims } from './destination.ts';
import { actionOf, METHODS, SEEK, UPDATE_SUBSCRIPTION } from './methods.ts';

function normalise(entry: LogEntry): Normalised {
  const payload = entry.protoPayload;
  const method = payload?.methodName;
  if (payload === undefined || method === undefined || method === '') return withoutMethod('Pub/Sub');
  const action = actionOf(method);
  const seen = auditEvent(entry, payload, method, action ?? 'unclassified');
  claim(seen.claims, 'tool', toolOf(payload));
  if (isPerimeterEntry(payload)) addPerimeter(seen);
  else if (action !== 'metadata.read') addChange(seen);
  return { kind: 'event', event: finished(seen), ...(action === undefined ? { unknownMethod: method } : {}) };
}

function addChange(seen: Seen): void {
  const { draft, claims, payload, method } = seen;
  const { request, response } = payload;
  if (draft.action === 'iam.change') readPolicyChange(seen);
  const mask = updateMask(request);
  claim(claims, 'updateMask', mask);
  // `request` of CreateSubscription is the subscription itself, of an update it holds one.
  const subscription = obj(request, 'subscription') ?? request;
  claim(claims, 'topic', str(subscription, 'topic') ?? str(response, 'topic'));
  destinationClaims(claims, subscription);
  if (method === UPDATE_SUBSCRIPTION && changesReceiver(mask)) draft.action = 'data.share';
  if (method === SEEK) addSeek(seen);
  addDataset(seen);
}

/**
 * A seek to a snapshot or back in time delivers again; one to the time of the call or later drops what was not
 * acknowledged. The entry's own time decides, since there is no clock here.
 */
function addSeek({ draft, claims, entry, payload }: Seen): void {
  const time = str(payload.request, 'time');
  claim(claims, 'seekTime', time);
  claim(claims, 'seekSnapshot', str(payload.request, 'snapshot'));
  if (time === undefined || entry.timestamp === undefined) return;
  // NaN, of a time that is none, compares as false.
  if (Date.parse(time) >= Date.parse(entry.timestamp)) draft.action = 'data.delete';
}

/** The topic or subscription itself. No direction: that messages flowed is nowhere in the log. */
function addDataset({ draft, payload: { request, resourceName } }: Seen): void {
  const named =
    resourceName ?? str(request, 'subscription') ?? str(request, 'topic') ?? str(request, 'name') ?? '';
  if (draft.outcome !== 'allowed' || !draft.action.startsWith('data.')) return;
  const dataset = datasetOfUri(named);
  if (dataset === undefined) return;
  draft.datasets = [{ dataset, op: draft.action === 'data.delete' ? 'write' : 'use', strength: 'stated' }];
}

export const pubsub: Source = {
  name: 'pubsub',
  version: 1,
  methods: METHODS,
  owns: (entry) => entry.protoPayload?.serviceName === 'pubsub.googleapis.com',
  normalise,
};
