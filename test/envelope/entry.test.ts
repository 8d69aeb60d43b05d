import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../schemas/log-entry.ts';
import { decodeEntry, type EntryContext } from '../../shared/envelope/entry.ts';
import type { Decoded, DecodedEntry, UndecodableEntry } from '../../shared/envelope/envelope.ts';
import { ordinals, sha256 } from '../../shared/envelope/event-id.ts';
import { messageOfObject } from '../../shared/envelope/message.ts';
import type { ForeignRecord } from '../../shared/sources/source.ts';

const context = (adopt?: (record: ForeignRecord) => LogEntry | undefined): EntryContext =>
  adopt === undefined ? { ordinalOf: ordinals() } : { ordinalOf: ordinals(), adopt };

const all = (text: string | Uint8Array, given = context()): readonly Decoded[] =>
  decodeEntry(Buffer.from(text), given);

function one(text: string | Uint8Array, given = context()): DecodedEntry {
  const [decoded, ...more] = all(text, given);
  if (decoded?.kind !== 'entry' || more.length > 0) throw new Error(JSON.stringify(decoded));
  return decoded;
}
function refused(text: string | Uint8Array, given = context()): UndecodableEntry {
  const [decoded, ...more] = all(text, given);
  if (decoded?.kind !== 'undecodable' || more.length > 0) throw new Error('decoded');
  return decoded;
}

const ENTRY = {
  insertId: 'abc',
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    methodName: 'm',
    serviceName: 's',
  },
  receiveTimestamp: '2026-01-01T00:00:01.5Z',
  resource: { type: 'audited_resource', labels: { project_id: 'p' } },
  timestamp: '2026-01-01T00:00:00.123456789Z',
};
const TEXT = JSON.stringify(ENTRY);

