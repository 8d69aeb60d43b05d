/** Entries that do not say when: the next field that does, the fixed time of those that nothing dates, never the clock. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { isUndated, NO_TIME } from '../../shared/envelope/entry-time.ts';
import type { Decoded, DecodedEntry } from '../../shared/envelope/envelope.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';

const decoded = (entry: object): Decoded | undefined =>
  decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf: ordinals() })[0];

function one(entry: object): DecodedEntry {
  const found = decoded(entry);
  if (found?.kind !== 'entry') throw new Error(JSON.stringify(found));
  return found;
}

const LOG = 'projects/p/logs/l';
const payload = (attributes: object, more: object = {}): object => ({
  protoPayload: {
    serviceName: 's',
    methodName: 'm',
    requestMetadata: { requestAttributes: attributes },
    ...more,
  },
});
const RECEIVED = { receiveTimestamp: '2026-01-01T00:00:02Z' };
const CALLED = payload({ time: '2026-01-01T00:00:01.5Z' });

describe('the time of an entry', () => {
  it.each([
    ['its own', { timestamp: '2026-01-01T00:00:00Z', ...RECEIVED, ...CALLED }, '00:00:00.0', undefined],
    ['when it was received', { ...RECEIVED, ...CALLED }, '00:00:02.0', 'receiveTimestamp'],
    [
      'when it was received, its own unreadable',
      { timestamp: 'noon', ...RECEIVED },
      '00:00:02.0',
      'receiveTimestamp',
    ],
    ['when the service was called', CALLED, '00:00:01.5', 'requestAttributes.time'],
    [
      'its payload’s',
      payload({}, { timestamp: '2026-01-01 00:00:03' }),
      '00:00:03.0',
      'protoPayload.timestamp',
    ],
    [
      'its payload’s, where the call’s cannot be read',
      payload({ time: 1767225600 }, { timestamp: '2026-01-01T00:00:03Z' }),
      '00:00:03.0',
      'protoPayload.timestamp',
    ],
  ])('is %s', (_name, entry, time, from) => {
    const found = one({ logName: LOG, insertId: 'i', ...entry });
    expect(found.eventTime).toBe(`2026-01-01T${time}00000000Z`);
    expect(found.notes?.eventTimeFrom).toBe(from);
    expect(isUndated(found)).toBe(false);
  });

  it.each([
    ['none', {}],
    ['an empty one', { timestamp: '', receiveTimestamp: '' }],
    [
      'a time of the request, which its caller wrote',
      payload({}, { request: { time: '2026-01-01T00:00:00Z' } }),
    ],
    ['a payload’s that is none', payload({ time: 'noon' }, { timestamp: {} })],
    ['another platform’s', { p_event_time: '2026-01-01 00:00:00' }],
  ])('of an entry with %s is the start of Unix time, and marked', (_name, entry) => {
    const found = one({ logName: LOG, insertId: 'i', textPayload: 't', ...entry });
    expect(found.eventTime).toBe(NO_TIME);
    expect(found.notes).toEqual({ eventTimeFrom: 'none' });
    expect(isUndated(found)).toBe(true);
  });

  it.each([
    { timestamp: 'noon' },
    { receiveTimestamp: 'noon' },
    { timestamp: 'noon', receiveTimestamp: 'noon' },
    { timestamp: 'noon', ...CALLED },
  ])('that cannot be read is not replaced by one of the payload: %j', (entry) => {
    expect(decoded({ logName: LOG, textPayload: 't', ...entry })).toMatchObject({ code: 'entry-bad-time' });
  });

  it('is part of the id only where it is the entry’s own', () => {
    const named = { logName: LOG, insertId: 'i', textPayload: 't' };
    const other = { ...named, textPayload: 'u' };
    const ids = (more: object): readonly string[] =>
      [one({ ...named, ...more }), one({ ...other, ...more })].map(({ eventId }) => eventId);
    expect(new Set(ids({ timestamp: '2026-01-01T00:00:00Z' })).size).toBe(1);
    expect(new Set(ids(RECEIVED)).size).toBe(2);
    expect(new Set(ids({})).size).toBe(2);
  });

  it('is a function of the entry alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (time, timestamp) => {
        const entry = { logName: LOG, ...payload({ time }, { timestamp }) };
        const [first, again] = [decoded(entry), decoded(entry)];
        if (first?.kind !== 'entry' || again?.kind !== 'entry') throw new Error('undecodable');
        expect([first.eventId, first.eventTime, first.notes]).toEqual([
          again.eventId,
          again.eventTime,
          again.notes,
        ]);
      }),
    );
  });
});
