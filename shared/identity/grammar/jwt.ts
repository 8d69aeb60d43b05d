/**
 * Claims of a verified JWT, with the chain of actors that RFC 8693 §4.1 nests in `act`.
 */
import { isObject, own, str } from '../../sources/fields.ts';
import type { Json } from '../../sources/fields.ts';
import { asciiLower, identity, unstated, UNNAMED } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { parseEmail } from './email.ts';
import { isGuid } from './google-member.ts';
import { entraTenant, isGoogleIssuer, parseOidcSubject, selfSigned } from './oidc.ts';

/** Actors kept of one token; what is nested deeper stands as one link that names nobody. */
const MAX_ACTORS = 64;

export interface TokenParty {
  readonly identity: Identity;
  /** False where the token's issuer speaks of a subject of another issuer. */
  readonly proven: boolean;
  /** The token says that it is an agent. */
  readonly agent?: true;
}

export interface TokenParties {
  /** Who acts now: the outermost `act`, or the subject of a token without one. */
  readonly actor: TokenParty;
  /** On whose behalf, original caller first. */
  readonly before: readonly TokenParty[];
}

/**
 * Facets of Microsoft Entra's agent tokens: an agent's own identity, and the user account of an agent.
 * https://learn.microsoft.com/entra/agent-id/identity-platform/agent-token-claims
 */
const AGENT_IDENTITY = '11';
const AGENT_USER = '13';
/** Of `sub_profile` (OAuth entity profiles, an Internet-Draft). */
const AGENT_PROFILE = 'ai_agent';

/** Words of a claim that lists them with blanks between; no claim has more than a few. */
const words = (claims: Json, key: string): readonly string[] => (str(claims, key) ?? '').split(' ', 32);

const saysAgent = (claims: Json): boolean => words(claims, 'sub_profile').includes(AGENT_PROFILE);

/** Undefined when the claims name nobody. */
export function parseJwt(claims: Json, cluster?: string): TokenParties | undefined {
  const subject = parseSubject(claims, cluster);
  if (subject === undefined) return undefined;
  const [actor, ...earlier] = actorsOf(claims, cluster);
  const party = tokenParty(subject, true, saysAgent(claims) || isEntraAgent(claims));
  if (actor !== undefined) return { actor, before: [party, ...earlier.toReversed()] };
  const application = entraActor(claims);
  return application === undefined ? { actor: party, before: [] } : { actor: application, before: [party] };
}

function parseSubject(claims: Json, cluster: string | undefined): Identity | undefined {
  const iss = str(claims, 'iss');
  const sub = str(claims, 'sub');
  if (iss === undefined) return sub === undefined ? undefined : unstated(sub);
  const tenant = entraTenant(iss);
  const member = tenant === undefined ? undefined : parseEntra(tenant, claims);
  if (member !== undefined) return member;
  if (sub === undefined) return undefined;
  // An address is a name, and Google's to give only where Google issued the token and says it is verified.
  const email =
    isGoogleIssuer(iss) && own(claims, 'email_verified') === true ? str(claims, 'email') : undefined;
  if (email !== undefined) return parseEmail(email) ?? parseOidcSubject(iss, sub, cluster);
  return selfSigned(iss, sub) ?? parseOidcSubject(iss, sub, cluster);
}

/** The key that is the same in every application is `oid` in its tenant; application-only tokens have `sub` equal to it. */
function parseEntra(tenant: string, claims: Json): Identity | undefined {
  const tid = str(claims, 'tid');
  if (tid !== undefined && asciiLower(tid) !== tenant) return undefined;
  const issuer = `entra/${tenant}`;
  const type = str(claims, 'idtyp');
  const oid = str(claims, 'oid');
  if (oid !== undefined && isGuid(oid)) {
    const application = type === undefined ? str(claims, 'sub') === oid : type === 'app';
    return identity(application ? 'service-account' : 'user', issuer, asciiLower(oid));
  }
  const app = str(claims, 'appid') ?? str(claims, 'azp');
  if (type !== 'app' || app === undefined || !isGuid(app)) return undefined;
  return identity('service-account', issuer, `app/${asciiLower(app)}`);
}

const tokenParty = (who: Identity, proven: boolean, agent: boolean): TokenParty =>
  agent ? { identity: who, proven, agent } : { identity: who, proven };

function isEntraAgent(claims: Json): boolean {
  if (entraTenant(str(claims, 'iss') ?? '') === undefined) return false;
  const facets = words(claims, 'xms_sub_fct');
  return facets.includes(AGENT_IDENTITY) || facets.includes(AGENT_USER);
}

/** An Entra token has no `act`: an agent that acts for the subject is the application the token was issued to. */
function entraActor(claims: Json): TokenParty | undefined {
  const tenant = entraTenant(str(claims, 'iss') ?? '');
  if (tenant === undefined || !words(claims, 'xms_act_fct').includes(AGENT_IDENTITY)) return undefined;
  if (words(claims, 'xms_sub_fct').includes(AGENT_IDENTITY)) return undefined;
  const app = str(claims, 'azp') ?? str(claims, 'appid');
  if (app === undefined || !isGuid(app)) return { identity: UNNAMED, proven: false };
  return tokenParty(identity('service-account', `entra/${tenant}`, `app/${asciiLower(app)}`), true, true);
}

/** Current actor first. An actor without `iss` is a subject of the token's own issuer. */
function actorsOf(claims: Json, cluster: string | undefined): TokenParty[] {
  const actors: TokenParty[] = [];
  const iss = str(claims, 'iss');
  let act = own(claims, 'act');
  while (act !== undefined && act !== null) {
    if (!isObject(act) || actors.length === MAX_ACTORS) {
      actors.push({ identity: UNNAMED, proven: false });
      break;
    }
    actors.push(parseActor(act, iss, cluster));
    act = own(act, 'act');
  }
  return actors;
}

function parseActor(act: Json, tokenIssuer: string | undefined, cluster: string | undefined): TokenParty {
  const iss = str(act, 'iss') ?? tokenIssuer;
  const sub = str(act, 'sub');
  if (sub === undefined) return { identity: UNNAMED, proven: false };
  if (iss === undefined) return { identity: unstated(sub), proven: false };
  return tokenParty(parseOidcSubject(iss, sub, cluster), iss === tokenIssuer, saysAgent(act));
}
