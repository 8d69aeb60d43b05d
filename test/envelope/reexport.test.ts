/** Entries that other platforms stored: put back they are the events they were, and what cannot be put back is kept raw. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import type { Decoded, DecodedEntry } from '../../shared/envelope/envelope.ts';
import { ordinals, sha256 } from '../../shared/envelope/event-id.ts';
import { decodePush } from '../../shared/envelope/message.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { constructedLines } from '../support/constructed.ts';
import { allLower, anyReexport, bigquery, panther } from './respelled.ts';

const decodedOf = (text: string): Decoded | undefined =>
  decodeEntry(Buffer.from(text), { ordinalOf: ordinals() })[0];

function one(text: string): DecodedEntry {
  const found = decodedOf(text);
  if (found?.kind !== 'entry') throw new Error(JSON.stringify(found));
  return found;
}

const preparer = createPreparer({ sources: SOURCES, loaded: EMPTY_CONFIG });
const NOW = '2026-06-01T00:00:00.000000000Z';

/** What the first source that owns the entry makes of it, and what its rows have beside that. */
function eventOf({ entry, eventId, eventTime, receiveTime }: DecodedEntry): object {
  const source = SOURCES.find((candidate) => candidate.owns(entry));
  const { logName, insertId, trace, split } = entry;
  const result = source?.normalise(entry);
  return { source: source?.name, result, eventId, eventTime, receiveTime, logName, insertId, trace, split };
}

const AUDIT = 'type.googleapis.com/google.cloud.audit.AuditLog';
const ENTRY = {
  insertId: 'abc',
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
  timestamp: '2026-01-01T00:00:00.123Z',
  receiveTimestamp: '2026-01-01T00:00:01.5Z',
  resource: { type: 'bigquery_dataset', labels: { project_id: 'p', dataset_id: 'd' } },
  labels: { insertid: 'mine', methodname: 'mine' },
  operation: { id: 'op', first: true },
  protoPayload: {
    '@type': AUDIT,
    serviceName: 'bigquery.googleapis.com',
    methodName: 'google.cloud.bigquery.v2.JobService.InsertJob',
    resourceName: 'projects/p/datasets/d/tables/t',
    status: { code: 7 },
    authenticationInfo: { principalEmail: 'ana@example.com' },
    authorizationInfo: [{ permission: 'bigquery.tables.getData', granted: true }],
    requestMetadata: { callerIp: '203.0.113.7', requestAttributes: { time: '2026-01-01T00:00:00Z' } },
    request: {
      '@type': 'type.googleapis.com/x',
      at_sign_type: 'mine',
      insert_id: 1,
      granted: 'true',
      metadataJson: '{',
    },
    metadata: { '@type': 'm', tableDataRead: { fields: ['a'], jobName: 'projects/p/jobs/9007199254740993' } },
  },
};
const TEXT = JSON.stringify(ENTRY);

