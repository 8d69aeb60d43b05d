/**
 * Changes of the mesh, as the Kubernetes API server of GKE logs them (service `k8s.io`): policies, telemetry, the label that puts
 * a namespace into the mesh, a shell in the gateway's pod, and the bookkeeping in between.
 */
import { atLaptop } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { audit } from '../audit.ts';
import { GKE, PROJECTS, TRUST_DOMAIN, WORKLOADS } from '../company.ts';
import { HOUR, nanoTime } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import { clock, sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

interface KubernetesCall {
  readonly at: string | number;
  readonly by: Caller;
  /** `io.istio.security.v1.authorizationpolicies.patch`. */
  readonly method: string;
  /** `security.istio.io/v1/namespaces/…`. */
  readonly resourceName: string;
  readonly request?: Json;
  readonly response?: Json;
  readonly forbidden?: true;
}

function kubernetesCall(scene: Scene, call: KubernetesCall): Draft {
  const at = typeof call.at === 'string' ? clock(call.at) : call.at;
  const draft = audit({
    at,
    to: 'kubernetes',
    project: PROJECTS.mesh.id,
    service: 'k8s.io',
    method: call.method,
    caller: call.by,
    requestTime: nanoTime(scene.midnight + at, scene.random),
    resourceName: call.resourceName,
    permissions: [{ permission: call.method, resource: call.resourceName, permissionType: 'ADMIN_WRITE' }],
    resource: {
      type: 'k8s_cluster',
      labels: {
        project_id: PROJECTS.mesh.id,
        location: GKE.location,
        cluster_name: GKE.cluster,
      },
    },
    operation: { id: scene.random.uuid(), producer: 'k8s.io', first: true, last: true },
    ...(call.request === undefined ? {} : { request: call.request }),
    ...(call.response === undefined ? {} : { response: call.response }),
    ...(call.forbidden === true ? { status: { code: 7, message: 'Forbidden' } } : {}),
  });
  return {
    ...draft,
    labels: {
      'authorization.k8s.io/decision': call.forbidden === true ? 'forbid' : 'allow',
      'authorization.k8s.io/reason':
        call.forbidden === true
          ? ''
          : 'RBAC: allowed by ClusterRoleBinding "platform-admins" of ClusterRole "cluster-admin" to Group "platform@example.com"',
    },
  };
}

const metadata = (scene: Scene, name: string, namespace: string, generation: number): Json => ({
  name,
  namespace,
  uid: scene.random.uuid(),
  resourceVersion: scene.random.digits(8),
  generation,
  creationTimestamp: '2026-01-14T09:12:44Z',
});

const CHIARA = atLaptop('chiara', '198.51.100.52');
const BEN = atLaptop('ben', '198.51.100.61');
const principal = (namespace: string, account: string): string =>
  `${TRUST_DOMAIN}/ns/${namespace}/sa/${account}`;

function policies(scene: Scene): readonly Draft[] {
  const denied: Json = {
    action: 'DENY',
    selector: { matchLabels: { istio: 'egressgateway' } },
    rules: [
      {
        from: [
          {
            source: {
              notPrincipals: [principal('airflow', 'scheduler'), principal('agents', 'pricing-agent')],
            },
          },
        ],
        to: [{ operation: { methods: ['POST'], paths: ['/v1/projects/acme-data-prod/*'] } }],
      },
    ],
  };
  const name = 'deny-restricted-data-jobs';
  const at = 'security.istio.io/v1/namespaces/istio-egress/authorizationpolicies';
  const policy = (generation: number, spec: Json): Json => ({
    '@type': 'security.istio.io/v1.AuthorizationPolicy',
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: metadata(scene, name, 'istio-egress', generation),
    spec,
  });
  return [
    kubernetesCall(scene, {
      at: '09:02:12',
      by: CHIARA,
      method: 'io.istio.security.v1.authorizationpolicies.patch',
      resourceName: `${at}/${name}`,
      request: { '@type': 'k8s.io/Patch', spec: denied },
      response: policy(7, denied),
    }),
    // A policy on trial: it is matched and logged, and decides nothing.
    kubernetesCall(scene, {
      at: '13:05:31',
      by: CHIARA,
      method: 'io.istio.security.v1.authorizationpolicies.create',
      resourceName: `${at}/audit-customer-data`,
      request: {
        '@type': 'security.istio.io/v1.AuthorizationPolicy',
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name: 'audit-customer-data', namespace: 'istio-egress' },
        spec: { action: 'AUDIT', rules: [{ to: [{ operation: { paths: ['*customers*'] } }] }] },
      },
    }),
    kubernetesCall(scene, {
      at: '22:58:40',
      by: BEN,
      method: 'io.istio.security.v1.peerauthentications.patch',
      resourceName: 'security.istio.io/v1/namespaces/notebooks/peerauthentications/default',
      request: { '@type': 'k8s.io/Patch', spec: { mtls: { mode: 'PERMISSIVE' } } },
      response: {
        '@type': 'security.istio.io/v1.PeerAuthentication',
        apiVersion: 'security.istio.io/v1',
        kind: 'PeerAuthentication',
        metadata: metadata(scene, 'default', 'notebooks', 3),
        spec: { mtls: { mode: 'PERMISSIVE' } },
      },
    }),
  ];
}

