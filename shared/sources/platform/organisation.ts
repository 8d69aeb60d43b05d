/** Requests of Resource Manager, Organization Policy, Service Usage and Access Context Manager. */
import { claim, listClaim, objectClaim } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { segmentAfter } from '../../audit/payload.ts';
import { addPolicyCollection, addPolicyResource } from '../../audit/policy-version.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../fields.ts';

/** Projects, folders, liens: what it is, and where it goes. */
export function readContainer({ payload, claims }: Seen): void {
  const { request } = payload;
  const resource = obj(request, 'project') ?? obj(request, 'folder') ?? obj(request, 'lien');
  claim(claims, 'projectId', str(resource, 'projectId') ?? str(request, 'projectId'));
  claim(claims, 'name', str(request, 'name') ?? str(resource, 'name'));
  const parent = obj(resource, 'parent');
  claim(
    claims,
    'parent',
    str(request, 'destinationParent') ??
      str(resource, 'parent') ??
      (parent === undefined ? undefined : `${str(parent, 'type') ?? '-'}/${str(parent, 'id') ?? '-'}`),
  );
  claim(claims, 'lienReason', str(resource, 'reason'));
  listClaim(claims, 'restrictions', strings(resource, 'restrictions'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}

/** Organisation policies: v2 has rules, the older form a boolean or a list. */
export function readConstraint(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  addConstraint(seen);
  const policy = obj(request, 'policy') ?? obj(request, 'customConstraint');
  const name = str(policy, 'name') ?? str(request, 'name') ?? resourceName;
  claim(
    claims,
    'constraint',
    str(policy, 'constraint') ??
      str(request, 'constraint') ??
      segmentAfter(name, 'policies') ??
      segmentAfter(name, 'customConstraints'),
  );
  const spec = obj(policy, 'spec') ?? obj(policy, 'dryRunSpec');
  const [rule] = list(spec, 'rules');
  const enforced =
    own(obj(policy, 'booleanPolicy'), 'enforced') ?? (isObject(rule) ? own(rule, 'enforce') : undefined);
  if (enforced !== undefined) claims['enforced'] = enforced === true || enforced === 'true';
  if (own(policy, 'spec') === undefined && own(policy, 'dryRunSpec') !== undefined) claims['dryRun'] = true;
  if (own(spec, 'reset') === true) claims['reset'] = true;
  objectClaim(claims, 'spec', spec ?? obj(policy, 'listPolicy') ?? obj(policy, 'booleanPolicy'));
  claim(claims, 'etagBefore', str(policy, 'etag') ?? str(spec, 'etag'));
}

const CUSTOM_MARKS = ['condition', 'methodTypes', 'actionType'];
const CONSTRAINT_MARKS = ['spec', 'dryRunSpec', 'booleanPolicy', 'listPolicy', 'restoreDefault'];

/** Both forms of a constraint's policy have one name, that of the newer service. */
function addConstraint(seen: Seen): void {
  const { payload, method } = seen;
  const { request } = payload;
  if (method.endsWith('CustomConstraint')) {
    const sent = obj(request, 'customConstraint');
    addPolicyResource(seen, {
      plane: 'organisation',
      collection: 'customConstraints',
      sent,
      marks: CUSTOM_MARKS,
    });
    return;
  }
  const sent = obj(request, 'policy');
  const constraint = str(sent, 'constraint') ?? str(request, 'constraint');
  addPolicyResource(seen, {
    plane: 'organisation',
    collection: 'policies',
    sent,
    id: constraint?.replace('constraints/', ''),
    marks: CONSTRAINT_MARKS,
    service: 'orgpolicy.googleapis.com',
  });
}

/** Which APIs were switched on or off: `projects/N/services/logging.googleapis.com`. */
export function readService({ payload, claims }: Seen): void {
  const { request, resourceName } = payload;
  const several = [...strings(request, 'serviceIds'), ...strings(request, 'serviceNames')];
  const one = segmentAfter(str(request, 'name') ?? resourceName, 'services') ?? str(request, 'serviceName');
  listClaim(claims, 'services', several.length > 0 || one === undefined ? several : [one]);
  if (own(request, 'disableDependentServices') === true) claims['disableDependentServices'] = true;
}

/** Service perimeters and access levels. `spec` is a perimeter's dry run, `status` what is enforced. */
export function readPerimeter(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const perimeter = obj(request, 'servicePerimeter');
  const level = obj(request, 'accessLevel');
  const name = str(request, 'name') ?? str(perimeter ?? level, 'name') ?? resourceName;
  claim(
    claims,
    'accessPolicy',
    segmentAfter(name, 'accessPolicies') ?? segmentAfter(resourceName, 'accessPolicies'),
  );
  claim(claims, 'perimeter', segmentAfter(name, 'servicePerimeters'));
  claim(claims, 'accessLevel', segmentAfter(name, 'accessLevels'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
  const status = obj(perimeter, 'status');
  listClaim(claims, 'restrictedServices', strings(status, 'restrictedServices'));
  listClaim(claims, 'resources', strings(status, 'resources'));
  if (status !== undefined) {
    claims['ingressPolicies'] = list(status, 'ingressPolicies').length;
    claims['egressPolicies'] = list(status, 'egressPolicies').length;
  }
  objectClaim(
    claims,
    'spec',
    status ?? obj(perimeter, 'spec') ?? obj(level, 'basic') ?? obj(level, 'custom'),
  );
  addPerimeterVersion(seen, perimeter ?? level);
}

const PERIMETER_MARKS = ['status', 'spec', 'perimeterType'];
const LEVEL_MARKS = ['basic', 'custom'];

/** `ReplaceServicePerimeters`, `CommitServicePerimeters` and `ReplaceAccessLevels` change all of an access policy's. */
function addPerimeterVersion(seen: Seen, sent: Json | undefined): void {
  const { payload, method } = seen;
  const plane = 'organisation';
  if (method.endsWith('ServicePerimeter')) {
    addPolicyResource(seen, { plane, collection: 'servicePerimeters', sent, marks: PERIMETER_MARKS });
  } else if (method.endsWith('AccessLevel')) {
    addPolicyResource(seen, { plane, collection: 'accessLevels', sent, marks: LEVEL_MARKS });
  } else if (/(?:ServicePerimeters|AccessLevels)$/.test(method)) {
    const parent = str(payload.request, 'parent') ?? payload.resourceName;
    const collection = method.endsWith('AccessLevels') ? 'accessLevels' : 'servicePerimeters';
    addPolicyCollection(seen, plane, parent === undefined ? undefined : `${parent}/${collection}`);
  }
}
