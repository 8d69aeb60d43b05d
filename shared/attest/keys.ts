/**
 * The keyring: which issuers the configuration trusts, and where the keys of each are found. Keys written out in the
 * configuration are checked when it is loaded; fetched ones come through a function that the edge hands in.
 */
import { createPublicKey } from 'node:crypto';
import type { CryptoKey } from 'jose';
import { PublicJwk, type Issuer } from '../../schemas/config.ts';
import { JobtrailError, messageOf } from '../errors.ts';

/** What a proof says of its key. Nothing of it is verified. */
export interface KeyWanted {
  readonly alg: string;
  readonly kid: string | undefined;
}

/**
 * The one key that fits; undefined where there is none, or where several fit and the proof does not say which.
 * @param time when the record was made, RFC 3339
 * @throws JobtrailError `issuer-keys-unavailable`
 */
export type FindKey = (wanted: KeyWanted, time: string) => Promise<CryptoKey | undefined>;

export interface TrustedIssuer {
  readonly issuer: Issuer;
  readonly findKey: FindKey;
}

/** `iss` to its issuers, in the order of the configuration: one `iss` may be declared several times. */
export type Keyring = ReadonlyMap<string, readonly TrustedIssuer[]>;

/** Finds keys at a `jwksUri`; one for each URI. */
export type FetchKeys = (uri: string) => FindKey;

/** @throws JobtrailError `config-invalid` naming every issuer's key that cannot verify anything. */
export function createKeyring(issuers: readonly Issuer[], fetchKeys: FetchKeys): Keyring {
  const keyring = new Map<string, TrustedIssuer[]>();
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const issuer of issuers) {
    const { id, issuer: iss, jwks, jwksUri } = issuer;
    if (ids.has(id)) problems.push(`issuers: ${id} is declared twice`);
    ids.add(id);
    for (const [index, key] of (jwks?.keys ?? []).entries()) {
      const problem = keyProblem(key);
      if (problem !== undefined) problems.push(`issuers: ${id}: jwks.keys.${index}: ${problem}`);
    }
    const findKey =
      jwksUri === undefined ? (problems.length > 0 ? none : findIn(jwks?.keys ?? [])) : fetchKeys(jwksUri);
    keyring.set(iss, [...(keyring.get(iss) ?? []), { issuer, findKey }]);
  }
  if (problems.length > 0) {
    throw new JobtrailError(
      'config-invalid',
      `The configuration's issuers have ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n  ${problems.join('\n  ')}`,
      'docs/configuration.md says what an issuer is made of.',
    );
  }
  return keyring;
}

const none: FindKey = () => Promise.resolve(undefined);

/** Where no edge fetches keys: what an issuer with a `jwksUri` says can be neither believed nor refused. */
export const fetchesNothing: FetchKeys = (uri) => () =>
  Promise.reject(unavailable(uri, 'nothing is fetched here'));

export const unavailable = (uri: string, why: string, cause?: unknown): JobtrailError =>
  new JobtrailError(
    'issuer-keys-unavailable',
    `The keys at ${uri} cannot be had: ${why}.`,
    'See whether the address answers from here, or write the keys into the configuration as `jwks`.',
    { cause },
  );

/** The keys of a set that can verify signatures; the others are as if they were not there. */
export function usableKeys(keys: readonly unknown[]): readonly PublicKey[] {
  return keys.flatMap((value) => {
    const key = PublicJwk.safeParse(value);
    return key.success && keyProblem(key.data) === undefined ? [key.data] : [];
  });
}

export type PublicKey = NonNullable<Issuer['jwks']>['keys'][number];

/** NIST SP 800-131A; jose takes no shorter ones either. */
const MIN_RSA_BITS = 2048;

function keyProblem(key: PublicKey): string | undefined {
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ key, format: 'jwk' });
    const bits = details?.modulusLength;
    return bits !== undefined && bits < MIN_RSA_BITS
      ? `an RSA key of ${bits} bits; at least ${MIN_RSA_BITS} are needed`
      : undefined;
  } catch (error) {
    return `no public key that can be read: ${messageOf(error)}`;
  }
}

/** jose takes longer to load than all else together, and most functions meet no proof: it is loaded for the first one. */
export function findIn(keys: readonly PublicKey[]): (wanted: KeyWanted) => Promise<CryptoKey | undefined> {
  let set: Promise<(wanted: KeyWanted) => Promise<CryptoKey | undefined>> | undefined;
  return async (wanted) => {
    set ??= import('./key-set.ts').then(({ keySet }) => keySet(keys));
    return (await set)(wanted);
  };
}
