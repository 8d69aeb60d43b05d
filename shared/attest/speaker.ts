/** Whom an attested record may be taken to speak for: the identity of its event, and what its claims say of the proof. */
import type { Claims } from '../audit/claims.ts';
import { claim } from '../audit/claims.ts';
import type { Claim, IdentityClaims } from '../identity/claims.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import { parseJwt } from '../identity/grammar/jwt.ts';
import type { Provenance } from '../model/event.ts';
import type { Attestation, UnverifiedReason, Verified } from './attestation.ts';

/** Why a record counts as claimed: its proof, or that the proof is of somebody who may not speak for the one it names. */
export type Doubt = UnverifiedReason | 'not-vouched';

export interface Speaker {
  readonly identity: IdentityClaims;
  readonly provenance: Extract<Provenance, 'signed' | 'tenant'>;
}

/**
 * @param named who the record says acted; undefined where it leaves that to its proof
 * @param realm under which the name stands where nothing proves it
 * @param claims takes `issuer`, `signer` and `covers` of a proof that holds, `unverified` where the record counts as claimed
 */
export function speakerOf(
  named: string | undefined,
  attestation: Attestation | undefined,
  realm: string,
  claims: Claims,
): Speaker {
  const answer =
    attestation?.kind === 'verified'
      ? provenSpeaker(named, attestation)
      : (attestation?.reason ?? 'no-proof');
  if (attestation?.kind === 'verified') {
    claim(claims, 'issuer', attestation.issuer);
    claim(claims, 'signer', signerOf(attestation), 1024);
    claim(claims, 'covers', attestation.covers);
  }
  if (typeof answer !== 'string') return { identity: identityOf(answer.claim), provenance: 'signed' };
  const doubt: Doubt = answer;
  claim(claims, 'unverified', doubt);
  return {
    identity: identityOf(named === undefined ? undefined : { kind: 'named', name: named, realm }),
    provenance: 'tenant',
  };
}

/** Who the proof allows to be taken for the one who acted; undefined: the proof is good and names nobody. */
function provenSpeaker(
  named: string | undefined,
  { subject, claims, vouchesForOthers }: Verified,
): { readonly claim: Claim | undefined } | Doubt {
  const token: Claim | undefined = subject === undefined ? undefined : { kind: 'jwt', claims };
  if (named === undefined || (token !== undefined && isSame(named, claims))) return { claim: token };
  return vouchesForOthers ? { claim: { kind: 'vouched', identifier: named } } : 'not-vouched';
}

/** By issuer and subject: the kind of a principal is what each grammar can tell of it. */
function isSame(named: string, claims: Verified['claims']): boolean {
  const written = parseIdentifier(named);
  const actor = parseJwt(claims)?.actor.identity;
  return written !== undefined && written.issuer === actor?.issuer && written.subject === actor.subject;
}

/** The principal of a token; of a bare signature the key. */
function signerOf({ subject, claims, keyId }: Verified): string | undefined {
  return subject === undefined ? keyId : (parseJwt(claims)?.actor.identity.id ?? subject);
}

const identityOf = (caller: Claim | undefined): IdentityClaims =>
  caller === undefined ? { absent: 'not-recorded' } : { caller };
