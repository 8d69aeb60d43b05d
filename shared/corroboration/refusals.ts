/**
 * Refusals of jobs and their data as attempts: what somebody tried, told by the audit log, the mesh, the gateway or several of
 * them, and tried again by the caller's own retries.
 */
import type { Action } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** Actions whose refusal counts. */
export const REFUSED_ACTIONS: readonly Action[] = [
  'job.submit',
  'job.update',
  'job.cancel',
  'job.delete',
  'session.create',
  'session.run',
  'session.terminate',
  'session.delete',
  'workflow.run',
  'cluster.create',
  'cluster.update',
  'cluster.delete',
  'cluster.start',
  'cluster.stop',
  'template.change',
  'schema.change',
  'metadata.read',
  'telemetry.read',
  'data.read',
  'data.write',
  'data.delete',
  'data.share',
  'credential.mint',
  'credential.create',
  'policy.change',
  'iam.change',
  'api.call',
  'unclassified',
];
const COUNTED: ReadonlySet<Action> = new Set(REFUSED_ACTIONS);

/** Of a workspace only what is about jobs and data: sign-ins and settings are refused for reasons of their own. */
const WORKSPACE = /^(?:jobs|unityCatalog|deltaPipelines|databrickssql)\./;

/** Whether a refusal is one of jobs or their data. */
export const isCounted = ({ outcome, action, source, method }: TrailEvent): boolean =>
  outcome === 'denied' && COUNTED.has(action) && (source !== 'databricks' || WORKSPACE.test(method));

export interface Attempt {
  readonly method: string;
  readonly event: TrailEvent;
}

/**
 * Each distinct (method, resource) once, by its first refusal. Hops know a call by its route, the audit log by what it was
 * about: a hop's record of a call that the audit log tells as refused too adds nothing.
 * @param isExcused refusals that are none of the count, though they tell of what hops saw
 */
export function attemptsOf(
  refusals: readonly TrailEvent[],
  isExcused: (event: TrailEvent) => boolean,
): readonly Attempt[] {
  const counted = refusals.filter(isCounted);
  const audited = new Set(
    counted.filter(({ action }) => action !== 'api.call').map(({ callKey }) => callKey),
  );
  const first = new Map<string, Attempt>();
  for (const event of counted) {
    const isHop = event.action === 'api.call';
    if (isHop && audited.has(event.callKey)) continue;
    const method = methodOf(event);
    const thing = JSON.stringify(
      isHop
        ? [event.callKey, tailOf(event.resource ?? '')]
        : [method, event.resource ?? event.job ?? event.id],
    );
    if (!first.has(thing) && !isExcused(event)) first.set(thing, { method, event });
  }
  return [...first.values()];
}

/** `j1:cancel`: what two hops agree on, whatever prefix a route takes off the path. */
const tailOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** As all planes call it: the RPC of a call, where the record is of one. */
function methodOf({ callKey, method }: TrailEvent): string {
  const called = callKey?.split('|', 2)[1] ?? '';
  return called === '' ? method : called;
}
