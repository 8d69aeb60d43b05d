/** Which actions policy decides, and the groups that policies may name instead of single verbs. */
import { ACTIONS, type Action } from '../model/event.ts';

/**
 * What records a hop, work under way, an API's answer or an engine's own bookkeeping starts, changes and reads nothing
 * of the organisation's: it is evidence, and no act that a policy could have forbidden.
 */
const EVIDENCE: ReadonlySet<Action> = new Set<Action>([
  'api.call',
  'job.run',
  'job.finish',
  'job.observe',
  'metric.observe',
  'session.run',
  'metadata.read',
  'telemetry.read',
  'telemetry.write',
  'key.use',
  'credential.inject',
  'grant.activate',
  'operation.cancel',
  'operation.delete',
  'unclassified',
]);

export const DECIDED: readonly Action[] = ACTIONS.filter((action) => !EVIDENCE.has(action));

const DECIDED_SET: ReadonlySet<Action> = new Set(DECIDED);

export const isDecided = (action: Action): boolean => DECIDED_SET.has(action);

/** `data` for `data.read`: the part before the dot, which policies name as `Action::"data"`. */
export function groupOf(action: Action): string {
  const dot = action.indexOf('.');
  return dot < 0 ? action : action.slice(0, dot);
}

export type ResourceKind = 'Job' | 'Cluster' | 'Model' | 'Dataset' | 'Resource';

/** What an action is done to. */
export function resourceKindOf(action: Action): ResourceKind {
  switch (groupOf(action)) {
    case 'job':
    case 'session':
    case 'workflow':
      return 'Job';
    case 'cluster':
      return 'Cluster';
    case 'model':
      return 'Model';
    case 'data':
    case 'schema':
      return 'Dataset';
    default:
      return 'Resource';
  }
}
