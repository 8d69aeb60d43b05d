/**
 * CloudEvents of our own types in binary mode: `ce-*` headers (HTTP binding) or attributes (Pub/Sub binding), and the data
 * alone as body. Put into structured mode, so that everything behind knows one form. Events of other types are left as
 * they are: their `ce-*` attributes are an envelope of somebody else's.
 * https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md
 */
import { isUtf8 } from 'node:buffer';
import { compact } from './json-text.ts';

const OURS = 'jobtrail.';
/** The attributes that a record has; extensions are no part of it. */
const ATTRIBUTES = ['specversion', 'type', 'source', 'id', 'time'];

/**
 * @param attribute by its name with `ce-` before it
 * @returns JSON text; undefined where the body is no event of ours in binary mode
 */
export function structuredEvent(
  attribute: (name: string) => unknown,
  body: Uint8Array,
): Uint8Array | undefined {
  const type = attribute('ce-type');
  if (typeof type !== 'string' || !type.startsWith(OURS)) return undefined;
  const members = ATTRIBUTES.flatMap((name) => {
    const value = attribute(`ce-${name}`);
    return typeof value === 'string' ? [`${JSON.stringify(name)}:${JSON.stringify(value)}`] : [];
  });
  // The text of the data, not a value parsed from it: what is no JSON stays visibly none. On one line, as records of files.
  const data = isUtf8(body) ? Buffer.from(compact(Buffer.from(body).toString('utf8'))) : body;
  return Buffer.concat([Buffer.from(`{${members.join(',')},"data":`), data, Buffer.from('}')]);
}
