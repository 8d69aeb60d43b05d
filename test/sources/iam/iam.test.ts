import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { iam } from '../../../shared/sources/iam/index.ts';
import { constructed, eventOf, eventsOf } from '../../support/audit-samples.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';

const all = constructed('iam');
const LOG = 'projects/p/logs/cloudaudit.googleapis.com%2Factivity';
const audit = (serviceName: string, methodName: string, payload: Record<string, unknown> = {}): LogEntry =>
  LogEntry.parse({ logName: LOG, protoPayload: { serviceName, methodName, ...payload } });

describe('ownership', () => {
  it.each([
    ['iam.googleapis.com', 'google.iam.admin.v1.CreateRole'],
    ['iamcredentials.googleapis.com', 'SignJwt'],
    ['run.googleapis.com', 'google.cloud.run.v1.Services.SetIamPolicy'],
    ['cloudresourcemanager.googleapis.com', 'google.cloud.resourcemanager.v3.Projects.SetIamPolicy'],
    ['some-new-service.googleapis.com', 'google.new.v1.Things.SetIamPolicy'],
  ])('takes %s %s', (service, method) => {
    expect(iam.owns(audit(service, method))).toBe(true);
  });

  it.each([
    ['run.googleapis.com', 'google.cloud.run.v1.Services.ReplaceService'],
    ['bigquery.googleapis.com', 'google.iam.v1.IAMPolicy.SetIamPolicy'],
    ['dataproc.googleapis.com', 'google.iam.v1.IAMPolicy.SetIamPolicy'],
    ['storage.googleapis.com', 'storage.setIamPermissions'],
  ])('leaves %s %s', (service, method) => {
    expect(iam.owns(audit(service, method))).toBe(false);
  });
});

describe('credentials that speak for others', () => {
  it('name whom they speak for as the identity of the work', () => {
    const minted = eventsOf(iam).filter(
      ({ action, outcome }) => action === 'credential.mint' && outcome === 'allowed',
    );
    expect(minted.length).toBeGreaterThan(5);
    for (const event of minted) expect(event.identity.runAs?.kind).toBe('google');
  });

  it('keep the chain, original caller first, and the link that names nobody', () => {
    const [first, denied, federated] = constructed('iam')
      .filter((entry) => entry.protoPayload?.methodName === 'GenerateAccessToken')
      .map((entry) => eventOf(iam, entry));
    expect(JSON.parse(String(first?.claims?.['identityDelegationChain']))).toEqual([
      'ci@acme-build.iam.gserviceaccount.com',
      'hop@acme-build.iam.gserviceaccount.com',
    ]);
    expect(denied).toMatchObject({ outcome: 'denied', identity: { absent: 'redacted' } });
    expect(federated?.identity.delegation).toEqual([{ recordedBy: 'serviceAccountDelegationInfo' }]);
  });

  it('never make a person of an account that is only a number', () => {
    const event = eventOf(
      iam,
      audit('iamcredentials.googleapis.com', 'SignBlob', {
        resourceName: 'projects/-/serviceAccounts/1148851',
      }),
    );
    expect(event.identity).not.toHaveProperty('runAs');
    expect(event.claims?.['serviceAccount']).toBe('1148851');
  });
});

describe('a grant', () => {
  it('is asked for, decided on, in force and over, each an event of its own', () => {
    const told = eventsOf(iam)
      .filter(({ claims }) => claims?.['grant'] === '5f0c')
      .map(({ action }) => action);
    expect(new Set(told)).toEqual(
      new Set([
        'grant.request',
        'grant.approve',
        'grant.deny',
        'grant.activate',
        'grant.revoke',
        'iam.change',
      ]),
    );
  });

  it('of an entitlement without approval steps says so', () => {
    const created = eventsOf(iam).find(({ claims }) => claims?.['entitlement'] === 'self-service');
    expect(created?.claims?.['approvalSteps']).toBe(0);
  });
});

describe('constructed samples', () => {
  it('are marked as such, and show both ends of each action', () => {
    expect(all.every((entry) => entry.labels?.['jobtrail.example/constructed'] === 'true')).toBe(true);
    const ends = Map.groupBy(eventsOf(iam), ({ action }) => action);
    for (const action of [
      'iam.change',
      'credential.mint',
      'credential.create',
      'grant.request',
      'policy.change',
    ]) {
      const outcomes = new Set((ends.get(action as 'iam.change') ?? []).map(({ outcome }) => outcome));
      expect(outcomes.has('allowed'), action).toBe(true);
      expect(outcomes.has('denied') || outcomes.has('failed'), action).toBe(true);
    }
  });
});

describe('any entry', () => {
  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(iam, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const owned = sampleLines('iam')
    .flatMap(({ lines }) => lines.map((line) => LogEntry.parse(JSON.parse(line))))
    .filter((entry) => iam.owns(entry));

  it.skipIf(owned.length === 0)('are all understood', () => {
    const results = owned.map((entry) => iam.normalise(entry));
    expect(results.every((result) => result.kind === 'event' && result.unknownMethod === undefined)).toBe(
      true,
    );
    expect(results).toContainEqual(
      expect.objectContaining({
        event: expect.objectContaining({
          action: 'credential.mint',
          identity: {
            caller: { kind: 'google', subject: 'b6112abb-5791-4507-adb5-7e8cc306eb2e' },
            runAs: {
              kind: 'google',
              subject:
                'principal://iam.googleapis.com/projects/1234567890123/locations/global/workloadIdentityPools/azure-pool/subject/a1234bcd-5678-9012-efa3-4b5cd678ef9a',
            },
          },
        }) as unknown,
      }),
    );
  });
});
