/**
 * Kong Gateway and Konnect as a source: what the gateway recorded of the requests it proxied, and who changed it. Which
 * records are read, how they reach Google Cloud, and what an operator must switch on: docs/sources/kong.md.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../model/event.ts';
import { parseExact } from '../exact-json.ts';
import { isObject, label, logId, obj, own, resourceLabel, type Json } from '../fields.ts';
import type { ForeignRecord, Source } from '../source.ts';
import { adminObjectEvent, adminRequestEvent, timeOfAdminObject } from './admin.ts';
import { OPERATIONS } from './admin-actions.ts';
import { isCefLine, parseCef } from './cef.ts';
import { timeOfEpoch } from './epoch.ts';
import { formOf, type Form } from './forms.ts';
import { ACCESS, AUTHENTICATIONS, konnectEvent, timeOfKonnect } from './konnect.ts';
import { LOST_RECORDS, lostRecordsEvent } from './lost-records.ts';
import { endsWithRequestId, timeOfAccessLine } from './nginx.ts';
import { requestEvent } from './request.ts';
import { streamEvent } from './stream.ts';

/** Each request has a record of the serializer beside it, which says more. */
const ACCESS_LINE = { kind: 'filtered', rule: 'kong-nginx-access' } as const;
/** Of the gateway, and no record. */
const DIAGNOSTIC = { kind: 'filtered', rule: 'kong-diagnostic' } as const;

const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

export const kong: Source = {
  name: 'kong',
  version: 2,
  methods: [...HTTP_METHODS, 'TCP', ...OPERATIONS, ...AUTHENTICATIONS.keys(), ACCESS, LOST_RECORDS],
  // The wrapper depends on the collector, so a record is known by its own keys, whatever the log is called.
  owns: (entry) => isRecord(entry) || isGateway(entry),
  adopt,
  normalise,
};

function isRecord({ jsonPayload, textPayload }: LogEntry): boolean {
  if (jsonPayload !== undefined) return formOf(jsonPayload) !== undefined;
  return textPayload !== undefined && (isCefLine(textPayload) || endsWithRequestId(textPayload));
}

function normalise(entry: LogEntry): Normalised {
  const { jsonPayload, textPayload } = entry;
  if (jsonPayload !== undefined) return ofRecord(entry, jsonPayload) ?? DIAGNOSTIC;
  if (textPayload !== undefined) return ofText(entry, textPayload.trimEnd());
  return {
    kind: 'refused',
    code: 'payload-missing',
    reason: 'The entry of the Kong container has neither textPayload nor jsonPayload.',
  };
}

function ofRecord(entry: LogEntry, record: Json): Normalised | undefined {
  const form = formOf(record);
  return form === undefined ? undefined : eventOf(form, entry, record);
}

function eventOf(form: Form, entry: LogEntry, record: Json): Normalised {
  switch (form) {
    case 'request':
      return requestEvent(entry, record);
    case 'stream':
      return streamEvent(entry, record);
    case 'admin-request':
      return adminRequestEvent(entry, record);
    case 'admin-object':
      return adminObjectEvent(entry, record);
    case 'konnect':
      return konnectEvent(entry, record);
  }
}

function ofText(entry: LogEntry, line: string): Normalised {
  if (isCefLine(line)) {
    const record = parseCef(line);
    return record === undefined ? CEF_GRAMMAR : konnectEvent(entry, record);
  }
  if (timeOfAccessLine(line) !== undefined) return ACCESS_LINE;
  if (!line.startsWith('{"')) return lostRecordsEvent(entry, line) ?? DIAGNOSTIC;
  try {
    const value: unknown = parseExact(line);
    return (isObject(value) ? ofRecord(entry, value) : undefined) ?? DIAGNOSTIC;
  } catch {
    return CUT_OFF;
  }
}

const CEF_GRAMMAR: Normalised = {
  kind: 'refused',
  code: 'line-grammar',
  reason:
    'The CEF line of Konnect does not follow the format, or has a key twice. JSON has no such ambiguity.',
};

/** Container runtimes cut lines at 16 KB, and not every collector joins them again. */
const CUT_OFF: Normalised = {
  kind: 'refused',
  code: 'line-grammar',
  reason:
    'The line of the Kong container begins as a JSON record and is not valid JSON: it was probably cut at 16 KB by the ' +
    'container runtime. Remove large headers with custom_fields_by_lua, or send the records with http-log.',
};

/** A record that reached us without a LogEntry. It has no log name, so nobody vouches for it. */
function adopt(record: ForeignRecord): LogEntry | undefined {
  if (record.kind === 'text') {
    const textPayload = record.line.trimEnd();
    if (isCefLine(textPayload)) return withTime({ textPayload }, timeOfKonnect(parseCef(textPayload) ?? {}));
    return endsWithRequestId(textPayload)
      ? withTime({ textPayload }, timeOfAccessLine(textPayload))
      : undefined;
  }
  const payload = unwrapped(record.value);
  const form = formOf(payload);
  if (form === undefined) return undefined;
  const jsonPayload = form === 'konnect' ? withDigits(payload, record.text) : payload;
  return withTime({ jsonPayload }, timeOf(form, jsonPayload));
}

/** Konnect's format `cps` has each record under `event`. */
function unwrapped(value: Json): Json {
  const event = obj(value, 'event');
  return event !== undefined && own(event, 'event_vendor') === 'KongInc' ? event : value;
}

/** Konnect's trace ids are integers of 64 bits, which the parsed value no longer holds. */
function withDigits(payload: Json, text: string | undefined): Json {
  const exact = text === undefined ? undefined : parseExact(text);
  return isObject(exact) ? unwrapped(exact) : payload;
}

const withTime = (entry: LogEntry, timestamp: string | undefined): LogEntry =>
  timestamp === undefined ? entry : { ...entry, timestamp };

function timeOf(form: Form, record: Json): string | undefined {
  switch (form) {
    case 'request':
    case 'stream':
      return timeOfEpoch(own(record, 'started_at')) ?? unreadable(record, 'started_at');
    case 'admin-request':
      return timeOfEpoch(own(record, 'request_timestamp')) ?? unreadable(record, 'request_timestamp');
    case 'admin-object':
      return timeOfAdminObject(record) ?? unreadable(record, 'request_timestamp');
    case 'konnect':
      return timeOfKonnect(record) ?? unreadable(record, 'rt');
  }
}

/** A time that is none: the record is not taken for one that states no time. */
function unreadable(record: Json, key: string): string | undefined {
  const value = own(record, key);
  return value === undefined || value === null || value === '' ? undefined : `unreadable ${key}`;
}

const CONTAINERS: ReadonlySet<string> = new Set(['proxy', 'kong', 'kong-gateway']);

/** The gateway's own container, by the names its charts give. `proxy` alone is anybody's. */
function isGateway(entry: LogEntry): boolean {
  if (entry.resource?.type !== 'k8s_container') return false;
  const id = logId(entry);
  if (id !== undefined && id !== 'stdout' && id !== 'stderr') return false;
  if (!CONTAINERS.has(resourceLabel(entry, 'container_name') ?? '')) return false;
  return (
    resourceLabel(entry, 'namespace_name') === 'kong' ||
    resourceLabel(entry, 'pod_name')?.includes('kong') === true ||
    label(entry, 'k8s-pod/app_kubernetes_io/name') === 'kong'
  );
}
