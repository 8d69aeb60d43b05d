/** The function over real HTTP, on a store in a file, with a webhook on loopback and the topic's own bodies. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliverFunction } from '../../../functions/deliver/function.ts';
import { createDeliverHandler } from '../../../functions/deliver/handler.ts';
import type { DeliverService } from '../../../functions/deliver/service.ts';
import type { Handler } from '../../../functions/runtime/handler.ts';
import { createPushAuth, PLATFORM_AUTH } from '../../../functions/runtime/push-auth.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { createLogger } from '../../../shared/observe/log.ts';
import { openStore } from '../../../shared/store/open.ts';
import type { Store } from '../../../shared/store/store.ts';
import { timestampOf } from '../../../shared/store/timestamp.ts';
import { finding, storeFindings } from '../../alerts/findings.ts';
import { post, pushed } from '../service.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from '../tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-deliver-'));
afterAll(() => rmSync(folder, { recursive: true }));

const servers: Server[] = [];
let functions = 0;

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return `http://127.0.0.1:${address.port}`;
}

async function serve(handler: Handler): Promise<string> {
  const name = `deliver-${(functions += 1)}`;
  http(name, handler);
  return listen(getTestServer(name));
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const idsBody = (ids: readonly string[]): string => pushed({ data: JSON.stringify({ findings: ids }) });

describe('with a store and a channel', () => {
  /** Bodies that the webhook got, and what it answers next. */
  let asked: string[] = [];
  let statuses: number[] = [];
  let store: Store;
  let url = '';
  let files = 0;
  beforeEach(async () => {
    asked = [];
    statuses = [];
    const receiver = await listen(
      createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          asked.push(Buffer.concat(chunks).toString('utf8'));
          response.writeHead(statuses.shift() ?? 200).end();
        });
      }),
    );
    const base = join(folder, `${(files += 1)}`);
    writeFileSync(
      `${base}.yaml`,
      `channels:\n  hook: { kind: webhook, url: env:HOOK_URL, secret: file:${base}.key }\nroutes:\n  - channels: [hook]\n`,
    );
    writeFileSync(`${base}.key`, `whsec_${Buffer.alloc(32, 7).toString('base64')}\n`);
    const spec = `sqlite:${base}.db`;
    store = await openStore(spec);
    const variables = {
      JOBTRAIL_STORE: spec,
      JOBTRAIL_CONFIG: `${base}.yaml`,
      HOOK_URL: `${receiver}/alerts`,
    };
    url = await serve(deliverFunction(variables));
  });
  afterEach(async () => {
    await store.close();
  });
  const storeNow = (name: string): Promise<void> =>
    storeFindings(store, [[name, finding(name, { key: name })]], timestampOf(new Date()));

  test('a pushed finding is an episode and a message before the answer', async () => {
    await storeNow('a');
    const { status } = await post(url, idsBody([finding('a', { key: 'a' }).id]));
    expect(status).toBe(204);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('static-credential-on-job-path');
    const [episode] = await store.alerts.episodes({ limit: 9 });
    expect(await store.alerts.deliveries(episode ?? { id: '', n: 0 })).toMatchObject([
      { channel: 'hook', confirmed: 1, wanted: 1, dueAt: undefined, lease: undefined },
    ]);
  });

  test('the same push again sends nothing', async () => {
    await storeNow('a');
    const body = idsBody([finding('a', { key: 'a' }).id]);
    for (let i = 0; i < 3; i += 1) expect((await post(url, body)).status).toBe(204);
    expect((await post(`${url}/sweep`, '')).status).toBe(204);
    expect(asked).toHaveLength(1);
  });

  test('the sweep takes what was never pushed, and what a channel postponed', async () => {
    statuses.push(500);
    for (const name of ['a', 'b', 'c']) await storeNow(name);
    expect((await post(`${url}/sweep`, '{}')).status).toBe(204);
    expect(asked).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await post(`${url}/sweep`, '{}')).status).toBe(204);
    expect(asked).toHaveLength(4);
    expect(await store.alerts.unclaimedFindings('2026-01-01T00:00:00.000000000Z', 9)).toEqual([]);
  });

  test('a body that names no findings is acknowledged', async () => {
    for (const body of [pushed({ data: '{"findings":["x"]}' }), pushed({ data: 'no' }), '{}']) {
      expect((await post(url, body)).status).toBe(204);
    }
    expect((await post(url, idsBody(['f'.repeat(64)]))).status).toBe(204);
    expect(asked).toEqual([]);
  });
});

describe('answers', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger((line) => lines.push(JSON.parse(line)));
  const failing = (error: Error) => async (): Promise<DeliverService> => {
    throw error;
  };

  test.each([
    [new JobtrailError('store-aborted', 'm', 'h'), 503],
    [new TypeError('unexpected'), 503],
    [new JobtrailError('config-invalid', 'm', 'h'), 500],
  ])('%s is answered with %i', async (error, status) => {
    const url = await serve(createDeliverHandler({ service: failing(error), auth: PLATFORM_AUTH, logger }));
    expect((await post(`${url}/sweep`, '')).status).toBe(status);
    expect((await post(url, idsBody([]))).status).toBe(status);
  });

  test('only the push service account is let in, to pushes and sweeps alike', async () => {
    const done: string[] = [];
    const service: DeliverService = {
      pushed: async (ids) => void done.push(`pushed ${ids.length}`),
      sweep: async () => void done.push('sweep'),
    };
    const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);
    const url = await serve(createDeliverHandler({ service: () => Promise.resolve(service), auth, logger }));
    expect((await post(url, idsBody([]))).status).toBe(401);
    expect((await post(`${url}/sweep`, '', { authorization: 'Bearer no' })).status).toBe(401);
    const headers = { authorization: `Bearer ${token()}` };
    expect((await post(url, idsBody([]), headers)).status).toBe(204);
    expect((await post(`${url}/sweep`, '', headers)).status).toBe(204);
    expect(done).toEqual(['pushed 0', 'sweep']);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
  });

  test('a secret that is not there keeps the function from starting', () => {
    const config = join(folder, 'missing.yaml');
    writeFileSync(config, 'channels:\n  hook: { kind: slack-webhook, url: env:NOT_SET }\n');
    expect(() => deliverFunction({ JOBTRAIL_STORE: 'sqlite::memory:', JOBTRAIL_CONFIG: config })).toThrow(
      /hook/,
    );
  });
});
