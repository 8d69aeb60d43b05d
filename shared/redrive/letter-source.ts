/**
 * Which source a dead letter was on its way to. The subscription's own name tells first: it is the deployment's, and what comes
 * with a message may be its writer's. Whoever may publish to the topic of one source must not be taken for another's.
 */
import { SOURCE_NAMES } from '../sources/source.ts';
import type { Letter } from './letters.ts';

/** Where nothing tells it. */
export const UNKNOWN_SOURCE = 'unknown';
/** Named by whoever redrives: any source that owns an entry. */
export const ANY_SOURCE = 'any';

/** Pub/Sub puts it there when it gives a message up. */
const FROM = 'CloudPubSubDeadLetterSourceSubscription';

/** @param subscription that holds the letters: `projects/P/subscriptions/S` */
export const letterSource = ({ message }: Pick<Letter, 'message'>, subscription: string): string =>
  named(subscription) ?? named(message.attributes[FROM] ?? '') ?? UNKNOWN_SOURCE;

/** The one source that is a word of the name; undefined where none is, and where several are and the name is no deployment's. */
function named(subscription: string): string | undefined {
  const name = subscription.slice(subscription.lastIndexOf('/') + 1);
  const words = new Set(name.split(/[-_.]/));
  const found = SOURCE_NAMES.filter((source) => words.has(source));
  if (found.length === 1) return found[0];
  return SOURCE_NAMES.find((source) => name === `jobtrail-${source}` || name === `jobtrail-${source}-dead`);
}
