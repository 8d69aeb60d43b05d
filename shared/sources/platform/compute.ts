/** Requests of Compute Engine, in the spelling of its audit log (`alloweds`, `denieds`; numbers and booleans as texts). */
import { claim, listClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { lastSegment, segmentAfter } from '../../audit/payload.ts';
import { isObject, list, num, obj, own, resourceLabel, str, strings, type Json } from '../fields.ts';

/** The label Dataproc gives the machines of a cluster. */
const DATAPROC_CLUSTER = 'goog-dataproc-cluster-name';

const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** Instances and their templates: identity they run under, reach, and which metadata keys were touched. */
export function readInstance(seen: Seen): void {
  const { entry, payload, draft, claims } = seen;
  const { request, metadata, resourceName } = payload;
  // A template has the same fields below `properties`, a bulk insertion below `instanceProperties`.
  const properties = obj(request, 'properties') ?? obj(request, 'instanceProperties') ?? request;
  claim(claims, 'instance', segmentAfter(resourceName, 'instances') ?? str(request, 'name'));
  claim(claims, 'instanceId', resourceLabel(entry, 'instance_id'));
  const accounts = list(properties, 'serviceAccounts').filter(isObject);
  const account =
    str(accounts[0], 'email') ?? (seen.method.endsWith('ServiceAccount') ? str(request, 'email') : undefined);
  if (account !== undefined)
    draft.identity = { ...draft.identity, runAs: { kind: 'google', email: account } };
  listClaim(
    claims,
    'scopes',
    [...accounts.flatMap((one) => strings(one, 'scopes')), ...strings(request, 'scopes')].map(
      (scope) => lastSegment(scope) ?? scope,
    ),
  );
  const interfaces = list(properties, 'networkInterfaces').filter(isObject);
  if (interfaces.some((one) => list(one, 'accessConfigs').length > 0)) claims['externalAddress'] = true;
  if (isTrue(own(properties, 'canIpForward'))) claims['canIpForward'] = true;
  claim(claims, 'sourceImage', imageOf(properties), 1024);
  claim(claims, 'dataprocCluster', clusterLabel(properties));
  const delta = obj(metadata, 'instanceMetadataDelta') ?? obj(metadata, 'projectMetadataDelta');
  const keys = [
    ...strings(delta, 'addedMetadataKeys'),
    ...strings(delta, 'modifiedMetadataKeys'),
    ...list(obj(properties, 'metadata'), 'items').flatMap((item) =>
      isObject(item) ? (str(item, 'key') ?? []) : [],
    ),
  ];
  listClaim(claims, 'metadataKeys', keys);
  listClaim(claims, 'metadataKeysDeleted', strings(delta, 'deletedMetadataKeys'));
}

function imageOf(properties: Json | undefined): string | undefined {
  for (const disk of list(properties, 'disks')) {
    const image = isObject(disk) ? str(obj(disk, 'initializeParams'), 'sourceImage') : undefined;
    if (image !== undefined) return image;
  }
  return undefined;
}

/** Labels are a list of pairs in audit entries and an object in the API. */
function clusterLabel(properties: Json | undefined): string | undefined {
  for (const item of list(properties, 'labels')) {
    if (isObject(item) && str(item, 'key') === DATAPROC_CLUSTER) return str(item, 'value');
  }
  return str(obj(properties, 'labels'), DATAPROC_CLUSTER);
}

export function readDisk({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'name', str(request, 'name') ?? lastSegment(resourceName));
  claim(
    claims,
    'from',
    str(request, 'sourceDisk') ??
      str(request, 'sourceSnapshot') ??
      str(request, 'sourceImage') ??
      str(request, 'sourceInstance'),
    1024,
  );
}

const EVERYBODY: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

export function readFirewall({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'firewall', str(request, 'name') ?? segmentAfter(resourceName, 'firewalls'));
  claim(claims, 'network', lastSegment(str(request, 'network')));
  claim(claims, 'direction', str(request, 'direction'));
  claim(claims, 'priority', num(request, 'priority'));
  if (isTrue(own(request, 'disabled'))) claims['disabled'] = true;
  const sources = strings(request, 'sourceRanges');
  listClaim(claims, 'allowed', portsOf(request, 'alloweds', 'allowed'));
  listClaim(claims, 'denied', portsOf(request, 'denieds', 'denied'));
  listClaim(claims, 'sourceRanges', sources);
  listClaim(claims, 'sourceTags', strings(request, 'sourceTags'));
  listClaim(claims, 'sourceServiceAccounts', strings(request, 'sourceServiceAccounts'));
  listClaim(claims, 'destinationRanges', strings(request, 'destinationRanges'));
  listClaim(claims, 'targetTags', strings(request, 'targetTags'));
  listClaim(claims, 'targetServiceAccounts', strings(request, 'targetServiceAccounts'));
  if (sources.some((range) => EVERYBODY.has(range))) claims['fromEverywhere'] = true;
  const logged = own(obj(request, 'logConfig'), 'enable');
  if (logged !== undefined) claims['logged'] = isTrue(logged);
}

/** `[protocol, …ports]`; no port means all of them. */
function portsOf(request: Json | undefined, ...names: readonly string[]): (readonly string[])[] {
  return names.flatMap((name) =>
    list(request, name)
      .filter(isObject)
      .map((rule) => [str(rule, 'IPProtocol') ?? str(rule, 'ipProtocol') ?? '', ...strings(rule, 'ports')]),
  );
}

/** Flow logs are switched on a subnet. */
export function readSubnet({ payload, draft, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'subnet', str(request, 'name') ?? segmentAfter(resourceName, 'subnetworks'));
  claim(claims, 'range', str(request, 'ipCidrRange'));
  const logged = own(obj(request, 'logConfig'), 'enable') ?? own(request, 'enableFlowLogs');
  if (logged === undefined) return;
  claims['logged'] = isTrue(logged);
  // Of a new subnet it is a setting among others; of an existing one it is what was changed.
  if (!draft.method.endsWith('.insert')) draft.action = 'log.change';
}

/** The console names its user by a POSIX name alone: the service proves nobody to the log. */
export function readSerial({ payload, draft, claims }: Seen): void {
  const { request, resourceName } = payload;
  claim(claims, 'instance', segmentAfter(resourceName, 'instances'));
  claim(claims, 'port', segmentAfter(resourceName, 'SerialPort'));
  const user = str(request, 'username');
  claim(claims, 'username', user);
  if (draft.identity.caller === undefined && user !== undefined) {
    draft.identity = {
      ...(draft.identity.delegation === undefined ? {} : { delegation: draft.identity.delegation }),
      caller: { kind: 'named', name: user, realm: 'serial-console' },
    };
  }
}
