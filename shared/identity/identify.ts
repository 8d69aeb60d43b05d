/**
 * Claims of one entry to canonical principals. On the path of every entry: what a text means is worked out once, and the
 * table of bindings is asked only about principals it knows.
 */
import type { Agent, Binding } from '../../schemas/config.ts';
import type { Proof, ResolvedIdentity, ResolvedPrincipal } from '../model/principal.ts';
import { createBindingTable } from './bindings.ts';
import type { Claim, DelegationLink, IdentityClaims } from './claims.ts';
import { ofKind } from './grammar/canonical.ts';
import { isFederatedSubject } from './grammar/google-member.ts';
import { UNQUALIFIED_ISSUER } from './grammar/spiffe.ts';
import { createMemo } from './memo.ts';
import {
  databricksParty,
  googleParty,
  jwtParty,
  keyParty,
  kongParty,
  kubernetesParty,
  namedParty,
  requestParty,
  spiffeParty,
  UNNAMED_PRINCIPAL,
  vouchedParty,
  xfccParty,
} from './parties.ts';
import type { Marked, Party } from './parties.ts';

export interface Identifier {
  /**
   * Never throws, whatever the claims hold.
   *
   * @param eventTime RFC 3339, UTC, nine fraction digits, `Z`: decides which bindings are valid.
   */
  identify(claims: IdentityClaims, eventTime: string): ResolvedIdentity;
}

type Link = ResolvedIdentity['actingFor'][number];

/** A party with its resolution, where the table has none that depends on time. */
interface Known extends Party {
  readonly settled: ResolvedPrincipal | undefined;
}

const MEMO_SIZE = 10_000;
const NO_LINKS: readonly Link[] = [];
const NO_BINDINGS: readonly string[] = [];

/** @throws JobtrailError `config-invalid` when the bindings contradict each other. */
export function createIdentifier(options: {
  readonly bindings: readonly Binding[];
  readonly agents: readonly Agent[];
}): Identifier {
  const table = createBindingTable(options.bindings, options.agents);
  const readClaim = createClaimReader((party) => ({
    ...party,
    settled: table.concerns(party.principal.id)
      ? undefined
      : asMarked({ principal: party.principal, bindings: NO_BINDINGS }, party.agent),
  }));

  const resolve = (known: Known, eventTime: string): ResolvedPrincipal =>
    known.settled ?? asMarked(table.resolve(known.principal, eventTime), known.agent);

  const link = (
    { principal, agent }: Pick<Party, 'principal' | 'agent'>,
    recordedBy: DelegationLink['recordedBy'],
    eventTime: string,
  ): Link => ({ ...asMarked(table.resolve(principal, eventTime), agent), recordedBy });

  function chain(claims: IdentityClaims, caller: Known | undefined, eventTime: string): readonly Link[] {
    const delegation = claims.delegation ?? [];
    if (delegation.length === 0 && (caller === undefined || caller.before.length === 0)) return NO_LINKS;
    const links: Link[] = [];
    for (const { claim, recordedBy } of delegation) {
      const known = claim === undefined ? undefined : readClaim(claim);
      for (const one of known?.before ?? []) links.push(link(one, one.recordedBy, eventTime));
      // The last element of an XFCC header is often the caller's own certificate, and nobody acts for himself.
      if (claim?.kind === 'xfcc' && known?.principal.id === caller?.principal.id) continue;
      links.push(link(known ?? UNNAMED_PARTY, recordedBy, eventTime));
    }
    for (const one of caller?.before ?? []) links.push(link(one, one.recordedBy, eventTime));
    return links;
  }

  return {
    identify(claims, eventTime) {
      const caller = claims.caller === undefined ? undefined : readClaim(claims.caller);
      const runAs = claims.runAs === undefined ? undefined : readClaim(claims.runAs);
      const peer = claims.peer === undefined ? undefined : readClaim(claims.peer);
      const keyName = claims.caller?.kind === 'google' ? given(claims.caller.keyName) : undefined;
      const resolved: { -readonly [K in keyof ResolvedIdentity]: ResolvedIdentity[K] } = {
        actingFor: chain(claims, caller, eventTime),
      };
      if (caller === undefined) resolved.absent = claims.absent ?? 'not-recorded';
      else resolved.actor = resolve(caller, eventTime);
      if (runAs !== undefined) resolved.runAs = resolve(runAs, eventTime);
      if (peer !== undefined) resolved.peer = resolve(peer, eventTime);
      if (keyName !== undefined) resolved.keyName = keyName;
      return resolved;
    },
  };
}

