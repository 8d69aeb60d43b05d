/**
 * What lets somebody in, by name: changes of what guards a namespace of the mesh, a gateway or a principal's rights are one group
 * (the witness family `gate`), and calls that start work through it another, since changes are few and calls are not. Computed
 * from an event alone.
 */
import { bindingsOf, isCustomRole } from '../../detections/bindings.ts';
import { textOf } from '../../detections/evidence.ts';
import { isImpersonationRole } from '../../detections/job-roles.ts';
import { isDone } from '../../detections/kinds.ts';
import { parseIdentifier } from '../../identity/grammar/identifier.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { isPassed } from '../call-records.ts';
import { doersOf, writtenAs } from '../same-identity.ts';

/** Policies of the root namespace hold for every namespace. */
const ROOT = 'istio-system';

export function gatesOf(event: TrailEvent): readonly string[] {
  if (event.action === 'api.call') return isPassed(event) ? gatesOfCall(event).map(passedThrough) : [];
  return isDone(event) ? gatesOfChange(event) : [];
}

/** The group of calls that went through a gate. */
export const passedThrough = (gate: string): string => `passed|${gate}`;

/** The principal whose rights the gate is; undefined for one of the mesh or of the gateway. */
export const whoseRights = (gate: string): string | undefined =>
  gate.startsWith(RIGHTS) ? gate.slice(RIGHTS.length) : undefined;

const RIGHTS = 'iam|';

/** Those that a success went through: a call those of its hop, work and access those of whoever did it. */
export function gatesPassed(event: TrailEvent): readonly string[] {
  if (event.action === 'api.call') return gatesOfCall(event);
  return doersOf(event)
    .flatMap(writtenAs)
    .map((who) => `${RIGHTS}${who}`);
}

function gatesOfCall(event: TrailEvent): readonly string[] {
  const { claims, project = '-', location = '-' } = event;
  if (event.via === 'gateway') return [`gateway|${project}`];
  const namespace = namespaceOf(event);
  if (namespace === undefined) return [];
  const cluster = `${project}/${location}/${textOf(claims, 'cluster') ?? '-'}`;
  return [`mesh|${cluster}/${namespace}`, ...(namespace === ROOT ? [] : [`mesh|${cluster}/${ROOT}`])];
}

/** Of the destination: told itself, or in the name of the service. */
function namespaceOf({ claims }: TrailEvent): string | undefined {
  const told = textOf(claims, 'destinationNamespace');
  if (told !== undefined) return told;
  const [, namespace, kind] = textOf(claims, 'destinationService')?.split('.') ?? [];
  return kind === 'svc' ? namespace : undefined;
}

export const MESH_KIND = 'security.istio.io/authorizationpolicies';
/** Objects of the gateway that let somebody in, or no longer keep somebody out. */
const GATEWAY_DAOS: ReadonlySet<string> = new Set(['plugins', 'acls']);

function gatesOfChange(event: TrailEvent): readonly string[] {
  const { source, claims, action, project = '-', resource = '' } = event;
  if (action === 'policy.change' && source === 'kubernetes') {
    const [cluster, namespace] = [textOf(claims, 'cluster'), textOf(claims, 'namespace')];
    return textOf(claims, 'kind') === MESH_KIND && cluster !== undefined && namespace !== undefined
      ? [`mesh|${cluster}/${namespace}`]
      : [];
  }
  if (action === 'policy.change' && source === 'kong')
    return textOf(claims, 'log') === 'admin-objects' && GATEWAY_DAOS.has(resource.split('/', 1)[0] ?? '')
      ? [`gateway|${project}`]
      : [];
  const { added, removed, standing } = bindingsOf(claims);
  const ids = [...added, ...removed, ...standing]
    .filter(({ role }) => opensWork(role))
    .flatMap(({ member }) => parseIdentifier(member)?.id ?? []);
  return [...new Set(ids)].map((id) => `${RIGHTS}${id}`);
}

const BASIC: ReadonlySet<string> = new Set(['roles/owner', 'roles/editor']);
const SERVICES = ['bigquery', 'composer', 'dataflow', 'dataproc', 'spanner', 'storage'].map(
  (service) => `roles/${service}.`,
);

/** Roles with which somebody starts jobs, acts as those who do, or touches data. What a custom role holds is not known. */
export const opensWork = (role: string): boolean =>
  BASIC.has(role) ||
  isCustomRole(role) ||
  isImpersonationRole(role) ||
  SERVICES.some((service) => role.startsWith(service));
