/** What proves a record that carries its own proof, and what became of it. Values only. */

/** A proof as a record carries it, before anything about it is believed. */
export interface Credential {
  /** Compact JWS: either a signature over the record, or an OIDC token of whoever published it. */
  readonly token: string;
  /** What the token must be over: SHA-256 hex of the record's canonical form, without its proof. */
  readonly recordDigest: string;
  /** When the record says it was made, RFC 3339: the instant at which a token must have been valid. */
  readonly time: string;
  /** For which kind of record the issuer must be trusted. */
  readonly use: 'approvals' | 'deployments';
}

export type Attestation =
  | {
      readonly kind: 'verified';
      /** Id of the issuer in the configuration. */
      readonly issuer: string;
      /** `sub` of an OIDC token; undefined for a bare signature. */
      readonly subject: string | undefined;
      readonly keyId: string | undefined;
      /** `content`: the proof covers this record and no other; `publisher`: it tells who published, not what. */
      readonly covers: 'content' | 'publisher';
      /** Claims of the token, for identities. */
      readonly claims: Readonly<Record<string, unknown>>;
      /** True where the issuer may speak for approvers other than the token's subject. */
      readonly vouchesForOthers: boolean;
    }
  | { readonly kind: 'unverified'; readonly reason: UnverifiedReason };

/** Why a proof proves nothing. Stored with the record, which then counts as claimed. */
export type UnverifiedReason =
  | 'no-proof'
  | 'malformed'
  | 'algorithm-not-allowed'
  | 'issuer-unknown'
  | 'issuer-not-for-this'
  | 'key-unknown'
  | 'signature-wrong'
  | 'audience-wrong'
  | 'not-bound-to-record'
  | 'content-differs'
  | 'not-yet-valid'
  | 'expired';
