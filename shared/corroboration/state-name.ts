/**
 * Which state an event changes, under the name that its versions have: events of one state are its history. Computed from the
 * event alone, as sources name policies (shared/sources/<source>/versions.ts, shared/audit/policy-version.ts). A name that is
 * spelled otherwise finds no history, and then nothing is known of the state before.
 */
import { textOf } from '../detections/evidence.ts';
import { collectionsOf } from '../detections/gateway-entity.ts';
import { isDone } from '../detections/kinds.ts';
import type { PolicyPlane } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { kindOf } from '../sources/kubernetes/kinds.ts';

export type StateName =
  | { readonly kind: 'policy'; readonly plane: PolicyPlane; readonly policy: string }
  /** Has no versions: its changes are the group `change` of this subject. */
  | { readonly kind: 'resource'; readonly subject: string };

export function stateOf(event: TrailEvent): StateName | undefined {
  switch (event.source) {
    case 'kubernetes':
      return objectState(event);
    case 'kong':
      return gatewayState(event);
    case 'iam':
      return iamState(event);
    case 'logging': {
      const subject = event.action === 'log.change' ? changeSubjectOf(event) : undefined;
      return subject === undefined ? undefined : { kind: 'resource', subject };
    }
    default:
      return undefined;
  }
}

/** `kubernetes:CLUSTER/NAMESPACE/KIND/NAME` of any object of a cluster, whether versions of it are kept or not. */
export function objectName({ claims }: TrailEvent): string | undefined {
  const [group, plural] = (textOf(claims, 'kind') ?? '').split('/', 2);
  const name = textOf(claims, 'name');
  if (group === undefined || plural === undefined || name === undefined || name.includes('/'))
    return undefined;
  // A namespace is among the policies of itself.
  const namespace = group === 'core' && plural === 'namespaces' ? name : textOf(claims, 'namespace');
  return collectionName(
    textOf(claims, 'cluster'),
    namespace,
    group === 'core' ? plural : `${plural}.${group}`,
    name,
  );
}

export const collectionName = (
  cluster: string | undefined,
  namespace: string | undefined,
  kind: string,
  name: string,
): string => `kubernetes:${cluster ?? '-/-/-'}/${namespace ?? '-'}/${kind}/${name}`;

function objectState(event: TrailEvent): StateName | undefined {
  const [group = '', plural = ''] = (textOf(event.claims, 'kind') ?? '').split('/', 2);
  const policy = objectName(event);
  const plane = kindOf(group, plural, textOf(event.claims, 'name'))?.plane;
  return policy === undefined || plane === undefined ? undefined : { kind: 'policy', plane, policy };
}

/** Mutual TLS of a workload, a namespace, the mesh: what is not set comes from the wider one. */
export const PEERS = 'peerauthentications.security.istio.io';

/** Every policy of a kind in a cluster, whatever its namespace. */
export const everywhere = (cluster: string | undefined, kind: string): string =>
  collectionName(cluster, '*', kind, '*');

/** What a change of many members at once is a change of, and that of one member belongs to: `kubernetes:CLUSTER/NAMESPACE/KIND/*`. */
export function collectionOf({ source, claims }: TrailEvent): StateName | undefined {
  if (source !== 'kubernetes') return undefined;
  const [group = '', plural = ''] = (textOf(claims, 'kind') ?? '').split('/', 2);
  const plane = kindOf(group, plural, textOf(claims, 'name'))?.plane;
  const kind = group === 'core' ? plural : `${plural}.${group}`;
  return plane === undefined
    ? undefined
    : {
        kind: 'policy',
        plane,
        policy: collectionName(textOf(claims, 'cluster'), textOf(claims, 'namespace'), kind, '*'),
      };
}

/** Groups under which a change of a policy is looked for when one comes late that was before it (the witness family `policy`). */
export function policyGroupsOf(event: TrailEvent): readonly string[] {
  if (event.action !== 'policy.change' || !isDone(event)) return [];
  const [state, collection] = [stateOf(event), collectionOf(event)];
  if (state?.kind !== 'policy') return [];
  return [
    `${state.plane}|${state.policy}`,
    ...(collection?.kind === 'policy' ? [`${collection.plane}|${collection.policy}`] : []),
    ...(state.policy.includes(`/${PEERS}/`)
      ? [`${state.plane}|${everywhere(textOf(event.claims, 'cluster'), PEERS)}`]
      : []),
  ];
}

/** An audited object, or a request that names one by its id: `/[WORKSPACE/]plugins/ID`. */
function gatewayState(event: TrailEvent): StateName | undefined {
  const { project, resource, claims } = event;
  const gateway = `kong:${project ?? '-'}`;
  if (resource === undefined) return undefined;
  const log = textOf(claims, 'log');
  if (log === 'admin-objects') {
    return resource.includes('/')
      ? { kind: 'policy', plane: 'gateway', policy: `${gateway}/${resource}` }
      : undefined;
  }
  const collection = log === 'admin-requests' ? collectionsOf(event).at(-1) : undefined;
  const key = resource.slice(resource.lastIndexOf('/') + 1);
  return collection === undefined || key === '' || key === collection
    ? undefined
    : { kind: 'policy', plane: 'gateway', policy: `${gateway}/${collection}/${key}` };
}

const POOL = /\.(?:Create|Update|Delete|Undelete)(Workforce|WorkloadIdentity)Pool(?:Provider)?$/;

function iamState(event: TrailEvent): StateName | undefined {
  const { claims, method, project, resource } = event;
  const [, pools] = POOL.exec(method) ?? [];
  if (pools !== undefined) {
    const [pool, provider] = [textOf(claims, 'pool'), textOf(claims, 'provider')];
    if (pool === undefined) return undefined;
    const parent =
      pools === 'Workforce'
        ? 'locations/global/workforcePools'
        : `projects/${project ?? '-'}/locations/global/workloadIdentityPools`;
    const name = `//iam.googleapis.com/${parent}/${pool}`;
    return {
      kind: 'policy',
      plane: 'iam',
      policy: provider === undefined ? name : `${name}/providers/${provider}`,
    };
  }
  if (!/SetIamPolicy$/i.test(method) || resource === undefined) return undefined;
  // Of these alone the policy says what is logged.
  return /^(?:projects|folders|organizations)\/[^/]+$/.test(resource)
    ? { kind: 'policy', plane: 'iam', policy: `allow://cloudresourcemanager.googleapis.com/${resource}` }
    : undefined;
}

/** What is made is in some entries named apart from the place it is made in. */
const MADE: readonly (readonly [claim: string, collection: string])[] = [
  ['sink', 'sinks'],
  ['exclusion', 'exclusions'],
  ['bucket', 'buckets'],
];

/** The subject of the group `change` that an event without a version belongs to. */
export function changeSubjectOf({ source, resource, claims }: TrailEvent): string | undefined {
  if (source !== 'logging' || resource === undefined) return resource;
  for (const [claim, collection] of MADE) {
    const name = textOf(claims, claim);
    const below =
      name === undefined || resource.includes(`/${collection}/`) || textOf(claims, 'view') !== undefined;
    if (!below) return `${resource.replace(/\/$/, '')}/${collection}/${name}`;
  }
  return resource;
}
