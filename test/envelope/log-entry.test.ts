import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry, parseLogEntry } from '../../schemas/log-entry.ts';
import { usualLogEntry } from '../../schemas/usual-log-entry.ts';
import { joinPieces } from '../../shared/envelope/split.ts';

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const text = fc.constantFrom('', 'x', 'projects/p/logs/l');
const object = fc.constantFrom({}, { a: 1, b: { c: [] } });
const list = fc.constantFrom([], [1, {}]);
const flag = fc.boolean();
const fieldsOf = (fields: Fields): fc.Arbitrary<object> => fc.record(fields, { requiredKeys: [] });

/** Every field with what it holds in entries of the usual form. */
const STATUS: Fields = { code: fc.integer(), message: text };
const OPERATION: Fields = { id: text, producer: text, first: flag, last: flag };
const SPLIT: Fields = { uid: text, index: fc.nat(), totalSplits: fc.integer({ min: 1 }) };
const RESOURCE: Fields = { type: text, labels: object };
const AUDIT: Fields = {
  '@type': text,
  serviceName: text,
  methodName: text,
  resourceName: text,
  status: fieldsOf(STATUS),
  authenticationInfo: object,
  authorizationInfo: list,
  requestMetadata: object,
  resourceLocation: object,
  request: object,
  response: object,
  metadata: object,
  serviceData: object,
  policyViolationInfo: object,
  numResponseItems: fc.oneof(text, fc.integer()),
};
const split = fc.record(SPLIT, { requiredKeys: ['uid'] });
const entryOf = (audit: fc.Arbitrary<unknown>): Fields => ({
  logName: fc.oneof(text, fc.constant('l'.repeat(1024))),
  resource: fieldsOf(RESOURCE),
  protoPayload: audit,
  textPayload: text,
  jsonPayload: object,
  timestamp: text,
  receiveTimestamp: text,
  severity: text,
  insertId: text,
  httpRequest: object,
  labels: object,
  operation: fieldsOf(OPERATION),
  trace: text,
  spanId: text,
  split,
});

/** Any of the fields, one in eight of them with something else, and fields that nobody knows. */
function wrong(fields: Fields): fc.Arbitrary<object> {
  const odd = fc.constantFrom<unknown>(
    null,
    0,
    -1,
    1.5,
    2 ** 53,
    Infinity,
    's',
    'l'.repeat(1025),
    true,
    [],
    {},
  );
  const loose = Object.fromEntries(
    Object.entries(fields).map(([key, right]) => [
      key,
      fc.oneof({ weight: 7, arbitrary: right }, { weight: 1, arbitrary: odd }),
    ]),
  );
  return fieldsOf({ ...loose, unknown: odd });
}

const usual = fieldsOf(entryOf(fieldsOf(AUDIT)));
const hostile = wrong({
  ...entryOf(wrong({ ...AUDIT, status: wrong(STATUS) })),
  resource: wrong(RESOURCE),
  operation: wrong(OPERATION),
  split: wrong(SPLIT),
});

describe('usualLogEntry', () => {
  it('reads every entry of the usual form as the schema does', () => {
    fc.assert(
      fc.property(usual, (value) => {
        expect(usualLogEntry(value)).toEqual(LogEntry.parse(value));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves to the schema whatever the schema refuses or changes', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const read = usualLogEntry(value);
        const parsed = LogEntry.safeParse(value);
        expect(read ?? parsed.data).toEqual(parsed.data);
        expect(read === undefined || parsed.success).toBe(true);
        expect(parseLogEntry(value).success).toBe(parsed.success);
        expect(parseLogEntry(value).data).toEqual(parsed.data);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what is no object', () => {
    for (const value of [undefined, null, 1, 'x', [], [{}]]) expect(parseLogEntry(value).success).toBe(false);
  });

  it('gives entries whose absent fields hide nothing of another piece', () => {
    const first = usualLogEntry({ split: { uid: 'u' }, insertId: 'i' });
    const second = usualLogEntry({ split: { uid: 'u', index: 1 }, trace: 't', labels: { a: 'b' } });
    const pieces = [first, second].filter((piece) => piece !== undefined);
    expect(joinPieces(pieces)?.entry).toMatchObject({ insertId: 'i', trace: 't', labels: { a: 'b' } });
  });
});
