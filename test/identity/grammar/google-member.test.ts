import { describe, expect, test } from 'vitest';
import { parseGooglePrincipal, parseKeyOwner } from '../../../shared/identity/grammar/google-member.ts';

const POOL =
  'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/aws-pool/subject/';

describe('subjects and addresses as audit entries write them', () => {
  test.each([
    [
      'a prefix that contradicts the address',
      'user:robot@p.iam.gserviceaccount.com',
      'service-account:google:robot@p.iam.gserviceaccount.com',
    ],
    ['the other way round', 'serviceAccount:ana@example.com', 'user:google:ana@example.com'],
    ['a subject without a prefix', 'ana@example.com', 'user:google:ana@example.com'],
    [
      'a project named like an agent',
      'x@my-robot.iam.gserviceaccount.com',
      'service-account:google:x@my-robot.iam.gserviceaccount.com',
    ],
    [
      'an agent name before the @',
      'container-engine-robot@p.iam.gserviceaccount.com',
      'service-account:google:container-engine-robot@p.iam.gserviceaccount.com',
    ],
    ['a domain that only ends alike', 'x@evilgserviceaccount.com', 'user:google:x@evilgserviceaccount.com'],
    [
      'a domain that only begins alike',
      'x@gcp-sa-a.iam.gserviceaccount.com.evil.example',
      'user:google:x@gcp-sa-a.iam.gserviceaccount.com.evil.example',
    ],
    [
      "an agent's name in a domain of somebody else",
      'x@gcp-sa-a.example.com.iam.gserviceaccount.com',
      'service-account:google:x@gcp-sa-a.example.com.iam.gserviceaccount.com',
    ],
    [
      "an agent's name in a domain that ends like Google's",
      'x@gcp-sa-a.evil-google.com.iam.gserviceaccount.com',
      'service-account:google:x@gcp-sa-a.evil-google.com.iam.gserviceaccount.com',
    ],
    [
      'the Google writer',
      'service-agent-manager@system.gserviceaccount.com',
      'system:google:service-agent-manager@system.gserviceaccount.com',
    ],
    ['system events', 'system@google.com', 'system:google:system@google.com'],
    [
      'an address of a scoped project',
      'etl@p.example.com.iam.gserviceaccount.com',
      'service-account:google:etl@p.example.com.iam.gserviceaccount.com',
    ],
    [
      'Cloud Build',
      '42@cloudbuild.gserviceaccount.com',
      'service-account:google:42@cloudbuild.gserviceaccount.com',
    ],
    [
      'a GUID in capitals',
      'B6112ABB-5791-4507-ADB5-7E8CC306EB2E',
      'unknown:unstated:b6112abb-5791-4507-adb5-7e8cc306eb2e',
    ],
    [
      'an address without @',
      'service-1-gs-project-accounts.iam.gserviceaccount.com',
      'unknown:unstated:service-1-gs-project-accounts.iam.gserviceaccount.com',
    ],
    ['two @', 'ana@example.com@evil.example', 'unknown:unstated:ana@example.com@evil.example'],
    [
      'a canonical id, which no entry may claim',
      'user:google:ana@example.com',
      'unknown:unstated:user:google:ana@example.com',
    ],
    [
      'a pool subject that is a URL',
      `${POOL}https://a.example/b:c`,
      'workload:pool/42/aws-pool:https://a.example/b:c',
    ],
    [
      'a pool subject that is a user ARN',
      `${POOL}arn:aws:iam::123456789012:user/ana`,
      'user:pool/42/aws-pool:arn:aws:iam::123456789012:user/ana',
    ],
    ['a pool subject that holds /subject/', `${POOL}a/subject/b`, 'workload:pool/42/aws-pool:a/subject/b'],
    ['a pool without a subject', POOL, `unknown:unstated:${POOL}`],
    [
      'a pool elsewhere',
      'principal://iam.googleapis.com/locations/eu/workforcePools/p/subject/s',
      'unknown:unstated:principal://iam.googleapis.com/locations/eu/workforcePools/p/subject/s',
    ],
    [
      'a fleet member',
      'serviceAccount:fleet.hub.id.goog[ns/ksa]',
      'workload:spiffe/fleet.hub.id.goog:ns/ns/sa/ksa',
    ],
    [
      'a freeform pool',
      'serviceAccount:my-pool[some:subject/of/it]',
      'workload:spiffe/my-pool:some:subject/of/it',
    ],
    [
      'a scoped project',
      'serviceAccount:example.com:p.svc.id.goog[ns/ksa]',
      'workload:spiffe/example.com%3Ap.svc.id.goog:ns/ns/sa/ksa',
    ],
    ['a Kubernetes name', 'system:serviceaccount:ns:ksa', 'workload:kubernetes/-:ns/ns/sa/ksa'],
    [
      'deleted and a query in the subject',
      'deleted:serviceAccount:etl@p.iam.gserviceaccount.com?uid=1?uid=2',
      'unknown:unstated:deleted:serviceAccount:etl@p.iam.gserviceaccount.com?uid=1?uid=2',
    ],
    [
      'an issuer with separators',
      'principal://iam.googleapis.com/locations/global/workforcePools/a:b%3A/subject/s',
      'user:workforce/a%3Ab%253A:s',
    ],
  ])('%s', (_what, text, id) => {
    expect(parseGooglePrincipal(text).id).toBe(id);
  });

  test('ASCII case only: the Kelvin sign is no k', () => {
    expect(parseGooglePrincipal('\u212aim@example.com').id).not.toBe(
      parseGooglePrincipal('kim@example.com').id,
    );
    expect(parseGooglePrincipal('KIM@example.com').id).toBe('user:google:kim@example.com');
  });

  test('a deleted principal is not the living one of that name', () => {
    const living = parseGooglePrincipal('user:ana@example.com').id;
    expect(parseGooglePrincipal('deleted:user:ana@example.com?uid=7').id).not.toBe(living);
    expect(parseGooglePrincipal('deleted:user:ana@example.com?uid=8').id).not.toBe(
      parseGooglePrincipal('deleted:user:ana@example.com?uid=7').id,
    );
  });

  test.each([
    [
      '//iam.googleapis.com/projects/p/serviceAccounts/etl@p.iam.gserviceaccount.com/keys/1',
      'service-account:google:etl@p.iam.gserviceaccount.com',
    ],
    ['//iam.googleapis.com/projects/p/serviceAccounts/112233/keys/1', 'unknown:unstated:112233'],
    ['//iam.googleapis.com/projects/p/serviceAccounts/etl', undefined],
    ['//evil.example/projects/p/serviceAccounts/etl@p.iam.gserviceaccount.com/keys/1', undefined],
  ])('the owner of the key %s', (keyName, id) => {
    expect(parseKeyOwner(keyName)?.id).toBe(id);
  });
});
