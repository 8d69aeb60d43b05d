/** A canonical principal and how it was proven (design, Identity). */
export const PRINCIPAL_KINDS = [
  'user',
  'service-account',
  'workload',
  'agent',
  'group',
  'system',
  'unknown',
] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

export type PrincipalId = string & { readonly __brand: 'PrincipalId' };

/** What proved the identity to the system that wrote the record. */
export type Proof =
  | 'mtls'
  | 'oidc'
  | 'oauth'
  | 'static-key'
  | 'federation'
  | 'password'
  /** A credential that was accepted, of a kind the record does not tell. */
  | 'credential'
  | 'none';

export interface Principal {
  readonly kind: PrincipalKind;
  /** `<kind>:<issuer>:<subject>`, e.g. `user:google:ana@example.com`; equal ids are one principal. */
  readonly id: PrincipalId;
  readonly issuer: string;
  readonly subject: string;
  readonly proof: Proof;
}

export interface ResolvedPrincipal {
  /** After bindings. */
  readonly principal: Principal;
  /** The id as the entry proved it, where a binding led to another. */
  readonly as?: PrincipalId;
  /** Ids of the bindings used, in order. */
  readonly bindings: readonly string[];
  /** Who answers for it, where the configuration or the record declares it an agent. */
  readonly owner?: PrincipalId;
  /** Name of the lane that the agent is to keep to. */
  readonly lane?: string;
}

export interface ResolvedIdentity {
  readonly actor?: ResolvedPrincipal;
  /** Original caller first; `unknown` principals stand for links that the entry does not name. */
  readonly actingFor: readonly (ResolvedPrincipal & { readonly recordedBy: string })[];
  readonly runAs?: ResolvedPrincipal;
  readonly peer?: ResolvedPrincipal;
  /** User-managed key that minted the caller's token. */
  readonly keyName?: string;
  readonly absent?: string;
}
