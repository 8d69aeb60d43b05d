/**
 * What happens to the files that audit events are delivered in, as Cloud Storage notifies it on Pub/Sub. A file is
 * written again with more lines as the day goes on, which is usual; a file that is deleted takes evidence with it.
 * https://cloud.google.com/storage/docs/pubsub-notifications
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import { str } from '../fields.ts';
import { LOG_PREFIX } from './adopt.ts';

export const DELIVERY_LOG = '/delivery';
const WORKSPACE = /(?:^|\/)workspaceId=([A-Za-z0-9_-]{1,64})\//;

/** A notification whose object is gone, wrapped into an entry. */
export function deliveryEntry(notification: {
  readonly eventType: string;
  readonly bucket: string;
  readonly object: string;
  readonly generation: string | undefined;
  /** RFC 3339. */
  readonly time: string | undefined;
}): LogEntry {
  const { eventType, bucket, object, generation, time } = notification;
  const workspace = WORKSPACE.exec(object)?.[1] ?? '-';
  return {
    logName: `${LOG_PREFIX}${workspace}${DELIVERY_LOG}`,
    resource: { type: 'databricks_workspace', labels: { workspace_id: workspace } },
    insertId: `${eventType}/${bucket}/${object}/${generation ?? ''}`,
    ...(time === undefined ? undefined : { timestamp: time }),
    jsonPayload: { eventType, bucket, object, ...(generation === undefined ? undefined : { generation }) },
  };
}

export function normaliseDelivery(entry: LogEntry): Normalised {
  const payload = entry.jsonPayload;
  const eventType = str(payload, 'eventType');
  const bucket = str(payload, 'bucket');
  const object = str(payload, 'object');
  if (eventType === undefined || bucket === undefined || object === undefined) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The notification of a Databricks audit file lacks its event type, bucket or object.',
    };
  }
  const workspace = WORKSPACE.exec(object)?.[1];
  const generation = str(payload, 'generation');
  return {
    kind: 'event',
    event: {
      action: 'log.change',
      outcome: 'allowed',
      method: eventType,
      // Notifications do not tell who; the bucket's own Data Access audit log does.
      identity: { absent: 'not-recorded' },
      via: 'direct',
      provenance: 'declared-writer',
      resource: `projects/_/buckets/${bucket}/objects/${object}`,
      ...(workspace === undefined ? undefined : { project: `databricks/${workspace}` }),
      claims: {
        auditFileDeleted: true,
        ...(generation === undefined ? undefined : { generation }),
      },
    },
  };
}
