import { describe, expect, it } from 'vitest';
import { createIdentifier } from '../../../shared/identity/identify.ts';
import { parsePrincipalId } from '../../../shared/identity/grammar/canonical.ts';
import { parseDatabricksName } from '../../../shared/identity/grammar/databricks.ts';

describe('Databricks names', () => {
  it.each([
    ['Ana@Example.com', 'user:databricks:ana@example.com'],
    [
      '0F2B9D1C-5c1e-4a7e-9f43-2f6f3f1f8a11',
      'service-account:databricks:0f2b9d1c-5c1e-4a7e-9f43-2f6f3f1f8a11',
    ],
    ['etl@p.iam.gserviceaccount.com', 'service-account:databricks:etl@p.iam.gserviceaccount.com'],
    ['System-User', 'system:databricks:System-User'],
    ['system-user', 'unknown:databricks:system-user'],
    ['admins', 'unknown:databricks:admins'],
    ['dbadmin', 'unknown:databricks:dbadmin'],
  ])('%s is %s', (name, id) => {
    expect(parseDatabricksName(name).id).toBe(id);
    expect(parsePrincipalId(id)?.id).toBe(id);
  });

  it('are proven by what the record tells, the platform itself by nothing', () => {
    const identifier = createIdentifier({ bindings: [], agents: [] });
    const proofOf = (name: string): unknown =>
      identifier.identify(
        { caller: { kind: 'databricks', name, proof: 'static-key' } },
        '2026-01-01T00:00:00.000000000Z',
      ).actor?.principal.proof;
    expect(proofOf('ana@example.com')).toBe('static-key');
    expect(proofOf('System-User')).toBe('none');
  });

  it('are bound to a Google account by the configuration only', () => {
    const identifier = createIdentifier({
      bindings: [{ id: 'ana', alias: 'user:databricks:ana@example.com', principal: 'ana@example.com' }],
      agents: [],
    });
    const at = '2026-01-01T00:00:00.000000000Z';
    const caller = { kind: 'databricks', name: 'ana@example.com', proof: 'oauth' } as const;
    expect(identifier.identify({ caller }, at).actor).toMatchObject({
      principal: { id: 'user:google:ana@example.com' },
      as: 'user:databricks:ana@example.com',
      bindings: ['ana'],
    });
  });
});
