/** Objects that decide who may do what in a cluster, and which workloads are in the mesh. */
import { claim, listClaim, objectClaim, type Claims } from '../../audit/claims.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../fields.ts';

const metadataOf = (object: Json | undefined): Json | undefined => obj(object, 'metadata');

const INJECTION = 'istio-injection';
const REVISION = 'istio.io/rev';
const DATAPLANE = 'istio.io/dataplane-mode';

/** A patch that sets a label to null removes it. */
function labelClaim(
  claims: Claims,
  name: string,
  key: string,
  object: Json | undefined,
  patch: Json | undefined,
): void {
  const patched = own(obj(metadataOf(patch), 'labels'), key);
  if (patched === null) claims[name] = 'removed';
  else claim(claims, name, str(obj(metadataOf(object), 'labels'), key));
}

export function readNamespace(claims: Claims, object: Json | undefined, patch: Json | undefined): void {
  labelClaim(claims, 'injection', INJECTION, object, patch);
  labelClaim(claims, 'revision', REVISION, object, patch);
  labelClaim(claims, 'dataplaneMode', DATAPLANE, object, patch);
  objectClaim(claims, 'labels', obj(metadataOf(object), 'labels'));
}

export function readRole(claims: Claims, object: Json | undefined): void {
  const rules = list(object, 'rules');
  if (object === undefined) return;
  claims['rules'] = rules.length;
  objectClaim(claims, 'spec', { rules });
  const isWildcard = (rule: unknown): boolean =>
    isObject(rule) && (strings(rule, 'verbs').includes('*') || strings(rule, 'resources').includes('*'));
  if (rules.some((rule) => isWildcard(rule))) claims['wildcard'] = true;
}

export function readBinding(claims: Claims, object: Json | undefined): void {
  const role = obj(object, 'roleRef');
  claim(claims, 'roleKind', str(role, 'kind'));
  claim(claims, 'role', str(role, 'name'));
  // `[kind, name, namespace?]`
  listClaim(
    claims,
    'subjects',
    list(object, 'subjects')
      .filter(isObject)
      .map((subject) => {
        const namespace = str(subject, 'namespace');
        const item = [str(subject, 'kind') ?? '', str(subject, 'name') ?? ''];
        return namespace === undefined ? item : [...item, namespace];
      }),
  );
}

/** The annotation lends the pods of the account a Google identity. */
const GOOGLE_ACCOUNT = 'iam.gke.io/gcp-service-account';

export function readAccount(claims: Claims, object: Json | undefined, patch: Json | undefined): void {
  const patched = own(obj(metadataOf(patch), 'annotations'), GOOGLE_ACCOUNT);
  if (patched === null) claims['googleServiceAccount'] = 'removed';
  else claim(claims, 'googleServiceAccount', str(obj(metadataOf(object), 'annotations'), GOOGLE_ACCOUNT));
}

export function readWebhook(claims: Claims, object: Json | undefined): void {
  const webhooks = list(object, 'webhooks').filter(isObject);
  listClaim(
    claims,
    'webhooks',
    webhooks.map((webhook) => str(webhook, 'name') ?? ''),
  );
  listClaim(
    claims,
    'failurePolicies',
    webhooks.map((webhook) => str(webhook, 'failurePolicy') ?? 'Fail'),
  );
}

const INJECT = 'sidecar.istio.io/inject';
const EVASIONS: readonly (readonly [claim: string, annotation: string])[] = [
  ['excludeOutboundPorts', 'traffic.sidecar.istio.io/excludeOutboundPorts'],
  ['excludeOutboundIPRanges', 'traffic.sidecar.istio.io/excludeOutboundIPRanges'],
  ['excludeInboundPorts', 'traffic.sidecar.istio.io/excludeInboundPorts'],
];
/** Left by the injector in what it changed: a patch is answered with the sidecar in it. */
const INJECTED = 'sidecar.istio.io/status';
const SIDECARS: ReadonlySet<string> = new Set(['istio-proxy', 'istio-init', 'istio-validation']);
/** The proxy's own user: its traffic is not captured. */
const PROXY_UID = 1337;

/** How a workload stands to the mesh and to its node; of its command line and environment nothing. */
export function readWorkload(claims: Claims, object: Json | undefined): void {
  const pod = podOf(object);
  const metadata = metadataOf(pod);
  const annotations = obj(metadata, 'annotations');
  claim(claims, 'inject', str(obj(metadata, 'labels'), INJECT) ?? str(annotations, INJECT));
  for (const [name, annotation] of EVASIONS) claim(claims, name, str(annotations, annotation));
  const spec = obj(pod, 'spec');
  claim(claims, 'serviceAccount', str(spec, 'serviceAccountName'));
  if (own(spec, 'hostNetwork') === true) claims['hostNetwork'] = true;
  const containers = [...list(spec, 'initContainers'), ...list(spec, 'containers')].filter(isObject);
  const injected = own(annotations, INJECTED) !== undefined;
  listClaim(
    claims,
    'images',
    containers.map((container) => str(container, 'image') ?? ''),
  );
  const contexts = containers
    .filter((container) => !(injected && SIDECARS.has(str(container, 'name') ?? '')))
    .map((container) => obj(container, 'securityContext'));
  if (contexts.some((context) => own(context, 'privileged') === true)) claims['privileged'] = true;
  if ([obj(spec, 'securityContext'), ...contexts].some((context) => own(context, 'runAsUser') === PROXY_UID))
    claims['runsAsProxy'] = true;
  if (contexts.some((context) => addsNetworkAdmin(context))) claims['networkAdmin'] = true;
}

const addsNetworkAdmin = (context: Json | undefined): boolean =>
  strings(obj(context, 'capabilities'), 'add').some((name) => name === 'NET_ADMIN' || name === 'ALL');

/** The pod itself, or the template that a controller or a CronJob makes pods from. */
function podOf(object: Json | undefined): Json | undefined {
  const spec = obj(object, 'spec');
  const template = obj(spec, 'template') ?? obj(obj(obj(spec, 'jobTemplate'), 'spec'), 'template');
  return template ?? object;
}
