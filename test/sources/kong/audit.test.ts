/** Who changed the gateway: the Admin API's audit log and Konnect's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { Normalised } from '../../../shared/model/event.ts';
import { parseCef } from '../../../shared/sources/kong/cef.ts';
import { kong } from '../../../shared/sources/kong/index.ts';
import { ADMIN_REQUEST, adminObject, CEF_LINE } from './records.ts';

const normalise = (entry: object): Normalised => kong.normalise(LogEntry.parse(entry));

function actionOf(record: object): string {
  const result = normalise({ jsonPayload: record });
  return result.kind === 'event' ? result.event.action : result.kind;
}

describe('samples', () => {
  const files = [
    'constructed-requests.ndjson',
    'constructed-admin.ndjson',
    'constructed-konnect.ndjson',
    'constructed-lost-records.ndjson',
  ];
  const lines = files.flatMap((file) =>
    readFileSync(join(import.meta.dirname, file), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  const results = lines.map((line) => normalise(JSON.parse(line) as object));

  it.each(kong.methods.filter((method) => !['TRACE', 'CONNECT'].includes(method)))('%s has one', (method) => {
    expect(results.some((result) => result.kind === 'event' && result.event.method === method)).toBe(true);
  });

  it.each(['api.call', 'policy.change', 'login'])('%s was allowed and denied', (action) => {
    const outcomes = results.flatMap((one) =>
      one.kind === 'event' && one.event.action === action ? [one.event.outcome] : [],
    );
    expect(outcomes).toContain('allowed');
    expect(outcomes).toContain('denied');
  });
});

describe('a change through the Admin API', () => {
  const change = (method: string, path: string, payload?: object): string =>
    actionOf({
      ...ADMIN_REQUEST,
      method,
      path,
      payload: payload === undefined ? null : JSON.stringify(payload),
    });

  it.each([
    ['POST', '/services', 'policy.change'],
    ['PUT', '/default/routes/x', 'policy.change'],
    ['DELETE', '/consumers/ana', 'policy.change'],
    ['POST', '/consumers/ana/key-auth', 'credential.create'],
    ['PATCH', '/team-a/consumers/ana/jwt/x', 'credential.create'],
    ['DELETE', '/consumers/ana/basic-auth/x', 'credential.revoke'],
    ['DELETE', '/key-auths/x', 'credential.revoke'],
    ['POST', '/rbac/users', 'iam.change'],
    ['PATCH', '/team-a/admins/x', 'iam.change'],
    ['GET', '/consumers/ana/key-auth', 'metadata.read'],
    ['GET', '/auth', 'login'],
    ['PROPFIND', '/services', 'unclassified'],
  ])('%s %s is %s', (method, path, action) => {
    expect(change(method, path)).toBe(action);
  });

  it.each(['/services/jwt', '/routes/rbac', '/plugins/auth', '/consumers/key-auth', '/certificates/admins'])(
    'the name of an entity is no collection: %s',
    (path) => {
      expect(change('DELETE', path)).toBe('policy.change');
    },
  );

  it('of a log plugin is a change of what is logged', () => {
    expect(change('POST', '/plugins', { name: 'http-log' })).toBe('log.change');
    expect(change('POST', '/plugins', { name: 'jwt' })).toBe('policy.change');
    const plugin = { ...adminObject('delete', { name: 'file-log' }), dao_name: 'plugins' };
    expect(actionOf(plugin)).toBe('log.change');
    expect(actionOf({ ...plugin, dao_name: 'services' })).toBe('policy.change');
  });

  it('keeps no configuration, and a digest of what came into force', () => {
    const entity = { name: 'openid-connect', config: { client_secret: ['s3cret'], anonymous: 'x' } };
    const result = normalise({ jsonPayload: { ...adminObject('update', entity), dao_name: 'plugins' } });
    expect(JSON.stringify(result)).not.toContain('s3cret');
    expect(result).toMatchObject({ event: { claims: { anonymous: true, entityName: 'openid-connect' } } });
    expect(JSON.stringify(result)).toMatch(/"entityDigest":"[0-9a-f]{64}"/);
  });
});

describe('a CEF line', () => {
  it('is read under the keys of the JSON form', () => {
    expect(parseCef(CEF_LINE)).toEqual({
      event_vendor: 'KongInc',
      event_product: 'Konnect',
      event_version: '1.0',
      event_class_id: 'konnect',
      name: 'Authz.control-planes',
      severity: '6',
      event_ts: '2026-03-02T09:00:02Z',
      rt: '1772442060538',
      src: '198.51.100.7',
      action: 'delete',
      granted: 'false',
      org_id: '777db3e4-5cb7-4dd5-b51c-9878096a6999',
      principal_id: 'eb999f01-5976-4f4b-9fbc-dd5d514bd675',
      trace_id: '3959872677347089807',
    });
  });

  it('says the same whatever the user agent', () => {
    const plain = parseCef(CEF_LINE);
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (agent) => {
        const forged = CEF_LINE.replace('grpc-node-js/1.12.4', () => `${agent} granted=true sig=x`);
        expect(parseCef(forged)).toEqual(plain);
      }),
    );
  });

  it('with a key twice is nobody’s word', () => {
    const line = CEF_LINE.replace('granted=false', 'granted=true granted=false');
    expect(normalise({ textPayload: line })).toMatchObject({ kind: 'refused', code: 'line-grammar' });
  });
});
