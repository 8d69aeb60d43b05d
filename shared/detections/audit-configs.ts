/**
 * Data Access audit configuration as a set: which type of log of which service is on, and who is exempt. What holds for a
 * service is the union of its own lines and those of `allServices` (google/iam/v1/policy.proto, AuditConfig).
 */
import type { TrailClaims } from '../model/trail-event.ts';
import { listOf } from './evidence.ts';

/** `service logType` → members that are exempt. */
export type AuditConfigs = ReadonlyMap<string, ReadonlySet<string>>;

export interface AuditDelta {
  readonly action: string;
  readonly line: string;
  readonly exempted: string | undefined;
}

export const auditDeltasOf = (claims: TrailClaims): readonly AuditDelta[] =>
  listOf(claims, 'auditConfigDeltas').map(([action = '', service = '', type = '', exempted]) => ({
    action,
    line: `${service} ${type}`,
    exempted,
  }));

export function auditConfigsOf(claims: TrailClaims): AuditConfigs {
  const configs = new Map<string, ReadonlySet<string>>();
  for (const [service = '', type = '', ...exempted] of listOf(claims, 'policyAuditConfigs')) {
    const line = `${service} ${type}`;
    configs.set(line, new Set([...(configs.get(line) ?? []), ...exempted]));
  }
  return configs;
}

/** @param forward false: what was before the deltas, from what is after them */
export function withDeltas(
  configs: AuditConfigs,
  deltas: readonly AuditDelta[],
  forward: boolean,
): AuditConfigs {
  const changed = new Map([...configs].map(([line, members]) => [line, new Set(members)]));
  for (const { action, line, exempted } of deltas) {
    const adds = (action === 'ADD') === forward;
    const members = changed.get(line);
    if (exempted === undefined) {
      if (!adds) changed.delete(line);
      else if (members === undefined) changed.set(line, new Set());
    } else if (!adds) members?.delete(exempted);
    else if (members === undefined) changed.set(line, new Set([exempted]));
    else members.add(exempted);
  }
  return changed;
}

const ALL = 'allServices';

/** Undefined where the type is not logged; otherwise who is exempt. */
function effective(configs: AuditConfigs, line: string): ReadonlySet<string> | undefined {
  const type = line.slice(line.indexOf(' ') + 1);
  const [own, all] = [configs.get(line), configs.get(`${ALL} ${type}`)];
  if (own === undefined && all === undefined) return undefined;
  return new Set([...(own ?? []), ...(all ?? [])]);
}

export interface AuditLoss {
  /** `service logType` */
  readonly line: string;
  /** Undefined: nobody's calls are logged any more. */
  readonly exempted: string | undefined;
}

/** What was logged and is not. */
export function lossesOf(before: AuditConfigs, after: AuditConfigs): readonly AuditLoss[] {
  const lines = new Set([...before.keys(), ...after.keys()]);
  return [...lines].toSorted().flatMap((line): readonly AuditLoss[] => {
    const was = effective(before, line);
    if (was === undefined) return [];
    const is = effective(after, line);
    if (is === undefined) return [{ line, exempted: undefined }];
    return [...is].filter((member) => !was.has(member)).map((exempted) => ({ line, exempted }));
  });
}
