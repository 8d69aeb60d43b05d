/**
 * The egress gateway's own access log, Envoy's JSON on standard output. It checks the token that a signed-in person's call
 * carries, and its line names that person beside the workload (`request.auth.principal`), which no label of the sidecars' log does.
 */
import { GKE, LOGIN, PROJECTS, WORKLOADS, spiffe } from '../company.ts';
import type { Workload } from '../company.ts';
import { logNameOf } from '../entry.ts';
import type { Draft } from '../entry.ts';

export interface EgressCall {
  readonly at: number;
  /** Epoch milliseconds of `at`. */
  readonly startedAt: number;
  readonly from: Workload;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestId: string;
  /** Whose token it carries: a name of the login service. */
  readonly signedIn?: string;
  readonly protocol?: 'http' | 'grpc';
}

export function egressRecord(call: EgressCall): Draft {
  const { host, pathname, search } = new URL(call.url);
  const { egress } = WORKLOADS;
  const grpc = call.protocol === 'grpc';
  return {
    at: call.at,
    to: 'istio',
    logName: logNameOf(PROJECTS.mesh.id, 'stdout'),
    resource: {
      type: 'k8s_container',
      labels: {
        project_id: PROJECTS.mesh.id,
        location: GKE.location,
        cluster_name: GKE.cluster,
        namespace_name: egress.namespace,
        pod_name: egress.pod,
        container_name: 'istio-proxy',
      },
    },
    payload: {
      jsonPayload: {
        start_time: new Date(call.startedAt).toISOString(),
        method: call.method,
        path: `${pathname}${search}`,
        protocol: grpc ? 'HTTP/2' : 'HTTP/1.1',
        response_code: call.status,
        response_flags: '-',
        response_code_details: 'via_upstream',
        ...(grpc ? { grpc_status: 'OK' } : {}),
        bytes_received: 1840,
        bytes_sent: 912,
        request_id: call.requestId,
        authority: host,
        upstream_cluster: `outbound|443||${host}`,
        downstream_remote_address: `${call.from.ip}:41220`,
        downstream_peer_uri_san: spiffe(call.from),
        downstream_local_uri_san: spiffe(egress),
        ...(call.signedIn === undefined
          ? {}
          : { request_principal: `${LOGIN}/${call.signedIn}@example.com` }),
        requested_server_name: null,
        route_name: 'default',
      },
    },
    severity: 'INFO',
    labels: { 'k8s-pod/istio': 'egressgateway', 'k8s-pod/app': egress.name },
  };
}
