/** Agents: identities with an owner and a lane, as the configuration and records declare them. */
import { describe, expect, test } from 'vitest';
import { Agent } from '../../schemas/config.ts';
import type { Claim } from '../../shared/identity/claims.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';
import type { ResolvedIdentity } from '../../shared/model/principal.ts';

const T = '2026-03-01T00:00:00.000000000Z';
const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const ENTRA = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const OID = '690222be-ff1a-4d56-abd1-7e4f7d38e474';
const APP = 'aaaaaaaa-1111-4222-8333-444444444444';
const BOT = 'report-bot@p.iam.gserviceaccount.com';

function identify(
  caller: Claim,
  agents: readonly Agent[] = [],
  bindings: readonly object[] = [],
): ResolvedIdentity {
  return createIdentifier({ agents, bindings: bindings as never }).identify({ caller }, T);
}

const consumer = (agent?: object): Claim => ({
  kind: 'kong',
  entity: 'consumer',
  proof: 'credential',
  scope: 'ws',
  by: 'id',
  name: '3c5d9a10-7d3a-4f7a-8f5e-0d6a0c1b2e3f',
  ...(agent === undefined ? {} : { agent }),
});
const CONSUMER = 'kong/ws:consumer/3c5d9a10-7d3a-4f7a-8f5e-0d6a0c1b2e3f';

describe('of the configuration', () => {
  const agent = Agent.parse({ principal: BOT, owner: 'ana@example.com', lane: 'reports' });

  test('have an owner and a lane', () => {
    const { actor } = identify({ kind: 'google', email: BOT }, [agent]);
    expect(actor).toMatchObject({
      principal: { kind: 'agent', id: `agent:google:${BOT}` },
      as: `service-account:google:${BOT}`,
      owner: 'user:google:ana@example.com',
      lane: 'reports',
    });
  });

  test('keep both under every identifier that is bound to them', () => {
    const bindings = [{ id: 'b', alias: `unknown:${CONSUMER}`, principal: BOT }];
    const { actor } = identify(consumer(), [agent], bindings);
    expect(actor).toMatchObject({
      principal: { id: `agent:google:${BOT}` },
      lane: 'reports',
      bindings: ['b'],
    });
  });

  test('may have no lane, but not two', () => {
    const unlaned = Agent.parse({ principal: BOT, owner: 'ana@example.com' });
    expect(identify({ kind: 'google', email: BOT }, [unlaned]).actor).not.toHaveProperty('lane');
    expect(() => identify({ kind: 'google', email: BOT }, [agent, unlaned])).toThrow(/two lanes/);
    expect(Agent.safeParse({ ...agent, lane: 'Not A Name' }).success).toBe(false);
  });
});

describe('of an agent trust domain', () => {
  test.each(['spiffe://', 'principal://'])('%s', (scheme) => {
    const id =
      'agents.global.org-1234.system.id.goog/resources/aiplatform/projects/1/locations/eu/reasoningEngines/7';
    const claim: Claim =
      scheme === 'spiffe://'
        ? { kind: 'spiffe', uri: scheme + id }
        : { kind: 'google', subject: scheme + id };
    expect(identify(claim).actor?.principal.kind).toBe('agent');
  });
});

describe("of a consumer's tags", () => {
  test('have what the tags say', () => {
    expect(identify(consumer({ owner: 'ana@example.com', lane: 'reports' })).actor).toEqual({
      principal: expect.objectContaining({ kind: 'agent', id: `agent:${CONSUMER}`, proof: 'credential' }),
      as: `unknown:${CONSUMER}`,
      bindings: [],
      owner: 'user:google:ana@example.com',
      lane: 'reports',
    });
  });

  test('have no owner that is nobody and no lane that is no name', () => {
    const { actor } = identify(consumer({ owner: 'nobody in particular', lane: 'Not A Name' }));
    expect(actor?.principal.kind).toBe('agent');
    expect(actor).not.toHaveProperty('owner');
    expect(actor).not.toHaveProperty('lane');
  });

  test('give way to the configuration', () => {
    const bindings = [{ id: 'b', alias: `unknown:${CONSUMER}`, principal: BOT }];
    const { actor } = identify(consumer({ owner: 'eve@example.com', lane: 'all' }), [], bindings);
    expect(actor).toEqual(expect.objectContaining({ bindings: ['b'] }));
    expect(actor?.principal.id).toBe(`service-account:google:${BOT}`);
    expect(actor).not.toHaveProperty('owner');
    const agent = Agent.parse({ principal: `unknown:${CONSUMER}`, owner: 'ana@example.com' });
    const declared = identify(consumer({ owner: 'eve@example.com', lane: 'all' }), [agent]).actor;
    expect(declared).toMatchObject({ owner: 'user:google:ana@example.com' });
    expect(declared).not.toHaveProperty('lane');
  });

  test('are told apart where two records of one consumer say different things', () => {
    const identifier = createIdentifier({ agents: [], bindings: [] });
    const kinds = [consumer(), consumer({}), consumer({ lane: 'a' }), consumer()].map(
      (caller) => identifier.identify({ caller }, T).actor,
    );
    expect(kinds.map((one) => [one?.principal.kind, one?.lane])).toEqual([
      ['unknown', undefined],
      ['agent', undefined],
      ['agent', 'a'],
      ['unknown', undefined],
    ]);
  });
});

