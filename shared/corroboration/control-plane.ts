/** The namespaces from which the mesh and the gateway are run, and what is done there. */
import { isTrue, listOf, textOf } from '../detections/evidence.ts';
import { verbOf } from '../detections/gateway-entity.ts';
import { isDone } from '../detections/kinds.ts';
import { parseJson } from '../detections/claimed-json.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { isObject, list, strings } from '../sources/fields.ts';

const CONTROL_PLANE: ReadonlySet<string> = new Set([
  'istio-system',
  'istio-operator',
  'istio-ingress',
  'istio-egress',
  'istio-gateway',
  'istio-gateways',
  'asm-system',
  'asm-ingress',
  'kong',
  'kong-system',
  'kong-istio',
]);

const namespaceOf = ({ claims }: TrailEvent): string | undefined => textOf(claims, 'namespace');

/** A workload of the control plane was made or changed: code runs there with its rights. */
export const changesControlPlane = (event: TrailEvent): boolean =>
  event.action === 'workload.change' &&
  event.source === 'kubernetes' &&
  isDone(event) &&
  verbOf(event) !== 'delete' &&
  CONTROL_PLANE.has(namespaceOf(event) ?? '');

const BINDINGS = 'rbac.authorization.k8s.io/';
/** Roles of Kubernetes that make their bearer all of a namespace, or of the cluster. */
const STRONG_ROLES: ReadonlySet<string> = new Set([
  'cluster-admin',
  'admin',
  'edit',
  'system:masters',
  'system:controller:clusterrole-aggregation-controller',
]);
const STRONG_VERBS: ReadonlySet<string> = new Set(['*', 'escalate', 'bind', 'impersonate']);
/** With which one reads credentials, gets a shell, or runs code under another account. */
const STRONG_RESOURCES: ReadonlySet<string> = new Set([
  '*',
  'secrets',
  'pods',
  'pods/exec',
  'pods/ephemeralcontainers',
  'deployments',
  'daemonsets',
  'statefulsets',
  'serviceaccounts/token',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
]);
const CHANGES: ReadonlySet<string> = new Set(['*', 'create', 'update', 'patch']);

/**
 * What a change of RBAC lets somebody do in the control plane: in one of its namespaces, or in all. Undefined where that is
 * little, or not told.
 */
export function strongRightOf(event: TrailEvent): string | undefined {
  const kind = textOf(event.claims, 'kind') ?? '';
  if (event.action !== 'iam.change' || event.source !== 'kubernetes' || !isDone(event)) return undefined;
  if (!kind.startsWith(BINDINGS) || verbOf(event) === 'delete') return undefined;
  const namespace = namespaceOf(event);
  if (namespace !== undefined && !CONTROL_PLANE.has(namespace)) return undefined;
  return kind.endsWith('bindings') ? boundRole(event) : strongRule(event);
}

/** Roles of one's own are judged where they are made: a binding to one tells its name alone. */
function boundRole({ claims }: TrailEvent): string | undefined {
  const role = textOf(claims, 'role');
  if (role === undefined || listOf(claims, 'subjects').length === 0) return undefined;
  return STRONG_ROLES.has(role) ? role : undefined;
}

function strongRule({ claims }: TrailEvent): string | undefined {
  if (isTrue(claims, 'wildcard')) return 'everything of a kind';
  for (const rule of list(parseJson(textOf(claims, 'spec')), 'rules')) {
    if (!isObject(rule)) continue;
    const verbs = strings(rule, 'verbs');
    const strong = verbs.find((verb) => STRONG_VERBS.has(verb));
    if (strong !== undefined) return strong;
    const resource = strings(rule, 'resources').find((name) => STRONG_RESOURCES.has(name));
    const reads = resource === 'secrets' && verbs.some((verb) => verb === 'get' || verb === 'list');
    if (resource !== undefined && (reads || verbs.some((verb) => CHANGES.has(verb)))) return resource;
  }
  return undefined;
}
