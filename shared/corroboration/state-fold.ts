/**
 * What was in force after a line of changes each of which may tell only what it sets: the fields of its mask are taken, the
 * others stay. Without a beginning that tells the whole nothing is known. Pure.
 */
import { auditConfigsOf, auditDeltasOf, withDeltas, type AuditDelta } from '../detections/audit-configs.ts';
import { masks } from '../detections/change.ts';
import { isCut, textOf } from '../detections/evidence.ts';
import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';

/** Field of a mask → the claims that tell it. */
type Fields = readonly (readonly [field: string, claims: readonly string[]])[];

/** google/logging/v2/logging_config.proto: sinks, exclusions, buckets, views, settings. */
export const LOG_FIELDS: Fields = [
  ['filter', ['filter']],
  ['destination', ['destination']],
  ['disabled', ['disabled']],
  ['exclusions', ['exclusions', 'exclusionFilters', 'exclusionFiltersBeyondLimit']],
  ['includeChildren', ['includeChildren']],
  ['interceptChildren', ['interceptChildren']],
  ['retentionDays', ['retentionDays']],
  ['locked', ['locked']],
  ['restrictedFields', ['restrictedFields', 'restrictedFieldsBeyondLimit']],
  ['disableDefaultSink', ['disableDefaultSink']],
];

export const FEDERATION_FIELDS: Fields = [
  ['attributeCondition', ['attributeCondition']],
  ['attributeMapping', ['attributeMapping', 'attributeMappingDigest']],
  ['oidc.issuerUri', ['issuer']],
  ['oidc.allowedAudiences', ['allowedAudiences', 'allowedAudiencesBeyondLimit']],
  ['aws', ['awsAccount']],
  ['saml', ['saml']],
  ['disabled', ['disabled']],
];

interface Folded {
  readonly claims: TrailClaims;
  /** The fields that are known; undefined: all. */
  readonly known: ReadonlySet<string> | undefined;
}

/**
 * What was in force before a change.
 * @param changes of the same resource before it, oldest first
 */
export function foldedBefore(
  change: TrailEvent,
  changes: readonly TrailEvent[],
  fields: Fields,
): TrailClaims | undefined {
  let state: Folded | undefined;
  for (const one of changes) state = foldedWith(state, one, fields);
  if (state === undefined) return undefined;
  const { known, claims } = state;
  if (known === undefined) return claims;
  // Each field of a bucket or a view is compared by itself; a sink and a provider count as a whole.
  const isApart = /(?:Bucket|BucketAsync|View)$/.test(change.method);
  const told = fieldsOf(change.claims, fields).map(([field]) => field);
  return isApart && told.every((field) => known.has(field)) ? claims : undefined;
}

function foldedWith(
  state: Folded | undefined,
  { method, claims }: TrailEvent,
  fields: Fields,
): Folded | undefined {
  const verb = method.slice(method.lastIndexOf('.') + 1);
  if (verb.startsWith('Create')) return { claims, known: undefined };
  if (verb.startsWith('Delete')) return { claims: {}, known: undefined };
  if (!verb.startsWith('Update')) return undefined;
  const before = state ?? { claims: {}, known: new Set<string>() };
  const told = fieldsOf(claims, fields);
  return {
    claims: updated(before.claims, claims, told),
    known:
      before.known === undefined ? undefined : new Set([...before.known, ...told.map(([field]) => field)]),
  };
}

/** Those of the mask. Without one, those that the entry tells. */
function fieldsOf(told: TrailClaims, fields: Fields): Fields {
  const mask = textOf(told, 'updateMask');
  return fields.filter(([field, names]) =>
    mask === undefined || mask === '*' ? names.some((name) => Object.hasOwn(told, name)) : masks(mask, field),
  );
}

/** A field of the mask that the entry does not tell is at its default again. */
function updated(state: TrailClaims, told: TrailClaims, fields: Fields): TrailClaims {
  const names = new Set(fields.flatMap(([, claims]) => claims));
  const kept = Object.entries(state).filter(([name]) => !names.has(name));
  const set = [...names].flatMap((name) => {
    const value = Object.hasOwn(told, name) ? told[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...kept, ...set]);
}

/** A change of an IAM policy, and whether its entry tells the whole of what it left. */
export interface PolicyChange {
  readonly event: TrailEvent;
  readonly whole: boolean;
}

/** The audit configuration that a line of changes of one policy left. @param changes newest first */
export function auditConfigsAfter(changes: readonly PolicyChange[]): TrailClaims | undefined {
  const deltas: (readonly AuditDelta[])[] = [];
  for (const { event, whole } of changes) {
    const { claims } = event;
    if (isCut(claims, 'auditConfigDeltas') || isCut(claims, 'policyAuditConfigs')) return undefined;
    const own = auditDeltasOf(claims);
    const mask = textOf(claims, 'updateMask');
    const sets = own.length > 0 ? whole : mask !== undefined && masks(mask, 'auditConfigs');
    if (sets) {
      const configs = deltas
        .toReversed()
        .reduce((before, each) => withDeltas(before, each, true), auditConfigsOf(claims));
      const lines = [...configs].map(([line, exempted]) => [...line.split(' '), ...exempted]);
      return lines.length === 0 ? {} : { policyAuditConfigs: JSON.stringify(lines) };
    }
    // Any other change leaves the audit configuration as it is.
    if (own.length > 0) deltas.push(own);
  }
  return undefined;
}
