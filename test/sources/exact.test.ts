/**
 * Numbers above 2^53, counts of seconds beside milliseconds, JSON inside strings: what each source that meets them keeps.
 * Cloud Logging holds `jsonPayload` as a protobuf Struct, whose numbers are doubles: digits that are lost there cannot be
 * had back, and the event has to say so.
 */
import { describe, expect, it } from 'vitest';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { decodeRecord, readRecords } from '../../shared/envelope/files.ts';
import type { DecodedEntry } from '../../shared/envelope/envelope.ts';
import type { AuditEventDraft } from '../../shared/model/event.ts';
import { bigquery } from '../../shared/sources/bigquery/index.ts';
import { databricks } from '../../shared/sources/databricks/index.ts';
import { istio } from '../../shared/sources/istio/index.ts';
import { kong } from '../../shared/sources/kong/index.ts';
import { kubernetes } from '../../shared/sources/kubernetes/index.ts';
import { openlineage } from '../../shared/sources/openlineage/index.ts';
import { platform } from '../../shared/sources/platform/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { spanner } from '../../shared/sources/spanner/index.ts';
import { storage } from '../../shared/sources/storage/index.ts';
import { constructedEntries } from '../support/constructed.ts';

/** Not a double: the nearest ones end in 992 and 994. */
const LONG = '9007199254740993';
const LONGER = '3959872677347089807';

const adopting = (source: Source) => ({
  ordinalOf: ordinals(),
  adopt: (record: Parameters<NonNullable<Source['adopt']>>[0]) => source.adopt?.(record),
});

function entryOf(source: Source, text: string): DecodedEntry {
  const [decoded] = decodeEntry(Buffer.from(text), adopting(source));
  if (decoded?.kind !== 'entry') throw new Error(decoded?.reason ?? 'nothing');
  return decoded;
}

function eventOf(source: Source, text: string): AuditEventDraft {
  const result = source.normalise(entryOf(source, text).entry);
  if (result.kind !== 'event') throw new Error(JSON.stringify(result));
  return result.event;
}

/** JSON.stringify with the digits in the place of the text `@LONG@`. */
const withDigits = (value: unknown, digits = LONG): string =>
  JSON.stringify(value).replaceAll('"@LONG@"', digits).replaceAll('@LONG@', digits);

const logEntry = (jsonPayload: unknown): unknown => ({
  logName: 'projects/acme/logs/konnect',
  insertId: 'x1',
  timestamp: '2026-03-02T09:00:00Z',
  resource: { type: 'global' },
  jsonPayload,
});

