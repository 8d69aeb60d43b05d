import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryContext } from '../../shared/envelope/entry.ts';
import type { Decoded } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { decodeRecord, readRecords } from '../../shared/envelope/files.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

async function read(file: string | Uint8Array, sizes: readonly number[] = [65_536]): Promise<Decoded[]> {
  const found: Decoded[] = [];
  const context: EntryContext = { ordinalOf: ordinals() };
  for await (const records of readRecords(chunked(Buffer.from(file), sizes))) {
    for (const record of records) found.push(...decodeRecord(record, context));
  }
  return found;
}

const keyOf = (decoded: Decoded): string =>
  decoded.kind === 'entry'
    ? `${decoded.eventId} ${decoded.digest} ${decoded.text()}`
    : `${decoded.code} ${decoded.ordinal} ${Buffer.from(decoded.raw).toString()}`;
const keys = (found: readonly Decoded[]): string[] => found.map(keyOf);
const codes = (found: readonly Decoded[]): string[] =>
  found.map((decoded) => (decoded.kind === 'entry' ? (decoded.entry.insertId ?? '') : decoded.code));

const entry = (insertId: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  insertId,
  logName: 'projects/p/logs/l',
  jsonPayload: { list: [{ a: 1 }, {}, [], [[]]], text: 'a "{\\[ \n', ...more },
  timestamp: '2026-01-01T00:00:00Z',
});

const ENTRIES = [
  entry('a'),
  entry('b', { list: [] }),
  entry('a'),
  { ...entry('c'), insertId: undefined },
  { ...entry('c'), insertId: undefined },
];
const ndjson = (entries: readonly unknown[]): string =>
  entries.map((item) => JSON.stringify(item)).join('\n');

const RENDITIONS: readonly [string, string][] = [
  ['NDJSON', ndjson(ENTRIES)],
  ['NDJSON with a last line end', `${ndjson(ENTRIES)}\n`],
  [
    'NDJSON with CRLF and empty lines',
    `\uFEFF\r\n${ENTRIES.map((item) => `${JSON.stringify(item)}\r\n\r\n`).join('')}`,
  ],
  ['an array as gcloud prints it', JSON.stringify(ENTRIES, null, 2)],
  ['a compact array', JSON.stringify(ENTRIES)],
  ['an array of one element a line', `[${ENTRIES.map((item) => JSON.stringify(item)).join(',\n')}]\n`],
  ['an array with tabs and CRLF', JSON.stringify(ENTRIES, null, '\t').replaceAll('\n', '\r\n')],
  ['two arrays', `${JSON.stringify(ENTRIES.slice(0, 2), null, 2)}\n[]\n${JSON.stringify(ENTRIES.slice(2))}`],
  ['objects over several lines', ENTRIES.map((item) => JSON.stringify(item, null, 4)).join('\n')],
];

