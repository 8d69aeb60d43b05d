/**
 * Whom the gateway authenticated. Only what Kong itself writes counts: `consumer`, `authenticated_entity`, and the custom
 * field `token_claims` that an operator sets from a verified token (docs/sources/kong.md).
 *
 * Threat: `X-Consumer-*`, `X-Credential-Identifier`, `X-Userinfo` and their like come in with the request. Authentication
 * plugins overwrite them; on a route without such a plugin they are whatever the client sent. No header is read.
 */
import type { AgentMark, Claim, IdentityClaims } from '../../identity/claims.ts';
import { obj, str, strings, type Json } from '../fields.ts';

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
  const agent = agentMark(consumer);
  const named = namedConsumer(record, consumer, entity, proof);
  return named === undefined || agent === undefined ? named : { ...named, agent };
}

function namedConsumer(
  record: Json,
  consumer: Json | undefined,
  entity: Json | undefined,
  proof: KongClaim['proof'],
): KongClaim | undefined {
  const scope = str(record, 'workspace');
  const id = str(consumer, 'id') ?? str(entity, 'consumer_id');
  if (id !== undefined) return kongClaim('consumer', proof, scope, 'id', id);
  const customId = str(consumer, 'custom_id');
  if (customId !== undefined) return kongClaim('consumer', proof, scope, 'custom_id', customId);
  const username = str(consumer, 'username');
  return username === undefined ? undefined : kongClaim('consumer', proof, scope, 'username', username);
}

/** Tags of a consumer: `agent`, and beside it `owner:IDENTIFIER` and `lane:NAME`. */
function agentMark(consumer: Json | undefined): AgentMark | undefined {
  const tags = strings(consumer, 'tags');
  if (!tags.includes('agent')) return undefined;
  const after = (prefix: string): string | undefined =>
    tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
  const owner = after('owner:');
  const lane = after('lane:');
  return { ...(owner === undefined ? {} : { owner }), ...(lane === undefined ? {} : { lane }) };
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
