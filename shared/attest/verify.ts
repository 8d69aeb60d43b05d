/**
 * Whether the proof of a record proves it. Two forms, both compact JWS (RFC 7515):
 *
 * - a *signature*, `header..signature`: detached (appendix F), over the canonical form of the record. Its header has
 *   `alg`, `typ: jobtrail-record+jws`, `iss`, and `kid` where the issuer has several keys;
 * - a *token*, an OIDC token (OpenID Connect Core section 2) of whoever published the record, whose audience is
 *   `<audience of the issuer>#sha256=<SHA-256 of the canonical form>`.
 *
 * Pure but for the arithmetic: keys are handed in, and the time that counts is the record's, so that the same record
 * gives the same answer whenever it is read.
 *
 * Threat: everything here but the keyring was written by whoever can publish a message. Nothing of a proof is believed
 * before its signature is verified; what is read of it before (`iss`, `alg`, `kid`) only chooses among what the
 * configuration trusts. Keys come from the declared issuer alone, never from the proof (`jwk`, `jku`, `x5c`), and only
 * asymmetric algorithms are taken, so that no public key can serve as a shared secret (RFC 8725 sections 3.1 to 3.11).
 */
import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, flattenedVerify } from 'jose';
import type { Issuer } from '../../schemas/config.ts';
import { list, num, own, str, type Json } from '../sources/fields.ts';
import type { Attestation, Credential, UnverifiedReason, Verified } from './attestation.ts';
import type { Keyring, TrustedIssuer } from './keys.ts';

/** Signatures that only the holder of a private key can make. */
export const ALGORITHMS: ReadonlySet<string> = new Set(
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' '),
);
/** Explicit type of a signature (RFC 8725 section 3.11): nothing else that the key signs can stand in its place. */
export const SIGNATURE_TYPE = 'jobtrail-record+jws';
/** Seconds that a record may be older than its token: it is made first, on a clock of its own. */
export const SKEW_SECONDS = 300;

/**
 * Asks every declared issuer of the proof's `iss` that may attest such records; the first that is satisfied vouches for
 * it, else the first one's reason stands.
 *
 * @throws JobtrailError `issuer-keys-unavailable`: whether the proof holds cannot be told now.
 */
export async function verify(credential: Credential, keyring: Keyring): Promise<Attestation> {
  const proof = readProof(credential);
  if (typeof proof === 'string') return unverified(proof);

  const declared = keyring.get(proof.iss);
  if (declared === undefined) return unverified('issuer-unknown');

  const trusted = declared.filter(({ issuer }) => issuer.attests.includes(credential.use));
  let answer: Attestation | undefined;
  for (const issuer of trusted) {
    const attestation = await attestedBy(issuer, proof, credential);
    if (attestation.kind === 'verified') return attestation;
    answer ??= attestation;
  }
  return answer ?? unverified('issuer-not-for-this');
}

async function attestedBy(
  { issuer, findKey }: TrustedIssuer,
  proof: Proof,
  credential: Credential,
): Promise<Attestation> {
  const key = await findKey({ alg: proof.alg, kid: proof.kid }, credential.time);
  if (key === undefined) return unverified('key-unknown');

  const broken = await signatureProblem(proof, key);
  if (broken !== undefined) return unverified(broken);
  if (proof.claims === undefined) return verified(issuer, proof, 'content');

  const covers = coverage(proof.claims, issuer, credential);
  if (covers !== 'content' && covers !== 'publisher') return unverified(covers);

  const outside = validityProblem(proof.claims, credential.time);
  if (outside !== undefined) return unverified(outside);

  if (!hasRequired(proof.claims, issuer)) return unverified('issuer-not-for-this');
  return verified(issuer, proof, covers);
}

interface Proof {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly iss: string;
  /** Of a token; undefined for a signature. */
  readonly claims: Json | undefined;
  readonly jws: { readonly protected: string; readonly payload: string; readonly signature: string };
}

