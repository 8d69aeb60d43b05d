/**
 * Versions of policies, as sources tell them. A digest is SHA-256 over the canonical JSON of a content: equal for equal
 * contents whatever the order of their keys, so that a change that was taken back shows the digest of before. Changes of
 * policies are rare entries, and only for them is a content written out again.
 */
import { canonicalDigest } from '../envelope/canonical.ts';
import type { PolicyPlane, PolicyVersion } from '../model/event.ts';
import type { Json } from './fields.ts';

/** What a change of a policy left: this content, or undefined where the entry does not tell the whole of it. */
export function changedPolicy(
  plane: PolicyPlane,
  policy: string,
  content: Json | readonly unknown[] | undefined,
): PolicyVersion {
  if (content === undefined) return { plane, policy, change: 'delta' };
  return { plane, policy, change: 'set', digest: canonicalDigest(JSON.stringify(content)) };
}

export const deletedPolicy = (plane: PolicyPlane, policy: string): PolicyVersion => ({
  plane,
  policy,
  change: 'delete',
});

/**
 * A change of a collection that does not tell of which members, or of several at once: a difference of the collection
 * itself, under a name that no member has.
 */
export const changedCollection = (plane: PolicyPlane, collection: string): PolicyVersion => ({
  plane,
  policy: `${collection}/*`,
  change: 'delta',
});

/** The members of an object but those under the given keys. */
export function without(object: Json, keys: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}
