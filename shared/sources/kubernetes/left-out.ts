/**
 * Which calls of a Kubernetes API server are left out, and under which rule. Whoever is asked about here is the user name
 * that the API server authenticated, so nobody can hide under the name of a controller without its credentials; and
 * changes of policy, roles, namespaces and secrets are never left out, whoever makes them.
 */
import type { Call } from './method.ts';

/** Controllers of kube-controller-manager that make objects from other objects, which are recorded themselves. */
const CONTROLLERS: ReadonlySet<string> = new Set(
  [
    'replicaset-controller',
    'deployment-controller',
    'statefulset-controller',
    'daemon-set-controller',
    'job-controller',
    'cronjob-controller',
    'replication-controller',
    'ttl-after-finished-controller',
    'generic-garbage-collector',
    'pod-garbage-collector',
    'horizontal-pod-autoscaler',
    'namespace-controller',
  ].map((name) => `system:serviceaccount:kube-system:${name}`),
);
const PROCESSES: ReadonlySet<string> = new Set([
  'system:kube-controller-manager',
  'system:kube-scheduler',
  'system:apiserver',
]);
const DERIVED: ReadonlySet<string> = new Set(['pods', 'replicasets', 'jobs']);

const BOOKKEEPING: Readonly<Record<string, string>> = {
  leases: 'kubernetes-lease',
  events: 'kubernetes-event',
  endpoints: 'kubernetes-endpoint',
  endpointslices: 'kubernetes-endpoint',
  subjectaccessreviews: 'kubernetes-access-review',
  selfsubjectaccessreviews: 'kubernetes-access-review',
  localsubjectaccessreviews: 'kubernetes-access-review',
  selfsubjectrulesreviews: 'kubernetes-access-review',
  selfsubjectreviews: 'kubernetes-access-review',
  tokenreviews: 'kubernetes-access-review',
};

const isNode = (user: string): boolean => user.startsWith('system:node:');
const isController = (user: string): boolean => PROCESSES.has(user) || CONTROLLERS.has(user);

/** Pods of a ReplicaSet, Jobs of a CronJob: the consequence of a change that was recorded. */
export function isConsequence(call: Call, user: string): boolean {
  return DERIVED.has(call.plural) && isController(user);
}

/** Nodes fetch the secrets and tokens of the pods on them, and renew their certificates, all day. */
export function isUpkeep(call: Call, user: string): boolean {
  if (!isNode(user) && !isController(user)) return false;
  return (
    call.plural === 'secrets' ||
    call.plural === 'certificatesigningrequests' ||
    (call.plural === 'serviceaccounts' && call.subresource === 'token')
  );
}

/** The rule for a change of a kind that no table names. */
export function bookkeepingRule(plural: string): string {
  return (Object.hasOwn(BOOKKEEPING, plural) ? BOOKKEEPING[plural] : undefined) ?? 'kubernetes-out-of-scope';
}
