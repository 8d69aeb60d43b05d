/**
 * Which version of a policy object a call leaves. It is named as Kubernetes names it, without the version of the API,
 * namespace before kind, so that the policies of a namespace are one range of names: `kubernetes:CLUSTER/NAMESPACE/KIND/NAME`,
 * where CLUSTER is `PROJECT/LOCATION/NAME`, KIND is `PLURAL[.GROUP]`, and NAMESPACE `-` for objects of the whole cluster.
 */
import type { Seen } from '../../audit/event.ts';
import { obj, own, str, type Json } from '../fields.ts';
import { changedCollection, changedPolicy, deletedPolicy, without } from '../policy-version.ts';
import type { Kind } from './kinds.ts';
import type { Call } from './method.ts';
import { objectOf } from './objects.ts';

export function addVersion({ payload, draft, claims }: Seen, call: Call, { plane, reads }: Kind): void {
  if (plane === undefined || draft.outcome !== 'allowed' || call.subresource !== '') return;
  const object = objectOf(payload, call.verb);
  const name = call.name ?? str(obj(object, 'metadata'), 'name');
  const cluster = typeof claims['cluster'] === 'string' ? claims['cluster'] : '-/-/-';
  // A namespace is among the policies of itself.
  const namespace = reads === 'namespace' ? name : call.namespace;
  const kind = call.group === 'core' ? call.plural : `${call.plural}.${call.group}`;
  const collection = `kubernetes:${cluster}/${namespace ?? '-'}/${kind}`;
  // The labels that select the members of a deletecollection are in no entry.
  if (name === undefined || name.includes('/') || call.verb === 'deletecollection') {
    draft.policy = changedCollection(plane, collection);
    return;
  }
  const policy = `${collection}/${name}`;
  draft.policy =
    call.verb === 'delete'
      ? deletedPolicy(plane, policy)
      : changedPolicy(plane, policy, object === undefined ? undefined : contentOf(object, reads));
}

/** Answers that are no whole object. */
const SHORTENED: ReadonlySet<unknown> = new Set(['PartialObjectMetadata', 'Table']);
const ENVELOPE: ReadonlySet<string> = new Set(['@type', 'apiVersion', 'kind', 'metadata', 'status']);

/**
 * What an object decides: its specification alone, or all that it has beside its metadata where it has more (roles,
 * bindings, webhooks, plugins of Kong), with the labels and annotations that switch something. Of a namespace and a service account only those count.
 */
function contentOf(object: Json, reads: Kind['reads']): Json | undefined {
  if (SHORTENED.has(own(object, 'kind'))) return undefined;
  const metadata = obj(object, 'metadata');
  const switches = {
    ...switching('annotations', obj(metadata, 'annotations')),
    ...switching('labels', obj(metadata, 'labels')),
  };
  if (reads === 'namespace' || reads === 'account') return switches;
  const body = without(object, ENVELOPE);
  const spec = obj(body, 'spec');
  const plain = Object.keys(switches).length === 0;
  if (plain && spec !== undefined && Object.keys(body).length === 1) return spec;
  return plain ? body : { ...body, ...switches };
}

function switching(field: string, marks: Json | undefined): Json {
  const kept = Object.entries(marks ?? {}).filter(([key]) => isSwitch(key));
  return kept.length === 0 ? {} : { [field]: Object.fromEntries(kept) };
}

const ALONE: ReadonlySet<string> = new Set(['istio-injection', 'iam.gke.io/gcp-service-account']);

/** Keys by which Istio, Kong and Workload Identity are switched; those of tools and of Kubernetes itself decide nothing here. */
function isSwitch(key: string): boolean {
  const domain = `.${key.slice(0, Math.max(key.indexOf('/'), 0))}`;
  return domain.endsWith('.istio.io') || domain.endsWith('.konghq.com') || ALONE.has(key);
}
