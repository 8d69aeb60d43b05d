/** Entries of a Kubernetes API server: workloads come, and now and then a policy of the mesh changes. */
import { GKE } from '../../cli/day/company.ts';
import type { Json } from '../../cli/day/entry.ts';
import type { Random } from '../../cli/day/random.ts';
import { callOf, operationOf, told } from './audited.ts';
import { mark } from './fresh.ts';
import type { Population } from './population.ts';

const objectOf = (kind: string, version: string, namespace: string, name: string, spec: Json): Json => ({
  '@type': `${version.replace('/', '.')}.${kind}`,
  apiVersion: version,
  kind,
  metadata: {
    name,
    namespace,
    uid: mark('uuid'),
    resourceVersion: '169123',
    generation: 4,
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: [
      {
        apiVersion: version,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:metadata': { 'f:labels': {} }, 'f:spec': { 'f:rules': {}, 'f:selector': {} } },
        manager: 'argocd-controller',
        operation: 'Apply',
      },
    ],
  },
  spec,
});

export function kubernetesEntries(random: Random, people: Population): readonly string[] {
  const { of, ...common } = callOf(random, people);
  const to = random.pick(people.workloads);
  const policy = random.chance(0.1);
  const name = policy ? 'allow-callers' : to.pod;
  const object = policy
    ? objectOf('AuthorizationPolicy', 'security.istio.io/v1', to.namespace, name, {
        action: 'ALLOW',
        selector: { matchLabels: { app: to.name } },
        rules: [
          { from: [{ source: { namespaces: [to.namespace] } }], to: [{ operation: { methods: ['GET'] } }] },
        ],
      })
    : objectOf('Pod', 'v1', to.namespace, name, {
        containers: [
          {
            name: 'main',
            image: `europe-docker.pkg.dev/${of.id}/apps/${to.name}:3.18.2`,
            resources: { requests: { cpu: '500m', memory: '1Gi' } },
            terminationMessagePolicy: 'File',
          },
        ],
        serviceAccountName: to.serviceAccount,
        restartPolicy: 'Always',
      });
  const method = policy ? 'io.istio.security.v1.authorizationpolicies.update' : 'io.k8s.core.v1.pods.create';
  const resourceName = policy
    ? `security.istio.io/v1/namespaces/${to.namespace}/authorizationpolicies/${name}`
    : `core/v1/namespaces/${to.namespace}/pods/${name}`;
  return told({
    ...common,
    service: 'k8s.io',
    method,
    resourceName,
    permissions: [{ permission: method, resource: resourceName, permissionType: 'ADMIN_WRITE' }],
    request: object,
    response: object,
    resource: {
      type: 'k8s_cluster',
      labels: { project_id: of.id, location: GKE.location, cluster_name: GKE.cluster },
    },
    operation: operationOf('k8s.io'),
    labels: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason':
        'RBAC: allowed by ClusterRoleBinding "platform-admins" of ClusterRole "cluster-admin" to Group "platform@example.com"',
    },
  });
}
