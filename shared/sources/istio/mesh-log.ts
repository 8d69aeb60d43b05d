/**
 * The mesh's Cloud Logging entries: `server-accesslog-stackdriver`, `client-accesslog-stackdriver` and the AUDIT
 * policies' `server-istio-audit-log`, `client-istio-audit-log`. Source: istio/proxy extensions/stackdriver/log, with
 * every label optional, since the managed data plane's label set is not published.
 *
 * Threat: `requestUrl` is `scheme://AUTHORITY/PATH?QUERY` and the client writes all but the scheme. The authority
 * ends at the first slash; Envoy refuses authorities with a slash, a space or a quote, so a path cannot stand in it.
 */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Claim, IdentityClaims } from '../../identity/claims.ts';
import type { Normalised } from '../../model/event.ts';
import { resourceLabel } from '../fields.ts';
import { accessEvent, clusterOf, countOf, present, type Reporter } from './access.ts';
import { labelledPolicy } from './denial.ts';
import { verdictOf } from './outcome.ts';

export interface MeshLog {
  readonly reporter: 'server' | 'client';
  readonly audit: boolean;
}

export const MESH_LOGS: ReadonlyMap<string, MeshLog> = new Map([
  ['server-accesslog-stackdriver', { reporter: 'server', audit: false }],
  ['client-accesslog-stackdriver', { reporter: 'client', audit: false }],
  ['server-istio-audit-log', { reporter: 'server', audit: true }],
  ['client-istio-audit-log', { reporter: 'client', audit: true }],
]);

/** Labels by their names: reads of fixed keys, since this is the path of most entries. */
type Labels = Readonly<Record<string, unknown>>;
const NO_LABELS: Labels = {};

export function normaliseMeshLog(entry: LogEntry, log: MeshLog): Normalised {
  const { httpRequest } = entry;
  const labels: Labels = entry.labels ?? NO_LABELS;
  const flags = text(labels['response_flag']);
  const details = text(labels['response_details']);
  const service = text(labels['destination_service_host']);
  let status: number | undefined;
  let url = NO_URL;
  let verb: string | undefined;
  if (httpRequest !== undefined) {
    const { requestMethod, requestUrl, status: answered } = httpRequest;
    if (!isTextOrAbsent(requestMethod) || !isTextOrAbsent(requestUrl) || !isStatusOrAbsent(answered)) {
      return {
        kind: 'refused',
        code: 'payload-shape',
        reason: 'The method, the URL or the status of httpRequest is not of the type of a HttpRequest.',
      };
    }
    status = statusOf(answered);
    url = splitUrl(text(requestUrl));
    verb = text(requestMethod) ?? '-';
  }
  const received = httpRequest === undefined ? countOf(labels['total_received_bytes']) : undefined;
  const sent = httpRequest === undefined ? countOf(labels['total_sent_bytes']) : undefined;
  const policy = text(labels['policy_name']);
  const authentication = labels['service_authentication_policy'];
  return accessEvent(entry, {
    reporter: reporterOf(entry, log),
    grade: httpRequest === undefined ? 'connection' : 'request',
    method: verb ?? (isTcp(entry, labels) ? 'TCP' : '-'),
    status,
    host: url.host ?? service,
    target: url.target,
    verdict: verdictOf(status, flags, details),
    identity: identityOf(entry, labels),
    requestId: text(labels['request_id']),
    flags,
    details,
    mtls: authentication === 'MUTUAL_TLS' ? true : authentication === 'NONE' ? false : undefined,
    sourceWorkload: text(labels['source_workload']),
    sourceNamespace: text(labels['source_namespace']),
    destinationWorkload: text(labels['destination_workload']),
    destinationNamespace: text(labels['destination_namespace']),
    destinationService: service,
    policy: policy === undefined ? undefined : labelledPolicy(policy, text(labels['policy_rule'])),
    serverName: httpRequest === undefined ? text(labels['requested_server_name']) : undefined,
    direction: undefined,
    bytesReceived: received,
    bytesSent: sent,
    auditLog: log.audit,
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;
}

const isTextOrAbsent = (value: unknown): value is string | null | undefined =>
  typeof value === 'string' || value === undefined || value === null;

/** An HTTP status as a number or as its digits (the proxy writes text, Cloud Logging a number). */
function isStatusOrAbsent(value: unknown): value is number | string | null | undefined {
  if (value === undefined || value === null || value === '-') return true;
  const status = typeof value === 'string' && value.length > 0 && value.length <= 3 ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 0 && status <= 999;
}

/** TCP entries carry `<source> --> <destination>` as text and counters as labels. */
function isTcp(entry: LogEntry, labels: Labels): boolean {
  return (
    entry.textPayload !== undefined ||
    labels['connection_state'] !== undefined ||
    labels['total_sent_bytes'] !== undefined
  );
}

function identityOf(entry: LogEntry, labels: Labels): IdentityClaims {
  const cluster = clusterOf(entry);
  const caller = spiffe(text(labels['source_principal']), cluster);
  const peer = spiffe(text(labels['destination_principal']), cluster);
  if (caller === undefined) {
    const absent = labels['service_authentication_policy'] === 'NONE' ? 'unauthenticated' : 'not-recorded';
    return peer === undefined ? { absent } : { absent, peer };
  }
  return peer === undefined ? { caller } : { caller, peer };
}

export function spiffe(san: string | null | undefined, cluster: string | undefined): Claim | undefined {
  const uri = present(san);
  if (uri === undefined) return undefined;
  return cluster === undefined ? { kind: 'spiffe', uri } : { kind: 'spiffe', uri, cluster };
}

/** A gateway writes the client's log too, for callers that are not in the mesh. */
function reporterOf(entry: LogEntry, log: MeshLog): Reporter {
  return log.reporter === 'client' && isGatewayPod(resourceLabel(entry, 'pod_name'))
    ? 'gateway'
    : log.reporter;
}

/** The names Istio's own charts and profiles give their gateways. */
export function isGatewayPod(pod: string | undefined): boolean {
  return (
    pod !== undefined && (pod.startsWith('istio-ingressgateway') || pod.startsWith('istio-egressgateway'))
  );
}

/** Digits in text or a number; undefined for none (0 is an answer: no response was seen). */
export function statusOf(status: string | number | null | undefined): number | undefined {
  if (status === null || status === undefined || status === '-') return undefined;
  return typeof status === 'number' ? status : Number(status);
}

interface Url {
  readonly host: string | undefined;
  readonly target: string | undefined;
}
const NO_URL: Url = { host: undefined, target: undefined };

function splitUrl(url: string | undefined): Url {
  if (url === undefined) return NO_URL;
  const scheme = url.indexOf('://');
  const start = scheme < 0 ? 0 : scheme + 3;
  let slash = url.indexOf('/', start);
  if (slash < 0) slash = url.length;
  const query = url.indexOf('?', start);
  if (query >= 0 && query < slash) slash = query;
  const target = slash === url.length ? '/' : url.slice(slash);
  return { host: slash > start ? url.slice(start, slash) : undefined, target };
}
