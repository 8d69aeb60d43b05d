import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import { createApiClient, type ApiLimits } from '../../shared/observed/api-client.ts';
import { inTurn, startApi, status, text, type ApiServer } from './server.ts';

let api: ApiServer;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const LIMITS: ApiLimits = { timeoutMs: 300, maxBytes: 20_000, attempts: 3, backoffMs: 10 };

function get(
  options: { readonly limits?: Partial<ApiLimits>; readonly withinMs?: number; readonly token?: string } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const client = createApiClient({
    name: 'dataproc',
    baseUrl: api.url,
    accessToken: () => Promise.resolve(options.token),
    limits: { ...LIMITS, ...options.limits },
  });
  const query = { pageSize: '500', pageToken: undefined };
  return client.get('/v1/jobs', query, Date.now() + (options.withinMs ?? 10_000));
}

const failure = async (options: Parameters<typeof get>[0] = {}): Promise<JobtrailError> => {
  const error: unknown = await get(options).catch((thrown: unknown) => thrown);
  if (!(error instanceof JobtrailError)) throw new Error(`expected a JobtrailError, got ${String(error)}`);
  expect(error.code).toBe('api-unavailable');
  return error;
};

describe('an answer', () => {
  it('is asked for with the token, and without what is undefined', async () => {
    api.answer = () => ({ jobs: [] });
    expect(await get({ token: 't0ken' })).toEqual({ jobs: [] });
    expect(api.asked).toEqual([
      { path: '/v1/jobs', query: { pageSize: '500' }, authorization: 'Bearer t0ken' },
    ]);
  });

  it('keeps the digits of numbers above 2^53', async () => {
    api.answer = () => text('{"run_id":983472983749823741,"n":7}');
    expect(await get()).toEqual({ run_id: '983472983749823741', n: 7 });
  });
});

describe('what may pass by itself', () => {
  it.each([408, 429, 500, 502, 503, 504])('is tried again: %i', async (code) => {
    api.answer = inTurn(status(code, {}), { ok: true });
    expect(await get()).toEqual({ ok: true });
    expect(api.asked).toHaveLength(2);
  });

  it('is given up after so many attempts, and says what it was', async () => {
    api.answer = () => status(503, { error: { status: 'UNAVAILABLE' } });
    expect((await failure()).message).toBe('dataproc cannot be listed: it answers 503 UNAVAILABLE.');
    expect(api.asked).toHaveLength(3);
  });

  it('waits as long as Retry-After asks', async () => {
    api.answer = inTurn(status(429, {}, { 'retry-after': '1' }), { ok: true });
    const begun = Date.now();
    expect(await get()).toEqual({ ok: true });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
  });

  it('does not wait beyond the end of the poll', async () => {
    api.answer = () => status(429, { error_code: 'REQUEST_LIMIT_EXCEEDED' }, { 'retry-after': '3600' });
    const begun = Date.now();
    expect((await failure()).message).toContain('it answers 429 REQUEST_LIMIT_EXCEEDED');
    expect(Date.now() - begun).toBeLessThan(1000);
    expect(api.asked).toHaveLength(1);
  });

  it('a connection that is reset', async () => {
    api.answer = inTurn((response) => void response.socket?.resetAndDestroy(), { ok: true });
    expect(await get()).toEqual({ ok: true });
  });

  it('a body that breaks off', async () => {
    const cut = inTurn(
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"jobs":[');
        setTimeout(() => response.destroy(), 20);
      },
      { ok: true },
    );
    api.answer = cut;
    expect(await get()).toEqual({ ok: true });
  });

  it('a body that does not come to an end', async () => {
    api.answer = () => (response) => void response.writeHead(200).write('{"jobs":[');
    const error = await failure({ limits: { timeoutMs: 50, attempts: 2 } });
    expect(error.message).toBe('dataproc cannot be listed: it does not answer in time.');
    expect(api.asked).toHaveLength(2);
  });

  it('an API that is not there', async () => {
    const { url } = api;
    await api.stop();
    const client = createApiClient({
      name: 'dataflow',
      baseUrl: url,
      accessToken: () => Promise.resolve(undefined),
      limits: LIMITS,
    });
    await expect(client.get('/x', {}, Date.now() + 5000)).rejects.toThrow(/^dataflow cannot be listed: /);
  });

  it('a token that cannot be had', async () => {
    const client = createApiClient({
      name: 'dataflow',
      baseUrl: api.url,
      accessToken: () => Promise.reject(new Error('no metadata server')),
      limits: LIMITS,
    });
    await expect(client.get('/x', {}, Date.now() + 5000)).rejects.toThrow(/no metadata server/);
    expect(api.asked).toEqual([]);
  });

  it('nothing is asked after the end of the poll', async () => {
    expect((await failure({ withinMs: -1 })).message).toContain('the time of this poll is over');
    expect(api.asked).toEqual([]);
  });
});

describe('what does not pass by itself', () => {
  it.each([400, 401, 403, 404])('is not tried again: %i', async (code) => {
    api.answer = () =>
      status(code, { error: { code, status: 'PERMISSION_DENIED', message: 'secret detail' } });
    const { message } = await failure();
    expect(message).toBe(`dataproc cannot be listed: it answers ${code} PERMISSION_DENIED.`);
    expect(api.asked).toHaveLength(1);
  });

  it('shows no text of the body but a word', async () => {
    api.answer = () => status(403, { error: { status: '<script>alert(1)</script>' } });
    expect((await failure()).message).toBe('dataproc cannot be listed: it answers 403.');
  });

  it.each(['', '{"jobs":', '[]', '"x"', 'null', '<html>', '\u0000', '['.repeat(9000)])(
    'an answer that is no JSON object: %j',
    async (body) => {
      api.answer = () => text(body);
      expect((await failure()).message).toContain('its answer is no JSON object');
      expect(api.asked).toHaveLength(1);
    },
  );

  it('an answer that is no UTF-8', async () => {
    api.answer = () => (response) =>
      void response.writeHead(200).end(Buffer.from('7b2261223a22ff227d', 'hex'));
    expect((await failure()).message).toContain('no JSON object');
  });

  it('an answer that is too long, of which no more is read', async () => {
    let sent = 0;
    api.answer = () => (response) => {
      response.writeHead(200);
      const more = (): void => {
        if (response.destroyed) return;
        sent += 64 * 1024;
        if (sent > 200 * 1024 * 1024) response.end();
        else response.write(' '.repeat(64 * 1024), () => setImmediate(more));
      };
      more();
    };
    expect((await failure({ limits: { timeoutMs: 5000 } })).message).toContain('longer than 20000 bytes');
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });

  it('a redirect: the token goes nowhere else', async () => {
    const other = await startApi();
    api.answer = () => status(302, {}, { location: `${other.url}/v1/jobs` });
    await failure({ token: 't0ken', limits: { attempts: 1 } });
    expect(other.asked).toEqual([]);
    await other.stop();
  });

  it('a token that no header can hold, and that is not shown', async () => {
    const { message } = await failure({ token: 's3cret\nwith a line' });
    expect(message).toContain('its access token is none');
    expect(message).not.toContain('s3cret');
    expect(api.asked).toEqual([]);
  });
});
