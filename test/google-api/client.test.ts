/** Google's REST APIs, asked over HTTP: what is asked again, what is waited, what is too much, and what a refusal says. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ask } from '../../shared/google-api/client.ts';
import { askJson, askPages } from '../../shared/google-api/json.ts';
import { apiOf, json, serve } from './server.ts';

const Form = z.object({ a: z.number() });
const Page = z.object({ items: z.array(z.string()).default([]), nextPageToken: z.string().optional() });

describe('an answer', () => {
  test('is parsed; who asks and whose quota it is are told to the server', async () => {
    const { url, seen } = await serve(json(200, { a: 1, b: 2 }));
    const answer = await askJson(apiOf().api, { url, method: 'POST', body: { c: 3 } }, Form);
    expect(answer).toEqual({ kind: 'answer', value: { a: 1 } });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        body: '{"c":3}',
        headers: {
          authorization: 'Bearer t0ken',
          'x-goog-user-project': 'quota',
          'content-type': 'application/json',
        },
      },
    ]);
  });

  test.each([
    ['of another form', json(200, { a: 'one' }), 'its answer is of another form than is documented'],
    [
      'no JSON',
      (response: { end: (text: string) => void }) => response.end('{"a":'),
      'its answer is no JSON',
    ],
    [
      'no UTF-8',
      (response: { end: (bytes: Buffer) => void }) => response.end(Buffer.from([0x22, 0xff, 0x22])),
      'its answer is no UTF-8',
    ],
    ['too long', json(200, { a: 1, b: 'x'.repeat(2_000) }), 'its answer is longer than 1000 bytes'],
  ])('that is %s is none, and is not asked for again', async (_, reply, why) => {
    const { url, seen } = await serve(reply);
    const { api, slept } = apiOf({ limits: { maxBytes: 1_000 } });
    expect(await askJson(api, { url }, Form)).toMatchObject({ kind: 'refused', reason: 'unavailable', why });
    expect([seen.length, slept.length]).toEqual([1, 0]);
  });
});

describe('what may pass', () => {
  test.each([408, 429, 500, 503])('%i is asked again, and Retry-After is waited', async (status) => {
    const { url, seen } = await serve(json(status, {}, { 'retry-after': '7' }), json(200, { a: 1 }));
    const { api, slept } = apiOf();
    expect(await askJson(api, { url }, Form)).toEqual({ kind: 'answer', value: { a: 1 } });
    expect(seen).toHaveLength(2);
    expect(slept).toEqual([7_000]);
  });

  test('a connection that breaks within the answer', async () => {
    const { url } = await serve(
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"a":');
        setTimeout(() => response.destroy(), 10);
      },
      json(200, { a: 1 }),
    );
    expect(await askJson(apiOf().api, { url }, Form)).toEqual({ kind: 'answer', value: { a: 1 } });
  });

  test('has an end, and says what it was', async () => {
    const { url, seen } = await serve(json(503, {}));
    const { api, slept } = apiOf({ limits: { attempts: 3 } });
    expect(await askJson(api, { url }, Form)).toEqual({
      kind: 'refused',
      reason: 'unavailable',
      status: undefined,
      why: 'it answers 503',
    });
    expect([seen.length, slept.length]).toEqual([3, 2]);
  });

  test('is not waited for beyond a bound', async () => {
    const { url, seen } = await serve(json(429, {}, { 'retry-after': '3600' }));
    expect(await askJson(apiOf().api, { url }, Form)).toMatchObject({
      why: 'it answers 429 and asks to be left alone for 3600 s',
    });
    expect(seen).toHaveLength(1);
  });

  test('a server that does not answer in time, and none at all', async () => {
    const { url } = await serve(() => undefined);
    const limits = { attempts: 2, timeoutMs: 50 };
    expect(await askJson(apiOf({ limits }).api, { url }, Form)).toMatchObject({
      reason: 'unreachable',
      why: 'it did not answer in time',
    });
    expect(await askJson(apiOf({ limits }).api, { url: 'http://127.0.0.1:9/' }, Form)).toMatchObject({
      reason: 'unreachable',
      why: expect.stringMatching(/ECONNREFUSED|bad port/),
    });
  });

  test('what nobody answers may be given up sooner', async () => {
    const limits = { attempts: 5, unreachableAttempts: 2 };
    const { api, slept } = apiOf({ limits });
    expect(await askJson(api, { url: 'http://127.0.0.1:9/' }, Form)).toMatchObject({ reason: 'unreachable' });
    expect(slept).toHaveLength(1);
    const { url, seen } = await serve(json(503, {}));
    await askJson(apiOf({ limits }).api, { url }, Form);
    expect(seen).toHaveLength(5);
  });

  test('a stream may take longer than its head', async () => {
    const { url } = await serve((response) => {
      response.writeHead(200);
      response.write('a');
      setTimeout(() => response.end('b'), 150);
    });
    const { api } = apiOf({ limits: { timeoutMs: 100 } });
    const answer = await ask(api, { url, stream: true }, (response) => Promise.resolve(response));
    if (answer.kind === 'refused') throw new Error(answer.why);
    expect(await answer.value.text()).toBe('ab');
  });
});

describe('a refusal', () => {
  const info = (reason: string, metadata: Record<string, string>) => ({
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata,
  });
  const refused = (code: number, message: string, ...details: readonly object[]) =>
    json(code, { error: { code, message, status: 'X', details } });

  test.each([
    [
      'names the permission',
      refused(403, 'Permission denied', info('IAM_PERMISSION_DENIED', { permission: 'logging.sinks.list' })),
      { reason: 'denied', permission: 'logging.sinks.list', why: 'Permission denied' },
    ],
    [
      'names it in its sentence',
      refused(403, "Permission 'iam.roles.get' denied on resource (or it may not exist)."),
      { reason: 'denied', permission: 'iam.roles.get' },
    ],
    ['names none', refused(403, 'User not authorized'), { reason: 'denied', why: 'User not authorized' }],
    [
      'names no permission but something else',
      refused(403, 'x', info('IAM_PERMISSION_DENIED', { permission: "a.b'; rm" })),
      { reason: 'denied' },
    ],
    [
      'of an API that is off',
      refused(
        403,
        'off',
        info('SERVICE_DISABLED', { service: 'iam.googleapis.com', consumer: 'projects/4' }),
      ),
      { reason: 'not-enabled', service: 'iam.googleapis.com', consumer: 'projects/4' },
    ],
    [
      'of a project that the request may not count for',
      refused(403, 'no', info('USER_PROJECT_DENIED', { consumer: 'projects/quota' })),
      { reason: 'denied', permission: 'serviceusage.services.use', consumer: 'projects/quota' },
    ],
    [
      'of a token of too small a scope',
      refused(403, 'x', info('ACCESS_TOKEN_SCOPE_INSUFFICIENT', {})),
      { reason: 'signed-out' },
    ],
    ['of a token that is none', refused(401, 'x'), { reason: 'signed-out' }],
    ['of what is not there', refused(404, 'Topic not found'), { reason: 'not-found', status: 404 }],
    ['of a wrong request', refused(400, 'no'), { reason: 'invalid', status: 400 }],
    [
      'without a body',
      (response: { writeHead: (n: number) => { end: () => void } }) => response.writeHead(403).end(),
      { reason: 'denied', why: 'it answers 403' },
    ],
    [
      'of many lines',
      refused(404, `a\n\tb${'x'.repeat(900)}`),
      { why: expect.stringMatching(/^a bx{297}$/) },
    ],
  ])('%s', async (_, reply, expected) => {
    const { url, seen } = await serve(reply);
    const answer = await askJson(apiOf().api, { url }, Form);
    expect(answer).toMatchObject({ kind: 'refused', ...expected });
    expect('permission' in answer).toBe('permission' in expected);
    expect(seen).toHaveLength(1);
  });

  test('a token that no header can hold is shown nowhere', async () => {
    const { url, seen } = await serve(json(200, { a: 1 }));
    const authorization = () => Promise.resolve({ authorization: 'Bearer s3cret\nx' });
    const answer = await askJson(apiOf({ authorization }).api, { url }, Form);
    expect(answer).toMatchObject({ reason: 'signed-out' });
    expect(JSON.stringify(answer)).not.toContain('s3cret');
    expect(seen).toEqual([]);
  });

  test('no credentials at all are not asked for again', async () => {
    const none = new Error('no credentials');
    const { api, slept } = apiOf({ authorization: () => Promise.reject(none) });
    await expect(askJson(api, { url: 'http://127.0.0.1:9/' }, Form)).rejects.toBe(none);
    expect(slept).toEqual([]);
  });

  test('a redirect is not followed, so that no token goes elsewhere', async () => {
    const other = await serve(json(200, { a: 1 }));
    const { url } = await serve((response) => response.writeHead(302, { location: other.url }).end());
    const { api } = apiOf({ limits: { attempts: 1 } });
    expect(await askJson(api, { url }, Form)).toMatchObject({ kind: 'refused', reason: 'unreachable' });
    expect(other.seen).toEqual([]);
  });
});

describe('a list of several pages', () => {
  test('is asked for to its end', async () => {
    const { url, seen } = await serve(
      json(200, { items: ['a'], nextPageToken: 'x/=' }),
      json(200, { items: ['b'], nextPageToken: '' }),
    );
    const answer = await askPages(apiOf().api, `${url}/v2/p/sinks?pageSize=1`, Page);
    expect(answer).toMatchObject({ kind: 'answer', value: [{ items: ['a'] }, { items: ['b'] }] });
    expect(seen.map((one) => one.url)).toEqual([
      '/v2/p/sinks?pageSize=1',
      '/v2/p/sinks?pageSize=1&pageToken=x%2F%3D',
    ]);
  });

  test('is none where a page is refused, or where it has no end', async () => {
    const broken = await serve(json(200, { items: ['a'], nextPageToken: 'x' }), json(403, {}));
    expect(await askPages(apiOf().api, `${broken.url}/?a`, Page)).toMatchObject({ reason: 'denied' });
    const endless = await serve(json(200, { nextPageToken: 'x' }));
    expect(await askPages(apiOf().api, `${endless.url}/?a`, Page)).toMatchObject({
      why: 'its list has more than 100 pages',
    });
    expect(endless.seen).toHaveLength(100);
  });
});
