/** Envoy's own access log, TEXT or JSON, as the containers of the mesh's proxies print it. */
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Claim, DelegationLink, IdentityClaims } from '../../identity/claims.ts';
import type { Normalised } from '../../model/event.ts';
import { label, own, resourceLabel, type Json } from '../fields.ts';
import { accessEvent, clusterOf, countOf, present, type AccessRecord, type Reporter } from './access.ts';
import { parseEnvoyLine } from './envoy-line.ts';
import { isGatewayPod, spiffe, statusOf } from './mesh-log.ts';
import { grpcVerdict, verdictOf } from './outcome.ts';
import { EnvoyJson } from './schema.ts';

export function normaliseEnvoyLine(entry: LogEntry, line: string): Normalised {
  const fields = parseEnvoyLine(line);
  if (fields === undefined) {
    return {
      kind: 'refused',
      code: 'line-grammar',
      reason:
        "The line begins as an Envoy access line and does not follow Istio's default text format, or a quote in it " +
        'lets it be read in more than one way. JSON encoding (accessLogEncoding: JSON) has no such ambiguity.',
    };
  }
  return envoyEvent(entry, {
    method: fields.method,
    path: fields.path,
    protocol: fields.protocol,
    authority: fields.authority,
    response_code: fields.status,
    response_flags: fields.flags,
    response_code_details: fields.details,
    connection_termination_details: fields.termination,
    request_id: fields.requestId,
    upstream_cluster: fields.upstreamCluster,
    requested_server_name: fields.serverName,
    bytes_received: fields.bytesReceived,
    bytes_sent: fields.bytesSent,
  });
}

/** Keys only an access log has; `message`, `level` and the like are the proxy's own talk. */
const MARKS = [
  'response_code',
  'response_flags',
  'response_code_details',
  'upstream_cluster',
  'downstream_remote_address',
];

/** Two of Envoy's keys: one could be a coincidence. */
export function looksLikeEnvoyJson(payload: Json): boolean {
  let marks = 0;
  for (const key of MARKS) if (own(payload, key) !== undefined) marks += 1;
  return marks >= 2;
}

export function normaliseEnvoyJson(entry: LogEntry, payload: Json): Normalised {
  const parsed = EnvoyJson.safeParse(payload);
  if (parsed.success) return envoyEvent(entry, parsed.data);
  const key = parsed.error.issues[0]?.path.join('.') ?? '';
  return {
    kind: 'refused',
    code: 'payload-shape',
    reason: `The Envoy access record's ${key} is not of the type Envoy writes.`,
  };
}

/** Istio's own clusters for traffic to a destination that no service of the mesh is. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'PassthroughCluster',
  'BlackHoleCluster',
  'InboundPassthroughCluster',
  'InboundPassthroughClusterIpv4',
  'InboundPassthroughClusterIpv6',
]);

function envoyEvent(entry: LogEntry, fields: EnvoyJson): Normalised {
  const verb = present(fields.method);
  const status = statusOf(fields.response_code);
  const flags = present(fields.response_flags);
  const details = present(fields.response_code_details) ?? present(fields.connection_termination_details);
  const cluster = present(fields.upstream_cluster);
  const serverName = present(fields.requested_server_name);
  const reporter = reporterOf(entry, cluster, serverName);
  // A connection has no verb and no answer; a request too broken to have a verb is answered all the same.
  const connection = verb === undefined && (status ?? 0) === 0;
  const record: AccessRecord = {
    reporter,
    grade: connection ? 'connection' : 'request',
    method: verb ?? (connection ? 'TCP' : '-'),
    status,
    host: present(fields.authority),
    target: present(fields.path),
    verdict: grpcVerdict(verdictOf(status, flags, details), fields.grpc_status ?? undefined),
    identity: identityOf(entry, fields, reporter),
    requestId: present(fields.request_id),
    flags,
    details,
    mtls: present(fields.downstream_peer_uri_san) === undefined ? undefined : true,
    destinationService: serviceOf(cluster, serverName),
    outsideCluster: cluster !== undefined && OUTSIDE.has(cluster) ? cluster : undefined,
    serverName,
    bytesReceived: connection ? countOf(fields.bytes_received) : undefined,
    bytesSent: connection ? countOf(fields.bytes_sent) : undefined,
  };
  return accessEvent(entry, record);
}

/**
 * The peer's certificate is who called; a proxy that opens the connection (a sidecar's outbound side) is the caller
 * itself. The token's principal and the XFCC chain are whom the caller acted for, as those fields record it.
 */