describe('decodeEntry', () => {
  it('decodes a LogEntry with its times, id and digest', () => {
    const decoded = one(TEXT);
    expect(decoded.entry).toEqual(ENTRY);
    expect(decoded.eventTime).toBe('2026-01-01T00:00:00.123456789Z');
    expect(decoded.receiveTime).toBe('2026-01-01T00:00:01.500000000Z');
    expect(decoded.digest).toBe(sha256(TEXT));
    expect(decoded.text()).toBe(TEXT);
    expect(decoded.bytes).toBe(TEXT.length);
  });

  it.each([
    ['pretty', JSON.stringify(ENTRY, null, 2)],
    ['byte order mark', `\uFEFF${TEXT}`],
    ['surrounding blanks', `\r\n ${TEXT}\n`],
    ['spaces after colons', TEXT.replaceAll('":"', '": "')],
    ['a push body as a line', JSON.stringify({ message: { data: Buffer.from(TEXT).toString('base64') } })],
    ['an array of one', `[${TEXT}]`],
    ['entries.list', `{"entries":[${TEXT}],"nextPageToken":"x"}`],
    [
      'an audit CloudEvent',
      `{"specversion":"1.0","type":"google.cloud.audit.log.v1.written","data":${TEXT}}`,
    ],
  ])('gives the same id and digest: %s', (_name, text) => {
    const decoded = one(text);
    expect([decoded.eventId, decoded.digest, decoded.text()]).toEqual([
      one(TEXT).eventId,
      sha256(TEXT),
      TEXT,
    ]);
  });

  it('keeps numbers as they were written', () => {
    const text = TEXT.replace('{', '{"n":[1e5,12345678901234567890,1.0],');
    expect(one(text.replaceAll(',', ', ')).text()).toBe(text);
  });

  it('gives the same id to another content under one identity, with another digest', () => {
    const other = one(JSON.stringify({ ...ENTRY, severity: 'ERROR' }));
    expect(other.eventId).toBe(one(TEXT).eventId);
    expect(other.digest).not.toBe(one(TEXT).digest);
  });

  it('writes times of one moment as one id', () => {
    const shifted = { ...ENTRY, timestamp: '2026-01-01T01:00:00.123456789+01:00' };
    expect(one(JSON.stringify(shifted)).eventId).toBe(one(TEXT).eventId);
  });

  it.each([
    { insertId: 'abd' },
    { logName: 'projects/p/logs/other' },
    { timestamp: '2026-01-01T00:00:00.123456788Z' },
    { split: { uid: 'u', index: 1, totalSplits: 2 } },
  ])('gives another id where %j', (change) => {
    expect(one(JSON.stringify({ ...ENTRY, ...change })).eventId).not.toBe(one(TEXT).eventId);
  });

  it('takes an absent split index for 0', () => {
    const first = one(JSON.stringify({ ...ENTRY, split: { uid: 'u', totalSplits: 2 } }));
    expect(first.eventId).toBe(
      one(JSON.stringify({ ...ENTRY, split: { uid: 'u', index: 0, totalSplits: 2 } })).eventId,
    );
  });

  it('ids of different identities never meet, whatever a publisher puts in', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', '1', ':', '0', '\u0000'),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        const ids = [
          [a, b],
          [c, d],
        ].map(([logName, insertId]) => one(JSON.stringify({ ...ENTRY, logName, insertId })).eventId);
        expect(ids[0] === ids[1]).toBe(a === c && b === d);
      }),
    );
  });

  it.each(['insertId', 'logName', 'timestamp'] as const)('without %s: content and ordinal', (key) => {
    const { [key]: _left, ...rest } = ENTRY;
    const given = context();
    const ids = [1, 2, 3].map(() => one(JSON.stringify(rest), given).eventId);
    expect(new Set(ids).size).toBe(3);
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(rest).toReversed()), null, 1);
    expect(one(reordered).eventId).toBe(ids[0]);
  });

  it('falls back to receiveTimestamp', () => {
    const { timestamp: _left, ...rest } = ENTRY;
    expect(one(JSON.stringify(rest)).eventTime).toBe('2026-01-01T00:00:01.500000000Z');
    expect(one(JSON.stringify({ ...rest, timestamp: '' })).eventTime).toBe('2026-01-01T00:00:01.500000000Z');
  });

  it('loses an optional field of a wrong type, not the entry', () => {
    const decoded = one(
      JSON.stringify({
        ...ENTRY,
        protoPayload: { ...ENTRY.protoPayload, requestMetadata: '...' },
        labels: [],
      }),
    );
    expect(decoded.entry.protoPayload?.methodName).toBe('m');
    expect(decoded.entry.protoPayload?.requestMetadata).toBeUndefined();
    expect(decoded.entry.labels).toBeUndefined();
  });

  it('expands a write request; the entry wins over the batch, label by label', () => {
    const batch = {
      logName: 'projects/p/logs/batch',
      resource: { type: 'k8s_container', labels: { cluster_name: 'c' } },
      labels: { a: 'batch', b: 'batch', __proto: 'x' },
      entries: [
        { timestamp: '2026-01-01T00:00:00Z', labels: { a: 'own' } },
        { timestamp: '2026-01-01T00:00:00Z', logName: 'projects/p/logs/own', resource: { type: 'global' } },
        { timestamp: '2026-01-01T00:00:00Z', labels: { a: 'own' } },
        'no entry',
      ],
    };
    const [first, second, third, fourth] = all(JSON.stringify(batch));
    if (first?.kind !== 'entry' || second?.kind !== 'entry' || third?.kind !== 'entry')
      throw new Error('undecodable');
    expect(first.entry).toEqual({
      timestamp: '2026-01-01T00:00:00Z',
      logName: batch.logName,
      resource: batch.resource,
      labels: { a: 'own', b: 'batch', __proto: 'x' },
    });
    expect(second.entry).toMatchObject({
      logName: 'projects/p/logs/own',
      resource: { type: 'global' },
      labels: batch.labels,
    });
    expect(third.eventId).not.toBe(first.eventId);
    expect(third.digest).toBe(first.digest);
    expect(fourth).toMatchObject({ kind: 'undecodable', code: 'entry-not-object' });
  });

  it.each(
    [
      ['data-empty', ''],
      ['data-empty', ' \n'],
      ['entry-not-utf8', Buffer.from([0x7b, 0xff])],
      ['entry-not-json', 'a line of text'],
      ['entry-not-json', '{"a":'],
      ['entry-not-json', '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200'],
      ['entry-not-object', '17'],
      ['entry-not-object', '"text"'],
      ['entry-shape', '[]'],
      ['entry-shape', '{}'],
      ['entry-shape', JSON.stringify({ ...ENTRY, insertId: 7 })],
      ['entry-shape', JSON.stringify({ ...ENTRY, timestamp: 1764547200000 })],
      ['entry-shape', JSON.stringify({ ...ENTRY, protoPayload: { ...ENTRY.protoPayload, methodName: 1 } })],
      [
        'entry-shape',
        JSON.stringify({ ...ENTRY, protoPayload: { ...ENTRY.protoPayload, status: { code: '7' } } }),
      ],
      [
        'entry-shape',
        JSON.stringify({ ...ENTRY, protoPayload: { ...ENTRY.protoPayload, authenticationInfo: 'ana' } }),
      ],
      ['entry-shape', JSON.stringify({ ...ENTRY, protoPayload: '...' })],
      ['entry-shape', '{"logName":"projects/p/logs/l","entries":[]}'],
      ['entry-shape', '{"methodName":"m","serviceName":"s","authenticationInfo":{}}'],
      ['envelope-shape', '{"specversion":"1.0","type":"google.cloud.storage.object.v1.finalized","data":{}}'],
      ['entry-bad-time', JSON.stringify({ ...ENTRY, timestamp: 'yesterday', receiveTimestamp: undefined })],
      ['entry-bad-time', JSON.stringify({ ...ENTRY, timestamp: '', receiveTimestamp: 'yesterday' })],
      ['entry-reexported', '{"insertid":"i"}'],
      ['entry-too-deep', `{"logName":"l","textPayload":"x","a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
      ['entry-too-large', Buffer.alloc(10 * 1024 * 1024 + 1, 0x20)],
      ['data-not-base64', '{"message":{"data":"!"}}'],
    ].map(([code, text]) => ({ code, text })),
  )('$code: $text', ({ code, text }) => {
    const decoded = refused(text ?? '');
    expect(decoded.code).toBe(code);
    expect(decoded.reason).toMatch(/^[A-Z].*\.$/);
    expect(decoded.hint).toMatch(/^[A-Z].*\.$/);
  });

  it('keeps the raw bytes, of what is too large its head', () => {
    expect(Buffer.from(refused('{"a":').raw).toString()).toBe('{"a":');
    expect(refused(Buffer.alloc(11 * 1024 * 1024, 0x61)).raw).toHaveLength(256 * 1024);
  });

  it('never quotes the input in a reason', () => {
    for (const text of [
      '<!channel> at position 5',
      '{"a":<!channel>',
      '{"<!channel>":1}',
      JSON.stringify({ ...ENTRY, insertId: ['<!channel>'] }),
    ]) {
      expect(refused(text).reason).not.toContain('channel');
    }
  });

  it('says which field is wrong', () => {
    expect(refused(JSON.stringify({ ...ENTRY, protoPayload: { status: { code: '7' } } })).reason).toContain(
      'protoPayload.status.code',
    );
  });

  it('numbers identical undecodable ones', () => {
    const given = context();
    expect([refused('x', given).ordinal, refused('y', given).ordinal, refused('x', given).ordinal]).toEqual([
      0, 0, 1,
    ]);
  });

  it('offers foreign records to the sources', () => {
    const seen: ForeignRecord[] = [];
    const given = context((record) => {
      seen.push(record);
      return { timestamp: '2026-01-01T00:00:00Z', textPayload: 'adopted' };
    });
    const line = '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200';
    const [first, again] = [one(line, given), one(line, given)];
    expect(first.text()).toBe(line);
    expect(first.digest).toBe(sha256(line));
    expect(again.eventId).not.toBe(first.eventId);
    expect(one('{ "authority": "x" }', given).text()).toBe('{"authority":"x"}');
    one(TEXT, given);
    expect(seen).toEqual([
      { kind: 'text', line },
      { kind: 'text', line },
      { kind: 'json', value: { authority: 'x' }, text: '{ "authority": "x" }' },
    ]);
  });

  it('unwraps no more envelopes than a few', () => {
    let text = TEXT;
    for (let i = 0; i < 6; i += 1)
      text = JSON.stringify({ message: { data: Buffer.from(text).toString('base64') } });
    expect(refused(text).code).toBe('entry-shape');
    expect(refused(`${'['.repeat(9)}{}${']'.repeat(9)}`).code).toBe('entry-not-object');
  });

  it('looks into nested batches once for each level', () => {
    const nested = (name: string): string => `${`{${name}"entries":[`.repeat(400)}${']}'.repeat(400)}`;
    expect(refused(nested('')).code).toBe('entry-shape');
    expect(refused(nested('"logName":"l",')).code).toBe('entry-shape');
  });

  it('is a plain object to messageOfObject unless it says otherwise', () => {
    expect(messageOfObject({ value: ENTRY, text: () => TEXT })).toBeUndefined();
  });

  it('never throws and never gives none, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .tuple(fc.nat(TEXT.length), fc.nat(TEXT.length), fc.string())
        .map(([from, to, put]) => Buffer.from(TEXT.slice(0, from) + put + TEXT.slice(to))),
      fc
        .record(
          {
            logName: fc.anything(),
            entries: fc.anything(),
            message: fc.anything(),
            protoPayload: fc.anything(),
            timestamp: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map((value) => {
          try {
            return Buffer.from(JSON.stringify(value));
          } catch {
            return Buffer.alloc(0);
          }
        }),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        expect(decodeEntry(data, context()).length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
