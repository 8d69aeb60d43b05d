import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../shared/envelope/time.ts';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Nanoseconds since 1970 of a canonical timestamp, by BigInt and the proleptic Gregorian calendar. */
function nanosOf(canonical: string): bigint {
  const [, y, mo, d, h, mi, s, f] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{9})Z$/.exec(canonical) ?? [];
  return nanos(Number(y), Number(mo), Number(d), Number(h), Number(mi), Number(s), BigInt(f ?? 0));
}

function nanos(y: number, mo: number, d: number, h: number, mi: number, s: number, f: bigint): bigint {
  const year = mo <= 2 ? y - 1 : y;
  const era = Math.floor(year / 400);
  const dayOfYear = Math.floor((153 * (mo + (mo > 2 ? -3 : 9)) + 2) / 5) + d - 1;
  const ofEra = year - era * 400;
  const days =
    era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + dayOfYear - 719468;
  return (BigInt(days) * 86400n + BigInt(h * 3600 + mi * 60 + s)) * 1_000_000_000n + f;
}

const daysIn = (y: number, mo: number): number => new Date(Date.UTC(2000 + (y % 400), mo, 0)).getUTCDate();

const moment = fc.record({
  y: fc.integer({ min: 2, max: 9998 }),
  mo: fc.integer({ min: 1, max: 12 }),
  d: fc.integer({ min: 1, max: 31 }),
  h: fc.integer({ min: 0, max: 23 }),
  mi: fc.integer({ min: 0, max: 59 }),
  s: fc.integer({ min: 0, max: 59 }),
  fraction: fc.stringMatching(/^\d{0,9}$/),
  between: fc.constantFrom('T', 't', ' '),
  offset: fc.oneof(fc.constantFrom('Z', 'z', '', ' UTC'), fc.integer({ min: -1439, max: 1439 })),
  colon: fc.boolean(),
});

describe('parseTimestamp', () => {
  it('keeps every nanosecond of any date, offset and precision', () => {
    fc.assert(
      fc.property(moment, ({ y, mo, d, h, mi, s, fraction, between, offset, colon }) => {
        fc.pre(d <= daysIn(y, mo));
        const minutes = typeof offset === 'number' ? offset : 0;
        const ahead = Math.abs(minutes);
        const zone =
          typeof offset === 'string'
            ? offset
            : `${offset < 0 ? '-' : '+'}${pad(Math.floor(ahead / 60), 2)}${colon ? ':' : ''}${pad(ahead % 60, 2)}`;
        const text = `${pad(y, 4)}-${pad(mo, 2)}-${pad(d, 2)}${between}${pad(h, 2)}:${pad(mi, 2)}:${pad(s, 2)}${fraction && `.${fraction}`}${zone}`;
        const parsed = parseTimestamp(text);
        expect(parsed).toHaveLength(30);
        const expected =
          nanos(y, mo, d, h, mi, s, BigInt(fraction.padEnd(9, '0'))) - BigInt(minutes) * 60_000_000_000n;
        expect(nanosOf(parsed ?? '')).toBe(expected);
        expect(parseTimestamp(parsed ?? '')).toBe(parsed);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['2026-02-03T04:05:06.123456789Z', '2026-02-03T04:05:06.123456789Z'],
    ['2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000000000Z'],
    ['2023-03-28 18:37:06.079', '2023-03-28T18:37:06.079000000Z'],
    ['2023-03-28 18:37:06.079 UTC', '2023-03-28T18:37:06.079000000Z'],
    ['2023-12-31T23:30:00.5-01:00', '2024-01-01T00:30:00.500000000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000000Z'],
    ['2017-01-01T00:59:60.25+01:00', '2017-01-01T00:00:00.250000000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000000Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000000Z'],
  ])('%s', (text, canonical) => {
    expect(parseTimestamp(text)).toBe(canonical);
  });

  it.each([
    '',
    '...',
    '2026-02-03',
    '2026-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T12:00:60Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '2026-01-01T00:00:00+1',
    '2026-01-01T00:00:00 ',
    '2026-01-01T00:00:00ZZ',
    '2026-01-01X00:00:00Z',
    '2o26-01-01T00:00:00Z',
    '2026-01-01T00:0o:00Z',
    '1764547200000',
    '+002026-01-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:TZ.+ -]{19,32}$/)), (text) => {
        const parsed = parseTimestamp(text);
        expect(parsed === undefined || parseTimestamp(parsed) === parsed).toBe(true);
      }),
    );
  });
});
