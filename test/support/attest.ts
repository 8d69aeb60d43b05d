/** Issuers of tests, and proofs as they make them. Keys are derived from names, so that no private key is kept anywhere. */
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { Config } from '../../schemas/config.ts';
import { canonicalRecord, type ProvenRecord } from '../../shared/attest/canonical-record.ts';
import { createKeyring, fetchesNothing, type Keyring } from '../../shared/attest/keys.ts';
import { boundAudience, SIGNATURE_TYPE } from '../../shared/attest/verify.ts';

type Json = Readonly<Record<string, unknown>>;

/** PKCS #8 of an Ed25519 key, up to the 32 bytes that are the key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 key of a name. */
export function keyOf(name: string): KeyObject {
  const seed = createHash('sha256').update(`jobtrail test key ${name}`).digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

export function publicJwk(name: string, over: Json = {}): Json {
  return { ...createPublicKey(keyOf(name)).export({ format: 'jwk' }), kid: name, ...over };
}

export const CHANGES = 'https://changes.example.com';
export const GITHUB = 'https://token.actions.githubusercontent.com';
export const GOOGLE = 'https://accounts.google.com';
export const GITLAB = 'https://gitlab.example.com';
export const AUDIENCE = 'https://jobtrail.example.com';

/** A change system that signs and vouches, CI whose tokens name the record, CI whose tokens do not, people. */
export const ISSUERS = [
  {
    id: 'changes',
    issuer: CHANGES,
    jwks: { keys: [publicJwk('changes-1'), publicJwk('changes-2')] },
    attests: ['approvals', 'deployments'],
    vouchesFor: 'others',
  },
  {
    id: 'github-shop',
    issuer: GITHUB,
    jwks: { keys: [publicJwk('github')] },
    audience: AUDIENCE,
    attests: ['deployments'],
    claims: { repository: ['shop/etl', 'shop/models'], ref: 'refs/heads/main' },
  },
  {
    id: 'gitlab',
    issuer: GITLAB,
    jwks: { keys: [publicJwk('gitlab')] },
    audience: AUDIENCE,
    attests: ['approvals', 'deployments'],
    unboundTokens: true,
  },
  {
    id: 'people',
    issuer: GOOGLE,
    jwks: { keys: [publicJwk('google')] },
    audience: AUDIENCE,
    attests: ['approvals'],
  },
] as const;

export const keyringOf = (issuers: readonly Json[] = ISSUERS): Keyring =>
  createKeyring(Config.parse({ issuers }).issuers, fetchesNothing);

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const signedBy = (key: KeyObject, input: string): string =>
  sign(null, Buffer.from(input), key).toString('base64url');

export interface Signing {
  readonly key?: string;
  readonly header?: Json;
}

/** A detached signature over a record. */
export function signature(record: ProvenRecord, { key = 'changes-1', header = {} }: Signing = {}): string {
  const said = encoded({ alg: 'EdDSA', typ: SIGNATURE_TYPE, iss: CHANGES, kid: key, ...header });
  return `${said}..${signedBy(keyOf(key), `${said}.${encoded(canonicalRecord(record))}`)}`;
}

/** Any compact JWS. */
export function token(claims: Json, { key = 'google', header = {} }: Signing = {}): string {
  const input = `${encoded({ alg: 'EdDSA', typ: 'JWT', kid: key, ...header })}.${encoded(claims)}`;
  return `${input}.${signedBy(keyOf(key), input)}`;
}

/** Claims of a token that names the record, valid from its time for five minutes. */
export function claimsFor(record: ProvenRecord, over: Json = {}): Json {
  const made = Math.floor(Date.parse(record.time) / 1000);
  return {
    iss: GOOGLE,
    sub: '110169484474386276334',
    email: 'li.wei@example.com',
    email_verified: true,
    aud: boundAudience(AUDIENCE, canonicalRecord(record)),
    iat: made + 1,
    exp: made + 300,
    ...over,
  };
}

export const proven = <T extends ProvenRecord>(record: T, proof: string): T => ({
  ...record,
  data: { ...record.data, proof },
});
