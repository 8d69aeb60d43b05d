/**
 * Which kinds of Kubernetes object matter to an audit of data jobs, and what a change of one is. Everything that is
 * not named here is left out by a rule: an API server logs every heartbeat of every controller.
 *
 * Sources: https://istio.io/latest/docs/reference/config/, https://gateway-api.sigs.k8s.io/,
 * https://developer.konghq.com/kubernetes-ingress-controller/custom-resources/, https://kubernetes.io/docs/reference/kubernetes-api/.
 */
import type { Action } from '../../model/event.ts';

export type KindReader =
  | 'authorization'
  | 'request-authentication'
  | 'peer-authentication'
  | 'telemetry'
  | 'envoy'
  | 'routing'
  | 'namespace'
  | 'role'
  | 'binding'
  | 'account'
  | 'webhook'
  | 'workload'
  | 'plugin'
  | 'secret'
  | 'object';

export interface Kind {
  readonly action: Action;
  readonly reads: KindReader;
}

type Line = readonly [plurals: string, action: Action, reads: KindReader];

/** Group → its plurals; `*` stands for every other plural of the group. */
const GROUPS: readonly (readonly [group: string, lines: readonly Line[]])[] = [
  [
    'security.istio.io',
    [
      ['authorizationpolicies', 'policy.change', 'authorization'],
      ['requestauthentications', 'policy.change', 'request-authentication'],
      ['peerauthentications', 'policy.change', 'peer-authentication'],
      ['*', 'policy.change', 'object'],
    ],
  ],
  [
    'networking.istio.io',
    [
      ['envoyfilters', 'policy.change', 'envoy'],
      ['virtualservices gateways destinationrules serviceentries sidecars', 'policy.change', 'routing'],
      ['*', 'policy.change', 'object'],
    ],
  ],
  // What the mesh logs of itself.
  ['telemetry.istio.io', [['telemetries', 'log.change', 'telemetry']]],
  ['extensions.istio.io', [['*', 'policy.change', 'object']]],
  ['install.istio.io', [['*', 'policy.change', 'object']]],
  ['gateway.networking.k8s.io', [['*', 'policy.change', 'routing']]],
  // Plugins hold credentials of their upstreams, so their configuration is told by its digest alone.
  ['configuration.konghq.com', [['*', 'policy.change', 'plugin']]],
  [
    'rbac.authorization.k8s.io',
    [
      ['roles clusterroles', 'iam.change', 'role'],
      ['rolebindings clusterrolebindings', 'iam.change', 'binding'],
    ],
  ],
  [
    'admissionregistration.k8s.io',
    [
      ['mutatingwebhookconfigurations validatingwebhookconfigurations', 'policy.change', 'webhook'],
      ['*', 'policy.change', 'object'],
    ],
  ],
  ['constraints.gatekeeper.sh', [['*', 'policy.change', 'object']]],
  ['templates.gatekeeper.sh', [['*', 'policy.change', 'object']]],
  [
    'networking.k8s.io',
    [
      ['networkpolicies', 'network.change', 'object'],
      ['ingresses ingressclasses', 'network.change', 'routing'],
    ],
  ],
  ['certificates.k8s.io', [['certificatesigningrequests', 'credential.create', 'object']]],
  [
    'core',
    [
      // Labels of a namespace decide whether its workloads are in the mesh.
      ['namespaces', 'policy.change', 'namespace'],
      // An annotation of the account names the Google identity its pods get.
      ['serviceaccounts', 'iam.change', 'account'],
      ['secrets', 'credential.create', 'secret'],
      ['services', 'network.change', 'object'],
      ['pods replicationcontrollers', 'workload.change', 'workload'],
    ],
  ],
  ['apps', [['deployments daemonsets statefulsets replicasets', 'workload.change', 'workload']]],
  [
    'batch',
    [
      ['jobs', 'workload.change', 'workload'],
      ['cronjobs', 'schedule.change', 'workload'],
    ],
  ],
];

const BY_NAME = new Map<string, Kind>();
const listed: string[] = [];
for (const [group, lines] of GROUPS) {
  for (const [plurals, action, reads] of lines) {
    for (const plural of plurals.split(' ')) {
      BY_NAME.set(`${group}/${plural}`, { action, reads });
      listed.push(`${group}/${plural}`);
    }
  }
}

/** `GROUP/PLURAL` of every line. */
export const KINDS: readonly string[] = listed;

/** The mesh's own configuration, where access logging can be switched off for all of it. */
const MESH_CONFIG: Kind = { action: 'policy.change', reads: 'object' };

/** Undefined for a kind that is left out. */
export function kindOf(group: string, plural: string, name: string | undefined): Kind | undefined {
  const known = BY_NAME.get(`${group}/${plural}`) ?? BY_NAME.get(`${group}/*`);
  if (known !== undefined) return known;
  return plural === 'configmaps' && group === 'core' && name?.startsWith('istio') === true
    ? MESH_CONFIG
    : undefined;
}

/** Subresources that are a way into a running workload, whatever verb opens them (WebSockets use `get`). */
const WAYS_IN: ReadonlySet<string> = new Set([
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/proxy',
  'pods/ephemeralcontainers',
  'services/proxy',
  'nodes/proxy',
]);

/** `PLURAL/SUBRESOURCE` without what follows it: a proxied path is part of the subresource. */
export function isWayIn(plural: string, subresource: string): boolean {
  const slash = subresource.indexOf('/');
  return WAYS_IN.has(`${plural}/${slash < 0 ? subresource : subresource.slice(0, slash)}`);
}
