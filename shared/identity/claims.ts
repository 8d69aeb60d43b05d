/**
 * Identity as an entry states it, before it is resolved to a Principal. Sources fill these; `identify` reads them.
 * Each kind is one grammar, so that nothing is guessed from the look of a string.
 *
 * `cluster` is `PROJECT/LOCATION/NAME` of the Kubernetes cluster the record was written in: it qualifies names that are
 * unique in one cluster only.
 */
import type { Proof } from '../model/principal.ts';

export type Claim =
  /** AuditLog.authenticationInfo: either part may be absent (shapes 2, 3, 5). */
  | {
      readonly kind: 'google';
      readonly email?: string;
      readonly subject?: string;
      /** `//iam.googleapis.com/projects/P/serviceAccounts/A/keys/K`: a user-managed key minted the token. */
      readonly keyName?: string;
      readonly oauthClientId?: string;
    }
  /** URI SAN of a peer certificate, with or without `spiffe://`. */
  | { readonly kind: 'spiffe'; readonly uri: string; readonly cluster?: string }
  /** X-Forwarded-Client-Cert as received. */
  | { readonly kind: 'xfcc'; readonly header: string; readonly cluster?: string }
  /** Istio `request.auth.principal`: `<iss>/<sub>`. */
  | { readonly kind: 'request-principal'; readonly value: string; readonly cluster?: string }
  /** Kubernetes user name: system:serviceaccount:NS:NAME, system:node:…, or an e-mail. */
  | { readonly kind: 'kubernetes'; readonly name: string; readonly cluster?: string }
  /** Claims of a verified JWT. */
  | { readonly kind: 'jwt'; readonly claims: Readonly<Record<string, unknown>>; readonly cluster?: string }
  /** Databricks userIdentity.email: an address, the application id of a service principal, or `System-User`. */
  | {
      readonly kind: 'databricks';
      readonly name: string;
      readonly proof: 'oauth' | 'oidc' | 'static-key' | 'password';
    }
  /** An entity of Kong, by its id or, where the record has none, by a name that is unique in its scope. */
  | {
      readonly kind: 'kong';
      readonly entity: 'consumer' | 'credential' | 'rbac-user' | 'konnect-principal';
      /** What the gateway or Konnect had of it: `credential` where the record does not tell the kind. */
      readonly proof: Proof;
      /** Workspace of a consumer or credential, organisation of a Konnect principal. */
      readonly scope?: string;
      readonly by: 'id' | 'custom_id' | 'username';
      readonly name: string;
      /** The gateway's administrator marked it as an agent. */
      readonly agent?: AgentMark;
    }
  /**
   * Any identifier of docs/identity.md, as an issuer wrote it whom the configuration trusts to speak for others. Never
   * made of anything that is not covered by that issuer's signature or token.
   */
  | { readonly kind: 'vouched'; readonly identifier: string }
  /** A name the platform or tenant wrote without proof (a Knox user, a hadoop ugi). */
  | { readonly kind: 'named'; readonly name: string; readonly realm: string };

/** What a record says of an agent beside its name; text of whoever administers the platform that wrote it. */
export interface AgentMark {
  /** Identifier of who answers for it, in a grammar of docs/identity.md. */
  readonly owner?: string;
  readonly lane?: string;
}

/** One link of a delegation chain, in the order the entry lists it. */
export interface DelegationLink {
  /** Undefined where the entry shows that a link exists and not who (`[{}]`, shape 4). */
  readonly claim?: Claim;
  /** Which field recorded it: the wording is always "acting for, as recorded by …". */
  readonly recordedBy:
    | 'serviceAccountDelegationInfo'
    | 'serviceDelegationHistory'
    | 'principalSubject'
    | 'act'
    | 'runBy'
    | 'request-principal'
    | 'xfcc';
}

export interface IdentityClaims {
  /** Who called. Undefined: the entry names nobody (redacted, anonymous, second entry of an operation). */
  readonly caller?: Claim;
  /** Why nobody is named, where that can be told. */
  readonly absent?: 'redacted' | 'operation-end' | 'not-recorded' | 'unauthenticated';
  /** Original caller first. */
  readonly delegation?: readonly DelegationLink[];
  /** Identity the work itself runs under (cluster VM, batch or worker service account), or a minted credential speaks for. */
  readonly runAs?: Claim;
  /** The other end of a mesh connection. */
  readonly peer?: Claim;
}
