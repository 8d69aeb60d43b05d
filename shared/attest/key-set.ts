/** Which key of a set a proof asks for. */
import { createLocalJWKSet, errors, type CryptoKey } from 'jose';
import type { KeyWanted, PublicKey } from './keys.ts';

/** By algorithm, use and id, as RFC 7517 has them: the one key that fits, where exactly one does. */
export function keySet(keys: readonly PublicKey[]): (wanted: KeyWanted) => Promise<CryptoKey | undefined> {
  const find = createLocalJWKSet({
    keys: keys.map(({ kid, ...key }) => (kid === undefined ? key : { ...key, kid })),
  });
  return async ({ alg, kid }) => {
    try {
      return await find(kid === undefined ? { alg } : { alg, kid });
    } catch (error) {
      const none =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      if (none) return undefined;
      throw error;
    }
  };
}