describe('of tokens', () => {
  const entra = (claims: object): Claim => ({
    kind: 'jwt',
    claims: { iss: ENTRA, sub: 'pairwise', tid: TENANT, oid: OID, ...claims },
  });

  test('Entra: an agent on its own account', () => {
    const { actor, actingFor } = identify(
      entra({ idtyp: 'app', azp: APP, xms_act_fct: '3 9 11', xms_sub_fct: '9 3 11' }),
    );
    expect(actor?.principal.id).toBe(`agent:entra/${TENANT}:${OID}`);
    expect(actor?.as).toBe(`service-account:entra/${TENANT}:${OID}`);
    expect(actingFor).toEqual([]);
  });

  test.each(['azp', 'appid'])('Entra: an agent (%s) that acts for a user', (key) => {
    const { actor, actingFor } = identify(entra({ [key]: APP, xms_act_fct: '11 9 3', xms_sub_fct: '2 3' }));
    expect(actor?.principal).toMatchObject({ id: `agent:entra/${TENANT}:app/${APP}`, proof: 'oidc' });
    expect(actingFor.map(({ principal, recordedBy }) => [principal.id, recordedBy])).toEqual([
      [`user:entra/${TENANT}:${OID}`, 'act'],
    ]);
  });

  test("Entra: an agent behind an agent's user account", () => {
    const { actor, actingFor } = identify(entra({ azp: APP, xms_act_fct: '11', xms_sub_fct: '13' }));
    expect(actor?.principal.kind).toBe('agent');
    expect(actingFor[0]?.principal).toMatchObject({ kind: 'agent', subject: OID });
  });

  test.each([
    ['a person', { xms_act_fct: '3 9', xms_sub_fct: '3 2' }],
    ['a number that only begins so', { xms_act_fct: '110', xms_sub_fct: '111' }],
    ['a facet that is no text', { xms_act_fct: 11, xms_sub_fct: ['11'] }],
  ])('Entra: %s is none', (_what, claims) => {
    const { actor, actingFor } = identify(entra(claims));
    expect(actor?.principal.id).toBe(`user:entra/${TENANT}:${OID}`);
    expect(actingFor).toEqual([]);
  });

  test('Entra: one that is not named is there all the same', () => {
    const { actor, actingFor } = identify(entra({ azp: 'x', xms_act_fct: '11', xms_sub_fct: '2' }));
    expect(actor?.principal.id).toBe('unknown:unnamed:-');
    expect(actingFor).toHaveLength(1);
  });

  test('facets of another issuer say nothing', () => {
    const { actor } = identify({
      kind: 'jwt',
      claims: { iss: 'https://sso.example.com', sub: 's', azp: APP, xms_act_fct: '11', xms_sub_fct: '11' },
    });
    expect(actor?.principal.id).toBe('unknown:oidc/sso.example.com:s');
  });

  test('sub_profile: of the subject, of an actor, of an earlier one', () => {
    const iss = 'https://as.example.com';
    const alone = identify({ kind: 'jwt', claims: { iss, sub: 'agt_1', sub_profile: 'service ai_agent' } });
    expect(alone.actor?.principal.id).toBe('agent:oidc/as.example.com:agt_1');
    const chained = identify({
      kind: 'jwt',
      claims: {
        iss,
        sub: 'alice',
        sub_profile: 'user',
        act: { sub: 'tool', sub_profile: 'service', act: { sub: 'agt_1', sub_profile: 'ai_agent' } },
      },
    });
    expect(chained.actor?.principal.id).toBe('unknown:oidc/as.example.com:tool');
    expect(chained.actingFor.map(({ principal }) => principal.id)).toEqual([
      'unknown:oidc/as.example.com:alice',
      'agent:oidc/as.example.com:agt_1',
    ]);
  });
});
