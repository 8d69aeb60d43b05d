/** Changes of who may do what and of the mesh's policies, and calls of the control plane. */
import { MESH, MESH_CLUSTER, REGION, type Project } from '../organisation/organisation.ts';
import type { Random } from '../random.ts';
import type { Json, Told } from '../told.ts';
import { audit, type Caller } from './audit.ts';

/** One call that the API server of the mesh's cluster logs. */
export function kubernetesCall(
  random: Random,
  call: {
    readonly at: number;
    readonly caller: Caller;
    /** `io.istio.security.v1.authorizationpolicies.patch`. */
    readonly method: string;
    readonly resourceName: string;
    readonly request?: Json;
    readonly response?: Json;
  },
): Told {
  return audit(random, {
    at: call.at,
    path: 'kubernetes',
    project: MESH.id,
    service: 'k8s.io',
    method: call.method,
    caller: call.caller,
    resourceName: call.resourceName,
    permissions: [[call.method, call.resourceName]],
    ...(call.request === undefined ? {} : { request: call.request }),
    ...(call.response === undefined ? {} : { response: call.response }),
    resource: {
      type: 'k8s_cluster',
      labels: { project_id: MESH.id, location: REGION, cluster_name: MESH_CLUSTER },
    },
    operation: { id: random.uuid(), producer: 'k8s.io', first: true, last: true },
    labels: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: allowed' },
  });
}

/** An AuthorizationPolicy of the egress gateway: which namespaces of the mesh may start jobs. */
export function authorizationPolicy(
  random: Random,
  call: {
    readonly at: number;
    readonly caller: Caller;
    readonly verb: 'create' | 'patch' | 'delete';
    readonly name: string;
    readonly generation: number;
    readonly spec: Json;
  },
): Told {
  const { name, spec, verb } = call;
  const object: Json = {
    '@type': 'security.istio.io/v1.AuthorizationPolicy',
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: {
      name,
      namespace: 'istio-egress',
      uid: random.uuid(),
      resourceVersion: random.digits(8),
      generation: call.generation,
    },
    spec,
  };
  return kubernetesCall(random, {
    at: call.at,
    caller: call.caller,
    method: `io.istio.security.v1.authorizationpolicies.${verb}`,
    resourceName: `security.istio.io/v1/namespaces/istio-egress/authorizationpolicies/${name}`,
    ...(verb === 'delete'
      ? {}
      : { request: verb === 'create' ? object : { '@type': 'k8s.io/Patch', spec }, response: object }),
  });
}

/** SetIamPolicy of a project, with what it changed. */
export function projectGrant(
  random: Random,
  at: number,
  caller: Caller,
  project: Project,
  grant: { readonly role: string; readonly member: string },
): Told {
  return audit(random, {
    at,
    path: 'iam',
    project: project.id,
    service: 'cloudresourcemanager.googleapis.com',
    method: 'SetIamPolicy',
    caller,
    resourceName: `projects/${project.id}`,
    permissions: [['resourcemanager.projects.setIamPolicy', `projects/${project.id}`]],
    request: {
      '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest',
      resource: project.id,
      policy: { etag: 'BwZDZ2p2k1M=', bindings: [{ role: grant.role, members: [grant.member] }] },
    },
    response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', etag: 'BwZDZ2p2k1Q=' },
    serviceData: {
      '@type': 'type.googleapis.com/google.iam.v1.logging.AuditData',
      policyDelta: { bindingDeltas: [{ action: 'ADD', ...grant }] },
    },
    resource: { type: 'project', labels: { project_id: project.id } },
  });
}

/** A call of another service of Google Cloud: one entry. */
export function platformCall(
  random: Random,
  call: {
    readonly at: number;
    readonly path: string;
    readonly caller: Caller;
    readonly project: Project;
    readonly service: string;
    readonly method: string;
    readonly resourceName: string;
    readonly permission: string;
    readonly log?: 'activity' | 'data_access';
    readonly request?: Json;
  },
): Told {
  const { permission, ...rest } = call;
  return audit(random, {
    ...rest,
    project: call.project.id,
    permissions: [[permission, call.resourceName]],
    resource: {
      type: 'audited_resource',
      labels: { project_id: call.project.id, service: call.service, method: call.method },
    },
  });
}
