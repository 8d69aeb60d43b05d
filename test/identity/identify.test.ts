import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claim, IdentityClaims } from '../../shared/identity/claims.ts';
import { parseIdentifier } from '../../shared/identity/grammar/identifier.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';
import { createMemo } from '../../shared/identity/memo.ts';
import type { ResolvedIdentity } from '../../shared/model/principal.ts';

const NOW = '2026-03-01T00:00:00.000000000Z';
const NO_TABLE = { bindings: [], agents: [] };

const identify = (claims: IdentityClaims): ResolvedIdentity =>
  createIdentifier(NO_TABLE).identify(claims, NOW);
const idOf = (caller: Claim): string | undefined => identify({ caller }).actor?.principal.id;

describe('one workload, one id', () => {
  const KSA: readonly Claim[] = [
    { kind: 'spiffe', uri: 'spiffe://p.svc.id.goog/ns/spark/sa/driver' },
    { kind: 'spiffe', uri: 'p.svc.id.goog/ns/spark/sa/driver', cluster: 'p/l/c' },
    {
      kind: 'xfcc',
      header: 'By=spiffe://p.svc.id.goog/ns/x/sa/y;Subject="";URI=spiffe://p.svc.id.goog/ns/spark/sa/driver',
    },
    { kind: 'google', subject: 'serviceAccount:p.svc.id.goog[spark/driver]' },
    {
      kind: 'google',
      subject:
        'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/spark/sa/driver',
    },
  ];
  test.each(KSA.map((claim) => [JSON.stringify(claim), claim] as const))('%s', (_text, claim) => {
    expect(idOf(claim)).toBe('workload:spiffe/p.svc.id.goog:ns/spark/sa/driver');
  });

  test('for any project, namespace and account', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
    fc.assert(
      fc.property(label, label, label, (project, ns, sa) => {
        const pool = `${project}.svc.id.goog`;
        const spiffe = idOf({ kind: 'spiffe', uri: `spiffe://${pool}/ns/${ns}/sa/${sa}` });
        expect(idOf({ kind: 'google', subject: `serviceAccount:${pool}[${ns}/${sa}]` })).toBe(spiffe);
        const uri = `principal://iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/${pool}/subject/ns/${ns}/sa/${sa}`;
        expect(idOf({ kind: 'google', subject: uri })).toBe(spiffe);
      }),
    );
  });

  test('a token and the mesh record of it', () => {
    const claims = {
      iss: 'https://container.googleapis.com/v1/projects/p/locations/l/clusters/c',
      sub: 'system:serviceaccount:a:b',
    };
    const expected = idOf({ kind: 'jwt', claims });
    expect(idOf({ kind: 'request-principal', value: `${claims.iss}/${claims.sub}` })).toBe(expected);
    expect(idOf({ kind: 'kubernetes', name: claims.sub, cluster: 'p/l/c' })).toBe(expected);
  });
});