describe('readRecords', () => {
  const expected = read(ndjson(ENTRIES));

  it('finds the entries', async () => {
    expect(codes(await expected)).toEqual(['a', 'b', 'a', '', '']);
    expect(
      new Set((await expected).map((decoded) => (decoded.kind === 'entry' ? decoded.eventId : ''))).size,
    ).toBe(4);
  });

  describe.each(RENDITIONS)('%s', (_name, text) => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 });

    it('gives the same ids, digests and texts, however it is cut in chunks', async () => {
      const want = keys(await expected);
      expect(keys(await read(text))).toEqual(want);
      await fc.assert(
        fc.asyncProperty(sizes, async (cut) => {
          expect(keys(await read(text, cut))).toEqual(want);
        }),
        { numRuns: 30 },
      );
      expect(keys(await read(text, [1]))).toEqual(want);
    });

    it('gives the same when gzipped, in several members too', async () => {
      const half = text.length >> 1;
      const members = Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]);
      for (const cut of [[65_536], [1], [7, 100]]) {
        expect(keys(await read(gzipSync(text), cut))).toEqual(keys(await expected));
        expect(keys(await read(members, cut))).toEqual(keys(await expected));
      }
    });
  });

  it('gives the same records of any bytes in any chunks, and loses none of them', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '[',
        ']',
        '{',
        '}',
        '\n',
        '\r\n',
        ',',
        '"',
        ':',
        ' ',
        '[\n',
        '{\n',
        '  {',
        JSON.stringify(entry('a')),
        JSON.stringify([entry('b')], null, 2),
      ),
      fc.string(),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece).map((parts) => parts.join('')),
        sizes,
        async (text, cut) => {
          const whole = await read(text);
          expect(keys(await read(text, cut))).toEqual(keys(whole));
          const letters = (of: string): string => of.replaceAll(/[^a-z]/g, '');
          const kept = whole.map((decoded) =>
            decoded.kind === 'entry' ? decoded.text() : Buffer.from(decoded.raw).toString(),
          );
          expect(letters(kept.join(''))).toBe(letters(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads text lines, those of Envoy too', async () => {
    const lines = [
      '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200',
      ' plain',
      'CEF:0|Kong',
      '[not json',
      '{not json',
    ];
    const found = await read(`${lines.join('\n')}\n\n`);
    expect(codes(found)).toEqual(lines.map(() => 'entry-not-json'));
    expect(
      found.map((decoded) => (decoded.kind === 'entry' ? '' : Buffer.from(decoded.raw).toString().trim())),
    ).toEqual(lines.map((line) => line.trim()));
  });

  it('has nothing of an empty file and an empty result', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\n \n')).toEqual([]);
    expect(await read('[]\n')).toEqual([]);
    expect(await read(gzipSync(''))).toEqual([]);
  });

  describe('a broken element leaves its neighbours', () => {
    const pretty = JSON.stringify([entry('a'), entry('BROKEN'), entry('c'), entry('d')], null, 2);
    const lines = `[${[entry('a'), entry('BROKEN'), entry('c'), entry('d')].map((item) => JSON.stringify(item)).join(',\n')}]`;

    it.each([
      [
        'a missing brace',
        '    "timestamp": "2026-01-01T00:00:00Z"\n  }',
        '    "timestamp": "2026-01-01T00:00:00Z"\n',
      ],
      ['a missing quote', '"insertId": "BROKEN",', '"insertId": "BROKEN,'],
      ['a missing bracket', '          []\n        ]\n', '          []\n'],
      ['a word', '"insertId": "BROKEN"', '"insertId": BROKEN'],
      ['a brace too many', '"insertId": "BROKEN",', '"insertId": "BROKEN" },'],
      ['a cut', '"insertId": "BROKEN",\n    "logName": "projects/p/logs/l",\n', '"insertId": "BRO'],
    ])('pretty, %s', async (_name, before, after) => {
      const at = pretty.indexOf(before, pretty.indexOf('BROKEN') - 20);
      expect(at).toBeGreaterThan(0);
      const text = pretty.slice(0, at) + after + pretty.slice(at + before.length);
      for (const cut of [[65_536], [1], [13]]) {
        const found = codes(await read(text, cut));
        expect(found.filter((code) => code.length === 1)).toEqual(['a', 'c', 'd']);
        expect(found.length).toBeGreaterThan(3);
      }
    });

    it.each([
      ['a missing brace', '"timestamp":"2026-01-01T00:00:00Z"}', '"timestamp":"2026-01-01T00:00:00Z"'],
      ['a missing quote', '"BROKEN"', '"BROKEN'],
      ['a word', '"BROKEN"', 'BROKEN'],
    ])('one a line, %s', async (_name, before, after) => {
      const at = lines.indexOf(before, lines.indexOf('BROKEN') - 2);
      const text = lines.slice(0, at) + after + lines.slice(at + before.length);
      expect(codes(await read(text))).toEqual(['a', 'entry-not-json', 'c', 'd']);
      expect(codes(await read(text, [3]))).toEqual(['a', 'entry-not-json', 'c', 'd']);
    });

    it('compact, as long as its brackets match', async () => {
      const text = JSON.stringify([entry('a'), 17, null, entry('c')]).replace('17', '17 x');
      expect(codes(await read(text))).toEqual([
        'a',
        'entry-not-object',
        'entry-not-json',
        'entry-not-object',
        'c',
      ]);
    });
  });

  describe('cut and damaged files', () => {
    it('says that an array is not closed', async () => {
      const text = JSON.stringify([entry('a'), entry('b')], null, 2);
      expect(codes(await read(text.slice(0, -1)))).toEqual(['a', 'b', 'file-damaged']);
      expect(codes(await read(text.slice(0, -30)))).toEqual(['a', 'file-damaged']);
    });

    const entries = Array.from({ length: 500 }, (_, i) =>
      entry(String.fromCharCode(97 + (i % 26)), { i, noise: Math.sin(i) }),
    );
    const packed = gzipSync(`${ndjson(entries)}\n`);

    it.each([packed.length - 1, packed.length - 9, packed.length >> 1, 11, 3])(
      'keeps what was before a cut at %i',
      async (at) => {
        const found = codes(await read(packed.subarray(0, at), [100]));
        expect(found.at(-1)).toBe('file-damaged');
        const kept = found.filter((code) => code.length === 1).length;
        expect(kept).toBeGreaterThanOrEqual(Math.floor((at / packed.length) * 400) - 20);
        expect(found.length - kept).toBeLessThanOrEqual(2);
      },
    );

    it('keeps what was before damage', async () => {
      const damaged = Buffer.from(packed);
      damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 50);
      const found = codes(await read(damaged));
      expect(found.at(-1)).toBe('file-damaged');
    });

    it('passes an error of the stream on', async () => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(`${JSON.stringify(entry('a'))}\n`);
        throw new Error('EIO');
      }
      const seen: unknown[] = [];
      await expect(async () => {
        for await (const records of readRecords(failing())) seen.push(...records);
      }).rejects.toThrow('EIO');
      expect(seen).toHaveLength(1);
    });
  });

  it('holds no more than the head of what is too long', async () => {
    const long = 'x'.repeat(12 * 1024 * 1024);
    const line = await read(`${JSON.stringify(entry('a'))}\n${long}\n${JSON.stringify(entry('b'))}`);
    expect(codes(line)).toEqual(['a', 'entry-too-large', 'b']);
    const array = await read(JSON.stringify([entry('a'), entry('BROKEN', { long }), entry('b')]));
    expect(codes(array)).toEqual(['a', 'entry-too-large', 'b']);
    for (const [, large] of [line, array]) {
      expect(large?.kind === 'undecodable' && large.raw.length).toBe(256 * 1024);
    }
  });
});
