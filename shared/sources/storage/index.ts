/**
 * Cloud Storage: who read, wrote and deleted which objects, buckets and their policies, HMAC keys, refusals by a service
 * perimeter, and events of objects. Formats: docs/sources/storage.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import type { ForeignRecord, Source } from '../source.ts';
import { normaliseAudit } from './audit.ts';
import { METHODS } from './methods.ts';
import {
  adoptNotification,
  isNotification,
  NOTIFICATION_METHODS,
  normaliseNotification,
} from './notifications.ts';

function owns(entry: LogEntry): boolean {
  const payload = entry.protoPayload;
  return payload === undefined ? isNotification(entry) : payload.serviceName === 'storage.googleapis.com';
}

function adopt(record: ForeignRecord): LogEntry | undefined {
  return record.kind === 'json' ? adoptNotification(record.value) : undefined;
}

function normalise(entry: LogEntry): Normalised {
  const { protoPayload, jsonPayload } = entry;
  if (protoPayload !== undefined) return normaliseAudit(entry, protoPayload);
  if (jsonPayload !== undefined) return normaliseNotification(jsonPayload);
  return {
    kind: 'refused',
    code: 'payload-missing',
    reason: 'The entry of Cloud Storage has neither protoPayload nor jsonPayload.',
  };
}

export const storage: Source = {
  name: 'storage',
  version: 1,
  methods: [...METHODS, ...NOTIFICATION_METHODS],
  owns,
  adopt,
  normalise,
};