describe('identify', () => {
  test('all parts of an entry', () => {
    const key = '//iam.googleapis.com/projects/p/serviceAccounts/a@p.iam.gserviceaccount.com/keys/1';
    expect(
      identify({
        caller: { kind: 'google', email: 'a@p.iam.gserviceaccount.com', keyName: key },
        delegation: [
          { claim: { kind: 'google', email: 'ana@example.com' }, recordedBy: 'serviceAccountDelegationInfo' },
          { recordedBy: 'serviceAccountDelegationInfo' },
        ],
        runAs: { kind: 'google', email: 'vm@p.iam.gserviceaccount.com' },
        peer: { kind: 'spiffe', uri: 'spiffe://td.example/x' },
      }),
    ).toMatchObject({
      actor: {
        principal: { id: 'service-account:google:a@p.iam.gserviceaccount.com', proof: 'static-key' },
        bindings: [],
      },
      actingFor: [
        { principal: { id: 'user:google:ana@example.com' }, recordedBy: 'serviceAccountDelegationInfo' },
        {
          principal: { kind: 'unknown', id: 'unknown:unnamed:-' },
          recordedBy: 'serviceAccountDelegationInfo',
        },
      ],
      runAs: { principal: { id: 'service-account:google:vm@p.iam.gserviceaccount.com' } },
      peer: { principal: { id: 'workload:spiffe/td.example:x' } },
      keyName: key,
    });
  });

  test.each<[string, IdentityClaims, string]>([
    ['the reason the source gave', { absent: 'redacted' }, 'redacted'],
    ['no reason', {}, 'not-recorded'],
    [
      'a claim without text',
      { caller: { kind: 'google', email: '', subject: '', keyName: '' } },
      'not-recorded',
    ],
    ['a token that names nobody', { caller: { kind: 'jwt', claims: {} } }, 'not-recorded'],
  ])('nobody: %s', (_what, claims, absent) => {
    expect(identify(claims)).toEqual({ absent, actingFor: [] });
  });

  test('earlier elements of an XFCC header are links without proof, in order', () => {
    const header =
      'URI=spiffe://td.example/first,Subject="CN=old",URI=spiffe://td.example/gw,By=spiffe://td.example/me;URI=spiffe://td.example/last';
    const { actor, actingFor } = identify({ caller: { kind: 'xfcc', header } });
    expect(actor?.principal).toMatchObject({ subject: 'last', proof: 'mtls' });
    expect(actingFor.map(({ principal, recordedBy }) => [principal.id, principal.proof, recordedBy])).toEqual(
      [
        ['workload:spiffe/td.example:first', 'none', 'xfcc'],
        ['unknown:x509-subject:CN=old', 'none', 'xfcc'],
        ['workload:spiffe/td.example:gw', 'none', 'xfcc'],
      ],
    );
  });

  test('an XFCC header beside a proven caller gives the hops before it, and the caller once', () => {
    const header = 'URI=spiffe://td.example/first,By=spiffe://td.example/me;URI=spiffe://td.example/gw';
    const told = (uri: string): readonly string[] =>
      identify({
        caller: { kind: 'spiffe', uri },
        delegation: [{ claim: { kind: 'xfcc', header }, recordedBy: 'xfcc' }],
      }).actingFor.map(({ principal }) => principal.subject);
    expect(told('spiffe://td.example/gw')).toEqual(['first']);
    expect(told('spiffe://td.example/other')).toEqual(['first', 'gw']);
  });

  test.each([
    ['malformed', 'URI="spiffe://td.example/a', 'unknown:xfcc:URI="spiffe://td.example/a'],
    [
      'several URIs',
      'URI=spiffe://td.example/a;URI=spiffe://td.example/b',
      'unknown:uri-san:spiffe://td.example/a,spiffe://td.example/b',
    ],
    ['neither URI nor subject', 'By=spiffe://td.example/me;Hash=00', 'unknown:unnamed:-'],
  ])('an XFCC header that names nobody for sure: %s', (_what, header, id) => {
    expect(idOf({ kind: 'xfcc', header })).toBe(id);
  });

  test('a name without proof is nobody else, whatever it looks like', () => {
    const names = [
      'ana@example.com',
      'spiffe://td.example/x',
      'etl@p.iam.gserviceaccount.com',
      'user:google:ana@example.com',
    ];
    for (const name of names) {
      const { actor } = identify({ caller: { kind: 'named', name, realm: 'knox' } });
      expect(actor?.principal).toMatchObject({ issuer: 'named/knox', proof: 'none' });
      expect(actor?.principal.kind).toBe(name === 'ana@example.com' ? 'user' : 'unknown');
    }
  });

  test('bindings apply at the time of the event, to the actor and to links, memo or not', () => {
    const identifier = createIdentifier({
      bindings: [
        {
          id: 'b1',
          alias: 'ana@example.com',
          principal: 'workload:spiffe/td.example:x',
          from: '2026-02-01T00:00:00Z',
        },
      ],
      agents: [],
    });
    const claims: IdentityClaims = {
      caller: { kind: 'google', email: 'ana@example.com' },
      delegation: [{ claim: { kind: 'google', email: 'ANA@example.com' }, recordedBy: 'act' }],
    };
    const before = '2026-01-31T23:59:59.999999999Z';
    for (const [time, used] of [
      [NOW, ['b1']],
      [before, []],
      [NOW, ['b1']],
    ] as const) {
      const { actor, actingFor } = identifier.identify(claims, time);
      expect(actor?.bindings).toEqual(used);
      expect(actingFor[0]?.bindings).toEqual(used);
    }
  });
});

