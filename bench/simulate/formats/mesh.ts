/**
 * Access logs of the mesh as Cloud Logging has them: one call is told twice, by the proxy of each end, under one request id.
 * Calls of job APIs leave through the egress gateway, which knows the caller by its certificate.
 */
import { EGRESS, MESH, MESH_CLUSTER, REGION, spiffe, type Workload } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import { entry, logNameOf, type Json, type Told } from '../told.ts';

export interface MeshCall {
  readonly at: number;
  readonly from: Workload;
  readonly to?: Workload;
  readonly verb: 'POST' | 'GET';
  /** `http://host/path`, as the client wrote it. */
  readonly url: string;
  readonly status: number;
  /** Absent where a client dropped it. */
  readonly requestId?: string;
  /** The proxy's policy said no. */
  readonly refusedBy?: string;
  /** Left out where the other end alone reports. */
  readonly reporters?: readonly Reporter[];
  readonly skewMs?: number;
}

export type Reporter = 'client' | 'server';
const BOTH: readonly Reporter[] = ['client', 'server'];

export const meshPath = (reporter: Reporter): string => `istio/${MESH_CLUSTER}/${reporter}`;

const host = ({ account, namespace }: Workload): string => `${account}.${namespace}.svc.cluster.local`;

function labels(random: Random, call: MeshCall, reporter: Reporter, to: Workload): Json {
  const { from, requestId, refusedBy } = call;
  return {
    protocol: 'http',
    source_name: from.pod,
    source_workload: from.account,
    source_namespace: from.namespace,
    source_principal: spiffe(from),
    destination_name: to.pod,
    destination_workload: to.account,
    destination_namespace: to.namespace,
    destination_principal: spiffe(to),
    destination_service_host: host(to),
    destination_service_name: to.account,
    service_authentication_policy: reporter === 'server' ? 'MUTUAL_TLS' : '',
    mesh_uid: `proj-${MESH.number}`,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    connection_id: String(random.int(1200, 98_000)),
    log_sampled: 'false',
    response_flag: '-',
    ...(refusedBy === undefined || reporter === 'client'
      ? { response_details: 'via_upstream' }
      : { response_details: 'AuthzDenied', policy_name: refusedBy, policy_rule: '0' }),
    route_name: 'default',
  };
}

function tell(random: Random, call: MeshCall, reporter: Reporter): Told {
  const to = call.to ?? EGRESS;
  const at = call.at + (call.skewMs ?? 0) + (reporter === 'server' ? 1 : 0);
  const reporting = reporter === 'server' ? to : call.from;
  return entry(random, {
    at,
    path: meshPath(reporter),
    logName: logNameOf(MESH.id, `${reporter}-accesslog-stackdriver`),
    resource: {
      type: reporter === 'server' ? 'k8s_container' : 'k8s_pod',
      labels: {
        cluster_name: MESH_CLUSTER,
        project_id: MESH.id,
        namespace_name: reporting.namespace,
        pod_name: reporting.pod,
        location: REGION,
        ...(reporter === 'server' ? { container_name: 'istio-proxy' } : {}),
      },
    },
    payload: {
      httpRequest: {
        requestMethod: call.verb,
        requestUrl: call.url,
        requestSize: String(random.int(980, 4200)),
        status: call.status,
        responseSize: String(random.int(338, 5200)),
        userAgent: 'gcloud-python/1.46.0',
        remoteIp: call.from.ip,
        serverIp: to.ip,
        latency: `0.${String(random.int(100_000, 900_000))}s`,
        protocol: 'http',
      },
    },
    severity: call.status >= 400 ? 'ERROR' : 'INFO',
    labels: labels(random, call, reporter, to),
    trace: `projects/${MESH.id}/traces/${random.hex(32)}`,
  });
}

/** The caller's record, then the callee's. */
export const meshCall = (random: Random, call: MeshCall): readonly Told[] =>
  (call.reporters ?? BOTH).map((reporter) => tell(random, call, reporter));