/** What the mesh logs of itself, and who is in it. */
function telemetry(scene: Scene): readonly Draft[] {
  const logging: Json = { accessLogging: [{ providers: [{ name: 'stackdriver' }], disabled: true }] };
  return [
    kubernetesCall(scene, {
      at: '23:01:15',
      by: BEN,
      method: 'io.istio.telemetry.v1.telemetries.patch',
      resourceName: 'telemetry.istio.io/v1/namespaces/notebooks/telemetries/access-logs',
      request: { '@type': 'k8s.io/Patch', spec: logging },
      response: {
        '@type': 'telemetry.istio.io/v1.Telemetry',
        apiVersion: 'telemetry.istio.io/v1',
        kind: 'Telemetry',
        metadata: metadata(scene, 'access-logs', 'notebooks', 2),
        spec: logging,
      },
    }),
    kubernetesCall(scene, {
      at: '13:12:02',
      by: CHIARA,
      method: 'io.k8s.core.v1.namespaces.patch',
      resourceName: 'core/v1/namespaces/partners',
      request: { '@type': 'k8s.io/Patch', metadata: { labels: { 'istio.io/rev': 'asm-managed' } } },
      response: {
        '@type': 'core.k8s.io/v1.Namespace',
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'partners', labels: { 'istio.io/rev': 'asm-managed' } },
      },
    }),
    kubernetesCall(scene, {
      at: '12:42:20',
      by: CHIARA,
      method: 'com.konghq.configuration.v1.kongplugins.patch',
      resourceName: 'configuration.konghq.com/v1/namespaces/kong/kongplugins/rate-limit-agents',
      request: { '@type': 'k8s.io/Patch', config: { minute: 2 } },
    }),
  ];
}

/** A way into a running container, and one that is refused. */
function shells(scene: Scene): readonly Draft[] {
  const exec = (at: string, by: Caller, pod: string, namespace: string, forbidden?: true): Draft =>
    kubernetesCall(scene, {
      at,
      by,
      method: 'io.k8s.core.v1.pods.exec.create',
      resourceName: `core/v1/namespaces/${namespace}/pods/${pod}/exec`,
      request: {
        '@type': 'core.k8s.io/v1.PodExecOptions',
        command: ['/bin/sh'],
        container: 'proxy',
        stdin: true,
        tty: true,
      },
      ...(forbidden === undefined ? {} : { forbidden }),
    });
  return [
    exec('23:05:09', BEN, WORKLOADS.kong.pod, WORKLOADS.kong.namespace),
    exec('20:33:20', atLaptop('ivo', '203.0.113.90'), WORKLOADS.scheduler.pod, 'airflow', true),
  ];
}

/** Heartbeats of controllers: what makes up nearly all of such a log. */
function bookkeeping(scene: Scene): readonly Draft[] {
  const controller: Caller = {
    authenticationInfo: { principalEmail: 'system:kube-controller-manager' },
    ip: '172.16.0.2',
    userAgent: 'kube-controller-manager/v1.34.1 (linux/amd64) kubernetes/0000000/leader-election',
  };
  return Array.from({ length: 12 }, (_, i) =>
    kubernetesCall(scene, {
      at: i * 2 * HOUR + scene.random.int(0, HOUR),
      by: controller,
      method: 'io.k8s.coordination.v1.leases.update',
      resourceName: 'coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager',
    }),
  );
}

export const meshPolicyDay = (scene: Scene): readonly Draft[] => [
  ...policies(sceneOf(scene, 'mesh-policies')),
  ...telemetry(sceneOf(scene, 'mesh-telemetry')),
  ...shells(sceneOf(scene, 'shells')),
  ...bookkeeping(sceneOf(scene, 'leases')),
];
