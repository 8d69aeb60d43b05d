/**
 * The keys that a LogEntry and its AuditLog have by definition, and how another platform spells them: in lower case
 * (Panther, Athena), with underscores (protobuf printers), as columns of BigQuery's log tables. Google's are
 * google.logging.v2.LogEntry and google.cloud.audit.AuditLog with google.rpc.context.AttributeContext; BigQuery's are
 * https://cloud.google.com/logging/docs/export/bigquery. Below `request`, `response`, `metadata`, labels and the like the
 * keys belong to whoever wrote them, and none is looked at; of a jsonPayload the `@type` alone is Google's.
 */

/** What stands at a key, and what a re-export may have made of it. */
type Kind =
  /** As it is: text, or an object whose keys are its writer's. */
  | 'any'
  /** An object whose keys are its writer's; BigQuery has it as JSON text under the key with `Json` behind it. */
  | 'object'
  /** `"true"` stands for true. */
  | 'boolean'
  /** `"7"` stands for 7. */
  | 'integer';

interface Keys {
  readonly [key: string]: Kind | Keys | readonly [Keys];
}

export interface Place {
  /** By spelling without case and underscores. */
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Field {
  /** As the API spells it. */
  readonly name: string;
  readonly kind: Kind;
  /** Of an object, or of the objects of a list. */
  readonly place?: Place;
  /** JSON in a text, and nothing else. */
  readonly text?: true;
  /** What the key itself says of the object's `@type`. */
  readonly type?: string;
}

const PRINCIPAL: Keys = { principalEmail: 'any', serviceMetadata: 'any' };

const AUDIT_LOG: Keys = {
  '@type': 'any',
  serviceName: 'any',
  methodName: 'any',
  resourceName: 'any',
  numResponseItems: 'any',
  resourceLocation: { currentLocations: 'any', originalLocations: 'any' },
  resourceOriginalState: 'object',
  status: { code: 'integer', message: 'any', details: 'any' },
  authenticationInfo: {
    principalEmail: 'any',
    principalSubject: 'any',
    authoritySelector: 'any',
    thirdPartyPrincipal: 'any',
    serviceAccountKeyName: 'any',
    serviceAccountDelegationInfo: [
      {
        principalSubject: 'any',
        firstPartyPrincipal: PRINCIPAL,
        thirdPartyPrincipal: { thirdPartyClaims: 'any' },
      },
    ],
    serviceDelegationHistory: { originalPrincipal: 'any', serviceMetadata: [PRINCIPAL] },
    oauthInfo: { oauthClientId: 'any' },
  },
  authorizationInfo: [
    {
      resource: 'any',
      permission: 'any',
      granted: 'boolean',
      permissionType: 'any',
      resourceAttributes: { service: 'any', name: 'any', type: 'any', labels: 'any' },
    },
  ],
  policyViolationInfo: {
    orgPolicyViolationInfo: {
      payload: 'any',
      resourceType: 'any',
      resourceTags: 'any',
      violationInfo: [{ constraint: 'any', errorMessage: 'any', checkedValue: 'any', policyType: 'any' }],
    },
  },
  requestMetadata: {
    callerIp: 'any',
    callerSuppliedUserAgent: 'any',
    callerNetwork: 'any',
    requestAttributes: { id: 'any', time: 'any', auth: 'any', headers: 'any', reason: 'any' },
    destinationAttributes: { ip: 'any', port: 'any', principal: 'any', regionCode: 'any', labels: 'any' },
  },
  request: 'object',
  response: 'object',
  metadata: 'object',
  serviceData: 'object',
};

const LOG_ENTRY: Keys = {
  logName: 'any',
  insertId: 'any',
  timestamp: 'any',
  receiveTimestamp: 'any',
  severity: 'any',
  labels: 'any',
  trace: 'any',
  spanId: 'any',
  traceSampled: 'boolean',
  textPayload: 'any',
  jsonPayload: { '@type': 'any' },
  protoPayload: AUDIT_LOG,
  resource: { type: 'any', labels: 'any' },
  operation: { id: 'any', producer: 'any', first: 'boolean', last: 'boolean' },
  split: { uid: 'any', index: 'integer', totalSplits: 'integer' },
  httpRequest: {
    requestMethod: 'any',
    requestUrl: 'any',
    requestSize: 'any',
    status: 'integer',
    responseSize: 'any',
    userAgent: 'any',
    remoteIp: 'any',
    serverIp: 'any',
    referer: 'any',
    latency: 'any',
    protocol: 'any',
  },
  sourceLocation: { file: 'any', line: 'any', function: 'any' },
};

const AUDIT_TYPE = 'type.googleapis.com/google.cloud.audit.AuditLog';

/** Columns whose name is not the key's: BigQuery writes the type of the message into it. */
const COLUMNS: Readonly<Record<string, readonly [key: string, type: string]>> = {
  protopayload_auditlog: ['protoPayload', AUDIT_TYPE],
  servicedata_v1_bigquery: ['serviceData', 'type.googleapis.com/google.cloud.bigquery.logging.v1.AuditData'],
  servicedata_v1_iam: ['serviceData', 'type.googleapis.com/google.iam.v1.logging.AuditData'],
  servicedata_v1_iam_admin: ['serviceData', 'type.googleapis.com/google.iam.admin.v1.AuditData'],
};

/** `@` is no letter of a column's name. */
const TYPE_COLUMNS = ['at_sign_type', 'at_type'];
/** No key of the API is longer. */
const MAX_KEY = 64;

/** The field that a key names at a place, however it is spelled; undefined for a key of no known field. */
export function fieldAt(place: Place, key: string): Field | undefined {
  return key.length > MAX_KEY ? undefined : place.fields.get(spelling(key));
}

/** What all spellings of a key have in common. */
const spelling = (key: string): string => key.toLowerCase().replaceAll('_', '');

function placeOf(keys: Keys): Place {
  const fields = new Map<string, Field>();
  for (const [name, value] of Object.entries(keys)) {
    const field = fieldOf(name, value);
    fields.set(spelling(name), field);
    if (name === '@type') for (const column of TYPE_COLUMNS) fields.set(spelling(column), field);
    if (field.kind === 'object') fields.set(spelling(`${name}Json`), { ...field, text: true });
  }
  for (const [column, [name, type]] of Object.entries(COLUMNS)) {
    const field = fields.get(spelling(name));
    if (field !== undefined) fields.set(spelling(column), { ...field, type });
  }
  return { fields };
}

function fieldOf(name: string, value: Kind | Keys | readonly [Keys]): Field {
  if (typeof value === 'string') return { name, kind: value };
  return { name, kind: 'any', place: placeOf(isList(value) ? value[0] : value) };
}

const isList = (value: Keys | readonly [Keys]): value is readonly [Keys] => Array.isArray(value);

export const ENTRY_PLACE: Place = placeOf(LOG_ENTRY);