function identityOf(entry: LogEntry, fields: EnvoyJson, reporter: Reporter | undefined): IdentityClaims {
  const cluster = clusterOf(entry);
  const itself =
    reporter === 'client' && fields.upstream_local_uri_san !== undefined
      ? spiffe(fields.upstream_local_uri_san, cluster)
      : undefined;
  const proven = spiffe(fields.downstream_peer_uri_san, cluster) ?? itself;
  const xfcc = xfccClaim(present(fields.x_forwarded_client_cert) ?? present(fields.xfcc), cluster);
  const token = tokenClaim(
    present(fields.request_principal) ??
      present(fields.requested_principal) ??
      present(fields.request_auth_principal),
    cluster,
  );
  const caller = proven ?? xfcc ?? token;
  const peer =
    spiffe(fields.downstream_local_uri_san, cluster) ?? spiffe(fields.upstream_peer_uri_san, cluster);
  const delegation: DelegationLink[] = [];
  if (token !== undefined && token !== caller)
    delegation.push({ claim: token, recordedBy: 'request-principal' });
  if (xfcc !== undefined && xfcc !== caller) delegation.push({ claim: xfcc, recordedBy: 'xfcc' });
  return {
    ...(caller === undefined ? { absent: 'not-recorded' as const } : { caller }),
    ...(delegation.length === 0 ? {} : { delegation }),
    ...(peer === undefined ? {} : { peer }),
  };
}

function xfccClaim(header: string | undefined, cluster: string | undefined): Claim | undefined {
  if (header === undefined) return undefined;
  return cluster === undefined ? { kind: 'xfcc', header } : { kind: 'xfcc', header, cluster };
}

function tokenClaim(value: string | undefined, cluster: string | undefined): Claim | undefined {
  if (value === undefined) return undefined;
  return cluster === undefined
    ? { kind: 'request-principal', value }
    : { kind: 'request-principal', value, cluster };
}

/** Which side of the call the proxy was, from the direction in its cluster's name (`inbound|8080||`). */
function reporterOf(
  entry: LogEntry,
  cluster: string | undefined,
  serverName: string | undefined,
): Reporter | undefined {
  const labelled = label(entry, 'k8s-pod/istio');
  if (labelled === 'ingressgateway' || labelled === 'egressgateway') return 'gateway';
  if (isGatewayPod(resourceLabel(entry, 'pod_name'))) return 'gateway';
  if (cluster !== undefined) {
    if (cluster.startsWith('inbound|') || cluster.startsWith('InboundPassthrough')) return 'server';
    if (
      cluster.startsWith('outbound|') ||
      cluster === 'PassthroughCluster' ||
      cluster === 'BlackHoleCluster'
    ) {
      return 'client';
    }
  }
  // A sidecar's peers name the service they call in the SNI: what arrives with one is inbound.
  return serverName?.startsWith('outbound_.') ? 'server' : undefined;
}

/** `outbound|9080|v1|HOST` or the SNI `outbound_.9080_.v1_.HOST` of a sidecar's mTLS connection. */
function serviceOf(cluster: string | undefined, serverName: string | undefined): string | undefined {
  if (cluster?.startsWith('outbound|')) {
    const last = cluster.lastIndexOf('|');
    const end = cluster.indexOf(';', last);
    return present(cluster.slice(last + 1, end < 0 ? cluster.length : end));
  }
  if (!serverName?.startsWith('outbound_.')) return undefined;
  return present(serverName.slice(serverName.lastIndexOf('_.') + 2));
}
