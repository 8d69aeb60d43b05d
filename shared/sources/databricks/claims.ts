/** Declared evidence fields of an audit event: short scalars, no SQL, no commands, no arguments of jobs. */
import { isObject, own, str, strings, type Json } from '../fields.ts';
import type { JobTarget } from './target.ts';
import { anyOf, nested, nestedList, scalar, type AuditRecord } from './record.ts';

export type Claims = Record<string, string | number | boolean>;

const MAX_CLAIM = 256;
/** The tag in which a gateway leaves the id of the request. A cut id could be another request's: too long is none. */
const GATEWAY_REQUEST = 'gw-request-id';
const MAX_REQUEST_ID = 128;

/** Claim → parameters it is read from, in both spellings. */
const CLAIMS: readonly (readonly [claim: string, keys: readonly string[]])[] = [
  ['jobDefinition', ['jobId', 'job_id']],
  ['taskKey', ['taskKey']],
  ['trigger', ['jobTriggerType']],
  ['taskType', ['jobTaskType']],
  ['terminalState', ['jobTerminalState']],
  ['repair', ['repairId', 'latest_repair_id']],
  ['cluster', ['clusterName', 'cluster_name', 'clusterId', 'cluster_id', 'existing_cluster_id']],
  ['clusterType', ['jobClusterType']],
  ['singleUser', ['single_user_name']],
  ['clusterPolicy', ['policy_id']],
  ['targetUser', ['targetUserName', 'targetUserId']],
  ['targetGroup', ['targetGroupName', 'targetGroupId']],
  ['principal', ['principal']],
  ['permission', ['aclPermissionSet', 'permission']],
  ['securableType', ['securable_type']],
  ['operation', ['operation']],
  ['metastore', ['metastore_id', 'metastoreId']],
  ['recipient', ['recipient_name']],
  ['recipientAuthentication', ['recipient_authentication_type']],
  ['share', ['share']],
  ['scope', ['scope']],
  ['key', ['key']],
  ['authenticationMethod', ['authentication_method']],
  ['tokenHash', ['tokenHash']],
  ['tokenExpiration', ['tokenExpirationTime']],
  ['settingKeys', ['workspaceConfKeys', 'settingTypeName']],
  ['settingValues', ['workspaceConfValues', 'settingValueForAudit']],
  ['scriptSha256', ['script-SHA256']],
  ['enabled', ['enabled']],
  ['command', ['commandId']],
  ['language', ['commandLanguage']],
  ['seconds', ['executionTime']],
  ['exportFormat', ['workspaceExportFormat']],
  ['approver', ['approver']],
  ['fileType', ['fileType']],
  ['tokenLifetime', ['delta_sharing_recipient_token_lifetime_in_seconds']],
  ['duration', ['duration']],
];

/** Parameter → the claim it is read for, and how many go before it there. */
const CLAIM_OF: ReadonlyMap<string, { readonly claim: number; readonly rank: number }> = new Map(
  CLAIMS.flatMap(([, keys], claim) => keys.map((key, rank) => [key, { claim, rank }] as const)),
);

/** By the parameters that are there, of which an event has few. */
function setDeclared(claims: Claims, params: Json): void {
  const found: (string | undefined)[] = [];
  const ranks: number[] = [];
  for (const key of Object.keys(params)) {
    const place = CLAIM_OF.get(key);
    if (place === undefined || (ranks[place.claim] ?? Infinity) < place.rank) continue;
    const value = scalar(params, key);
    if (value === undefined) continue;
    found[place.claim] = value;
    ranks[place.claim] = place.rank;
  }
  found.forEach((value, claim) => set(claims, CLAIMS[claim]?.[0] ?? '', value));
}

export function claimsOf(record: AuditRecord, target: JobTarget): Claims {
  const claims: Claims = {};
  const { params, result } = record;
  setDeclared(claims, params);
  set(claims, 'repair', anyOf(result, 'repair_id'));
  set(claims, 'taskRun', target.taskRun);
  // Elsewhere `version` may be that of the record's own schema.
  if (record.service === 'modelRegistry') set(claims, 'modelVersion', anyOf(params, 'version'));
  if (record.service === 'logDelivery') set(claims, 'deliveryStatus', anyOf(params, 'status'));
  if (record.service === 'dbfs') set(claims, 'mountSource', anyOf(params, 'source'));
  // Whoever owns the metastore administers it.
  if (record.action === 'updateMetastore') set(claims, 'newOwner', anyOf(params, 'owner'));
  // Where the cluster's own logs go; a cluster without keeps them to itself.
  if (record.service === 'clusters' && nested(params, 'cluster_log_conf') !== undefined) {
    claims['clusterLogs'] = true;
  }
  // Tags of a cluster are what jobs and batches have labels for.
  const tag = str(nested(params, 'custom_tags'), GATEWAY_REQUEST);
  if (tag !== undefined && tag.length <= MAX_REQUEST_ID) claims['gatewayRequestId'] = tag;
  set(claims, 'callerIp', record.sourceIp);
  set(claims, 'level', record.level);
  set(claims, 'ipAccessList', addresses(record));
  if (Object.hasOwn(params, 'TRUNCATED')) claims['truncated'] = true;
  if (IDS.some((key) => isRounded(own(params, key)))) claims['idRounded'] = true;
  if (scheduled(record)) claims['scheduled'] = true;
  addGrants(claims, record);
  return claims;
}

/** Ids of jobs and runs have 64 bits; one that came as a number through a parser of doubles names something else. */
const IDS = ['job_id', 'jobId', 'run_id', 'runId', 'multitaskParentRunId', 'parentRunId'];
const isRounded = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

/** An empty list lets everybody in, so it is told apart from none. */
function addresses({ params }: AuditRecord): string | undefined {
  for (const key of ['ipAccessList', 'ip_access_list', 'ipAddresses']) {
    const listed = own(params, key);
    if (Array.isArray(listed)) return `[${strings(params, key).join(',')}]`;
    if (typeof listed === 'string' && listed !== '') return listed;
  }
  return undefined;
}

function set(claims: Claims, key: string, value: string | undefined): void {
  if (value === undefined) return;
  claims[key] = value.length > MAX_CLAIM ? `${value.slice(0, MAX_CLAIM).toWellFormed()}…` : value;
}

/** True of a definition that starts runs by itself. */
function scheduled({ service, params }: AuditRecord): boolean {
  if (service.toLowerCase() !== 'jobs') return false;
  const settings = nested(params, 'new_settings');
  return [params, settings].some((from) =>
    ['schedule', 'trigger', 'continuous'].some((key) => nested(from, key) !== undefined),
  );
}

/** Unity Catalog lists what it gives and takes: `[{"principal":"p","add":["SELECT"],"remove":[]}]`. */
function addGrants(claims: Claims, { params }: AuditRecord): void {
  const granted: string[] = [];
  const revoked: string[] = [];
  for (const change of nestedList(params, 'changes')) {
    if (!isObject(change)) continue;
    const principal = str(change, 'principal') ?? scalar(change, 'principal_id') ?? '?';
    const add = strings(change, 'add');
    const remove = strings(change, 'remove');
    if (add.length > 0) granted.push(`${principal}: ${add.join(',')}`);
    if (remove.length > 0) revoked.push(`${principal}: ${remove.join(',')}`);
  }
  if (granted.length > 0) set(claims, 'granted', granted.join('; '));
  if (revoked.length > 0) set(claims, 'revoked', revoked.join('; '));
}
