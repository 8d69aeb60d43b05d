/**
 * What decides over a cluster or a piece of work beside its arguments: where its code comes from, what it may reach, and
 * what of its logs was switched off (google.cloud.dataproc.v1 ClusterConfig, RuntimeConfig, LoggingConfig). Locations
 * without query strings, which may be signatures; of metadata the keys, of properties those named here alone.
 */
import { listClaim } from '../../audit/claims.ts';
import { lastSegment } from '../../audit/payload.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../fields.ts';
import { claim, type Claims } from './draft.ts';

/** Cluster properties that keep logs from Cloud Logging where they are `false`; all are `true` by default. */
const LOGGING = [
  'dataproc:dataproc.logging.stackdriver.enable',
  'dataproc:dataproc.logging.extended.enabled',
  'dataproc:dataproc.logging.syslog.enabled',
];
/** Maven coordinates and repositories; on clusters and in templates behind the prefix of their file. */
const PACKAGES = ['spark.jars.packages', 'spark.jars.repositories'];
const CLUSTER_PREFIX = 'spark:';
const LIBRARIES = ['jarFileUris', 'pythonFileUris', 'fileUris', 'archiveUris'];
const METADATA_KEY = /^[A-Za-z0-9_-]{1,128}$/;

/** Marks of the pods that work on Kubernetes runs in, by which they leave the mesh: claim → annotation. */
const POD_MARKS: ReadonlyMap<string, string> = new Map([
  ['sidecar.istio.io/inject', 'inject'],
  ['traffic.sidecar.istio.io/excludeOutboundPorts', 'excludeOutboundPorts'],
  ['traffic.sidecar.istio.io/excludeOutboundIPRanges', 'excludeOutboundIPRanges'],
  ['traffic.sidecar.istio.io/excludeInboundPorts', 'excludeInboundPorts'],
]);
const POD_MARK = /^(?:spark:)?spark\.kubernetes\.(?:driver|executor)\.(?:annotation|label)\.(.{1,128})$/;

/** @param properties of a virtual cluster, or of work on one */
export function meshMarks(claims: Claims, properties: Json): void {
  for (const key of Object.keys(properties).toSorted()) {
    const name = POD_MARKS.get(POD_MARK.exec(key)?.[1] ?? '');
    const value = str(properties, key);
    if (name === undefined || value === undefined) continue;
    const known = claims[name];
    // Driver and executors are told together; one of them outside of the mesh is enough.
    if (name !== 'inject') claim(claims, name, known === undefined ? value : `${String(known)},${value}`);
    else if (known !== 'false') claim(claims, name, value);
  }
}

/** A URI without its query string. */
export function withoutQuery(uri: string): string {
  const end = uri.indexOf('?');
  return end < 0 ? uri : uri.slice(0, end);
}

/** @param config ClusterConfig of a cluster, or of the cluster that a workflow creates */
export function clusterOrigins(claims: Claims, config: Json | undefined): void {
  if (config === undefined) return;
  const actions = list(config, 'initializationActions').filter(isObject);
  listClaim(
    claims,
    'initActions',
    actions.map((action) => withoutQuery(str(action, 'executableFile') ?? '')),
  );
  const properties = obj(obj(config, 'softwareConfig'), 'properties');
  if (properties !== undefined) {
    listClaim(
      claims,
      'loggingOff',
      LOGGING.filter((key) => str(properties, key)?.toLowerCase() === 'false'),
    );
    packages(claims, properties, CLUSTER_PREFIX);
  }
  const machines = obj(config, 'gceClusterConfig');
  if (machines === undefined) return;
  const internal = own(machines, 'internalIpOnly');
  if (typeof internal === 'boolean') claims['internalIpOnly'] = internal;
  claim(claims, 'subnet', lastSegment(str(machines, 'subnetworkUri')));
  claim(claims, 'network', lastSegment(str(machines, 'networkUri')));
  listClaim(claims, 'networkTags', strings(machines, 'tags'));
  listClaim(
    claims,
    'scopes',
    strings(machines, 'serviceAccountScopes').map((scope) => lastSegment(scope) ?? scope),
  );
  // `startup-script` and `ssh-keys` are ways in; what they hold may be a secret.
  const metadata = Object.keys(obj(machines, 'metadata') ?? {}).filter((key) => METADATA_KEY.test(key));
  listClaim(claims, 'metadataKeys', metadata.toSorted());
  const script = str(obj(machines, 'metadata'), 'startup-script-url');
  claim(claims, 'startupScriptUrl', script === undefined ? undefined : withoutCredentials(script));
}

/** @param body as of `workOrigins` */
export const librariesOf = (body: Json): readonly string[] =>
  LIBRARIES.flatMap((key) => strings(body, key).map(withoutQuery));

/**
 * @param body the type message of a job or batch (`pysparkJob`, `sparkBatch`, …)
 * @param runtime RuntimeConfig of a batch or session
 */
export function workOrigins(claims: Claims, body: Json, runtime: Json | undefined): void {
  listClaim(claims, 'libraries', librariesOf(body));
  const properties = obj(body, 'properties') ?? obj(runtime, 'properties');
  if (properties !== undefined) {
    packages(claims, properties, '');
    meshMarks(claims, properties);
  }
  const levels = obj(obj(body, 'loggingConfig'), 'driverLogLevels');
  if (levels !== undefined) {
    const off = Object.keys(levels).filter((logger) => str(levels, logger) === 'OFF');
    if (off.length > 0) claims['driverLogsOff'] = off.length;
  }
  runtimeOrigins(claims, runtime);
}

/** Which image and version; the identity that work runs under by default depends on the version. */
export function runtimeOrigins(claims: Claims, runtime: Json | undefined): void {
  if (runtime === undefined) return;
  claim(claims, 'runtimeVersion', str(runtime, 'version'));
  claim(claims, 'containerImage', str(runtime, 'containerImage'));
  const repository = str(obj(obj(runtime, 'repositoryConfig'), 'pypiRepositoryConfig'), 'pypiRepository');
  claim(claims, 'pypiRepository', repository === undefined ? undefined : withoutCredentials(repository));
}

function packages(claims: Claims, properties: Json, prefix: string): void {
  listClaim(
    claims,
    'packages',
    PACKAGES.flatMap((key) => (str(properties, prefix + key) ?? '').split(',', 200))
      .filter((name) => name !== '')
      .map((name) => withoutCredentials(name.trim())),
  );
}

/** A repository's URL may carry user info and a query. */
function withoutCredentials(uri: string): string {
  const plain = withoutQuery(uri);
  const scheme = plain.indexOf('://');
  if (scheme < 0) return plain;
  const slash = plain.indexOf('/', scheme + 3);
  const at = plain.lastIndexOf('@', slash < 0 ? plain.length : slash);
  return at < scheme ? plain : plain.slice(0, scheme + 3) + plain.slice(at + 1);
}
