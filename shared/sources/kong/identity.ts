/**
 * Whom the gateway authenticated. Only what Kong itself writes counts: `consumer`, `authenticated_entity`, and the custom
 * field `token_claims` that an operator sets from a verified token (docs/sources/kong.md).
 *
 * Threat: `X-Consumer-*`, `X-Credential-Identifier`, `X-Userinfo` and their like come in with the request. Authentication
 * plugins overwrite them; on a route without such a plugin they are whatever the client sent. No header is read.
 */
import type { Claim, IdentityClaims } from '../../identity/claims.ts';
import { obj, str, type Json } from '../fields.ts';

type KongClaim = Extract<Claim, { kind: 'kong' }>;

export function identityOfRequest(record: Json): IdentityClaims {
  const caller = tokenOf(record) ?? consumerOf(record) ?? credentialOf(record);
  return caller === undefined ? UNAUTHENTICATED : { caller };
}

const UNAUTHENTICATED: IdentityClaims = { absent: 'unauthenticated' };

/** Issuer and subject at the least: a subject alone is nobody. */
function tokenOf(record: Json): Claim | undefined {
  const claims = obj(record, 'token_claims');
  return claims !== undefined && str(claims, 'iss') !== undefined && str(claims, 'sub') !== undefined
    ? { kind: 'jwt', claims }
    : undefined;
}

/** A consumer without a credential is a route's anonymous one: nothing proved it. */
function consumerOf(record: Json): Claim | undefined {
  const consumer = obj(record, 'consumer');
  const entity = obj(record, 'authenticated_entity');
  if (consumer === undefined && entity === undefined) return undefined;
  const proof = entity === undefined ? 'none' : 'credential';
  const scope = str(record, 'workspace');
  const id = str(consumer, 'id') ?? str(entity, 'consumer_id');
  if (id !== undefined) return kongClaim('consumer', proof, scope, 'id', id);
  const customId = str(consumer, 'custom_id');
  if (customId !== undefined) return kongClaim('consumer', proof, scope, 'custom_id', customId);
  const username = str(consumer, 'username');
  return username === undefined ? undefined : kongClaim('consumer', proof, scope, 'username', username);
}

/** A virtual credential has no consumer: its id is a claim of the token, `sub` unless configured otherwise. */
function credentialOf(record: Json): Claim | undefined {
  const id = str(obj(record, 'authenticated_entity'), 'id');
  return id === undefined
    ? undefined
    : kongClaim('credential', 'credential', str(record, 'workspace'), 'id', id);
}

export function kongClaim(
  entity: KongClaim['entity'],
  proof: KongClaim['proof'],
  scope: string | undefined,
  by: KongClaim['by'],
  name: string,
): KongClaim {
  return scope === undefined
    ? { kind: 'kong', entity, proof, by, name }
    : { kind: 'kong', entity, proof, scope, by, name };
}