const UNNAMED_PARTY = { principal: UNNAMED_PRINCIPAL };

/** What the configuration says of a principal comes before what the record does. */
function asMarked(resolved: ResolvedPrincipal, mark: Marked | undefined): ResolvedPrincipal {
  const { principal, bindings, owner } = resolved;
  if (mark === undefined || owner !== undefined || bindings.length > 0) return resolved;
  if (principal.kind === 'agent') return { ...resolved, ...mark };
  return {
    principal: { ...ofKind('agent', principal), proof: principal.proof },
    as: principal.id,
    bindings,
    ...mark,
  };
}

/** Undefined for a claim without any text. */
function createClaimReader(settle: (party: Party) => Known): (claim: Claim) => Known | undefined {
  const memo = (): ((key: string, make: () => Known) => Known) => createMemo<Known>(MEMO_SIZE);
  const google = { oauth: memo(), 'static-key': memo(), federation: memo() };
  const databricks = { oauth: memo(), oidc: memo(), 'static-key': memo(), password: memo() };
  const key = memo();
  const within = (
    read: (text: string, cluster?: string) => Party,
  ): ((text: string, cluster: string | undefined) => Known | undefined) => {
    const kept = memo();
    return (text, cluster) =>
      text === '' ? undefined : kept(keyWithin(text, cluster), () => settle(read(text, cluster)));
  };
  const spiffeAnywhere = memo();
  const spiffeIn = within(spiffeParty);
  /** Most trust domains are unique, so the shorter key is enough. */
  const spiffe = (uri: string, cluster: string | undefined): Known | undefined => {
    if (uri === '') return undefined;
    const known = spiffeAnywhere(uri, () => settle(spiffeParty(uri)));
    if (cluster === undefined || known.principal.issuer !== UNQUALIFIED_ISSUER) return known;
    return spiffeIn(uri, cluster);
  };
  const xfcc = within(xfccParty);
  const request = within(requestParty);
  const kubernetes = within(kubernetesParty);
  const kong = memo();
  const vouched = memo();
  const named = within((name, realm = '-') => namedParty(name, realm));

  return (claim) => {
    switch (claim.kind) {
      case 'google': {
        const text = given(claim.email) ?? given(claim.subject);
        const keyName = given(claim.keyName);
        const proof = googleProof(claim);
        if (text !== undefined) return google[proof](text, () => settle(googleParty(text, proof)));
        return keyName === undefined ? undefined : key(keyName, () => settle(keyParty(keyName)));
      }
      case 'spiffe':
        return spiffe(claim.uri, claim.cluster);
      case 'xfcc':
        return xfcc(claim.header, claim.cluster);
      case 'request-principal':
        return request(claim.value, claim.cluster);
      case 'kubernetes':
        return kubernetes(claim.name, claim.cluster);
      case 'databricks': {
        const { name, proof } = claim;
        return name === '' ? undefined : databricks[proof](name, () => settle(databricksParty(name, proof)));
      }
      case 'vouched': {
        const { identifier } = claim;
        return identifier === '' ? undefined : vouched(identifier, () => settle(vouchedParty(identifier)));
      }
      case 'named':
        return named(claim.name, claim.realm);
      case 'kong': {
        const { entity, by, proof, scope, name, agent } = claim;
        const mark = agent === undefined ? '' : JSON.stringify([agent.owner, agent.lane]);
        const kind = `${entity} ${by} ${proof} ${mark.length} ${mark}${scope ?? ''}`;
        return name === '' ? undefined : kong(keyWithin(name, kind), () => settle(kongParty(claim)));
      }
      case 'jwt': {
        const party = jwtParty(claim.claims, claim.cluster);
        return party === undefined ? undefined : settle(party);
      }
    }
  };
}

/** The length in front keeps (scope, text) pairs apart, whatever either holds. */
const keyWithin = (text: string, scope: string | undefined): string =>
  scope === undefined ? `-${text}` : `${scope.length}:${scope}${text}`;

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function googleProof(
  claim: Extract<Claim, { kind: 'google' }>,
): Extract<Proof, 'oauth' | 'static-key' | 'federation'> {
  if (given(claim.keyName) !== undefined) return 'static-key';
  return claim.subject !== undefined && isFederatedSubject(claim.subject) ? 'federation' : 'oauth';
}
