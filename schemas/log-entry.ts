/**
 * LogEntry as a log sink publishes it (google.logging.v2.LogEntry, proto3 JSON) with the AuditLog payload
 * (google.cloud.audit.AuditLog). Deliberately loose where publishers and services differ; strict in nothing that
 * a reader would miss: who, what, when and outcome are never caught away, they are read from the raw value later.
 */
import * as z from 'zod';

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

/**
 * The same schema without its `.catch`es, which cost half the time of a check. An entry that passes here is what
 * LogEntry makes of it; only one that does not is checked again, leniently.
 */
const UsualLogEntry = withoutCatch(LogEntry);

export function parseLogEntry(value: unknown): z.ZodSafeParseResult<LogEntry> {
  const usual = UsualLogEntry.safeParse(value);
  return usual.success ? usual : LogEntry.safeParse(value);
}

function withoutCatch<T extends z.ZodType>(schema: T): T;
function withoutCatch(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodCatch) return withoutCatch(unwrapped(schema));
  if (schema instanceof z.ZodOptional) return withoutCatch(unwrapped(schema)).optional();
  if (!(schema instanceof z.ZodObject)) return schema;
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return z.object(
    Object.fromEntries(
      Object.entries(shape).map(([key, field]) => [
        key,
        field instanceof z.ZodType ? withoutCatch(field) : z.never(),
      ]),
    ),
  );
}

/** zod types what a generic wrapper holds as its core type only. */
function unwrapped(schema: z.ZodCatch | z.ZodOptional): z.ZodType {
  const inner = schema.unwrap();
  return inner instanceof z.ZodType ? inner : z.never();
}
