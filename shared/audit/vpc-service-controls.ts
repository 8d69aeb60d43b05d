/**
 * Refusals by VPC Service Controls (google.cloud.audit.VpcServiceControlAuditMetadata, log `policy`). The entry's own
 * resource is the project; what was asked for stands in the metadata alone, and a dry run refuses nothing.
 */
import type { AuditLog } from '../../schemas/log-entry.ts';
import { isObject, list, obj, own, str, strings, type Json } from '../sources/fields.ts';
import { claim } from './claims.ts';
import type { Seen } from './event.ts';

/** True where the entry is the perimeter's and not the service's own. */
export function isPerimeterEntry(payload: AuditLog): boolean {
  return str(payload.metadata, 'vpcServiceControlsUniqueId') !== undefined;
}

/** Notes which perimeter and what was asked for; the named resource replaces the project in the event. */
export function addPerimeter({ draft, claims, payload: { metadata } }: Seen): void {
  const [resource] = strings(metadata, 'resourceNames');
  if (resource !== undefined && resource !== '') draft.resource = resource;
  const ingress = firstOf(metadata, 'ingressViolations');
  const egress = firstOf(metadata, 'egressViolations');
  const violation = ingress ?? egress;
  const policy = obj(metadata, 'securityPolicyInfo');
  const direction = [ingress && 'ingress', egress && 'egress'].filter((one) => one !== undefined);
  claim(claims, 'perimeterDirection', direction.join(' and '));
  claim(claims, 'perimeter', str(violation, 'servicePerimeter') ?? str(policy, 'servicePerimeterName'));
  claim(claims, 'perimeterTarget', str(violation, 'targetResource'));
  // The call went on; how it ended stands in the service's own entry.
  if (own(metadata, 'dryRun') === true) draft.outcome = 'unknown';
}

function firstOf(metadata: Json | undefined, key: string): Json | undefined {
  const [first] = list(metadata, key);
  return isObject(first) ? first : undefined;
}
