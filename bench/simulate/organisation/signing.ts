/**
 * Proofs of the organisation's change system and of its CI: a detached JWS over the record's canonical JSON (RFC 7515,
 * RFC 8785), and an OIDC token that names the record's digest. Keys are derived from a name whenever they are needed, so
 * that the repository holds no private key.
 */
import { createPrivateKey, createPublicKey, hash, sign, type KeyObject } from 'node:crypto';
import type { Json } from '../told.ts';

export const CHANGES = 'https://changes.sim.example.com';
export const CI_ISSUER = 'https://ci.sim.example.com';
export const CI_SUBJECT = 'deploying-workflow';
export const AUDIENCE = 'https://jobtrail.sim.example.com';
export type Signer = 'changes' | 'ci' | 'stranger';

/** PKCS #8 of an Ed25519 key, up to the 32 bytes that are the key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEYS = new Map<Signer, KeyObject>();

function keyOf(name: Signer): KeyObject {
  const known = KEYS.get(name);
  if (known !== undefined) return known;
  const seed = hash('sha256', `the simulated organisation's key ${name}`, 'buffer');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  KEYS.set(name, key);
  return key;
}

/** The public half, for the configuration. */
export const publicKey = (name: Signer): Json => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: createPublicKey(keyOf(name)).export({ format: 'jwk' }).x ?? '',
  kid: name,
});

/** A CloudEvent before it has a proof. */
export interface Unsigned {
  readonly specversion: '1.0';
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly time: string;
  readonly data: Json;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const signature = (key: Signer, input: string): string =>
  sign(null, Buffer.from(input), keyOf(key)).toString('base64url');
const withProof = (record: Unsigned, proof: string): Unsigned => ({
  ...record,
  data: { ...record.data, proof },
});

/** Signed by whoever has the key; the header claims to be the change system's, as anybody's may. */
export function signed(record: Unsigned, key: Signer = 'changes'): Unsigned {
  const header = encoded(
    JSON.stringify({ alg: 'EdDSA', typ: 'jobtrail-record+jws', iss: CHANGES, kid: 'changes' }),
  );
  return withProof(record, `${header}..${signature(key, `${header}.${encoded(canonical(record))}`)}`);
}

/** With the identity token of a CI run, whose audience is the record. */
export function withRunToken(record: Unsigned): Unsigned {
  const issued = Math.floor(Date.parse(record.time) / 1000) + 1;
  const header = encoded(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid: 'ci' }));
  const claims = encoded(
    JSON.stringify({
      iss: CI_ISSUER,
      sub: CI_SUBJECT,
      aud: `${AUDIENCE}#sha256=${hash('sha256', canonical(record))}`,
      iat: issued,
      exp: issued + 300,
    }),
  );
  return withProof(record, `${header}.${claims}.${signature('ci', `${header}.${claims}`)}`);
}
