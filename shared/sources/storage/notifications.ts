/**
 * Events of objects as Eventarc delivers them (CloudEvents `google.cloud.storage.object.v1.*`) and as Pub/Sub notifications
 * of a bucket carry them (the object's resource alone; what happened to it stands in an attribute of the message). They name
 * nobody: what they add is that an object changed, with its generation and hash. Whoever may publish can have made one.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { claim, type Claims } from '../../audit/claims.ts';
import { countClaim } from '../../audit/evidence.ts';
import { datasetOfObject } from '../../datasets/objects.ts';
import type { Action, Normalised } from '../../model/event.ts';
import { isObject, obj, own, str, type Json } from '../fields.ts';
import { jobOfPath } from './job-paths.ts';

const TYPE = 'google.cloud.storage.object.v1.';
const KINDS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['finalized', 'data.write'],
  ['deleted', 'data.delete'],
  ['archived', 'data.delete'],
  ['metadataUpdated', 'data.write'],
]);
export const NOTIFICATION_METHODS: readonly string[] = [...KINDS.keys()].map((kind) => TYPE + kind);

const OBJECT_KIND = 'storage#object';

/** A record that is one of the two, as an entry without a log name, so that nobody vouches for it. */
export function adoptNotification(value: Json): LogEntry | undefined {
  const type = str(value, 'type');
  if (type?.startsWith(TYPE) === true && isObject(value['data'])) {
    const data = obj(value, 'data');
    return entryOf(value, str(value, 'time') ?? str(data, 'updated'), str(data, 'bucket'));
  }
  if (str(value, 'kind') !== OBJECT_KIND) return undefined;
  return entryOf(value, str(value, 'updated') ?? str(value, 'timeCreated'), str(value, 'bucket'));
}

function entryOf(
  jsonPayload: Json,
  timestamp: string | undefined,
  bucket: string | undefined,
): LogEntry | undefined {
  if (timestamp === undefined || bucket === undefined) return undefined;
  return { resource: { type: 'gcs_bucket', labels: { bucket_name: bucket } }, jsonPayload, timestamp };
}

/** True for what `adoptNotification` made. A log entry proper has a log name. */
export function isNotification(entry: LogEntry): boolean {
  return (
    entry.logName === undefined && entry.jsonPayload !== undefined && entry.resource?.type === 'gcs_bucket'
  );
}

export function normaliseNotification(payload: Json): Normalised {
  const type = str(payload, 'type');
  // Without the attributes of its message the object's resource does not tell what happened.
  if (type === undefined) return { kind: 'filtered', rule: 'storage-object-resource' };
  const action = KINDS.get(type.slice(TYPE.length));
  const object = obj(payload, 'data');
  const bucket = str(object, 'bucket');
  const name = str(object, 'name');
  if (bucket === undefined || name === undefined) {
    return {
      kind: 'refused',
      code: 'payload-shape',
      reason: 'The Cloud Storage event has no `data.bucket` or no `data.name`.',
    };
  }
  const claims: Claims = {};
  countClaim(claims, 'generation', own(object, 'generation'));
  countClaim(claims, 'size', own(object, 'size'));
  claim(claims, 'md5Hash', str(object, 'md5Hash'));
  claim(claims, 'crc32c', str(object, 'crc32c'));
  const path = jobOfPath(undefined, bucket, name);
  claim(claims, 'clusterUuid', path?.clusterUuid);
  const dataset = path === undefined ? datasetOfObject(bucket, name) : undefined;
  return {
    kind: 'event',
    event: {
      action: action ?? 'unclassified',
      outcome: 'allowed',
      method: type,
      identity: { absent: 'not-recorded' },
      via: 'direct',
      provenance: 'tenant',
      resource: `projects/_/buckets/${bucket}/objects/${name}`,
      claims,
      ...(dataset === undefined || action === undefined
        ? {}
        : { datasets: [{ dataset, op: 'write', strength: 'stated' }] }),
    },
    ...(action === undefined ? { unknownMethod: type } : {}),
  };
}
