/**
 * Proofs of the company's change system and of its CI, as docs/sources/approvals.md has them made: a detached JWS over the
 * record's canonical JSON (RFC 7515, RFC 8785), and an OIDC token that names the record's digest. The keys are those of an
 * invented company: each is derived from a name whenever it is needed, so that the repository holds no private key.
 */
import { createPrivateKey, createPublicKey, hash, sign, type KeyObject } from 'node:crypto';
import { GITHUB_ISSUER, REPOSITORY } from '../company.ts';
import type { Json } from '../entry.ts';

export const CHANGES = 'https://changes.example.com';
export const AUDIENCE = 'https://jobtrail.example.com';

/** Names of keys, which are their ids. */
export const KEYS = { changes: 'changes-2026', ci: 'ci-2026' } as const;

/** PKCS #8 of an Ed25519 key, up to the 32 bytes that are the key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyOf(name: string): KeyObject {
  const seed = hash('sha256', `the invented company's key ${name}`, 'buffer');
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** The public half, for the configuration. */
export function publicKey(name: string): {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
} {
  const x = createPublicKey(keyOf(name)).export({ format: 'jwk' }).x ?? '';
  return { kty: 'OKP', crv: 'Ed25519', x, kid: name };
}

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
const signature = (key: string, input: string): string =>
  sign(null, Buffer.from(input), keyOf(key)).toString('base64url');
const withProof = (record: Unsigned, proof: string): Unsigned => ({
  ...record,
  data: { ...record.data, proof },
});

/** Signed by whoever has the key; the header claims to be the change system's, as anybody's may. */
export function signed(record: Unsigned, key: string = KEYS.changes): Unsigned {
  const header = encoded(
    JSON.stringify({ alg: 'EdDSA', typ: 'jobtrail-record+jws', iss: CHANGES, kid: KEYS.changes }),
  );
  return withProof(record, `${header}..${signature(key, `${header}.${encoded(canonical(record))}`)}`);
}

/** With the identity token that a workflow asked for, whose audience is the record. */
export function withWorkflowToken(record: Unsigned): Unsigned {
  const issued = Math.floor(Date.parse(record.time) / 1000) + 1;
  const header = encoded(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid: KEYS.ci }));
  const claims = encoded(
    JSON.stringify({
      iss: GITHUB_ISSUER,
      sub: `repo:${REPOSITORY}:ref:refs/heads/main`,
      aud: `${AUDIENCE}#sha256=${hash('sha256', canonical(record))}`,
      repository: REPOSITORY,
      ref: 'refs/heads/main',
      actor: 'chiara-acme',
      iat: issued,
      exp: issued + 300,
    }),
  );
  return withProof(record, `${header}.${claims}.${signature(KEYS.ci, `${header}.${claims}`)}`);
}
