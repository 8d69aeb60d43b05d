/**
 * Audited methods of Pub/Sub and what each means. Publishing, pulling and acknowledging are not audited: message traffic
 * leaves no entry. Source: https://cloud.google.com/pubsub/docs/audit-logging.
 */
import type { Action } from '../../model/event.ts';

const PUBLISHER = 'google.pubsub.v1.Publisher.';
const SUBSCRIBER = 'google.pubsub.v1.Subscriber.';
const SCHEMAS = 'google.pubsub.v1.SchemaService.';
const POLICY = 'google.iam.v1.IAMPolicy.';

const GROUPS: readonly (readonly [prefix: string, action: Action, names: string])[] = [
  [PUBLISHER, 'schema.change', 'CreateTopic UpdateTopic'],
  // What was published and not yet delivered goes with these.
  [PUBLISHER, 'data.delete', 'DeleteTopic DetachSubscription'],
  [SUBSCRIBER, 'data.delete', 'DeleteSubscription'],
  // Who gets the messages.
  [SUBSCRIBER, 'data.share', 'CreateSubscription ModifyPushConfig'],
  [SUBSCRIBER, 'schema.change', 'UpdateSubscription CreateSnapshot UpdateSnapshot DeleteSnapshot'],
  // Replays messages; audit.ts tells where it drops them.
  [SUBSCRIBER, 'data.read', 'Seek'],
  [SUBSCRIBER, 'metadata.read', 'GetSnapshot ListSnapshots'],
  [SCHEMAS, 'schema.change', 'CreateSchema CommitSchema RollbackSchema DeleteSchema DeleteSchemaRevision'],
  [SCHEMAS, 'metadata.read', 'GetSchema ListSchemas ListSchemaRevisions ValidateSchema ValidateMessage'],
  [POLICY, 'iam.change', 'SetIamPolicy'],
  [POLICY, 'metadata.read', 'GetIamPolicy'],
];

/** Named by the catalogue of event types, and not by the page. */
const ALSO: readonly (readonly [prefix: string, action: Action, names: string])[] = [
  [PUBLISHER, 'metadata.read', 'GetTopic ListTopics ListTopicSubscriptions ListTopicSnapshots'],
  [SUBSCRIBER, 'metadata.read', 'GetSubscription ListSubscriptions'],
  [POLICY, 'metadata.read', 'TestIamPermissions'],
];

const ACTIONS = new Map<string, Action>();
for (const [prefix, action, names] of [...GROUPS, ...ALSO]) {
  for (const name of names.split(' ')) ACTIONS.set(prefix + name, action);
}

export const METHODS: readonly string[] = GROUPS.flatMap(([prefix, , names]) =>
  names.split(' ').map((name) => prefix + name),
);

export const actionOf = (method: string): Action | undefined => ACTIONS.get(method);
export const SEEK = `${SUBSCRIBER}Seek`;
export const UPDATE_SUBSCRIPTION = `${SUBSCRIBER}UpdateSubscription`;
