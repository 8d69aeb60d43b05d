import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft, Normalised } from '../../../shared/model/event.ts';
import { istio } from '../../../shared/sources/istio/index.ts';

const PROXY = { type: 'k8s_container', labels: { container_name: 'istio-proxy' } };

function mesh(
  httpRequest: object | undefined,
  labels: object,
  logId = 'server-accesslog-stackdriver',
): LogEntry {
  return LogEntry.parse({ logName: `projects/acme-prod/logs/${logId}`, httpRequest, labels });
}

function eventOf(result: Normalised): AuditEventDraft {
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event;
}

const request = (status: unknown, requestUrl = 'http://web.shop/x'): object => ({
  requestMethod: 'GET',
  requestUrl,
  status,
});

describe('ownership', () => {
  it.each([
    [{ logName: 'projects/p/logs/server-accesslog-stackdriver' }, true],
    [{ logName: 'projects/p/logs/client-istio-audit-log', resource: { type: 'gce_instance' } }, true],
    [{ logName: 'projects/p/logs/stdout', resource: PROXY }, true],
    [{ resource: PROXY }, true],
    [{ logName: 'projects/p/logs/other', resource: PROXY }, false],
    [{ logName: 'projects/p/logs/stdout', resource: { ...PROXY, labels: { container_name: 'app' } } }, false],
    [
      { logName: 'projects/p/logs/stdout', resource: { ...PROXY, labels: { container_name: 'discovery' } } },
      false,
    ],
    [{ logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity' }, false],
    [{}, false],
  ])('%j: %s', (entry, owned) => {
    expect(istio.owns(LogEntry.parse(entry))).toBe(owned);
  });

  it('adopts no foreign line', () => {
    expect(istio.adopt?.({ kind: 'text', line: 'GET / 200' })).toBeUndefined();
    expect(istio.adopt?.({ kind: 'json', value: { message: 'connection complete' } })).toBeUndefined();
    expect(istio.adopt?.({ kind: 'json', value: { response_code: 200, start_time: 'x' } })).toBeUndefined();
    expect(
      istio.adopt?.({ kind: 'json', value: { request: {}, response: { status: 200 } } }),
    ).toBeUndefined();
  });
});

describe('a status', () => {
  it.each([
    [200, 'allowed', 200],
    ['200', 'allowed', 200],
    [101, 'allowed', 101],
    [304, 'allowed', 304],
    [404, 'failed', 404],
    ['503', 'failed', 503],
    [401, 'denied', 401],
    [0, 'unknown', undefined],
    ['-', 'unknown', undefined],
    [undefined, 'unknown', undefined],
  ])('%j is %s', (status, outcome, stored) => {
    expect(eventOf(istio.normalise(mesh(request(status), {})))).toMatchObject({ outcome });
    expect(eventOf(istio.normalise(mesh(request(status), {}))).status).toBe(stored);
  });

  it.each([{ code: 200 }, [200], true, 'abc', '2e2x', 1.5, 1000, -1])('%j is refused', (status) => {
    expect(istio.normalise(mesh(request(status), {}))).toMatchObject({
      kind: 'refused',
      code: 'payload-shape',
    });
  });
});

describe('evidence', () => {
  it('keeps no query, no user agent and no address', () => {
    const url = 'http://web.shop/x?token=s3cret#frag';
    const http = { ...request(200, url), userAgent: 'ag3nt', remoteIp: '10.9.8.7', referer: 'r3f' };
    const result = JSON.stringify(istio.normalise(mesh(http, { 'x-envoy-original-path': '/s3cret' })));
    for (const text of ['s3cret', 'ag3nt', '10.9.8.7', 'r3f']) expect(result).not.toContain(text);
    expect(result).toContain('"query":true');
  });

  it('is small and marked as cut, however long the request', () => {
    const long = 'a'.repeat(50_000);
    const labels = { request_id: long, response_details: long, response_flag: long, source_workload: long };
    const event = eventOf(istio.normalise(mesh(request(200, `http://${long}/${long}`), labels)));
    expect(event.claims?.['clipped']).toBe(true);
    expect(event.requestId).toBeUndefined();
    expect(event.resource?.length).toBe(512);
    expect(JSON.stringify(event).length).toBeLessThan(1400);
  });

  it('qualifies a caller by its whole cluster', () => {
    const labels = { source_principal: 'spiffe://cluster.local/ns/a/sa/b' };
    const where = { project_id: 'p', location: 'l', cluster_name: 'c' };
    const entry = { ...mesh(request(200), labels), resource: { type: 'k8s_container', labels: where } };
    expect(eventOf(istio.normalise(entry)).identity.caller).toEqual({
      kind: 'spiffe',
      uri: 'spiffe://cluster.local/ns/a/sa/b',
      cluster: 'p/l/c',
    });
  });

  it('takes its project from the log name alone', () => {
    const resource = {
      type: 'k8s_container',
      labels: { container_name: 'istio-proxy', project_id: 'claimed' },
    };
    const entry = { resource, jsonPayload: { response_code: 200, response_flags: '-' } };
    expect(eventOf(istio.normalise(LogEntry.parse(entry))).project).toBeUndefined();
  });

  it('ignores labels that only prototypes have', () => {
    const labels = JSON.parse('{"__proto__": {"source_principal": "spiffe://evil/x"}}') as object;
    expect(eventOf(istio.normalise(mesh(request(200), labels))).identity.caller).toBeUndefined();
  });
});

describe('anything', () => {
  const json = fc.jsonValue({ maxDepth: 2 });
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '-',
      '',
      '[2026-01-01T00:00:00Z] "',
      '2026-01-01T00:00:00Z\tinfo\taccess\tconnection complete\t',
    ),
  );
  it('never throws, and every event is of a request unless it says connection', () => {
    const graded = fc.property(
      fc.constantFrom('server-accesslog-stackdriver', 'client-istio-audit-log', 'stdout'),
      fc.option(fc.dictionary(fc.constantFrom('requestMethod', 'requestUrl', 'status'), json), {
        nil: undefined,
      }),
      fc.dictionary(
        fc.constantFrom(
          'response_flag',
          'response_details',
          'policy_name',
          'source_principal',
          'total_sent_bytes',
        ),
        json,
      ),
      fc.option(text, { nil: undefined }),
      fc.option(
        fc.dictionary(
          fc.constantFrom(
            'response_code',
            'response_flags',
            'upstream_cluster',
            'path',
            'message',
            'src.identity',
          ),
          json,
        ),
        { nil: undefined },
      ),
      (logId, httpRequest, labels, textPayload, jsonPayload) => {
        const entry = { ...mesh(httpRequest, labels, logId), resource: PROXY, textPayload, jsonPayload };
        const result = istio.normalise(entry);
        return (
          result.kind !== 'event' ||
          [undefined, 'connection'].includes(result.event.claims?.['grade'] as undefined)
        );
      },
    );
    expect(() => fc.assert(graded, { numRuns: 3000 })).not.toThrow();
  });
});
