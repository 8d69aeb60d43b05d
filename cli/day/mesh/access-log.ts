/**
 * Access logs of the mesh as Cloud Logging has them (`server-accesslog-stackdriver`, `client-accesslog-stackdriver`):
 * one call is told twice, by the proxy of each end, under one request id. Calls of job APIs leave through the egress
 * gateway, which knows the caller by its certificate and starts TLS towards Google.
 */
import { GKE, PROJECTS, WORKLOADS, spiffe } from '../company.ts';
import type { Workload } from '../company.ts';
import { logNameOf } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';

/** `<namespace>.<policy>` and rule of a DENY policy that matched; null: no ALLOW policy did. */
export type Refusal = { readonly policy: string; readonly rule: string } | null;

interface MeshCall {
  readonly at: number;
  readonly from: Workload;
  readonly to?: Workload;
  readonly method: string;
  /** `http://host/path`, as the client wrote it. */
  readonly url: string;
  readonly status: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly spanIds: readonly [client: string, server: string];
  readonly userAgent: string;
  readonly requestSize: string;
  readonly responseSize: string;
  readonly latencyMs: number;
  readonly connection: string;
  readonly protocol?: 'http' | 'grpc';
  readonly refusedBy?: Refusal;
}

type Reporter = 'client' | 'server';

const host = (workload: Workload): string => `${workload.name}.${workload.namespace}.svc.cluster.local`;

function monitoredResource(reporter: Reporter, workload: Workload): Json {
  return {
    type: reporter === 'server' ? 'k8s_container' : 'k8s_pod',
    labels: {
      cluster_name: GKE.cluster,
      project_id: PROJECTS.mesh.id,
      namespace_name: workload.namespace,
      pod_name: workload.pod,
      location: GKE.location,
      ...(reporter === 'server' ? { container_name: 'istio-proxy' } : {}),
    },
  };
}

function details(call: MeshCall, reporter: Reporter): Json {
  if (call.refusedBy === undefined || reporter === 'client') return { response_details: 'via_upstream' };
  if (call.refusedBy === null) return { response_details: 'AuthzDenied' };
  return {
    response_details: 'AuthzDenied',
    policy_name: call.refusedBy.policy,
    policy_rule: call.refusedBy.rule,
  };
}

function labels(call: MeshCall, reporter: Reporter, to: Workload): Json {
  const sni = `outbound_.8080_._.${host(to)}`;
  return {
    protocol: call.protocol ?? 'http',
    source_app: call.from.name,
    source_name: call.from.pod,
    source_workload: call.from.name,
    source_namespace: call.from.namespace,
    source_principal: spiffe(call.from),
    source_canonical_service: call.from.name,
    source_canonical_revision: 'latest',
    destination_app: to.name,
    destination_name: to.pod,
    destination_workload: to.name,
    destination_namespace: to.namespace,
    destination_principal: spiffe(to),
    destination_canonical_service: to.name,
    destination_canonical_revision: 'latest',
    destination_service_host: host(to),
    destination_service_name: to.name,
    service_authentication_policy: reporter === 'server' ? 'MUTUAL_TLS' : '',
    mesh_uid: GKE.uid,
    request_id: call.requestId,
    connection_id: call.connection,
    log_sampled: 'false',
    response_flag: '-',
    ...details(call, reporter),
    route_name: 'default',
    upstream_cluster: reporter === 'server' ? 'inbound|8080||' : `outbound|8080||${host(to)}`,
    upstream_host: `${to.ip}:8080`,
    ...(reporter === 'server' ? { requested_server_name: sni } : {}),
  };
}

function tell(call: MeshCall, reporter: Reporter): Draft {
  const to = call.to ?? WORKLOADS.egress;
  const failed = call.status >= 400;
  // The server's stream lies inside the client's.
  const latencyMs = reporter === 'server' ? call.latencyMs * 0.96 : call.latencyMs;
  return {
    at: reporter === 'server' ? call.at + 1 : call.at,
    to: 'istio',
    logName: logNameOf(PROJECTS.mesh.id, `${reporter}-accesslog-stackdriver`),
    resource: monitoredResource(reporter, reporter === 'server' ? to : call.from),
    payload: {
      httpRequest: {
        requestMethod: call.method,
        requestUrl: call.url,
        requestSize: call.requestSize,
        status: call.status,
        responseSize: call.responseSize,
        userAgent: call.userAgent,
        remoteIp: call.from.ip,
        serverIp: to.ip,
        latency: `${(latencyMs / 1000).toFixed(6)}s`,
        protocol: call.protocol ?? 'http',
      },
    },
    severity: failed ? 'ERROR' : 'INFO',
    labels: labels(call, reporter, to),
    trace: `projects/${PROJECTS.mesh.id}/traces/${call.traceId}`,
    spanId: call.spanIds[reporter === 'client' ? 0 : 1],
  };
}

/** The caller's record, then the callee's. */
export const meshCall = (call: MeshCall): readonly [client: Draft, server: Draft] => [
  tell(call, 'client'),
  tell(call, 'server'),
];

/** `server-istio-audit-log`: an AUDIT policy matched. It says neither which nor what was decided. */
export function auditPolicyMatch(call: MeshCall): Draft {
  const server = tell(call, 'server');
  const all = labels(call, 'server', call.to ?? WORKLOADS.egress);
  const kept = Object.entries(all).filter(
    ([key]) => /^(source|destination)_/.test(key) && !/_(name|version)$/.test(key),
  );
  return {
    ...server,
    logName: logNameOf(PROJECTS.mesh.id, 'server-istio-audit-log'),
    labels: {
      ...Object.fromEntries(kept),
      destination_service_name: (call.to ?? WORKLOADS.egress).name,
      request_id: call.requestId,
    },
  };
}
