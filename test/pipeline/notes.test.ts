/** What had to be made up for before an entry could be read, on its way to the rows. */
import { describe, expect, it } from 'vitest';
import type { Row } from '../../schemas/tables.ts';
import { EMPTY_CONFIG, parseConfig, type LoadedConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { NO_TIME } from '../../shared/envelope/entry-time.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries, type ReplaySummary } from '../../shared/pipeline/replay.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { openStore } from '../../shared/store/open.ts';

const CHANGE = {
  insertId: 'i',
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-01-01T00:00:00Z',
  resource: { type: 'project', labels: { project_id: 'p' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'cloudresourcemanager.googleapis.com',
    methodName: 'SetIamPolicy',
    resourceName: 'projects/p',
    authenticationInfo: { principalEmail: 'ana@example.com' },
    request: { policy: { bindings: [{ role: 'roles/owner', members: ['user:eve@example.com'] }] } },
  },
};
const { timestamp: _left, ...UNDATED } = CHANGE;

const decoded = (entry: object, ordinalOf = ordinals()): readonly Decoded[] =>
  decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf });

function rowsOf(
  entry: object,
  now: string,
  loaded: LoadedConfig = EMPTY_CONFIG,
): readonly { table: string; row: Row }[] {
  const preparer = createPreparer({ sources: SOURCES, loaded });
  return decoded(entry).flatMap((one) => {
    const prepared = preparer.prepare(one, now);
    return prepared.kind === 'rows' ? prepared.entry.rows : [];
  });
}

describe('an entry that nothing dates', () => {
  it('is kept as long as one of today, whatever it says of itself', () => {
    const [today, later] = ['2026-06-01T00:00:00.000000000Z', '2027-06-01T00:00:00.000000000Z'].map(
      (now) => rowsOf(UNDATED, now)[0]?.row ?? {},
    );
    const { ExpireAt: first, ...one } = today ?? {};
    const { ExpireAt: second, ...other } = later ?? {};
    expect([first, second]).toEqual(['2027-07-06T00:00:00.000000000Z', '2028-07-05T00:00:00.000000000Z']);
    expect(one).toMatchObject({ EventTime: NO_TIME, Action: 'iam.change' });
    // Outside the row's digest is the expiry alone.
    expect(other).toEqual(one);
  });

  it('leaves no version of a policy, since nobody knows from when it holds', () => {
    const tables = (entry: object): readonly string[] =>
      rowsOf(entry, '2026-06-01T00:00:00.000000000Z').map(({ table }) => table);
    expect(tables(CHANGE)).toContain('PolicyVersions');
    expect(tables(UNDATED)).toEqual(['Events']);
  });

  it('rests on no binding that holds from some day on', () => {
    const config =
      'bindings: [{id: ana, alias: ana@example.com, principal: ana@corp.example, from: 2025-01-01T00:00:00Z}]';
    const bindings = (entry: object): unknown =>
      rowsOf(entry, '2026-06-01T00:00:00.000000000Z', parseConfig(config, 'test'))[0]?.row['Bindings'];
    expect(bindings(CHANGE)).toEqual(['ana']);
    expect(bindings(UNDATED)).toBeUndefined();
  });

  it('is counted apart, stored once, and the same whenever it comes', async () => {
    const store = await openStore('sqlite::memory:');
    const preparer = createPreparer({ sources: SOURCES, loaded: EMPTY_CONFIG });
    const replay = (now: string): Promise<ReplaySummary> => {
      const ordinalOf = ordinals();
      const entries = [CHANGE, UNDATED, UNDATED].flatMap((entry) => decoded(entry, ordinalOf));
      return replayEntries(entries, { store, preparer, path: 'replay', now: () => now });
    };
    expect(await replay('2026-06-01T00:00:00.000000000Z')).toMatchObject({ stored: 3, undated: 2 });
    expect(await replay('2027-06-01T00:00:00.000000000Z')).toMatchObject({
      stored: 0,
      duplicate: 3,
      conflicting: 0,
      undated: 0,
    });
    await store.close();
  });
});

describe('what an entry lacked', () => {
  it('stands among the claims of its event, beside its own', () => {
    const { serviceName: _service, methodName: _method, ...payload } = UNDATED.protoPayload;
    const entry = {
      ...UNDATED,
      protoPayload: {
        ...payload,
        requestMetadata: { callerIp: '203.0.113.7', requestAttributes: { time: '2026-01-01T00:00:00Z' } },
        request: { ...payload.request, '@type': 'type.googleapis.com/google.iam.v1.SetIamPolicyRequest' },
        authorizationInfo: [
          {
            permission: 'resourcemanager.projects.setIamPolicy',
            resourceAttributes: { service: 'cloudresourcemanager.googleapis.com' },
          },
        ],
      },
    };
    const [event] = rowsOf(entry, '2026-06-01T00:00:00.000000000Z');
    expect(event?.row).toMatchObject({ Action: 'iam.change', Method: 'SetIamPolicy' });
    expect(JSON.parse(String(event?.row['Claims']))).toMatchObject({
      callerIp: '203.0.113.7',
      methodFrom: 'request-type',
      serviceFrom: 'resource-attributes',
      eventTimeFrom: 'requestAttributes.time',
    });
  });
});
