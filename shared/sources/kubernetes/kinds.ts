/**
 * Which kinds of Kubernetes object matter to an audit of data jobs, and what a change of one is. Everything that is
 * not named here is left out by a rule: an API server logs every heartbeat of every controller.
 *
 * Sources: https://istio.io/latest/docs/reference/config/, https://gateway-api.sigs.k8s.io/,
 * https://developer.konghq.com/kubernetes-ingress-controller/custom-resources/, https://kubernetes.io/docs/reference/kubernetes-api/.
 */
import type { Action, PolicyPlane } from '../../model/event.ts';

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
  /** What an object of this kind decides over, where it is a policy of which versions are kept. */
  readonly plane?: PolicyPlane;
}

type Line = readonly [plurals: string, action: Action, reads: KindReader, plane?: PolicyPlane];

/** Group → its plurals; `*` stands for every other plural of the group. */
const GROUPS: readonly (readonly [group: string, lines: readonly Line[]])[] = [
  [
    'security.istio.io',
    [
      ['authorizationpolicies', 'policy.change', 'authorization', 'mesh'],
      ['requestauthentications', 'policy.change', 'request-authentication', 'mesh'],
      ['peerauthentications', 'policy.change', 'peer-authentication', 'mesh'],
      ['*', 'policy.change', 'object', 'mesh'],
    ],
  ],
  [
    'networking.istio.io',
    [
      ['envoyfilters', 'policy.change', 'envoy', 'mesh'],
      [
        'virtualservices gateways destinationrules serviceentries sidecars',
        'policy.change',
        'routing',
        'mesh',
      ],
      ['*', 'policy.change', 'object', 'mesh'],
    ],
  ],
  // What the mesh logs of itself.
  ['telemetry.istio.io', [['telemetries', 'log.change', 'telemetry', 'mesh']]],
  ['extensions.istio.io', [['*', 'policy.change', 'object', 'mesh']]],
  ['install.istio.io', [['*', 'policy.change', 'object', 'mesh']]],
  ['gateway.networking.k8s.io', [['*', 'policy.change', 'routing', 'gateway']]],
  // Plugins hold credentials of their upstreams, so their configuration is told by its digest alone.
  ['configuration.konghq.com', [['*', 'policy.change', 'plugin', 'gateway']]],
  [
    'rbac.authorization.k8s.io',
    [
      ['roles clusterroles', 'iam.change', 'role', 'iam'],
      ['rolebindings clusterrolebindings', 'iam.change', 'binding', 'iam'],
    ],
  ],
  [
    'admissionregistration.k8s.io',
    [
      // One of them puts the sidecars in.
      ['mutatingwebhookconfigurations validatingwebhookconfigurations', 'policy.change', 'webhook', 'mesh'],
      ['*', 'policy.change', 'object', 'organisation'],
    ],
  ],
  ['constraints.gatekeeper.sh', [['*', 'policy.change', 'object', 'organisation']]],
  ['templates.gatekeeper.sh', [['*', 'policy.change', 'object', 'organisation']]],
  [
    'networking.k8s.io',
    [
      ['networkpolicies', 'network.change', 'object', 'mesh'],
      ['ingresses ingressclasses', 'network.change', 'routing', 'gateway'],
    ],
  ],
  ['certificates.k8s.io', [['certificatesigningrequests', 'credential.create', 'object']]],
  [
    'core',
    [
      // Labels of a namespace decide whether its workloads are in the mesh.
      ['namespaces', 'policy.change', 'namespace', 'mesh'],
      // An annotation of the account names the Google identity its pods get.
      ['serviceaccounts', 'iam.change', 'account', 'iam'],
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
  for (const [plurals, action, reads, plane] of lines) {
    for (const plural of plurals.split(' ')) {
      BY_NAME.set(`${group}/${plural}`, { action, reads, ...(plane === undefined ? {} : { plane }) });
      listed.push(`${group}/${plural}`);
    }
  }
}

/** `GROUP/PLURAL` of every line. */
export const KINDS: readonly string[] = listed;

/** The mesh's own configuration, where access logging can be switched off for all of it. */
const MESH_CONFIG: Kind = { action: 'policy.change', reads: 'object', plane: 'mesh' };

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
