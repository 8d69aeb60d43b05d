/** What a request's record proves and what it does not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { kong } from '../../../shared/sources/kong/index.ts';
import { upstreamStatuses } from '../../../shared/sources/kong/outcome.ts';
import { request, WORKSPACE } from './records.ts';

function eventOf(record: object): AuditEventDraft {
  const entry = LogEntry.parse({ logName: 'projects/acme-gateway/logs/stdout', jsonPayload: record });
  expect(kong.owns(entry)).toBe(true);
  const result = kong.normalise(entry);
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event;
}

const NOBODY = { consumer: undefined, authenticated_entity: undefined };
const ofRequest = (changes: object): object => ({
  request: { ...(request()['request'] as object), ...changes },
});

describe('identity', () => {
  it('is never read from headers, which a client can send', () => {
    const names = ['x-consumer-id', 'x-consumer-username', 'x-consumer-custom-id', 'x-credential-identifier'];
    const more = [
      'x-userinfo',
      'x-authenticated-userid',
      'x-id-token',
      'x-access-token',
      'x-anonymous-consumer',
    ];
    const headers = Object.fromEntries([...names, ...more].map((name) => [name, 'f0rged']));
    const event = eventOf(request({ ...NOBODY, ...ofRequest({ headers }) }));
    expect(event.identity).toEqual({ absent: 'unauthenticated' });
    expect(JSON.stringify(event)).not.toContain('f0rged');
  });

  it('of the consumer is its id; names stand in when there is none', () => {
    const scope = WORKSPACE;
    const who = (consumer: object): unknown =>
      eventOf(request({ consumer, authenticated_entity: undefined })).identity;
    const claim = { kind: 'kong', entity: 'consumer', proof: 'none', scope };
    expect(who({ id: 'a', username: 'b', custom_id: 'c' })).toEqual({
      caller: { ...claim, by: 'id', name: 'a' },
    });
    expect(who({ username: 'b', custom_id: 'c' })).toEqual({
      caller: { ...claim, by: 'custom_id', name: 'c' },
    });
    expect(who({ username: 'b' })).toEqual({ caller: { ...claim, by: 'username', name: 'b' } });
    expect(who({ username: 7 })).toEqual({ absent: 'unauthenticated' });
  });

  it('of a verified token needs issuer and subject', () => {
    const token = { iss: 'https://sso.acme.example', sub: 'ana' };
    expect(eventOf(request({ token_claims: token })).identity.caller).toEqual({ kind: 'jwt', claims: token });
    for (const claims of [{ sub: 'ana' }, { iss: 'x' }, 'ana', [token], null]) {
      expect(eventOf(request({ token_claims: claims })).identity.caller?.kind).toBe('kong');
    }
  });

  it('ignores what only a prototype has', () => {
    const record = JSON.parse(
      JSON.stringify(request(NOBODY)).replace('{', '{"__proto__":{"consumer":{"id":"evil"}},'),
    ) as object;
    expect(eventOf(record).identity).toEqual({ absent: 'unauthenticated' });
  });
});

describe('an answer', () => {
  const answered = (status: unknown, changes: object = {}): unknown => {
    const { outcome, claims } = eventOf(request({ response: { status }, ...changes }));
    return [outcome, claims?.['deniedBy']];
  };
  it.each([
    [200, {}, ['allowed', undefined]],
    ['200', {}, ['allowed', undefined]],
    [302, {}, ['allowed', undefined]],
    [401, { source: 'kong', upstream_status: '' }, ['denied', 'gateway']],
    [403, { source: 'upstream', upstream_status: '403' }, ['denied', 'upstream']],
    // Before Kong 3.6 nothing says who answered.
    [403, { source: undefined, upstream_status: '502, 403' }, ['denied', 'upstream']],
    [403, { source: undefined, upstream_status: '', tries: undefined }, ['denied', 'gateway']],
    [403, { source: undefined, upstream_status: '200' }, ['denied', undefined]],
    [404, {}, ['failed', undefined]],
    [429, { source: 'kong' }, ['failed', undefined]],
    [499, {}, ['unknown', undefined]],
    [0, {}, ['unknown', undefined]],
    [undefined, {}, ['unknown', undefined]],
  ])('%j with %j is %j', (status, changes, expected) => {
    expect(answered(status, changes)).toEqual(expected);
  });

  it.each([{ code: 200 }, [200], true, 'abc', 1.5, 1000, -1])('%j is refused', (status) => {
    const jsonPayload = request({ response: { status } });
    expect(kong.normalise(LogEntry.parse({ jsonPayload }))).toMatchObject({
      kind: 'refused',
      code: 'payload-shape',
    });
  });

  it('of gRPC is in a header of the 200', () => {
    const grpc = (status: unknown): unknown =>
      answered(200, { response: { status: 200, headers: { 'grpc-status': status } } });
    expect(grpc('0')).toEqual(['allowed', undefined]);
    expect(grpc('7')).toEqual(['denied', 'upstream']);
    expect(grpc(16)).toEqual(['denied', 'upstream']);
    expect(grpc('13')).toEqual(['failed', undefined]);
    expect(grpc({})).toEqual(['allowed', undefined]);
  });

  it('of each server tried is told apart', () => {
    expect(upstreamStatuses('500, 200 : 200, 200')).toEqual(['500', '200', '200', '200']);
    expect(upstreamStatuses('')).toEqual([]);
    expect(upstreamStatuses('-')).toEqual([]);
    const { claims } = eventOf(request({ upstream_status: '502, 200' }));
    expect(claims).toMatchObject({ upstreamStatus: '502, 200', tries: 2 });
    expect(eventOf(request()).claims).not.toHaveProperty('upstreamStatus');
  });
});

describe('the call', () => {
  const submit = '/v1/projects/p1/regions/r1/jobs:submit';
  it('is what was sent on, whatever was asked for', () => {
    const asked = ofRequest({ uri: submit });
    expect(eventOf(request({ ...asked, upstream_uri: '/echo' })).call).toBeUndefined();
    expect(
      eventOf(request({ ...asked, service: { host: 'storage.googleapis.com' }, upstream_uri: submit })).call,
    ).toBeUndefined();
    expect(eventOf(request({ upstream_uri: submit })).call).toMatchObject({
      method: 'SubmitJob',
      project: 'p1',
    });
  });

  it('is what was asked for where nothing was sent on', () => {
    const asked = ofRequest({ uri: `/dataproc${submit}` });
    expect(eventOf(request({ ...asked, upstream_uri: '' })).call).toMatchObject({ method: 'SubmitJob' });
    const batches = '/v1/projects/p1/locations/r1/batches';
    const refused = { ...ofRequest({ uri: `/x${batches}?batchId=b1` }), upstream_uri: batches };
    expect(eventOf(request(refused)).job).toBe('dataproc:p1/r1/batch/b1');
  });
});

describe('evidence', () => {
  it('holds no header, query, address, body or prompt', () => {
    const event = eventOf(
      request({
        ...ofRequest({
          uri: '/x?token=s3cret',
          querystring: { token: 's3cret' },
          headers: { cookie: 's3cret' },
        }),
        client_ip: '10.9.8.7',
        ai: { proxy: { payload: { request: 's3cret' } } },
      }),
    );
    expect(JSON.stringify(event)).not.toMatch(/s3cret|10\.9\.8\.7/);
    expect(event.claims?.['query']).toBe(true);
  });

  it('is small and marked as cut, however long the request', () => {
    const long = 'a'.repeat(50_000);
    const event = eventOf(
      request({
        ...ofRequest({ id: long, uri: `/${long}`, method: long }),
        upstream_status: long,
        correlation_id: long,
        trace_id: { w3c: long },
        service: { name: long },
        route: { name: long },
        workspace_name: long,
        consumer: { id: 'c', username: long, custom_id: long, tags: [long, long] },
        authenticated_entity: { id: long },
      }),
    );
    expect(event.claims?.['clipped']).toBe(true);
    expect(event.requestId).toBeUndefined();
    expect(event.trace).toBeUndefined();
    expect(JSON.stringify(event).length).toBeLessThan(1800);
  });
});

describe('anything', () => {
  const json = fc.jsonValue({ maxDepth: 2 });
  const keys = [...Object.keys(request()), 'session', 'token_claims', 'trace_id', 'dao_name'];

  it('never throws on a record, and every event names its grade', () => {
    const graded = fc.property(fc.dictionary(fc.constantFrom(...keys), json), (changes) => {
      const jsonPayload = { ...request(), ...changes };
      kong.adopt?.({ kind: 'json', value: jsonPayload });
      if (!kong.owns({ jsonPayload })) return true;
      const result = kong.normalise({ jsonPayload });
      if (result.kind !== 'event' || result.event.action !== 'api.call') return true;
      return ['request', 'connection'].includes(String(result.event.claims?.['grade']));
    });
    expect(() => fc.assert(graded, { numRuns: 2000 })).not.toThrow();
  });

  it('never throws on text, and every text has an end', () => {
    const starts = [
      '{"',
      'CEF:0|KongInc|',
      'x CEF:0|KongInc|a|b|c|Ingress|1|',
      '1.1.1.1 - - [',
      '{"started_at":1',
    ];
    const ended = fc.property(
      fc.constantFrom(...starts),
      fc.string({ unit: 'binary', maxLength: 300 }),
      (start, rest) => {
        const textPayload = start + rest;
        kong.owns({ textPayload });
        kong.adopt?.({ kind: 'text', line: textPayload });
        return ['event', 'filtered', 'refused'].includes(kong.normalise({ textPayload }).kind);
      },
    );
    expect(() => fc.assert(ended, { numRuns: 2000 })).not.toThrow();
  });
});
