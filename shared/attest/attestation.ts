/** What proves a record that carries its own proof, and what became of it. Values only. */

/** A proof as a record carries it, before anything about it is believed. */
export interface Credential {
  /** Compact JWS: a signature over the record without its payload, or an OIDC token of whoever published it. */
  readonly token: string;
  /** What the proof must be over: the canonical form of the record, without its proof. */
  readonly record: string;
  /** When the record says it was made, RFC 3339: the instant at which a token must have been valid. */
  readonly time: string;
  /** For which kind of record the issuer must be trusted. */
  readonly use: 'approvals' | 'deployments';
}

export type Attestation = Verified | { readonly kind: 'unverified'; readonly reason: UnverifiedReason };

export interface Verified {
  readonly kind: 'verified';
  /** Id of the issuer in the configuration. */
  readonly issuer: string;
  /** `sub` of an OIDC token; undefined for a bare signature. */
  readonly subject: string | undefined;
  readonly keyId: string | undefined;
  /** `content`: the proof covers this record and no other; `publisher`: it tells who published, not what. */
  readonly covers: 'content' | 'publisher';
  /** Claims of the token, for identities. Empty for a bare signature. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** True where the issuer may speak for others than the token's subject. */
  readonly vouchesForOthers: boolean;
}

/** Why a proof proves nothing. Stored with the record, which then counts as claimed. */
export type UnverifiedReason =
  /** The record carries none. */
  | 'no-proof'
  /** It is no compact JWS, or a token without the claims that OpenID Connect demands. */
  | 'malformed'
  /** Not asymmetric, not on the list, or `none`. */
  | 'algorithm-not-allowed'
  /** The configuration declares no issuer with this `iss`. */
  | 'issuer-unknown'
  /** The issuer is declared for other records, or for other tokens than this (`attests`, `claims`). */
  | 'issuer-not-for-this'
  /** The issuer has no such key, or several and the proof does not say which. */
  | 'key-unknown'
  /** Made with another key, or over another record. */
  | 'signature-wrong'
  /** The token is for somebody else. */
  | 'audience-wrong'
  /** The token is for us and names no record, where the issuer's tokens must. */
  | 'not-bound-to-record'
  /** The token names another record. */
  | 'content-differs'
  /** The record is older than the token can be. */
  | 'not-yet-valid'
  /** The record was made after the token's end. */
  | 'expired';
