/**
 * LogEntry as a log sink publishes it (google.logging.v2.LogEntry, proto3 JSON) with the AuditLog payload
 * (google.cloud.audit.AuditLog). Deliberately loose where publishers and services differ; strict in nothing that
 * a reader would miss: who, what, when and outcome are never caught away, they are read from the raw value later.
 */
import * as z from 'zod';
import { usualLogEntry } from './usual-log-entry.ts';

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any JSON object, not walked: its reader checks what it takes. */
export const JsonObject = z.custom<Readonly<Record<string, unknown>>>(isPlainObject, 'expected an object');
export type JsonObject = z.infer<typeof JsonObject>;

const text = z.string();
/** Optional field whose wrong type must not cost the entry (shape 17: `"requestMetadata": "..."`). */
const lenient = JsonObject.optional().catch(undefined);
const lenientText = text.optional().catch(undefined);
const lenientList = z.array(z.unknown()).optional().catch(undefined);

export const AuditStatus = z.object({
  code: z.number().int().optional(),
  message: lenientText,
});

export const AuditLog = z.object({
  '@type': lenientText,
  serviceName: text.optional(),
  methodName: text.optional(),
  resourceName: lenientText,
  status: AuditStatus.optional(),
  authenticationInfo: JsonObject.optional(),
  authorizationInfo: lenientList,
  requestMetadata: lenient,
  resourceLocation: lenient,
  request: lenient,
  response: lenient,
  metadata: lenient,
  serviceData: lenient,
  policyViolationInfo: lenient,
  numResponseItems: z.union([text, z.number()]).optional().catch(undefined),
});
export type AuditLog = z.infer<typeof AuditLog>;

export const Operation = z.object({
  id: text.optional(),
  producer: lenientText,
  first: z.boolean().optional().catch(undefined),
  last: z.boolean().optional().catch(undefined),
});

export const Split = z.object({
  uid: text,
  index: z.number().int().nonnegative().optional(),
  totalSplits: z.number().int().positive().optional(),
});

export const MonitoredResource = z.object({ type: lenientText, labels: lenient });

export const LogEntry = z.object({
  logName: text.max(1024).optional(),
  resource: MonitoredResource.optional().catch(undefined),
  protoPayload: AuditLog.optional(),
  textPayload: text.optional(),
  jsonPayload: JsonObject.optional(),
  timestamp: text.optional(),
  receiveTimestamp: lenientText,
  severity: lenientText,
  insertId: text.optional(),
  httpRequest: JsonObject.optional(),
  labels: lenient,
  operation: Operation.optional().catch(undefined),
  trace: lenientText,
  spanId: lenientText,
  split: Split.optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** What LogEntry makes of a value; entries of the usual form are read by hand, with the same result. */
export function parseLogEntry(value: unknown): z.ZodSafeParseResult<LogEntry> {
  const usual = usualLogEntry(value);
  return usual === undefined ? LogEntry.safeParse(value) : { success: true, data: usual };
}
