import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogEntry } from '../../schemas/log-entry.ts';
import type { AuditLog } from '../../schemas/log-entry.ts';
import { identityOfAudit, MAX_LINKS } from '../../shared/identity/audit.ts';
import type { IdentityClaims } from '../../shared/identity/claims.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';
import { haveSamples, sampleLines } from '../support/samples.ts';

const NOW = '2026-01-01T00:00:00.000000000Z';
const KEY = '//iam.googleapis.com/projects/p/serviceAccounts/etl@p.iam.gserviceaccount.com/keys/1';
const POOL =
  'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/aws-pool/subject';

const read = (authenticationInfo: Record<string, unknown>, more: Partial<AuditLog> = {}): IdentityClaims =>
  identityOfAudit({ authenticationInfo, ...more });

/** Ids of the actor and the chain, as `original > … > actor`. */
function told(claims: IdentityClaims): string {
  const { actor, actingFor } = createIdentifier({ bindings: [], agents: [] }).identify(claims, NOW);
  return [...actingFor.map((link) => link.principal.id), actor?.principal.id ?? '(nobody)'].join(' > ');
}

describe('the caller of an audit entry', () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      'address and subject',
      { principalEmail: 'ana@example.com', principalSubject: 'user:ana@example.com' },
      'user:google:ana@example.com',
    ],
    ['subject alone', { principalSubject: `${POOL}/i-1` }, 'workload:pool/42/aws-pool:i-1'],
    [
      'empty address and subject',
      { principalEmail: '', principalSubject: `${POOL}/i-1` },
      'workload:pool/42/aws-pool:i-1',
    ],
    ['key alone', { serviceAccountKeyName: KEY }, 'service-account:google:etl@p.iam.gserviceaccount.com'],
    ['Kubernetes name', { principalEmail: 'system:node:n1' }, 'system:kubernetes/-:system:node:n1'],
    ['wrong types', { principalEmail: { a: 1 }, principalSubject: ['x'] }, '(nobody)'],
    ['authoritySelector, which is no proof', { authoritySelector: 'user:ana@example.com' }, '(nobody)'],
    [
      'third party with issuer and subject',
      { thirdPartyPrincipal: { thirdPartyClaims: { iss: 'https://a.example', sub: 's' } } },
      'unknown:oidc/a.example:s',
    ],
    ['third party of unknown shape', { thirdPartyPrincipal: { '@type': 'x', name: 'ana' } }, '(nobody)'],
  ])('%s', (_what, info, expected) => {
    expect(told(read(info))).toBe(expected);
  });

  test('names of a Kubernetes API server are qualified by the cluster it is told', () => {
    const claims = identityOfAudit(
      { serviceName: 'k8s.io', authenticationInfo: { principalEmail: 'kubernetes-admin' } },
      undefined,
      'p/l/c',
    );
    expect(claims.caller).toEqual({ kind: 'kubernetes', name: 'kubernetes-admin', cluster: 'p/l/c' });
  });

  test('key and OAuth client are kept', () => {
    expect(
      read({ principalEmail: 'a@b.example', serviceAccountKeyName: KEY, oauthInfo: { oauthClientId: 'c' } })
        .caller,
    ).toEqual({ kind: 'google', email: 'a@b.example', keyName: KEY, oauthClientId: 'c' });
  });

  test.each<[string, AuditLog, 'first' | 'last' | 'only' | undefined, IdentityClaims['absent']]>([
    ['end of an operation', {}, 'last', 'operation-end'],
    ['start of one', {}, 'first', 'not-recorded'],
    ['refused', { authenticationInfo: {}, status: { code: 7 } }, undefined, 'redacted'],
    ['unauthenticated', { authenticationInfo: {}, status: { code: 16 } }, 'only', 'unauthenticated'],
    ['no reason told', { authenticationInfo: {} }, undefined, 'not-recorded'],
  ])('nobody: %s', (_what, payload, phase, absent) => {
    expect(identityOfAudit(payload, phase)).toEqual({ absent });
  });
});

