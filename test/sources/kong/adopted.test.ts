/** Records that reach us outside a LogEntry: recognised by their keys, dated by their own time, digits kept. */
import { describe, expect, it } from 'vitest';
import { EMPTY_CONFIG } from '../../../shared/config/parse.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { NO_TIME } from '../../../shared/envelope/entry-time.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import { createPreparer } from '../../../shared/pipeline/prepare.ts';
import { kong } from '../../../shared/sources/kong/index.ts';
import { haveSamples, sampleLines } from '../../support/samples.ts';
import { ACCESS_LINE, ADMIN_REQUEST, adminObject, CEF_LINE, konnectJson, request } from './records.ts';

const preparer = createPreparer({ sources: [kong], loaded: EMPTY_CONFIG });

/** The event's columns, the rule that left it out, or the reason it was quarantined for. */
function ends(text: string): Readonly<Record<string, unknown>>[] {
  const adopt = kong.adopt?.bind(kong) ?? (() => undefined);
  return decodeEntry(Buffer.from(text), { ordinalOf: ordinals(), adopt }).map((decoded) => {
    const prepared = preparer.prepare(decoded, '2026-11-20T00:00:00.000000000Z');
    return prepared.kind === 'rows' ? prepared.entry.rows[0].row : { filtered: prepared.rule };
  });
}

describe('a record of the serializer', () => {
  it('is dated by started_at, in milliseconds, and nobody vouches for it', () => {
    expect(ends(JSON.stringify(request()))).toMatchObject([
      {
        Action: 'api.call',
        EventTime: '2024-09-19T22:10:39.538000000Z',
        CallKey: 'dataproc|SubmitJob|acme-prod|europe-west1',
        Actor:
          'unknown:kong/1065b6d6-219f-4002-b3e9-334fc3eff46c:consumer/5d0c3f0a-4f6e-4b53-9d3c-2f1d0b7a9e11',
        ActorProof: 'credential',
        Provenance: 'tenant',
        RequestId: '2f6946328ffc4946b8c9120704a4a155',
      },
    ]);
  });

  it.each([
    [1726783839, '2024-09-19T22:10:39.000000000Z'],
    [1.726783839538e12, '2024-09-19T22:10:39.538000000Z'],
    ['1726783839538', '2024-09-19T22:10:39.538000000Z'],
    [1.7267838395395e18, '2024-09-19T22:10:39.540000000Z'],
  ])('started at %j is %s', (startedAt, time) => {
    expect(ends(JSON.stringify(request({ started_at: startedAt })))).toMatchObject([{ EventTime: time }]);
  });

  it.each(['yesterday', 0, -1, 1e300, {}])('started at %j is kept raw', (startedAt) => {
    expect(ends(JSON.stringify(request({ started_at: startedAt })))).toMatchObject([
      { Reason: 'entry-bad-time' },
    ]);
  });

  it.each([undefined, null])('started at %j has no place in time, and says so', (startedAt) => {
    const [row] = ends(JSON.stringify(request({ started_at: startedAt })));
    expect(row).toMatchObject({ Action: 'api.call', EventTime: NO_TIME });
    expect(String(row?.['Claims'])).toContain('"eventTimeFrom":"none"');
  });

  it('is taken out of an array, as http-log sends batches', () => {
    const batch = [request(), request({ started_at: 1726783839539 })];
    expect(ends(JSON.stringify(batch)).map((row) => row['Action'])).toEqual(['api.call', 'api.call']);
  });

  it.each(['request', 'latencies', 'client_ip'])('is known without %s', (key) => {
    expect(ends(JSON.stringify(request({ [key]: undefined })))).toMatchObject([{ Action: 'api.call' }]);
  });

  it('is not seen in what other programs log', () => {
    const other = {
      request: {},
      response: { status: 200 },
      client_ip: '10.0.0.1',
      started_at: 1726783839538,
    };
    expect(ends(JSON.stringify(other))).toMatchObject([{ Reason: 'entry-shape' }]);
  });
});

describe('numbers above 2^53', () => {
  it('keep every digit', () => {
    expect(ends(konnectJson())).toMatchObject([
      { Trace: '6891110586028963295', EventTime: '2026-03-02T09:01:00.538000000Z' },
    ]);
    expect(ends(`[${konnectJson('9007199254740993')}]`)).toMatchObject([{ Trace: '9007199254740993' }]);
    expect(ends(`{"event":${konnectJson('18446744073709551615')}}`)).toMatchObject([
      { Trace: '18446744073709551615' },
    ]);
    expect(ends(CEF_LINE)).toMatchObject([{ Trace: '3959872677347089807', Outcome: 'denied' }]);
  });
});

describe('the Admin API audit log', () => {
  it('has seconds in one record', () => {
    expect(ends(JSON.stringify(ADMIN_REQUEST))).toMatchObject([
      {
        Action: 'policy.change',
        EventTime: '2023-02-15T01:29:07.000000000Z',
        Actor: 'user:kong:rbac-user/7c0f9a3d-65b3-4f1c-8a44-2f7b8a0f5d21',
        RequestId: 'OjOcUBvt6q6XJlX3dd6BSpy1uUkTyctC',
      },
    ]);
  });

  it('and milliseconds inside a string in the other, which says so', () => {
    const [row] = ends(JSON.stringify(adminObject('create', { created_at: 1542131418000, username: 'bob' })));
    expect(row).toMatchObject({ EventTime: '2018-11-13T17:50:18.000000000Z' });
    expect(String(row?.['Claims'])).toContain('"timeFrom":"entity"');
  });

  it('a time to live that the record does not tell dates nothing', () => {
    const entity = { created_at: 1542131418000, updated_at: 1542131418000 };
    expect(ends(JSON.stringify(adminObject('delete', entity)))).toMatchObject([{ EventTime: NO_TIME }]);
    const told = { ...adminObject('delete', entity), request_timestamp: 1542131420 };
    expect(ends(JSON.stringify(told))).toMatchObject([{ EventTime: '2018-11-13T17:50:20.000000000Z' }]);
  });
});

describe('text', () => {
  it('of nginx is left out by name', () => {
    expect(ends(ACCESS_LINE)).toEqual([{ filtered: 'kong-nginx-access' }]);
  });

  it.each([
    '',
    'GET / 200',
    '10.1.2.3 - - [19/Sep/2024:22:10:39 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
    'CEF:0|Other|x',
  ])('%j is no line of Kong', (line) => {
    expect(kong.adopt?.({ kind: 'text', line })).toBeUndefined();
  });
});

describe.runIf(haveSamples)('published samples', () => {
  it.each(sampleLines('kong'))('$file: every line is an event', ({ lines }) => {
    for (const line of lines) {
      const rows = ends(line);
      expect(rows.map((row) => row['Source'])).toEqual(['kong']);
      expect(rows[0]).toHaveProperty('Action');
    }
  });
});
