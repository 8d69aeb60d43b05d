/**
 * Kong's own identities. Ids are UUIDs (of virtual credentials a claim's value); `username` and `custom_id` are unique
 * in a workspace only, so the workspace is part of the issuer. RBAC users act in many workspaces, and belong to none here.
 */
import type { Claim } from '../claims.ts';
import { asciiLower, identity, issuerPart } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { isGuid } from './google-member.ts';

export type KongClaim = Extract<Claim, { kind: 'kong' }>;

/** Total. A name that an administrator can give to others never reads as an id. */
export function parseKong(claim: KongClaim): Identity {
  const subject = subjectOf(claim);
  const scope = issuerPart(claim.scope ?? '-');
  switch (claim.entity) {
    case 'consumer':
      // A person or an application: Kong does not tell.
      return identity('unknown', `kong/${scope}`, `consumer/${subject}`);
    case 'credential':
      return identity('unknown', `kong/${scope}`, `credential/${subject}`);
    case 'rbac-user':
      return identity('user', 'kong', `rbac-user/${subject}`);
    case 'konnect-principal':
      // A user or a system account.
      return identity('unknown', `konnect/${scope}`, subject);
  }
}

/** An id that begins like a name (a virtual credential's can be any text) is set apart from it. */
function subjectOf({ by, name }: KongClaim): string {
  if (by !== 'id') return `${by}/${name}`;
  if (isGuid(name)) return asciiLower(name);
  return name.includes('/') ? `id/${name}` : name;
}
