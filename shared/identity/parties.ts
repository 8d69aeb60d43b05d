/**
 * What one claim says: a principal with what proved it, and those before it in the same claim (the actors of a token, the
 * earlier elements of an XFCC header). Pure functions of the claim's text; bindings come after.
 */
import { LANE } from '../../schemas/config.ts';
import type { Principal, PrincipalId, Proof } from '../model/principal.ts';
import type { AgentMark, DelegationLink } from './claims.ts';
import { identity, issuerPart, UNNAMED, unstated } from './grammar/canonical.ts';
import type { Identity } from './grammar/canonical.ts';
import { parseDatabricksName } from './grammar/databricks.ts';
import { kindOfAddress, parseEmail } from './grammar/email.ts';
import { parseGooglePrincipal, parseKeyOwner } from './grammar/google-member.ts';
import { parseIdentifier } from './grammar/identifier.ts';
import { parseJwt } from './grammar/jwt.ts';
import type { TokenParty } from './grammar/jwt.ts';
import { parseKong } from './grammar/kong.ts';
import type { KongClaim } from './grammar/kong.ts';
import { parseKubernetesName } from './grammar/kubernetes.ts';
import { parseRequestPrincipal } from './grammar/oidc.ts';
import { parseUriSan } from './grammar/spiffe.ts';
import { parseXfcc } from './xfcc.ts';
import type { XfccElement } from './xfcc.ts';

export interface Party {
  readonly principal: Principal;
  /** What the claim says of an agent; undefined where it says of none. */
  readonly agent?: Marked;
  /** Original caller first; nearly always empty. */
  readonly before: readonly Earlier[];
}

/** An agent by the word of the record. */
export interface Marked {
  readonly owner?: PrincipalId;
  readonly lane?: string;
}

export interface Earlier {
  readonly principal: Principal;
  readonly agent?: Marked;
  readonly recordedBy: DelegationLink['recordedBy'];
}

const NOBODY: readonly Earlier[] = [];

/** Elements of one header kept; what is before them stands as one link that names nobody. */
const MAX_HOPS = 64;

export const UNNAMED_PRINCIPAL: Principal = { ...UNNAMED, proof: 'none' };

const party = (who: Identity, proof: Proof): Party => ({ principal: { ...who, proof }, before: NOBODY });

export const googleParty = (text: string, proof: Proof): Party => party(parseGooglePrincipal(text), proof);

/** The key names the account it was made for. */
export const keyParty = (keyName: string): Party =>
  party(parseKeyOwner(keyName) ?? parseGooglePrincipal(keyName), 'static-key');

export const spiffeParty = (uri: string, cluster?: string): Party => party(parseUriSan(uri, cluster), 'mtls');

/** A text that is no `<iss>/<sub>` tells no issuer. */
export const requestParty = (value: string, cluster?: string): Party =>
  party(parseRequestPrincipal(value, cluster) ?? identity('unknown', 'unstated', value), 'oidc');

export function kubernetesParty(name: string, cluster?: string): Party {
  const who = parseKubernetesName(name, cluster);
  return party(who, kubernetesProof(who, name));
}

/** How a Kubernetes API server knows each kind of name. */
function kubernetesProof(who: Identity, name: string): Proof {
  if (who.kind === 'workload') return 'oidc';
  if (who.issuer === 'google') return 'oauth';
  return name.startsWith('system:node:') ? 'mtls' : 'none';
}

/** The platform's own name proves nothing by a credential. */
export function databricksParty(name: string, proof: Proof): Party {
  const who = parseDatabricksName(name);
  return party(who, who.kind === 'system' ? 'none' : proof);
}

export function kongParty(claim: KongClaim): Party {
  const known = party(parseKong(claim), claim.proof);
  return claim.agent === undefined ? known : { ...known, agent: markedBy(claim.agent) };
}

/** An owner of no known grammar and a lane that is no name say nothing. */
function markedBy({ owner, lane }: AgentMark): Marked {
  const id = owner === undefined ? undefined : parseIdentifier(owner)?.id;
  return {
    ...(id === undefined ? {} : { owner: id }),
    ...(lane === undefined || !LANE.test(lane) ? {} : { lane }),
  };
}

/** What was shown to the issuer that vouches, its record does not tell. */
export const vouchedParty = (identifier: string): Party =>
  party(parseIdentifier(identifier) ?? unstated(identifier), 'credential');

/** A name without proof never is the principal that bears it: it stays in the realm of who wrote it. */
export function namedParty(name: string, realm: string): Party {
  const issuer = `named/${issuerPart(realm)}`;
  const address = parseEmail(name)?.subject;
  const user = address !== undefined && kindOfAddress(address) === 'user';
  return party(identity(user ? 'user' : 'unknown', issuer, address ?? name), 'none');
}

const AN_AGENT: Marked = {};

const tokenParty = ({ identity: who, proven, agent }: TokenParty): Pick<Party, 'principal' | 'agent'> => ({
  principal: { ...who, proof: proven ? 'oidc' : 'none' },
  ...(agent === true ? { agent: AN_AGENT } : {}),
});

/** Undefined when the token names nobody. */
export function jwtParty(claims: Readonly<Record<string, unknown>>, cluster?: string): Party | undefined {
  const parties = parseJwt(claims, cluster);
  if (parties === undefined) return undefined;
  return {
    ...tokenParty(parties.actor),
    before: parties.before.map((one) => ({ ...tokenParty(one), recordedBy: 'act' })),
  };
}

/**
 * The caller is who the last element names, the only one the nearest proxy vouches for; the elements before it are links
 * without proof. A malformed header is an unknown principal under its whole text.
 */
export function xfccParty(header: string, cluster?: string): Party {
  const elements = parseXfcc(header);
  const last = elements?.at(-1);
  if (elements === undefined || last === undefined) return party(identity('unknown', 'xfcc', header), 'none');
  const before = elements.slice(-MAX_HOPS, -1).map((element): Earlier => {
    const who = clientOf(element, cluster);
    return {
      principal: who === undefined ? UNNAMED_PRINCIPAL : { ...who, proof: 'none' },
      recordedBy: 'xfcc',
    };
  });
  if (elements.length > MAX_HOPS) before.unshift({ principal: UNNAMED_PRINCIPAL, recordedBy: 'xfcc' });
  const who = clientOf(last, cluster);
  return { principal: who === undefined ? UNNAMED_PRINCIPAL : { ...who, proof: 'mtls' }, before };
}

/** X.509-SVIDs have exactly one URI SAN; several are no identity, and neither of them is chosen. */
function clientOf(element: XfccElement, cluster: string | undefined): Identity | undefined {
  const [uri] = element.uri;
  if (uri === undefined) {
    return element.subject === undefined ? undefined : identity('unknown', 'x509-subject', element.subject);
  }
  if (element.uri.length === 1) return parseUriSan(uri, cluster);
  return identity('unknown', 'uri-san', element.uri.join(','));
}
