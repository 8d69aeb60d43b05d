/** What else passes through the mesh: people's screens, services asking services, and those the proxies turn away. */
import { GKE, PROJECTS, WORKLOADS } from '../company.ts';
import type { Workload } from '../company.ts';
import { MINUTE, logNameOf } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import { auditPolicyMatch } from './access-log.ts';
import { clock, inMesh, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

const LINEAGE = 'http://lineage-api.metadata.svc.cluster.local:8080';
const ASKERS = [WORKLOADS.portal, WORKLOADS.scheduler, WORKLOADS.catalogAgent, WORKLOADS.notebooks] as const;
const QUESTIONS = [
  '/v1/datasets/bigquery/acme-data-prod.sales.orders/upstream?depth=3',
  '/v1/datasets/gs/acme-curated/orders',
  '/v1/jobs?state=running&pageSize=50',
  '/v1/search?q=churn',
  '/healthz',
] as const;
const AGENTS = ['node-fetch', 'python-httpx/0.28.1', 'python-requests/2.32.4'] as const;

function questions(scene: Scene): readonly Draft[] {
  const { random } = scene;
  return Array.from({ length: 96 }, (_, i) =>
    inMesh(scene, {
      at: i * 15 * MINUTE + random.int(0, 14 * MINUTE),
      from: random.pick<Workload>(ASKERS),
      to: WORKLOADS.lineage,
      method: 'GET',
      url: `${LINEAGE}${random.pick(QUESTIONS)}`,
      status: random.chance(0.03) ? 503 : 200,
      userAgent: random.pick(AGENTS),
    }),
  ).flat();
}

/** Turned away by the policy of the service asked for, or because no policy lets them in. */
function refusals(scene: Scene): readonly Draft[] {
  const named = ['09:31:02', '12:43:11', '12:43:19', '20:17:55'].flatMap((time) =>
    inMesh(scene, {
      at: clock(time),
      from: WORKLOADS.catalogAgent,
      to: WORKLOADS.lineage,
      method: 'DELETE',
      url: `${LINEAGE}/v1/datasets/gs/acme-curated/customers`,
      status: 403,
      userAgent: 'python-httpx/0.28.1',
      refusedBy: { policy: 'metadata.agents-read-only', rule: '1' },
    }),
  );
  const unnamed = inMesh(scene, {
    at: clock('10:39:20'),
    from: WORKLOADS.notebooks,
    method: 'GET',
    url: 'http://spanner.googleapis.com/v1/projects/acme-data-prod/instances',
    status: 403,
    userAgent: 'python-requests/2.32.4',
    refusedBy: null,
  });
  return [...named, ...unnamed];
}

/** AUDIT policy on whatever touches customer data: the record says that it matched and no more. */
function audited(scene: Scene): readonly Draft[] {
  const { random } = scene;
  return ['09:05:40', '13:14:02', '17:48:31'].map((time) =>
    auditPolicyMatch({
      at: clock(time),
      from: WORKLOADS.portal,
      to: WORKLOADS.lineage,
      method: 'GET',
      url: `${LINEAGE}/v1/datasets/gs/acme-curated/customers`,
      status: 200,
      requestId: random.uuid(),
      traceId: random.hex(32),
      spanIds: [random.hex(16), random.hex(16)],
      userAgent: 'node-fetch',
      requestSize: '1102',
      responseSize: '2210',
      latencyMs: 31,
      connection: String(random.int(1000, 90_000)),
    }),
  );
}

function proxyOutput(at: number, workload: Workload, payload: Json): Draft {
  return {
    at,
    to: 'istio',
    logName: logNameOf(PROJECTS.mesh.id, 'stdout'),
    resource: {
      type: 'k8s_container',
      labels: {
        project_id: PROJECTS.mesh.id,
        location: GKE.location,
        cluster_name: GKE.cluster,
        namespace_name: workload.namespace,
        pod_name: workload.pod,
        container_name: 'istio-proxy',
      },
    },
    payload,
    severity: 'INFO',
    labels: { 'k8s-pod/app': workload.name, 'k8s-pod/security_istio_io/tlsMode': 'istio' },
  };
}

/** One namespace still logs to standard output: Envoy's default line, and its JSON encoding. */
function standardOutput(scene: Scene): readonly Draft[] {
  const { random } = scene;
  const { lineage, notebooks } = WORKLOADS;
  const stamp = (at: number): string => new Date(scene.midnight + at).toISOString();
  const texts = ['07:11:09', '11:52:30', '16:04:44', '22:30:12'].map((time, i) => {
    const at = clock(time);
    const [status, details] =
      i === 1
        ? ['403', 'rbac_access_denied_matched_policy[ns[metadata]-policy[agents-read-only]-rule[1]]']
        : i === 2
          ? ['401', 'jwt_authn_access_denied{Jwt_is_expired}']
          : ['200', 'via_upstream'];
    const sent = status === '200' ? '358' : '19';
    return proxyOutput(at, lineage, {
      textPayload: `[${stamp(at)}] "GET /v1/search?q=orders HTTP/1.1" ${status} - ${details} - "-" 0 ${sent} 12 ${status === '200' ? '11' : '-'} "-" "python-requests/2.32.4" "${random.uuid()}" "lineage-api.metadata:8080" "${lineage.ip}:8080" inbound|8080|| 127.0.0.6:41201 ${lineage.ip}:8080 ${notebooks.ip}:50132 outbound_.8080_._.lineage-api.metadata.svc.cluster.local default\n`,
    });
  });
  const at = clock('18:20:00');
  const json = proxyOutput(at, lineage, {
    jsonPayload: {
      start_time: stamp(at),
      method: 'POST',
      path: '/v1/lineage',
      protocol: 'HTTP/1.1',
      response_code: 503,
      response_flags: 'UH,URX',
      response_code_details: 'no_healthy_upstream',
      connection_termination_details: null,
      upstream_transport_failure_reason: null,
      bytes_received: 812,
      bytes_sent: 19,
      duration: 0,
      upstream_service_time: null,
      x_forwarded_for: null,
      user_agent: 'openlineage-java/1.40.0',
      request_id: random.uuid(),
      authority: 'lineage-api.metadata:8080',
      upstream_host: null,
      upstream_cluster: 'inbound|8080||',
      upstream_local_address: null,
      downstream_local_address: `${lineage.ip}:8080`,
      downstream_remote_address: '10.132.0.31:44120',
      requested_server_name: null,
      route_name: 'default',
    },
  });
  return [...texts, json];
}

export const meshTraffic = (scene: Scene): readonly Draft[] => [
  ...questions(sceneOf(scene, 'questions')),
  ...refusals(sceneOf(scene, 'refusals')),
  ...audited(sceneOf(scene, 'audited')),
  ...standardOutput(sceneOf(scene, 'standard-output')),
];
