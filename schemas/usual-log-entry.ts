/**
 * LogEntry read by hand for entries as services write them: every known field absent or of its type. On the path of
 * every entry, and four times as fast as walking the schema; the schema decides about all others, and what both read
 * is equal (test/envelope/log-entry.test.ts).
 */
import type { AuditLog, JsonObject, LogEntry } from './log-entry.ts';

type Status = NonNullable<AuditLog['status']>;
type Resource = NonNullable<LogEntry['resource']>;
type Operation = NonNullable<LogEntry['operation']>;
type Split = NonNullable<LogEntry['split']>;

/**
 * The entry without unknown fields, every known one in one order (absent ones undefined), so that all entries have one
 * shape for the engine. Undefined where the entry is not of the usual form.
 */
export function usualLogEntry(value: unknown): LogEntry | undefined {
  if (!isObject(value)) return undefined;
  const { logName, resource, protoPayload, textPayload, jsonPayload, timestamp, receiveTimestamp } = value;
  const { severity, insertId, httpRequest, labels, operation, trace, spanId, split } = value;
  if (!isText(logName) || (logName !== undefined && logName.length > 1024)) return undefined;
  if (!isText(textPayload) || !isText(timestamp) || !isText(receiveTimestamp)) return undefined;
  if (!isText(severity) || !isText(insertId) || !isText(trace) || !isText(spanId)) return undefined;
  if (!isJson(jsonPayload) || !isJson(httpRequest) || !isJson(labels)) return undefined;
  if (!isResource(resource) || !isOperation(operation) || !isSplit(split)) return undefined;
  const audit = protoPayload === undefined ? undefined : usualAuditLog(protoPayload);
  if (protoPayload !== undefined && audit === undefined) return undefined;
  return {
    logName,
    resource: resource && { type: resource.type, labels: resource.labels },
    protoPayload: audit,
    textPayload,
    jsonPayload,
    timestamp,
    receiveTimestamp,
    severity,
    insertId,
    httpRequest,
    labels,
    operation: operation && {
      id: operation.id,
      producer: operation.producer,
      first: operation.first,
      last: operation.last,
    },
    trace,
    spanId,
    split: split && { uid: split.uid, index: split.index, totalSplits: split.totalSplits },
  };
}

function usualAuditLog(value: unknown): AuditLog | undefined {
  if (!isObject(value)) return undefined;
  const { '@type': type, serviceName, methodName, resourceName, status, authenticationInfo } = value;
  const { authorizationInfo, requestMetadata, resourceLocation, request, response, metadata } = value;
  const { serviceData, policyViolationInfo, numResponseItems } = value;
  if (!isText(type) || !isText(serviceName) || !isText(methodName) || !isText(resourceName)) return undefined;
  if (!isStatus(status) || !isJson(authenticationInfo) || !isList(authorizationInfo)) return undefined;
  if (!isJson(requestMetadata) || !isJson(resourceLocation) || !isJson(request)) return undefined;
  if (!isJson(response) || !isJson(metadata) || !isJson(serviceData)) return undefined;
  if (!isJson(policyViolationInfo) || !isCount(numResponseItems)) return undefined;
  return {
    '@type': type,
    serviceName,
    methodName,
    resourceName,
    status: status && { code: status.code, message: status.message },
    authenticationInfo,
    authorizationInfo,
    requestMetadata,
    resourceLocation,
    request,
    response,
    metadata,
    serviceData,
    policyViolationInfo,
    numResponseItems,
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Each of these takes an absent field too.
const isText = (value: unknown): value is string | undefined =>
  typeof value === 'string' || value === undefined;
const isFlag = (value: unknown): value is boolean | undefined =>
  typeof value === 'boolean' || value === undefined;
const isJson = (value: unknown): value is JsonObject | undefined => value === undefined || isObject(value);
const isList = (value: unknown): value is unknown[] | undefined =>
  value === undefined || Array.isArray(value);
const isCount = (value: unknown): value is string | number | undefined =>
  isText(value) || (typeof value === 'number' && Number.isFinite(value));

const isIntegerFrom = (min: number, value: unknown): value is number | undefined =>
  value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= min);

function isStatus(value: unknown): value is Status | undefined {
  if (value === undefined) return true;
  return isObject(value) && isIntegerFrom(Number.MIN_SAFE_INTEGER, value['code']) && isText(value['message']);
}

function isResource(value: unknown): value is Resource | undefined {
  return value === undefined || (isObject(value) && isText(value['type']) && isJson(value['labels']));
}

function isOperation(value: unknown): value is Operation | undefined {
  if (value === undefined) return true;
  if (!isObject(value) || !isText(value['id']) || !isText(value['producer'])) return false;
  return isFlag(value['first']) && isFlag(value['last']);
}

function isSplit(value: unknown): value is Split | undefined {
  if (value === undefined) return true;
  if (!isObject(value) || typeof value['uid'] !== 'string') return false;
  return isIntegerFrom(0, value['index']) && isIntegerFrom(1, value['totalSplits']);
}
