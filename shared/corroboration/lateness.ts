/**
 * How late the records of a path may be before their absence says something (lateness classes of the catalogue, 1.4). Declared
 * per path where it is known better (`corroboration.paths`).
 */
const MINUTE = 60_000;

/** Of Cloud Audit Logs through sink and Pub/Sub: class A. */
const AUDIT = 10 * MINUTE;

const BY_SOURCE: ReadonlyMap<string, number> = new Map([
  ['istio', 5 * MINUTE],
  ['kong', 5 * MINUTE],
  ['mesh', 5 * MINUTE],
  ['gateway', 5 * MINUTE],
  ['databricks', 60 * MINUTE],
  ['observed', 8 * MINUTE],
  ['approvals', 5 * MINUTE],
  ['deployments', 5 * MINUTE],
]);

/** Milliseconds; a path's is its source's. */
export function latenessMs(path: string): number {
  const slash = path.indexOf('/');
  return BY_SOURCE.get(slash < 0 ? path : path.slice(0, slash)) ?? AUDIT;
}