describe('the delegation chain of an audit entry', () => {
  const SA = 'etl@p.iam.gserviceaccount.com';
  test.each<[string, Record<string, unknown>, string]>([
    [
      'impersonation, in order',
      {
        principalEmail: SA,
        serviceAccountDelegationInfo: [
          { firstPartyPrincipal: { principalEmail: 'ana@example.com' } },
          { principalSubject: 'serviceAccount:mid@p.iam.gserviceaccount.com' },
        ],
      },
      'user:google:ana@example.com > service-account:google:mid@p.iam.gserviceaccount.com > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'a link that names nobody',
      { principalEmail: SA, serviceAccountDelegationInfo: [{}] },
      'unknown:unnamed:- > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'links of wrong types are links',
      { principalEmail: SA, serviceAccountDelegationInfo: ['x', null, { firstPartyPrincipal: 'y' }] },
      'unknown:unnamed:- > unknown:unnamed:- > unknown:unnamed:- > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'third party claims',
      {
        principalEmail: SA,
        serviceAccountDelegationInfo: [
          { thirdPartyPrincipal: { thirdPartyClaims: { iss: 'https://a.example', sub: 's' } } },
        ],
      },
      'unknown:oidc/a.example:s > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'GKE workload',
      {
        principalEmail: SA,
        serviceAccountDelegationInfo: [{ principalSubject: 'serviceAccount:p.svc.id.goog[spark/driver]' }],
      },
      'workload:spiffe/p.svc.id.goog:ns/spark/sa/driver > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'federated subject beside an address',
      { principalEmail: SA, principalSubject: `${POOL}/i-1` },
      'workload:pool/42/aws-pool:i-1 > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'the same, named once',
      {
        principalEmail: SA,
        principalSubject: `${POOL}/i-1`,
        serviceAccountDelegationInfo: [{ principalSubject: `${POOL}/i-1` }],
      },
      'workload:pool/42/aws-pool:i-1 > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'a service for a user',
      {
        principalEmail: SA,
        serviceDelegationHistory: {
          originalPrincipal: 'user:ana@example.com',
          serviceMetadata: [
            { principalSubject: `serviceAccount:${SA}`, serviceDomain: 'bigquery.googleapis.com' },
          ],
        },
      },
      'user:google:ana@example.com > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    [
      'services in between',
      {
        principalEmail: SA,
        serviceDelegationHistory: {
          originalPrincipal: 'user:ana@example.com',
          serviceMetadata: [{ principalSubject: 'serviceAccount:mid@p.iam.gserviceaccount.com' }, {}],
        },
      },
      'user:google:ana@example.com > service-account:google:mid@p.iam.gserviceaccount.com > service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    ['a chain without a caller', { serviceAccountDelegationInfo: [{}] }, 'unknown:unnamed:- > (nobody)'],
  ])('%s', (_what, info, expected) => {
    expect(told(read(info))).toBe(expected);
  });

  test('a chain too long to keep ends in a link that names nobody', () => {
    const item = { firstPartyPrincipal: { principalEmail: 'a@b.example' } };
    const { delegation } = read({
      principalEmail: SA,
      serviceAccountDelegationInfo: Array.from({ length: 10_000 }, () => item),
    });
    expect(delegation).toHaveLength(MAX_LINKS);
    expect(delegation?.at(-1)).toEqual({ recordedBy: 'serviceAccountDelegationInfo' });
  });

  test('never throws on any authenticationInfo, and identify takes whatever comes of it', () => {
    const key = fc.constantFrom(
      'principalEmail',
      'principalSubject',
      'serviceAccountKeyName',
      'firstPartyPrincipal',
      'thirdPartyClaims',
      'originalPrincipal',
      'serviceMetadata',
      'iss',
      'sub',
      'act',
      '__proto__',
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string(),
        fc.constantFrom(
          'system:node:x',
          `${POOL}/a`,
          'serviceAccount:p.svc.id.goog[a/b]',
          'ana@example.com',
          null,
          7,
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const top = fc.record(
      Object.fromEntries(
        [
          'principalEmail',
          'principalSubject',
          'serviceAccountKeyName',
          'oauthInfo',
          'thirdPartyPrincipal',
          'serviceAccountDelegationInfo',
          'serviceDelegationHistory',
        ].map((name) => [name, value]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(top, (info) => {
        const claims = read(info);
        expect(claims.caller === undefined).toBe(claims.absent !== undefined);
        told(claims);
      }),
    );
  });
});

describe('entries published by others', () => {
  test.runIf(haveSamples)(
    'every audit entry with an authenticationInfo that names somebody gives an actor',
    () => {
      const folders = ['iam', 'k8s', 'dataproc', 'dataflow', 'audit-generic', 'bigquery', 'gcs'];
      let named = 0;
      for (const line of folders.flatMap((folder) => sampleLines(folder)).flatMap((file) => file.lines)) {
        const entry = LogEntry.safeParse(parseJson(line)).data;
        const info = entry?.protoPayload?.authenticationInfo;
        if (entry?.protoPayload === undefined || info === undefined) continue;
        const names = [info['principalEmail'], info['principalSubject']].some(
          (one) => typeof one === 'string' && one !== '',
        );
        const nobody = told(identityOfAudit(entry.protoPayload)).endsWith('(nobody)');
        expect({ line, nobody }).toEqual({ line, nobody: !names });
        named += 1;
      }
      expect(named).toBeGreaterThan(100);
    },
  );
});

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