/** What the proof says of itself; nothing of it is verified yet. */
function readProof({ token, record }: Credential): Proof | UnverifiedReason {
  const [header = '', payload, signature, more] = token.split('.', 4);
  if (payload === undefined || signature === undefined || more !== undefined) return 'malformed';
  const said = decoded(() => decodeProtectedHeader({ protected: header }));
  // No extension is understood here: neither `b64` nor any other may change what is signed.
  if (said === undefined || own(said, 'crit') !== undefined) return 'malformed';
  const alg = str(said, 'alg');
  if (alg === undefined || !ALGORITHMS.has(alg)) return 'algorithm-not-allowed';
  const kid = str(said, 'kid');

  if (payload === '') {
    const iss = str(said, 'iss');
    if (iss === undefined || str(said, 'typ') !== SIGNATURE_TYPE) return 'malformed';
    const content = Buffer.from(record).toString('base64url');
    return { alg, kid, iss, claims: undefined, jws: { protected: header, payload: content, signature } };
  }
  const claims = decoded(() => decodeJwt(token));
  const iss = str(claims, 'iss');
  if (claims === undefined || iss === undefined || str(claims, 'sub') === undefined) return 'malformed';
  if (instant(claims, 'iat') === undefined || instant(claims, 'exp') === undefined) return 'malformed';
  return { alg, kid, iss, claims, jws: { protected: header, payload, signature } };
}

/** jose's decoders throw on whatever is no JSON object in base64url. */
function decoded(decode: () => Json): Json | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

async function signatureProblem(
  { jws }: Proof,
  key: Parameters<typeof flattenedVerify>[1],
): Promise<UnverifiedReason | undefined> {
  try {
    await flattenedVerify(jws, key, { algorithms: [...ALGORITHMS] });
    return undefined;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature-wrong';
    // Base64 that is none.
    if (error instanceof errors.JOSEError) return 'malformed';
    throw error;
  }
}

/** What the token is for: this record, another one, any of ours, or none of ours. */
function coverage(
  claims: Json,
  { audience, unboundTokens }: Issuer,
  { record }: Credential,
): Verified['covers'] | UnverifiedReason {
  const given = own(claims, 'aud');
  const audiences = typeof given === 'string' ? [given] : list(claims, 'aud');
  if (audience === undefined) return 'audience-wrong';
  if (audiences.includes(boundAudience(audience, record))) return 'content';
  if (audiences.some((one) => typeof one === 'string' && one.startsWith(`${audience}#sha256=`)))
    return 'content-differs';
  if (!audiences.includes(audience)) return 'audience-wrong';
  return unboundTokens ? 'publisher' : 'not-bound-to-record';
}

/** The audience that binds a token to one record. */
export function boundAudience(audience: string, record: string): string {
  return `${audience}#sha256=${hash('sha256', record)}`;
}

/** A token must have been valid when the record was made; how late it arrives tells nothing. */
function validityProblem(claims: Json, time: string): UnverifiedReason | undefined {
  const made = Date.parse(time) / 1000;
  const begins = Math.max(instant(claims, 'iat') ?? Infinity, instant(claims, 'nbf') ?? 0);
  if (!(made >= begins - SKEW_SECONDS)) return 'not-yet-valid';
  return made < (instant(claims, 'exp') ?? 0) ? undefined : 'expired';
}

/** NumericDate of RFC 7519: seconds, a JSON number and no text. */
const instant = (claims: Json, name: string): number | undefined =>
  typeof own(claims, name) === 'number' ? num(claims, name) : undefined;

function hasRequired(claims: Json, { claims: required }: Issuer): boolean {
  return Object.entries(required).every(([name, expected]) => {
    const value = str(claims, name);
    return (
      value !== undefined && (typeof expected === 'string' ? value === expected : expected.includes(value))
    );
  });
}

const unverified = (reason: UnverifiedReason): Attestation => ({ kind: 'unverified', reason });

function verified(issuer: Issuer, { claims, kid }: Proof, covers: Verified['covers']): Verified {
  return {
    kind: 'verified',
    issuer: issuer.id,
    subject: str(claims, 'sub'),
    keyId: kid,
    covers,
    claims: claims ?? {},
    vouchesForOthers: issuer.vouchesFor === 'others',
  };
}
