/**
 * What Cloud Storage says on Pub/Sub about an object, by the attributes of the message.
 * https://cloud.google.com/storage/docs/pubsub-notifications#attributes
 */
import type { PubsubMessage } from '../../shared/envelope/envelope.ts';

export interface Notification {
  readonly eventType: string;
  readonly bucket: string;
  /** Not URL-encoded; holds `=` and `/`. */
  readonly object: string;
  readonly generation: string | undefined;
  /** Of a version that is gone: the one that took its place. */
  readonly overwrittenBy: string | undefined;
  /** RFC 3339. */
  readonly time: string | undefined;
}

/** Object names have at most 1,024 bytes. */
const MAX_NAME = 1024;

/** Undefined where the message is no notification. */
export function notificationOf(message: PubsubMessage): Notification | undefined {
  const { attributes } = message;
  const eventType = attributes.get('eventType');
  const bucket = attributes.get('bucketId');
  const object = attributes.get('objectId');
  if (eventType === undefined || bucket === undefined || object === undefined) return undefined;
  if (object === '' || object.length > MAX_NAME) return undefined;
  return {
    eventType,
    bucket,
    object,
    generation: attributes.get('objectGeneration'),
    overwrittenBy: attributes.get('overwrittenByGeneration'),
    time: attributes.get('eventTime') ?? message.publishTime,
  };
}