describe('an entry of any source, stored by another platform', () => {
  const folders = readdirSync(join(import.meta.dirname, '../sources'), { withFileTypes: true });
  const entries = folders
    .filter((folder) => folder.isDirectory())
    .flatMap((folder) => constructedLines(folder.name))
    .filter((line) => decodedOf(line)?.kind === 'entry')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    // What says neither when nor by which id it is known would be another by its text.
    .filter((entry) => ['logName', 'timestamp', 'insertId'].every((key) => typeof entry[key] === 'string'));

  it('is the same event, and says that it was', () => {
    expect(entries.length).toBeGreaterThan(500);
    fc.assert(
      fc.property(fc.constantFrom(...entries), anyReexport, (entry, reexport) => {
        const before = one(JSON.stringify(entry));
        const after = one(reexport(entry));
        expect(eventOf(after)).toEqual(eventOf(before));
        expect(after.notes).toEqual({ ...before.notes, reexported: true });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a re-export', () => {
  it.each([
    ['Panther', JSON.stringify(panther(ENTRY))],
    ['BigQuery', JSON.stringify(bigquery(ENTRY))],
    ['lower case', JSON.stringify(allLower(ENTRY))],
    [
      'the payload as JSON in a text',
      JSON.stringify({ ...ENTRY, protoPayload: null, protopayload: JSON.stringify(ENTRY.protoPayload) }),
    ],
    [
      'both spellings of one value',
      JSON.stringify({ ...ENTRY, protopayload: ENTRY.protoPayload, insertid: 'abc' }),
    ],
  ])('is read as it was: %s', (_name, text) => {
    const decoded = one(text);
    expect(decoded.entry).toEqual({
      ...ENTRY,
      timestamp: expect.stringMatching(/^2026-01-01[T ]00:00:00.123Z?$/),
      receiveTimestamp: expect.stringMatching(/^2026-01-01[T ]00:00:01.5Z?$/),
    });
    expect(decoded.eventTime).toBe('2026-01-01T00:00:00.123000000Z');
    expect(decoded.eventId).toBe(one(TEXT).eventId);
    expect(decoded.notes).toEqual({ reexported: true });
  });

  it('has the digest and the text that were received', () => {
    const text = JSON.stringify(panther(ENTRY), null, 1);
    const received = JSON.stringify(panther(ENTRY));
    expect(one(text)).toMatchObject({ digest: sha256(received) });
    expect(one(text).text()).toBe(received);
  });

  it('is evidence that whoever could write to the other platform could have written', () => {
    const provenance = (text: string): unknown => {
      const prepared = preparer.prepare(one(text), NOW);
      return prepared.kind === 'rows' ? prepared.entry.rows[0].row['Provenance'] : prepared.rule;
    };
    expect(provenance(TEXT)).toBe('provider');
    expect(provenance(JSON.stringify(bigquery(ENTRY)))).toBe('tenant');
  });

  it('keeps every digit, in numbers and in texts', () => {
    const counts = '{"tableDataChange":{"insertedRowsCount":18446744073709551615}}';
    const text = JSON.stringify({ ...bigquery(ENTRY), n: 0 }).replace(
      /"metadataJson":"(?:[^"\\]|\\.)*"/,
      `"metadataJson":${JSON.stringify(counts)},"numResponseItems":9007199254740993`,
    );
    expect(one(text).entry.protoPayload).toMatchObject({
      metadata: { tableDataChange: { insertedRowsCount: '18446744073709551615' } },
      numResponseItems: '9007199254740993',
    });
  });

  it('of the older BigQuery entries has its column back', () => {
    const { metadata: _left, request: _too, ...older } = ENTRY.protoPayload;
    const row = {
      ...ENTRY,
      protoPayload: undefined,
      protopayload_auditlog: { ...older, servicedata_v1_bigquery: { jobInsertRequest: {} } },
    };
    expect(one(JSON.stringify(row)).entry.protoPayload?.serviceData).toEqual({
      '@type': 'type.googleapis.com/google.cloud.bigquery.logging.v1.AuditData',
      jobInsertRequest: {},
    });
  });

  it('is taken as the body of a push, too', () => {
    expect(decodePush(JSON.parse(JSON.stringify(panther(ENTRY))), {})).not.toHaveProperty('code');
  });

  it('gives no key a meaning that its place has not', () => {
    const text =
      '{"logname":"l","insertid":"i","timestamp":"2026-01-01 00:00:00","__proto__":{"a":1},"jsonpayload":' +
      '{"at_sign_type":"t","__proto__":{"timestamp":"x"},"insertid":"mine","Granted":"true"},"labels":{"logname":"mine"}}';
    const { entry } = one(text);
    expect(entry.insertId).toBe('i');
    expect(Object.entries(entry.jsonPayload ?? {})).toEqual([
      ['@type', 't'],
      ['__proto__', { timestamp: 'x' }],
      ['insertid', 'mine'],
      ['Granted', 'true'],
    ]);
    expect(entry.labels).toEqual({ logname: 'mine' });
  });
});

describe('what cannot be put back', () => {
  const other = { ...ENTRY.protoPayload, methodName: 'other' };

  it.each([
    ['two payloads', { ...ENTRY, protopayload: other }, 'protoPayload'],
    ['a payload and a column', { ...ENTRY, protopayload_auditlog: other }, 'protoPayload'],
    ['two ids', { ...panther(ENTRY), insertId: 'other' }, 'insertId'],
    [
      'two methods',
      { ...ENTRY, protoPayload: undefined, protopayload: { ...other, methodname: 'm' } },
      'methodName',
    ],
    [
      'two callers',
      {
        ...panther(ENTRY),
        protopayload: { authenticationInfo: { principalEmail: 'a', principal_email: 'b' } },
      },
      'principalEmail',
    ],
    [
      'a request and another as text',
      { ...bigquery(ENTRY), protopayload_auditlog: { request: { a: 1 }, requestJson: '{"a":2}' } },
      'request',
    ],
    [
      'two kinds of service data',
      { logname: 'l', protopayload: { servicedata_v1_iam: {}, servicedata_v1_bigquery: {} } },
      'serviceData',
    ],
  ])('%s', (_name, entry, field) => {
    const refused = decodedOf(JSON.stringify(entry));
    expect(refused).toMatchObject({ kind: 'undecodable', code: 'entry-reexported' });
    expect(refused?.kind === 'undecodable' && refused.reason).toContain(` ${field} in two spellings`);
  });

  it.each(['', 'cut off {', '[]', '7', `${'{"a":'.repeat(2000)}0${'}'.repeat(2000)}`])(
    'JSON in a text that is none: %#',
    (metadataJson) => {
      const row = { ...bigquery(ENTRY), protopayload_auditlog: { metadataJson } };
      expect(decodedOf(JSON.stringify(row))).toMatchObject({ code: 'entry-reexported' });
    },
  );

  it('neither log nor payload', () => {
    expect(decodedOf('{"insertid":"i","p_log_type":"GCP.AuditLog"}')).toMatchObject({
      code: 'entry-reexported',
    });
  });

  it('is kept, whatever it is', () => {
    const keys = fc.constantFrom(
      'insertid',
      'protoPayload',
      'protopayload',
      'at_sign_type',
      'METHODNAME',
      'status',
      'code',
      'metadataJson',
      '__proto__',
      'authorization_info',
      'granted',
      'constructor',
      'p_log_type',
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        fc.dictionary(keys, tie('tree')),
        fc.array(tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, (first, second) => {
        const decoded = decodedOf(
          JSON.stringify({ insertid: 'i', protopayload: first, protoPayload: second }),
        );
        if (decoded === undefined) throw new Error('a text decodes to something');
        const prepared = preparer.prepare(decoded, NOW);
        expect(prepared.kind === 'rows' && prepared.entry.rows[0].row['Reason']).not.toBe('normaliser-crash');
      }),
      { numRuns: 300 },
    );
  });
});

describe('an entry as Cloud Logging writes it', () => {
  it('is none', () => {
    expect(one(TEXT).notes).toBeUndefined();
    expect(one(TEXT).entry).toEqual(ENTRY);
  });

  it.each([{ jsonPayload: { at_sign_type: 't', logname: 'l' } }, { textPayload: 't' }])(
    'may lack its ids and have such keys of its own: %j',
    (payload) => {
      expect(one(JSON.stringify({ logName: 'l', ...payload })).notes).toEqual({ eventTimeFrom: 'none' });
    },
  );
});
