/**
 * What some of Google's roles are known to give, for when they cannot be looked up. A role that is on no list is not known: the
 * lists are of what was true once.
 */
import { publishes, writesEntries } from '../detections/evidence-roles.ts';

export const PUBLISH = 'pubsub.topics.publish';
export const CONSUME = 'pubsub.subscriptions.consume';
/** Writes an entry under any log name of the project that is not Google's own. */
export const WRITE_LOGS = ['logging.logEntries.create', 'logging.logEntries.route'];

const CONSUMERS: ReadonlySet<string> = new Set([
  'roles/owner',
  'roles/editor',
  'roles/pubsub.admin',
  'roles/pubsub.editor',
  'roles/pubsub.subscriber',
]);
/** Of these all that they give is known. */
const WHOLE =
  /^roles\/(?:pubsub\.(?:publisher|subscriber|viewer)|logging\.(?:logWriter|viewer)|viewer|browser|iam\.(?:securityReviewer|roleViewer))$/;

/** Undefined: not known. */
export function knownToGive(role: string, permissions: readonly string[]): boolean | undefined {
  const gives = (permission: string): boolean => {
    if (permission === PUBLISH) return publishes(role) === true;
    return permission === CONSUME ? CONSUMERS.has(role) : writesEntries(role) === true;
  };
  if (permissions.some(gives)) return true;
  return WHOLE.test(role) ? false : undefined;
}