/** Texts that the grammars tell apart, broken and mixed. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        'user:',
        'serviceAccount:',
        'deleted:',
        'principal://',
        'principalSet://',
        'goog/subject/',
        'iam.googleapis.com/',
        'locations/global/workforcePools/',
        'projects/1',
        '/locations/global/workloadIdentityPools/',
        'p.svc.id.goog',
        '[',
        ']',
        '/subject/',
        'ns/a/sa/b',
        '?uid=',
        'spiffe://',
        'cluster.local',
        'system:',
        'serviceaccount:',
        'arn:aws:',
        'iam::',
        '123456789012',
        ':root',
        'ana@example.com',
        '/',
        ':',
        'https://',
        'URI=',
        ';',
        ',',
        '"',
        '\u200b',
        '\ud800',
        '',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('__proto__', 'constructor', 'a'.repeat(9000)),
);
const optional = fc.option(text, { nil: undefined });
const claim: fc.Arbitrary<Claim> = fc
  .oneof(
    fc.record({ kind: fc.constant('google'), email: optional, subject: optional, keyName: optional }),
    fc.record({ kind: fc.constant('spiffe'), uri: text, cluster: optional }),
    fc.record({ kind: fc.constant('xfcc'), header: text, cluster: optional }),
    fc.record({ kind: fc.constant('request-principal'), value: text, cluster: optional }),
    fc.record({ kind: fc.constant('kubernetes'), name: text, cluster: optional }),
    fc.record({ kind: fc.constant('named'), name: text, realm: text }),
    fc.record({
      kind: fc.constant('jwt'),
      claims: fc.dictionary(
        fc.constantFrom('iss', 'sub', 'email', 'email_verified', 'oid', 'tid', 'idtyp'),
        fc.oneof(text, fc.boolean()),
      ),
    }),
  )
  .map(
    (draft) => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as Claim,
  );
const claims: fc.Arbitrary<IdentityClaims> = fc.record({
  caller: claim,
  peer: claim,
  delegation: fc.array(fc.record({ claim, recordedBy: fc.constant('act' as const) }), { maxLength: 2 }),
});

describe('for all claims', () => {
  const warm = createIdentifier(NO_TABLE);

  test('never throws; every id fits its column, is well-formed and reads back as itself', () => {
    fc.assert(
      fc.property(claims, (given) => {
        const { actor, peer, actingFor } = warm.identify(given, NOW);
        for (const one of [actor, peer, ...actingFor]) {
          if (one === undefined) continue;
          const { id, kind } = one.principal;
          expect(id.length).toBeLessThanOrEqual(1000);
          expect(id.isWellFormed()).toBe(true);
          expect(parseIdentifier(id)).toMatchObject({ id, kind });
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('what was identified before changes nothing', () => {
    fc.assert(
      fc.property(claims, (given) => {
        expect(warm.identify(given, NOW)).toEqual(createIdentifier(NO_TABLE).identify(given, NOW));
      }),
      { numRuns: 500 },
    );
  });

  test('neither a certificate nor a bare name makes a Google account', () => {
    const foreign = claim.filter(({ kind }) => kind === 'spiffe' || kind === 'xfcc' || kind === 'named');
    fc.assert(
      fc.property(foreign, (given) => {
        const issuer = warm.identify({ caller: given }, NOW).actor?.principal.issuer ?? '';
        expect(issuer).not.toMatch(/^google/);
      }),
    );
  });
});

describe('the memo', () => {
  test('keeps a bounded number of results and no long texts', () => {
    const memo = createMemo<string>(3);
    const made: string[] = [];
    const get = (key: string): string => memo(key, () => (made.push(key), key));
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a']) get(key);
    expect(made).toEqual(['a', 'b', 'c', 'd', 'a']);
    const wide = ['1', '2'].map((digit) => digit.repeat(300));
    for (const key of [...wide, ...wide]) get(key);
    expect(made.filter((key) => key.length === 300)).toHaveLength(4);
    const long = 'x'.repeat(5000);
    get(long);
    get(long);
    expect(made.filter((key) => key === long)).toHaveLength(2);
  });
});
