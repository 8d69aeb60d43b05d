/** Versions of gateway policies: from audited objects whole, from Konnect's calls as differences. */
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { PolicyVersion } from '../../../shared/model/event.ts';
import { kong } from '../../../shared/sources/kong/index.ts';
import { ADMIN_REQUEST, adminObject } from './records.ts';

function version(jsonPayload: object): PolicyVersion | undefined {
  const logName = 'projects/gw/logs/kong-admin-audit';
  const result = kong.normalise(LogEntry.parse({ logName, jsonPayload }));
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event.policy;
}

const ID = '16787ed7-d805-434a-9cec-5e5a3e5c9e4f';

describe('an audited object', () => {
  const route = (operation: string, entity: object): PolicyVersion | undefined =>
    version({ ...adminObject(operation, { id: ID, ...entity }), dao_name: 'routes' });

  it('has one name through all its versions, and after a revert the digest of before', () => {
    const created = route('create', { name: 'jobs', paths: ['/v1'], created_at: 1, updated_at: 1 });
    const opened = route('update', { name: 'jobs', paths: ['/'], created_at: 1, updated_at: 2 });
    const closed = route('update', { updated_at: 3, created_at: 1, paths: ['/v1'], name: 'jobs' });
    const deleted = route('delete', { name: 'jobs' });
    const name = `kong:gw/routes/${ID}`;
    expect([created, opened, closed, deleted].map((one) => one?.policy)).toEqual([name, name, name, name]);
    expect([created, opened, closed, deleted].map((one) => one?.change)).toEqual([
      'set',
      'set',
      'set',
      'delete',
    ]);
    expect(closed).toEqual(created);
    expect(opened?.digest).not.toBe(created?.digest);
  });

  it('that cannot be read is a difference', () => {
    const cut = { ...adminObject('update', {}), entity: '{cut', dao_name: 'plugins' };
    expect(version(cut)).toEqual({ plane: 'gateway', policy: `kong:gw/plugins/${ID}`, change: 'delta' });
  });

  it.each(['keyauth_credentials', 'jwt_secrets', 'oauth2_tokens', 'rbac_users'])(
    'of %s is no policy: a digest would let the secret be guessed',
    (dao) => {
      expect(version({ ...adminObject('create', { key: 'k' }), dao_name: dao })).toBeUndefined();
    },
  );

  it('alone makes the version: its request names the same change in another way', () => {
    expect(version({ ...ADMIN_REQUEST, method: 'PATCH', path: `/routes/jobs` })).toBeUndefined();
  });
});

describe('a call of Konnect', () => {
  const call = (act: string, request: string, status = 200): PolicyVersion | undefined =>
    version({
      event_vendor: 'KongInc',
      event_product: 'Konnect',
      event_class_id: 'KongGateway',
      name: 'Ingress',
      act,
      request,
      status,
      org_id: 'org',
      principal_id: 'p',
      rt: '1772442060538',
    });

  it.each([
    ['PUT', '/v2/control-planes/cp/core-entities/routes/r', 'konnect:org/cp/routes/r', 'delta'],
    ['PATCH', '/konnect-api/api/control_planes/cp/routes/r?x=1', 'konnect:org/cp/routes/r', 'delta'],
    [
      'DELETE',
      '/v2/control-planes/cp/core-entities/services/s/routes/r',
      'konnect:org/cp/routes/r',
      'delete',
    ],
    ['POST', '/v2/control-planes/cp/core-entities/services/s/plugins', 'konnect:org/cp/plugins/*', 'delta'],
    ['DELETE', '/v2/control-planes/cp', 'konnect:org/cp', 'delete'],
    ['POST', '/v2/control-planes', 'konnect:org/*', 'delta'],
  ])('%s %s is of %s', (act, request, policy, change) => {
    expect(call(act, request)).toEqual({ plane: 'gateway', policy, change });
  });

  it.each([
    ['GET', '/v2/control-planes/cp', 200],
    ['DELETE', '/v2/control-planes/cp', 403],
    ['POST', '/v3/users', 201],
    ['PUT', `/v2/control-planes/${'x'.repeat(2000)}`, 200],
  ])('%s %s with %s leaves none', (act, request, status) => {
    expect(call(act, request, status)).toBeUndefined();
  });
});
