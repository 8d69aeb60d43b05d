import { describe, expect, test } from 'vitest';
import { parseJwt } from '../../../shared/identity/grammar/jwt.ts';
import { parseOidcSubject, parseRequestPrincipal } from '../../../shared/identity/grammar/oidc.ts';

const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const OID = '690222be-ff1a-4d56-abd1-7e4f7d38e474';
const V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const V1 = `https://sts.windows.net/${TENANT}/`;

describe('request principals', () => {
  test.each([
    ['https://accounts.google.com/110169', 'unknown:oidc/accounts.google.com:110169'],
    ['accounts.google.com/110169', 'unknown:oidc/accounts.google.com:110169'],
    ['https://tenant.auth0.example//auth0|1', 'unknown:oidc/tenant.auth0.example/:auth0|1'],
    [
      'https://acme.okta.com/oauth2/aus1/0oa1a2b3c4d5e6f7g8h9',
      'service-account:oidc/acme.okta.com/oauth2/aus1:0oa1a2b3c4d5e6f7g8h9',
    ],
    ['https://acme.okta.com/ana@example.com', 'user:oidc/acme.okta.com:ana@example.com'],
    [
      'https://acme.okta.com.evil.example/ana@example.com',
      'unknown:oidc/acme.okta.com.evil.example:ana@example.com',
    ],
    ['https://sso.example.com:8443/ana', 'unknown:oidc/sso.example.com%3A8443:ana'],
    [
      'etl@p.iam.gserviceaccount.com/etl@p.iam.gserviceaccount.com',
      'service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    ['etl@p.iam.gserviceaccount.com/other', 'unknown:jwt/etl@p.iam.gserviceaccount.com:other'],
    ['ana@example.com/ana@example.com', 'unknown:jwt/ana@example.com:ana@example.com'],
    ['google/ana@example.com', 'unknown:jwt/google:ana@example.com'],
    [`${V2}/pairwise`, `unknown:entra/${TENANT}:sub/pairwise`],
    [
      'https://oidc.eks.example/id/1/system:serviceaccount:a:b',
      'workload:oidc/oidc.eks.example/id/1:system:serviceaccount:a:b',
    ],
  ])('%s', (value, id) => {
    expect(parseRequestPrincipal(value)?.id).toBe(id);
  });

  test.each(['', '/', 'no-slash', 'https://iss/', '/sub'])('%j names nobody', (value) => {
    expect(parseRequestPrincipal(value)).toBeUndefined();
  });

  test('an issuer that every cluster may have is qualified by the cluster', () => {
    const [iss, sub] = ['https://kubernetes.default.svc.cluster.local', 'system:serviceaccount:a:b'];
    expect(parseOidcSubject(iss, sub, 'p/l/c').id).toBe('workload:kubernetes/p/l/c:ns/a/sa/b');
    expect(parseOidcSubject(iss, sub).id).toBe('workload:kubernetes/-:ns/a/sa/b');
  });

  test('one subject at two issuers is two principals, wherever the text is split', () => {
    expect(parseOidcSubject('https://a', 'b:c').id).not.toBe(parseOidcSubject('https://a:b', 'c').id);
    expect(parseOidcSubject('https://a', 's').id).not.toBe(parseOidcSubject('http://a', 's').id);
    expect(parseOidcSubject('https://a', 's').id).not.toBe(parseOidcSubject('a', 's').id);
  });
});

describe('JWT claims', () => {
  const idOf = (claims: Record<string, unknown>): string | undefined => parseJwt(claims)?.actor.identity.id;

  test.each<[string, Record<string, unknown>, string | undefined]>([
    [
      'verified e-mail of another issuer',
      { iss: 'https://sso.example.com', sub: '1', email: 'ceo@example.com', email_verified: true },
      'unknown:oidc/sso.example.com:1',
    ],
    [
      'verified as a text',
      { iss: 'https://accounts.google.com', sub: '1', email: 'ceo@example.com', email_verified: 'true' },
      'unknown:oidc/accounts.google.com:1',
    ],
    [
      'a service account of Google',
      {
        iss: 'https://accounts.google.com',
        sub: '1',
        email: 'etl@p.iam.gserviceaccount.com',
        email_verified: true,
      },
      'service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'Entra v1 and oid in capitals',
      { iss: V1, sub: 'x', oid: OID.toUpperCase() },
      `user:entra/${TENANT}:${OID}`,
    ],
    [
      'Entra application by idtyp',
      { iss: V2, sub: 'x', oid: OID, tid: TENANT, idtyp: 'app' },
      `service-account:entra/${TENANT}:${OID}`,
    ],
    [
      'Entra application by sub',
      { iss: V2, sub: OID, oid: OID, tid: TENANT },
      `service-account:entra/${TENANT}:${OID}`,
    ],
    [
      'Entra application without oid',
      { iss: V1, sub: 'x', appid: OID, idtyp: 'app' },
      `service-account:entra/${TENANT}:app/${OID}`,
    ],
    ['Entra without oid', { iss: V2, sub: 'x' }, `unknown:entra/${TENANT}:sub/x`],
    [
      'Entra with the tenant of another',
      { iss: V2, sub: 'x', oid: OID, tid: OID },
      `unknown:entra/${TENANT}:sub/x`,
    ],
    [
      'oid from an issuer that only looks like Entra',
      { iss: `${V2}/`, sub: 'x', oid: OID },
      `unknown:oidc/login.microsoftonline.com/${TENANT}/v2.0/:x`,
    ],
    [
      'SPIFFE id as the subject of an issuer',
      { iss: 'https://a.example', sub: 'spiffe://p.svc.id.goog/ns/a/sa/b' },
      'workload:oidc/a.example:spiffe://p.svc.id.goog/ns/a/sa/b',
    ],
    [
      'no issuer',
      { sub: 'spiffe://p.svc.id.goog/ns/a/sa/b' },
      'unknown:unstated:spiffe://p.svc.id.goog/ns/a/sa/b',
    ],
    ['no subject', { iss: 'https://a.example', email: 'ana@example.com' }, undefined],
    ['wrong types', { iss: 1, sub: {} }, undefined],
    [
      'a subject of the prototype',
      JSON.parse('{"__proto__":{"iss":"https://a.example","sub":"1"}}') as Record<string, unknown>,
      undefined,
    ],
  ])('%s', (_what, claims, id) => {
    expect(idOf(claims)).toBe(id);
  });

  test('act (RFC 8693): the outermost acts, the subject is the original caller, nested actors come in between', () => {
    const parties = parseJwt({
      iss: 'https://as.example',
      sub: 'ana',
      act: { sub: 'service16', act: { sub: 'service77', act: { sub: 'service99' } } },
    });
    expect(parties?.actor.identity.subject).toBe('service16');
    expect(parties?.before.map((one) => one.identity.subject)).toEqual(['ana', 'service99', 'service77']);
  });

  test('an actor of another issuer is without proof, and never a Google account by its own word', () => {
    const parties = parseJwt({
      iss: 'https://as.example',
      sub: 'ana',
      act: { iss: 'https://accounts.google.com', sub: '1', email: 'ceo@example.com', email_verified: true },
    });
    expect(parties?.actor).toMatchObject({
      proven: false,
      identity: { id: 'unknown:oidc/accounts.google.com:1' },
    });
    const self = 'etl@p.iam.gserviceaccount.com';
    const forged = parseJwt({ iss: 'https://as.example', sub: 'ana', act: { iss: self, sub: self } });
    expect(forged?.actor.identity.issuer).not.toBe('google');
  });

  test.each<[unknown, number]>([
    ['agent', 1],
    [{}, 1],
    [null, 0],
  ])('an unreadable actor %j is one that is not named', (act, links) => {
    const parties = parseJwt({ iss: 'https://as.example', sub: 'ana', act });
    expect(parties?.before).toHaveLength(links);
    expect(parties?.actor.identity.id).toBe(
      links === 1 ? 'unknown:unnamed:-' : 'unknown:oidc/as.example:ana',
    );
  });

  test('a chain too long to keep says so', () => {
    let act: Record<string, unknown> = { sub: 'last' };
    for (let i = 0; i < 500; i += 1) act = { sub: `a${i}`, act };
    const parties = parseJwt({ iss: 'https://as.example', sub: 'ana', act });
    expect(parties?.before.length).toBeLessThan(100);
    expect(parties?.before[0]?.identity.subject).toBe('ana');
    expect(parties?.before[1]?.identity.id).toBe('unknown:unnamed:-');
  });
});
