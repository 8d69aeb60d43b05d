/** Row digest, row limits and the form of times. */
import { hash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Row, TABLES } from '../../schemas/tables.ts';
import { checkRow } from '../../shared/store/limits.ts';
import { rowRoot } from '../../shared/store/receipt.ts';
import { rowDigest } from '../../shared/store/row-digest.ts';
import { isStoredTimestamp, storedTimestamp } from '../../shared/store/timestamp.ts';
import { eventRow, jobEntry } from './entries.ts';

describe('rowDigest', () => {
  test('is the SHA-256 of the JSON of the table and its digested columns', () => {
    const row = {
      EventId: 'e',
      Variant: 'v',
      Digest: 'd',
      Canonical: null,
      Basis: 'columns',
      ExpireAt: 'later',
    };
    const json = '["Renditions","e","v","d",null,"columns",null]';
    expect(rowDigest('Renditions', row)).toBe(hash('sha256', json, 'hex'));
  });

  test('every column but those outside changes it', () => {
    const row = eventRow('x');
    for (const { name, type, outsideDigest } of TABLES.Events.columns.map((column) => ({
      outsideDigest: false,
      ...column,
    }))) {
      const value = { string: 'other', timestamp: 'other', int64: 77, strings: ['other'] }[type];
      const changed = rowDigest('Events', { ...row, [name]: value }) !== rowDigest('Events', row);
      expect([name, changed]).toEqual([name, !outsideDigest]);
    }
  });

  test('values cannot be moved between columns or list elements', () => {
    const digests = [
      { Actor: 'a', ActorKind: null },
      { Actor: null, ActorKind: 'a' },
      { Actor: 'a","b', ActorKind: null },
      { Actor: 'a', ActorKind: 'b' },
      { ActingFor: ['a', 'b'] },
      { ActingFor: ['a,b'] },
      { ActingFor: [] },
      { ActingFor: ['a'], ActingForBy: ['b'] },
      { Actor: 'null' },
      {},
    ].map((row) => rowDigest('Events', row));
    expect(new Set(digests).size).toBe(digests.length);
  });

  test('a root does not depend on order, and a digest given stands for its row', () => {
    const { rows } = jobEntry({ job: 'dataproc:p/r/job/1', reads: ['gs://a'], writes: ['gs://b'] });
    const root = rowRoot(rows);
    expect(rowRoot([...rows].reverse())).toBe(root);
    expect(rowRoot(rows.map((row) => ({ ...row, digest: rowDigest(row.table, row.row) })))).toBe(root);
    expect(rowRoot(rows.slice(1))).not.toBe(root);
  });
});

describe('checkRow', () => {
  test.each<[string, Row]>([
    ['a good row', {}],
    ['a text at its limit', { Source: 's'.repeat(32) }],
    ['a limit in characters, not UTF-16 units', { Source: '\u{1F600}'.repeat(32) }],
  ])('takes %s', (_name, over) => {
    expect(checkRow('Events', { ...eventRow('x'), ...over })).toBeUndefined();
  });

  test.each<[string, Row, string]>([
    [
      'one character more',
      { Source: '\u{1F600}'.repeat(33) },
      'Source of Events is longer than 32 characters',
    ],
    ['a lone surrogate', { Actor: 'a\uD800' }, 'Actor of Events is not well-formed Unicode'],
    ['a missing value', { Method: undefined }, 'Method of Events has no value'],
    ['a fraction', { Status: 1.5 }, 'Status of Events is not an integer'],
    ['too large a number', { Status: 2 ** 53 }, 'Status of Events is not an integer'],
    ['text for a number', { Status: '200' }, 'Status of Events is not an integer'],
    ['a number for text', { Actor: 7 }, 'Actor of Events is not a string'],
    ['text for a list', { Reads: 'gs://a' }, 'Reads of Events is not a list'],
    [
      'a long element',
      { Reads: ['a'.repeat(1025)] },
      'Reads of Events has an element that is longer than 1024',
    ],
    ['a long list', { Reads: Array.from({ length: 3000 }, () => 'a'.repeat(1000)) }, 'characters in total'],
    ['another form of time', { EventTime: '2026-11-20T01:02:03Z' }, 'EventTime of Events is not a UTC time'],
    ['no such day', { EventTime: '2026-02-29T01:02:03.000000000Z' }, 'EventTime of Events is not a UTC time'],
    [
      'a time before 1970',
      { EventTime: '1969-12-31T23:59:59.500000000Z' },
      'EventTime of Events is not a UTC time',
    ],
  ])('refuses %s', (_name, over, message) => {
    const error = checkRow('Events', { ...eventRow('x'), ...over });
    expect(error).toMatchObject({ code: 'row-limit', message: expect.stringContaining(message) });
  });
});

describe('times', () => {
  test('any instant of a Date is taken, and nothing a Date refuses', () => {
    const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        expect(isStoredTimestamp(`${date.toISOString().slice(0, 23)}000000Z`)).toBe(true);
      }),
    );
    const part = (max: number): fc.Arbitrary<string> => fc.nat(max).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(part(13), part(32), part(25), part(61), (month, day, hour, minute) => {
        const text = `2028-${month}-${day}T${hour}:${minute}:00`;
        const date = new Date(`${text}Z`);
        const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expect(isStoredTimestamp(`${text}.000000000Z`)).toBe(real);
      }),
    );
  });

  test.each([
    ['2026-11-20T01:02:03Z', '2026-11-20T01:02:03.000000000Z'],
    ['2026-11-20T01:02:03.5+02:00', '2026-11-19T23:02:03.500000000Z'],
    ['2026-11-20t01:02:03.123456789z', '2026-11-20T01:02:03.123456789Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000000000Z'],
    ['2026-13-20', undefined],
    ['2026-11-20T01:02:03', undefined],
    ['2026-11-20T01:02:03.0123456789Z', undefined],
    ['yesterday', undefined],
  ])('%s', (text, expected) => {
    expect(storedTimestamp(text)).toBe(expected);
  });
});
