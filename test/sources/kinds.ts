/**
 * Which kind of entry a sample is, told by what came in: a log id, a record's own marks, and for audit entries the action
 * that the source's table gives the method, since that is what its readers are made for.
 */
import type { LogEntry } from '../../schemas/log-entry.ts';
import { isObject, logId, own, str } from '../../shared/sources/fields.ts';
import type { SourceName } from '../../shared/sources/source.ts';

/** Sources of many services: an action of one is not an action of another. */
const BY_SERVICE: ReadonlySet<SourceName> = new Set(['iam', 'platform', 'kubernetes']);

/**
 * Undefined for what is of no kind: a method that no table knows, an audit entry that is left out or cannot be read.
 */
export function kindOf(source: SourceName, entry: LogEntry, action: string | undefined): string | undefined {
  const payload = entry.protoPayload;
  if (payload === undefined) return recordKind(source, entry);
  if (action === undefined || action === 'unclassified') return undefined;
  const service = payload.serviceName?.split('.')[0] ?? '-';
  return BY_SERVICE.has(source) ? `${service} ${action}` : action;
}

function recordKind(source: SourceName, entry: LogEntry): string | undefined {
  const { jsonPayload, textPayload } = entry;
  switch (source) {
    case 'istio':
      return meshKind(entry);
    case 'kong':
      return gatewayKind(jsonPayload, textPayload);
    case 'dataproc':
    case 'dataflow':
      return `log ${logFamily(logId(entry) ?? '-')}`;
    case 'databricks':
      return jsonPayload !== undefined && str(jsonPayload, 'serviceName') !== undefined
        ? `file ${str(jsonPayload, 'serviceName')}`
        : jsonPayload !== undefined && str(jsonPayload, 'service_name') !== undefined
          ? 'system table row'
          : 'notification';
    case 'storage':
      return jsonPayload !== undefined && str(jsonPayload, 'type') !== undefined
        ? 'object event'
        : 'notification';
    case 'openlineage':
      return isObject(own(jsonPayload, 'run'))
        ? 'run event'
        : isObject(own(jsonPayload, 'dataset'))
          ? 'dataset event'
          : 'job event';
    case 'logging':
      return 'sink error';
    case 'observed':
      return str(jsonPayload, 'kind') === 'metric' ? 'metric' : 'job';
    case 'canary':
      return 'canary';
    case 'approvals':
    case 'deployments':
      return 'record';
    case 'bigquery':
    case 'spanner':
    case 'pubsub':
    case 'iam':
    case 'kubernetes':
    case 'platform':
      return 'entry without a payload';
  }
}

/** Logs that show work; every other log of an engine is its daemons' own talk. */
const WORK_LOGS: readonly (readonly [prefix: string, family: string])[] = [
  ['dataproc.job.', 'driver'],
  ['dataproc.googleapis.com/output', 'output'],
  ['dataproc.googleapis.com/spark', 'output'],
  ['yarn-userlogs', 'container'],
  ['hadoop-yarn-resourcemanager', 'resource manager'],
  ['gateway-audit', 'Knox'],
  ['knox', 'Knox'],
  ['jupyter_', 'notebook'],
  ['dataflow.googleapis.com/job-message', 'job message'],
  ['dataflow.googleapis.com/worker', 'worker'],
  ['dataflow.googleapis.com/harness', 'worker'],
  ['dataflow.googleapis.com/launcher', 'worker'],
];

const logFamily = (id: string): string =>
  WORK_LOGS.find(([prefix]) => id.startsWith(prefix))?.[1] ?? 'of daemons';

function meshKind(entry: LogEntry): string {
  const id = logId(entry) ?? '-';
  const shape = entry.httpRequest?.requestMethod === undefined ? 'connection' : 'request';
  if (id.includes('accesslog')) return `access log, ${shape}`;
  if (id.includes('audit-log')) return 'audit log';
  if (entry.jsonPayload !== undefined)
    return own(entry.jsonPayload, 'bytes_recv') === undefined ? 'Envoy JSON' : 'ztunnel';
  const text = entry.textPayload ?? '';
  if (text.startsWith('[2')) return 'Envoy text';
  return text.includes('src.addr') || text.includes('access') ? 'ztunnel' : 'diagnostic';
}

function gatewayKind(record: LogEntry['jsonPayload'], text: string | undefined): string {
  if (record === undefined) {
    if (text?.includes('CEF:') === true) return 'Konnect CEF';
    if (text?.includes('queue.lua') === true) return 'error log';
    return text?.startsWith('{"') === true ? 'request' : 'diagnostic';
  }
  if (own(record, 'event_vendor') !== undefined) {
    const name = str(record, 'name') ?? '';
    if (name.startsWith('AUTHENTICATION_')) return 'Konnect authentication';
    if (name.startsWith('Authz.')) return 'Konnect authorization';
    return name === 'Ingress' ? 'Konnect access' : 'Konnect of another kind';
  }
  if (own(record, 'dao_name') !== undefined || own(record, 'entity') !== undefined) return 'Admin API object';
  if (own(record, 'rbac_user_id') !== undefined || own(record, 'request_timestamp') !== undefined) {
    return 'Admin API request';
  }
  if (own(record, 'session') !== undefined) return 'stream';
  return own(record, 'request') !== undefined || own(record, 'response') !== undefined
    ? 'request'
    : 'diagnostic';
}
