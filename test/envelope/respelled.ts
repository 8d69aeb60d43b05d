/** What other platforms make of a LogEntry, for tests: written from their formats, not from what puts it back. */
import * as fc from 'fast-check';

type Json = Record<string, unknown>;

/** Below these the keys are their writer's, and the platforms leave them alone. */
const OTHERS: ReadonlySet<string> = new Set([
  'labels',
  'request',
  'response',
  'metadata',
  'serviceData',
  'resourceOriginalState',
  'jsonPayload',
  'details',
  'serviceMetadata',
  'thirdPartyPrincipal',
  'thirdPartyClaims',
  'auth',
  'headers',
  'resourceTags',
  'payload',
]);
const AS_TEXT: ReadonlySet<string> = new Set(['request', 'response', 'metadata']);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every key of the API with the spelling that `spell` gives it. */
function respelled(value: unknown, spell: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => respelled(item, spell));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      spell(key),
      OTHERS.has(key) ? member : respelled(member, spell),
    ]),
  );
}

const lower = (key: string): string => (key === '@type' ? 'at_sign_type' : key.toLowerCase());
const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `2026-01-02T03:04:05.6Z` → `2026-01-02 03:04:05.6`. */
function withoutZone(entry: Json, keys: readonly string[]): Json {
  const changed = { ...entry };
  for (const key of keys) {
    const time = changed[key];
    if (typeof time === 'string' && time.endsWith('Z')) changed[key] = time.replace('T', ' ').slice(0, -1);
  }
  return changed;
}

const TIMES = ['timestamp', 'receiveTimestamp'];

/** Panther's tables: columns in lower case, what stands in them mostly not, and its own beside them. */
export function panther(entry: Json): Json {
  const audit = entry['protoPayload'];
  const dated = withoutZone(entry, TIMES);
  const row: Json = { p_log_type: 'GCP.AuditLog', p_event_time: dated['timestamp'], p_any_emails: ['a@b.c'] };
  for (const [key, value] of Object.entries(dated)) row[key.toLowerCase()] = value;
  if (isObject(audit)) {
    const { '@type': type, requestMetadata, ...rest } = audit;
    row['protopayload'] = {
      ...(type === undefined ? undefined : { at_sign_type: type }),
      ...rest,
      ...(isObject(requestMetadata)
        ? { requestMetadata: { ...requestMetadata, callerIP: requestMetadata['callerIp'], callerIp: null } }
        : undefined),
    };
  }
  return row;
}

/** A row of BigQuery's log tables as `bq query --format=json` prints it. */
export function bigquery(entry: Json): Json {
  const { protoPayload: audit, ...rest } = entry;
  const row: Json = { textPayload: null, httpRequest: null, split: null, ...withoutZone(rest, TIMES) };
  if (!isObject(audit)) return row;
  const columns: Json = { servicedata_v1_bigquery: null, resourceLocation: null };
  for (const [key, value] of Object.entries(audit)) {
    if (key === '@type') continue;
    if (AS_TEXT.has(key)) columns[`${key}Json`] = JSON.stringify(value);
    else columns[key] = key === 'authorizationInfo' || key === 'status' ? asTexts(value) : value;
  }
  row['protopayload_auditlog'] = columns;
  if (isObject(entry['operation'])) row['operation'] = asTexts(entry['operation']);
  return row;
}

/** Booleans and numbers as texts. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, OTHERS.has(key) ? member : asTexts(member)]),
    );
  }
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
}

export const allLower = (entry: Json): Json => respelled(withoutZone(entry, TIMES), lower) as Json;
export const allSnake = (entry: Json): Json => respelled(entry, snake) as Json;

/** int64 as proto3 JSON has them, in quotes, become the numbers that they are; a jsonPayload has doubles only. */
const withBareNumbers = (text: string): string => text.replaceAll(/"([1-9][0-9]{16,19})"(?!:)/g, '$1');

export const anyReexport: fc.Arbitrary<(entry: Json) => string> = fc
  .tuple(fc.constantFrom(panther, bigquery, allLower, allSnake), fc.boolean())
  .map(([style, bare]) => (entry) => {
    const text = JSON.stringify(style(entry));
    return bare && entry['protoPayload'] !== undefined ? withBareNumbers(text) : text;
  });
