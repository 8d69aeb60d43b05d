/** Audit entries without the name of their service or method: what the rest of the entry says, and what it does not. */
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../schemas/log-entry.ts';
import { completedAudit } from '../../shared/audit/completed.ts';

const AUDIT = 'type.googleapis.com/google.cloud.audit.AuditLog';

const completed = (payload: object, more: object = {}): ReturnType<typeof completedAudit> =>
  completedAudit(LogEntry.parse({ protoPayload: payload, ...more }));

const request = (type: unknown): object => ({ request: { '@type': type } });
const checks = (...items: readonly unknown[]): object => ({ authorizationInfo: items });

describe('the method of an entry without one', () => {
  it.each([
    ['type.googleapis.com/google.iam.v1.SetIamPolicyRequest', 'SetIamPolicy'],
    ['type.googleapis.com/google.iam.credentials.v1.GenerateAccessTokenRequest', 'GenerateAccessToken'],
    ['type.googleapis.com/compute.disks.setIamPolicy', 'compute.disks.setIamPolicy'],
  ])('of a request %s is %s', (type, method) => {
    const found = completed({ serviceName: 's.googleapis.com', ...request(type) });
    expect(found?.entry.protoPayload).toMatchObject({ serviceName: 's.googleapis.com', methodName: method });
    expect(found).toMatchObject({ methodFrom: 'request-type' });
    expect(found).not.toHaveProperty('serviceFrom');
  });

  it.each([
    'type.googleapis.com/google.pubsub.v1.Topic',
    'type.googleapis.com/Request',
    'type.googleapis.com/compute.disks.setIamPolicy.more',
    'type.googleapis.com/storage.buckets.setIamPolicy',
    'core.k8s.io/v1.Pod',
    'google.iam.v1.SetIamPolicyRequest',
    'https://example.com/google.iam.v1.SetIamPolicyRequest',
    `type.googleapis.com/${'a.'.repeat(500)}SetIamPolicyRequest`,
    '',
    7,
    undefined,
  ])('is not told by a request %s', (type) => {
    expect(completed({ serviceName: 's.googleapis.com', ...request(type) })).toBeUndefined();
  });
});

describe('the service of an entry without one', () => {
  it.each([
    ['operation', {}, { operation: { producer: 'compute.googleapis.com' } }, 'compute.googleapis.com'],
    [
      'resource-label',
      {},
      { resource: { type: 'audited_resource', labels: { service: 'x.googleapis.com' } } },
      'x.googleapis.com',
    ],
    ['method', { methodName: 'google.pubsub.v1.Publisher.CreateTopic' }, {}, 'pubsub.googleapis.com'],
    ['method', { methodName: 'io.k8s.core.v1.pods.create' }, {}, 'k8s.io'],
    [
      'request-type',
      {
        methodName: 'GenerateAccessToken',
        ...request('type.googleapis.com/google.iam.credentials.v1.GenerateAccessTokenRequest'),
      },
      { resource: { type: 'service_account' } },
      'iamcredentials.googleapis.com',
    ],
    [
      'resource-attributes',
      checks(
        { resourceAttributes: { service: 'x.googleapis.com' } },
        { resourceAttributes: { service: 'x.googleapis.com' } },
      ),
      {},
      'x.googleapis.com',
    ],
    [
      'permission',
      checks({ permission: 'run.services.setIamPolicy' }, { permission: 'run.services.get' }),
      {},
      'run.googleapis.com',
    ],
    [
      'resource-type',
      { methodName: 'anything' },
      { resource: { type: 'gce_instance' } },
      'compute.googleapis.com',
    ],
  ])('is told by its %s', (from, payload, entry, service) => {
    const found = completed(payload, entry);
    expect(found?.entry.protoPayload?.serviceName).toBe(service);
    expect(found).toMatchObject({ serviceFrom: from });
  });

  it.each([
    ['a method that every service has', { methodName: 'google.iam.v1.IAMPolicy.SetIamPolicy' }],
    ['a request that every service takes', request('type.googleapis.com/google.iam.v1.SetIamPolicyRequest')],
    [
      'checks of two services',
      checks({ permission: 'run.services.get' }, { permission: 'storage.objects.get' }),
    ],
    ['a check that does not tell among others', checks({ permission: 'run.services.get' }, {})],
    ['a check of who may run work as an account', checks({ permission: 'iam.serviceAccounts.actAs' })],
    ['checks that are none', checks('run.services.get', null)],
  ])('is not told by %s', (_name, payload) => {
    expect(completed({ methodName: 'm', ...payload })).toBeUndefined();
  });
});

describe('an entry', () => {
  it('that names both stays the very same', () => {
    expect(
      completed({ serviceName: 'a', methodName: 'b', ...request('type.googleapis.com/x.YRequest') }),
    ).toBeUndefined();
  });

  it('that names a service nobody knows keeps it', () => {
    const found = completed({
      serviceName: 'made.up',
      ...request('type.googleapis.com/google.pubsub.v1.PublishRequest'),
    });
    expect(found?.entry.protoPayload).toMatchObject({ serviceName: 'made.up', methodName: 'Publish' });
  });

  it('whose payload is of another type is left alone', () => {
    const gae = { resource: { type: 'gce_instance' } };
    expect(
      completed({ '@type': 'type.googleapis.com/google.appengine.logging.v1.RequestLog' }, gae),
    ).toBeUndefined();
    expect(completed({ '@type': AUDIT }, gae)).toMatchObject({ serviceFrom: 'resource-type' });
  });

  it('without a protoPayload is none of these', () => {
    expect(completedAudit({ jsonPayload: {}, resource: { type: 'gce_instance' } })).toBeUndefined();
  });

  it('keeps everything else', () => {
    const payload = {
      '@type': AUDIT,
      methodName: 'io.k8s.core.v1.pods.create',
      resourceName: 'r',
      status: { code: 7 },
    };
    const found = completed(payload, { insertId: 'i', logName: 'l' });
    expect(found?.entry).toEqual({
      insertId: 'i',
      logName: 'l',
      protoPayload: { ...payload, serviceName: 'k8s.io' },
    });
  });
});
