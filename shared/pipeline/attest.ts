/**
 * Entries that carry their own proof wait for its verification, all others go on at once: the only step of the way of
 * an entry that may take time before the commit.
 */
import type { Decoded } from '../envelope/envelope.ts';
import type { Prepared, Preparer } from './prepare.ts';

/**
 * A promise only where there is a proof.
 * @throws JobtrailError of disposition `retry`, in the promise: the proof cannot be judged now.
 */
export function prepareAttested(
  preparer: Preparer,
  decoded: Decoded,
  now: () => string,
): Prepared | Promise<Prepared> {
  const attesting = preparer.attest(decoded);
  return attesting === undefined
    ? preparer.prepare(decoded, now())
    : attesting.then((attestation) => preparer.prepare(decoded, now(), attestation));
}
