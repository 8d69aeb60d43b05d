/** Names and contents of policies that are resources of their own: roles, providers, constraints, perimeters. */
import { describe, expect, it } from 'vitest';
import type { PolicyVersion } from '../../shared/model/event.ts';
import { version, type Change } from './policy-changes.ts';

describe('a policy that is a resource', () => {
  const ROLE = 'projects/acme/roles/Jobs';
  const role = (verb: string, change: Change): PolicyVersion | undefined =>
    version('iam', `google.iam.admin.v1.${verb}Role`, ROLE, change);

  it('has one name and is equal however it is told', () => {
    const body = { title: 'Jobs', includedPermissions: ['dataproc.jobs.create'] };
    const created = role('Create', { request: { parent: 'projects/acme', roleId: 'Jobs', role: body } });
    const masked = { request: { name: ROLE, role: { title: 'x' }, updateMask: 'title' } };
    const updated = role('Update', { ...masked, response: { ...body, name: ROLE, etag: 'BwY=' } });
    expect(created).toMatchObject({ plane: 'iam', policy: `//iam.googleapis.com/${ROLE}`, change: 'set' });
    expect(updated).toEqual(created);
    expect(role('Update', masked)?.change).toBe('delta');
    expect(role('Delete', { request: { name: ROLE } })?.change).toBe('delete');
    expect(role('Undelete', { request: { name: ROLE } })?.change).toBe('delta');
  });

  const POOL = 'projects/acme/locations/global/workloadIdentityPools/github';
  const ORG = 'google.cloud.orgpolicy.v2.OrgPolicy';
  const ACM = 'google.identity.accesscontextmanager.v1.AccessContextManager';
  it.each<[string, string, string, Change, Partial<PolicyVersion>]>([
    [
      'iam',
      'google.iam.v1.WorkloadIdentityPools.CreateWorkloadIdentityPoolProvider',
      POOL,
      {
        request: {
          parent: POOL,
          workloadIdentityPoolProviderId: 'ci',
          workloadIdentityPoolProvider: { attributeCondition: 'x', oidc: {} },
        },
      },
      { plane: 'iam', policy: `//iam.googleapis.com/${POOL}/providers/ci`, change: 'set' },
    ],
    [
      'iam',
      'google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider',
      `${POOL}/providers/ci`,
      {
        request: {
          updateMask: 'attributeCondition',
          workloadIdentityPoolProvider: { attributeCondition: 'y', oidc: {} },
        },
      },
      { policy: `//iam.googleapis.com/${POOL}/providers/ci`, change: 'delta' },
    ],
    [
      'iam',
      'google.iam.v2.Policies.DeletePolicy',
      'policies/x/denypolicies/d',
      {},
      { policy: '//iam.googleapis.com/policies/x/denypolicies/d', change: 'delete' },
    ],
    [
      'privilegedaccessmanager',
      'x.CreateEntitlement',
      'projects/acme/locations/global',
      { request: { entitlementId: 'e', entitlement: { eligibleUsers: [] } } },
      {
        policy: '//privilegedaccessmanager.googleapis.com/projects/acme/locations/global/entitlements/e',
        change: 'set',
      },
    ],
    [
      'orgpolicy',
      `${ORG}.UpdatePolicy`,
      'projects/471/policies/iam.x',
      { request: { policy: { spec: { rules: [] } } } },
      {
        plane: 'organisation',
        policy: '//orgpolicy.googleapis.com/projects/acme/policies/iam.x',
        change: 'set',
      },
    ],
    [
      'cloudresourcemanager',
      'ClearOrgPolicy',
      'projects/acme',
      { request: { constraint: 'constraints/iam.x' } },
      { policy: '//orgpolicy.googleapis.com/projects/acme/policies/iam.x', change: 'delete' },
    ],
    [
      'accesscontextmanager',
      `${ACM}.UpdateServicePerimeter`,
      'accessPolicies/1/servicePerimeters/d',
      { request: { servicePerimeter: { status: {} }, updateMask: 'status' } },
      {
        policy: '//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/d',
        change: 'delta',
      },
    ],
    [
      'accesscontextmanager',
      `${ACM}.CommitServicePerimeters`,
      'accessPolicies/1',
      {},
      {
        policy: '//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/*',
        change: 'delta',
      },
    ],
  ])('%s %s', (service, method, resource, change, expected) => {
    expect(version(service, method, resource, change)).toMatchObject(expected);
  });

  it('is the same whatever the service adds to it', () => {
    const spec = { rules: [{ enforce: true }] };
    const change = (policy: object): PolicyVersion | undefined =>
      version('orgpolicy', `${ORG}.UpdatePolicy`, 'projects/acme/policies/iam.x', { response: policy });
    expect(
      change({
        name: 'projects/471/policies/iam.x',
        etag: 'a',
        spec: { ...spec, etag: 'b', updateTime: 't' },
      }),
    ).toEqual(change({ name: 'projects/acme/policies/iam.x', spec }));
  });

  it('is told by the entry that begins an operation, not again by the one that ends it', () => {
    const ends = { operation: { id: 'o', last: true }, response: { includedPermissions: [] } };
    expect(role('Update', ends)).toBeUndefined();
    expect(role('Update', { ...ends, operation: { id: 'o', first: true } })?.change).toBe('set');
  });
});
