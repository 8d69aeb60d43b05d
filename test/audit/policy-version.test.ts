/** Names and contents of IAM policies, through the sources that tell them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyVersion } from '../../shared/model/event.ts';
import { version, type Change } from './policy-changes.ts';

const SET = 'google.iam.v1.IAMPolicy.SetIamPolicy';

describe('an allow policy', () => {
  const set = (change: Change, resource = 'projects/acme'): PolicyVersion | undefined =>
    version('cloudresourcemanager', 'SetIamPolicy', resource, change);
  const viewer = { role: 'roles/viewer', members: ['user:b@example.com', 'user:a@example.com'] };
  const condition = { title: 't', expression: 'true' };
  const editor = { role: 'roles/editor', members: ['user:c@example.com'], condition };

  it('is whole in the response, and in the request where that is not told', () => {
    const policy = { bindings: [viewer], etag: 'before' };
    const sent = set({ request: { policy } });
    expect(sent).toMatchObject({
      plane: 'iam',
      policy: 'allow://cloudresourcemanager.googleapis.com/projects/acme',
      change: 'set',
    });
    expect(set({ request: { policy }, response: { bindings: [viewer], etag: 'after', version: 3 } })).toEqual(
      sent,
    );
    expect(set({ request: { policy }, response: { bindings: [viewer, editor] } })?.digest).not.toBe(
      sent?.digest,
    );
  });

  it('is a set: the order of bindings, members and keys says nothing', () => {
    const members = fc.uniqueArray(fc.string(), { maxLength: 4 });
    const binding = fc.record({ role: fc.string(), members, condition: fc.constant(condition) });
    fc.assert(
      fc.property(fc.array(binding, { maxLength: 4 }), (bindings) => {
        const turned = bindings.toReversed().map((one) => ({
          condition: { expression: one.condition.expression, title: one.condition.title },
          members: one.members.toReversed(),
          role: one.role,
        }));
        expect(set({ response: { bindings: turned } })).toEqual(set({ response: { bindings } }));
      }),
    );
  });

  it('of which a mask excludes the bindings, or only the difference is told, is a difference', () => {
    const policy = { auditConfigs: [] };
    expect(set({ request: { policy, updateMask: 'auditConfigs,etag' } })?.change).toBe('delta');
    const bindingDeltas = [{ action: 'ADD', role: 'roles/viewer', member: 'user:a@example.com' }];
    const told = { request: { policy: { etag: 'x' } }, serviceData: { policyDelta: { bindingDeltas } } };
    expect(set(told)?.change).toBe('delta');
  });

  it('without bindings and without a difference is empty', () => {
    expect(set({ request: { policy: { etag: 'x' } } })).toEqual(set({ response: { bindings: [] } }));
  });

  it.each([
    [
      'iam',
      'google.iam.admin.v1.SetIAMPolicy',
      'projects/-/serviceAccounts/1148',
      'projects/-/serviceAccounts/etl@acme.iam.gserviceaccount.com',
    ],
    [
      'iap',
      'google.cloud.iap.v1.IdentityAwareProxyAdminService.SetIamPolicy',
      'projects/471/iap_web',
      'projects/acme/iap_web',
    ],
    [
      'spanner',
      'google.spanner.admin.instance.v1.InstanceAdmin.SetIamPolicy',
      'projects/acme/instances/i',
      undefined,
    ],
    ['pubsub', SET, 'projects/acme/topics/t', undefined],
    ['bigquery', SET, 'projects/acme/datasets/d', undefined],
    ['storage', 'storage.setIamPermissions', 'projects/_/buckets/b', undefined],
    ['dataproc', SET, 'projects/acme/regions/r/clusters/c', undefined],
  ])('of %s is named by its resource', (service, method, resource, named = resource) => {
    const labels = { project_id: 'acme', email_id: 'etl@acme.iam.gserviceaccount.com' };
    expect(version(service, method, resource, { labels })?.policy).toBe(
      `allow://${service}.googleapis.com/${named}`,
    );
  });

  it('of a dataset is told whole beside its description', () => {
    const datasetChange = { dataset: { acl: { policy: { bindings: [viewer] } } }, reason: 'SET_IAM_POLICY' };
    const metadata = {
      '@type': 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata',
      datasetChange,
    };
    const told = version('bigquery', SET, 'projects/acme/datasets/d', { metadata });
    expect(told).toEqual(
      version('bigquery', SET, 'projects/acme/datasets/d', { response: { bindings: [viewer] } }),
    );
  });

  it('that was not set has no version', () => {
    expect(set({ response: { bindings: [] }, status: { code: 7 } })).toBeUndefined();
  });
});