describe('numbers above 2^53', () => {
  const konnect = {
    event_vendor: 'KongInc',
    event_product: 'Konnect',
    event_class_id: 'KongGateway',
    name: 'Ingress',
    act: 'POST',
    status: 201,
    rt: 1_684_524_079_524,
    request: '/v2/control-planes',
    principal_id: '87655c36-8d63-48fe-9a1e-53b28dfbc19b',
    org_id: 'b065b594-6afc-4658-9101-5d9cf3f36b7b',
    trace_id: '@LONG@',
  };

  it("keeps Konnect's trace ids posted, in files, and in text of the log", async () => {
    const text = withDigits(konnect, LONGER);
    expect(eventOf(kong, text).trace).toBe(LONGER);
    expect(eventOf(kong, `{"event":${text}}`).trace).toBe(LONGER);
    async function* file(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`[${text},\n${text}]\n`);
    }
    const traces: (string | undefined)[] = [];
    for await (const records of readRecords(file())) {
      for (const decoded of records.flatMap((record) => decodeRecord(record, adopting(kong)))) {
        if (decoded.kind !== 'entry') throw new Error(decoded.reason);
        const result = kong.normalise(decoded.entry);
        traces.push(result.kind === 'event' ? result.event.trace : undefined);
      }
    }
    expect(traces).toEqual([LONGER, LONGER]);
    const container = {
      ...(logEntry(undefined) as object),
      resource: {
        type: 'k8s_container',
        labels: { container_name: 'proxy', namespace_name: 'kong' },
      },
      logName: 'projects/acme/logs/stdout',
      textPayload: text,
    };
    expect(eventOf(kong, JSON.stringify(container)).trace).toBe(LONGER);
  });

  it('says that a trace id lost digits where Cloud Logging held it', () => {
    const event = eventOf(kong, withDigits(logEntry(konnect), LONGER));
    expect(event.trace).toBeUndefined();
    expect(event.claims).toMatchObject({ traceRounded: true });
    const text = eventOf(kong, JSON.stringify(logEntry({ ...konnect, trace_id: LONGER })));
    expect(text.trace).toBe(LONGER);
    expect(text.claims).not.toHaveProperty('traceRounded');
  });

  const run = (params: unknown, over: object = {}): object => ({
    version: '2.0',
    timestamp: 1_770_000_000_000,
    workspaceId: '4821734609921173',
    userIdentity: { email: 'ana@example.com' },
    serviceName: 'jobs',
    actionName: 'runNow',
    requestId: 'r1',
    requestParams: params,
    response: { statusCode: 200, result: '{"run_id":@LONG@}' },
    ...over,
  });

  it.each([
    ['as numbers', withDigits(run({ job_id: '@LONG@' }))],
    ['as text', withDigits(run({ job_id: LONG }))],
    ['in JSON inside a string', withDigits(run(JSON.stringify({ job_id: 0 }).replace('0', '@LONG@')))],
    [
      'in rows of the system table, structs as text',
      withDigits({
        event_time: '2026-02-02T03:00:00.123Z',
        event_id: 'e1',
        workspace_id: '4821734609921173',
        service_name: 'jobs',
        action_name: 'runNow',
        user_identity: '{"email":"ana@example.com"}',
        request_params: '{"job_id":"@LONG@"}',
        response: '{"status_code":200,"result":"{\\"run_id\\":@LONG@}"}',
      }).replaceAll('\\"run_id\\":"', '\\"run_id\\":'),
    ],
  ])('keeps ids of Databricks jobs and runs, %s', (_form, text) => {
    const event = eventOf(databricks, text);
    expect(event.job).toBe(`databricks:4821734609921173/run/${LONG}`);
    expect(event.parentJob).toBe(`databricks:4821734609921173/job/${LONG}`);
    expect(event.claims).not.toHaveProperty('idRounded');
  });

  it('names no Databricks job by an id that lost digits, and says so', () => {
    const { entry } = entryOf(databricks, JSON.stringify(run({ job_id: 1 })));
    const rounded = { ...entry, jsonPayload: run({ job_id: Number(LONG) }) as Record<string, unknown> };
    const result = databricks.normalise(rounded);
    expect(result).toMatchObject({ event: { claims: { idRounded: true } } });
    expect(JSON.stringify(result)).not.toContain('9007199254740992');
  });

  const changed = (source: Source, needle: string, path: readonly string[], value: unknown): string => {
    const entry = constructedEntries(source.name).find((one) => JSON.stringify(one).includes(needle));
    const copy = JSON.parse(JSON.stringify(entry)) as Record<string, unknown>;
    let holder = copy;
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
    holder[path.at(-1) ?? ''] = value;
    return JSON.stringify(copy);
  };

  it.each<[string, Source, string, readonly string[], string]>([
    [
      'rows that BigQuery inserted',
      bigquery,
      'insertedRowsCount',
      ['protoPayload', 'metadata', 'tableDataChange', 'insertedRowsCount'],
      'insertedRows',
    ],
    [
      'bytes that BigQuery processed',
      bigquery,
      'totalProcessedBytes',
      ['protoPayload', 'metadata', 'jobChange', 'job', 'jobStats', 'queryStats', 'totalProcessedBytes'],
      'processedBytes',
    ],
    [
      'items of a Spanner answer',
      spanner,
      'Spanner.ExecuteSql"',
      ['protoPayload', 'numResponseItems'],
      'responseItems',
    ],
    [
      'generation of an object',
      storage,
      'storage.object.v1.finalized',
      ['jsonPayload', 'data', 'generation'],
      'generation',
    ],
    [
      'generation of a Kubernetes object',
      kubernetes,
      'destinationrules.create',
      ['protoPayload', 'request', 'metadata', 'generation'],
      'generation',
    ],
    [
      'bytes through a tunnel',
      platform,
      'iap_tcp_session_info',
      ['protoPayload', 'metadata', 'iap_tcp_session_info', 'bytes_sent'],
      'bytesSent',
    ],
    ['bytes of a stream', kong, '"session":{', ['jsonPayload', 'session', 'sent'], 'bytesSent'],
  ])('keeps %s as digits, and says where they were a number', (_what, source, needle, path, claim) => {
    const read = (value: unknown): AuditEventDraft['claims'] =>
      eventOf(source, changed(source, needle, path, value)).claims;
    expect(read(LONG)).toMatchObject({ [claim]: LONG });
    expect(read(12_345)).toMatchObject({ [claim]: 12_345 });
    const rounded = read(Number(LONG));
    expect(rounded).not.toHaveProperty(claim);
    expect(rounded).toMatchObject({ [`${claim}Rounded`]: true });
  });

  it('keeps texts of Spanner and Kubernetes that are numbers as texts', () => {
    const batch = ['protoPayload', 'metadata', 'partitionBatchIdentifier'];
    expect(
      eventOf(spanner, changed(spanner, 'partitionBatchIdentifier', batch, LONGER)).claims,
    ).toMatchObject({
      partitionBatch: LONGER,
    });
    const version = ['protoPayload', 'request', 'metadata', 'resourceVersion'];
    const text = changed(kubernetes, 'destinationrules.create', version, LONG);
    expect(eventOf(kubernetes, text).claims).toMatchObject({ resourceVersion: LONG });
  });

  it('keeps Databricks ids that an OpenLineage client sent as numbers', () => {
    const event = eventOf(
      openlineage,
      withDigits({
        eventTime: '2026-02-02T01:00:09Z',
        eventType: 'COMPLETE',
        job: { namespace: 'databricks', name: 'orders' },
        run: {
          runId: '0196f3a1-0000-7000-8000-000000000002',
          facets: {
            'environment-properties': {
              'environment-properties': {
                'spark.databricks.job.runId': '@LONG@',
                orgId: 4_821_734_609_921_173,
              },
            },
          },
        },
        outputs: [
          { namespace: 'gs://b', name: 'o', outputFacets: { outputStatistics: { rowCount: '@LONG@' } } },
        ],
      }),
    );
    expect(event.job).toBe(`databricks:4821734609921173/run/${LONG}`);
    expect(event.datasets).toHaveLength(1);
  });

  it('never makes another count of the bytes of a connection', () => {
    const ztunnel = constructedEntries('istio').find(
      (entry) => entry.jsonPayload?.['bytes_recv'] !== undefined,
    );
    const entry = { ...ztunnel, jsonPayload: { ...ztunnel?.jsonPayload, bytes_recv: LONG } };
    expect(eventOf(istio, JSON.stringify(entry)).claims).not.toHaveProperty('bytesReceived');
  });
});

describe('seconds beside milliseconds', () => {
  const request = { method: 'GET', path: '/status', status: 200, rbac_user_id: null, request_id: 'r' };
  const object = { dao_name: 'routes', operation: 'create', entity_key: 'k', request_id: 'r' };
  const proxied = {
    client_ip: '10.0.0.1',
    request: { method: 'GET', uri: '/' },
    response: { status: 200 },
    latencies: { kong: 1 },
  };
  it.each<[string, unknown, string]>([
    [
      'seconds of an Admin API request',
      { ...request, request_timestamp: 1_676_424_547 },
      '2023-02-15T01:29:07',
    ],
    ['seconds of an entity', { ...object, entity: '{"created_at":1542131418}' }, '2018-11-13T17:50:18'],
    [
      'milliseconds of an entity',
      { ...object, entity: '{"created_at":1542131418000}' },
      '2018-11-13T17:50:18',
    ],
    [
      'milliseconds of a proxied request',
      { ...proxied, started_at: 1_726_783_839_538 },
      '2024-09-19T22:10:39.538',
    ],
    [
      'milliseconds as text, of Konnect',
      { event_vendor: 'KongInc', name: 'Ingress', rt: '1684524079524' },
      '2023-05-19T19:21:19.524',
    ],
  ])('Kong: %s', (_what, record, time) => {
    expect(entryOf(kong, JSON.stringify(record)).eventTime.startsWith(time)).toBe(true);
  });

  it('Databricks: milliseconds; seconds are no time', () => {
    const line = (timestamp: unknown): string =>
      JSON.stringify({ serviceName: 'jobs', actionName: 'runNow', requestId: 'r', timestamp });
    expect(entryOf(databricks, line(1_770_000_000_123)).eventTime).toBe('2026-02-02T02:40:00.123000000Z');
    expect(() => entryOf(databricks, line(1_770_000_000))).toThrow(/timestamp/);
  });
});

describe('JSON inside strings', () => {
  it('Kong: the payload of a request and the entity of an object', () => {
    const base = { request_id: 'r', rbac_user_id: null };
    const payload = JSON.stringify({ name: 'http-log', config: { anonymous: 'x' } });
    const posted = {
      ...base,
      method: 'POST',
      path: '/plugins',
      status: 201,
      request_timestamp: 1_676_424_547,
      payload,
    };
    expect(eventOf(kong, JSON.stringify(posted))).toMatchObject({
      action: 'log.change',
      claims: { entityName: 'http-log', anonymous: true },
    });
    const entity = JSON.stringify({ name: 'http-log', enabled: false, updated_at: 1_676_424_547 });
    const object = {
      ...base,
      dao_name: 'plugins',
      operation: 'delete',
      request_timestamp: 1_676_424_547,
      entity,
    };
    expect(eventOf(kong, JSON.stringify(object))).toMatchObject({
      action: 'log.change',
      claims: { entityName: 'http-log', enabled: false },
    });
    // Cut by its writer: the change is told all the same.
    const cut = { ...object, entity: entity.slice(0, 20) };
    expect(eventOf(kong, JSON.stringify(cut)).claims).toMatchObject({ entityUnreadable: true });
  });

  it('Databricks: parameters, and results two levels deep', () => {
    const event = eventOf(
      databricks,
      JSON.stringify({
        serviceName: 'jobs',
        actionName: 'update',
        requestId: 'r',
        timestamp: 1_770_000_000_123,
        workspaceId: '1',
        userIdentity: '{"email":"ana@example.com"}',
        requestParams: JSON.stringify({
          job_id: 7,
          new_settings: JSON.stringify({
            schedule: { quartz_cron_expression: '0 0 * * * ?' },
            run_as: { user_name: 'ben@example.com' },
          }),
        }),
        response: '{"statusCode":200}',
      }),
    );
    expect(event).toMatchObject({
      job: 'databricks:1/job/7',
      status: 200,
      identity: { caller: { name: 'ana@example.com' }, runAs: { name: 'ben@example.com' } },
      claims: { scheduled: true },
    });
  });
});
