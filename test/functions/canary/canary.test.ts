/** The function over real HTTP, with servers in the place of Cloud Logging and of the hops. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canaryFunction, createCanaryHandler } from '../../../functions/canary/function.ts';
import type { Handler } from '../../../functions/runtime/handler.ts';
import { createPushAuth } from '../../../functions/runtime/push-auth.ts';
import { CanaryRecord } from '../../../schemas/canary.ts';
import { CANARY_PREFIX, signCanary } from '../../../shared/corroboration/health/canary.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { createLogger } from '../../../shared/observe/log.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from '../tokens.ts';
import { post } from '../service.ts';

const KEY = 'a key of more than thirty-two characters';
const folder = mkdtempSync(join(tmpdir(), 'jobtrail-canary-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

const servers: Server[] = [];
let asked: Asked[] = [];
let status = 200;
let functions = 0;

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return `http://127.0.0.1:${address.port}`;
}

const server = (): Promise<string> =>
  listen(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push({
          method: request.method,
          url: request.url,
          body: Buffer.concat(chunks).toString('utf8'),
        });
        response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end('{}');
      });
    }),
  );

async function serve(handler: Handler): Promise<string> {
  const name = `canary-${(functions += 1)}`;
  http(name, handler);
  return `${await listen(getTestServer(name))}/`;
}

function variables(corroboration: object, over: Record<string, string> = {}): Record<string, string> {
  const base = join(folder, `${(functions += 1)}`);
  writeFileSync(`${base}.yaml`, stringify({ version: 1, corroboration }));
  writeFileSync(`${base}.key`, `${KEY}\n`);
  return {
    JOBTRAIL_CONFIG: `${base}.yaml`,
    JOBTRAIL_CANARY_KEY: `file:${base}.key`,
    GOOGLE_CLOUD_PROJECT: 'shop-logs',
    JOBTRAIL_CANARY_SECONDS: '2',
    ...over,
  };
}

beforeEach(() => {
  asked = [];
  status = 200;
});
afterEach(() => {
  for (const one of servers.splice(0)) {
    one.close();
    one.closeAllConnections();
  }
});

describe('a call of the scheduler', () => {
  it('writes an entry for a path of logs, and asks the probe of a hop', async () => {
    const [logging, hop] = [await server(), await server()];
    const url = await serve(
      canaryFunction(
        variables(
          {
            paths: [
              { path: 'dataproc', canary: true },
              { path: 'spanner', canary: true },
              { path: 'iam' },
              { path: 'kong/edge', canary: true },
              { path: 'istio/old/server', canary: true, retired: true },
            ],
            canaries: [
              { path: 'spanner', project: 'shop-prod' },
              { path: 'kong/edge', probe: hop },
            ],
          },
          { JOBTRAIL_LOGGING_URL: logging },
        ),
      ),
    );
    const before = Date.now();
    const answered = await post(url, '');
    expect(answered.status).toBe(200);
    expect(JSON.parse(answered.text)).toEqual({
      canaries: [
        { path: 'dataproc', sent: true },
        { path: 'spanner', sent: true },
        { path: 'kong/edge', sent: true },
      ],
    });

    const writes = asked.filter(({ url: to }) => to?.startsWith('/v2/entries:write') === true);
    expect(writes.map(({ method }) => method)).toEqual(['POST', 'POST']);
    const written = writes.map(({ body }) => {
      const request: {
        readonly logName: string;
        readonly entries: readonly {
          readonly insertId: string;
          readonly timestamp: string;
          readonly jsonPayload: unknown;
        }[];
      } = JSON.parse(body);
      const [entry] = request.entries;
      return {
        logName: request.logName,
        insertId: entry?.insertId,
        timestamp: entry?.timestamp,
        record: CanaryRecord.parse(entry?.jsonPayload),
      };
    });
    expect(written.map(({ logName }) => logName).toSorted()).toEqual([
      'projects/shop-logs/logs/jobtrail-canary-dataproc',
      'projects/shop-prod/logs/jobtrail-canary-spanner',
    ]);
    for (const { record, insertId, timestamp } of written) {
      expect(record).toEqual(signCanary(record, KEY));
      expect(insertId).toBe(record.nonce);
      expect(Date.parse(timestamp ?? '')).toBe(Date.parse(record.sentAt));
      expect(Math.abs(Date.parse(record.sentAt) - before)).toBeLessThan(5_000);
    }

    const probes = asked.filter(({ url: to }) => to?.startsWith(CANARY_PREFIX) === true);
    expect(probes.map(({ method }) => method)).toEqual(['GET']);
    const [, , , id = '', proof = ''] = probes[0]?.url?.split('/') ?? [];
    const [nonce = '', sentAt = '', mac] = proof.split('.');
    expect(id).toBe('kong~edge');
    expect(signCanary({ path: 'kong/edge', nonce, sentAt }, KEY).mac).toBe(mac);
    expect(new Set([nonce, ...written.map(({ record }) => record.nonce)]).size).toBe(3);
  });

  it('is content with any answer of a hop, and follows none', async () => {
    const hop = await server();
    status = 302;
    const url = await serve(
      canaryFunction(
        variables({
          paths: [{ path: 'kong/edge', canary: true }],
          canaries: [{ path: 'kong/edge', probe: hop }],
        }),
      ),
    );
    expect((await post(url, '')).status).toBe(200);
    expect(asked.length).toBe(1);
  });

  it('sends the others where one does not leave, and asks to be called again', async () => {
    const logging = await server();
    const url = await serve(
      canaryFunction(
        variables(
          {
            paths: [
              { path: 'kong/edge', canary: true },
              { path: 'dataproc', canary: true },
            ],
            canaries: [{ path: 'kong/edge', probe: 'http://127.0.0.1:1' }],
          },
          { JOBTRAIL_LOGGING_URL: logging },
        ),
      ),
    );
    const { status: answered, text } = await post(url, '');
    expect(answered).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      canaries: [
        { path: 'kong/edge', failed: expect.any(String) },
        { path: 'dataproc', sent: true },
      ],
    });
    expect(asked.length).toBe(1);
  });

  it('says which paths have no way, without being called again for them', async () => {
    const url = await serve(
      canaryFunction(
        variables({
          paths: [
            { path: 'istio/prod/server', canary: true },
            { path: 'databricks/4821734609921173', canary: true },
          ],
        }),
      ),
    );
    const { status: answered, text } = await post(url, '');
    expect(answered).toBe(200);
    expect(JSON.parse(text)).toEqual({
      canaries: [
        { path: 'istio/prod/server', failed: 'corroboration.canaries names no probe for it.' },
        {
          path: 'databricks/4821734609921173',
          failed: 'Its records come in files, along which nothing can be sent.',
        },
      ],
    });
  });
});

describe('who may call', () => {
  const sending = {
    key: KEY,
    now: () => new Date(),
    nonce: () => 'A'.repeat(22),
    write: async () => {},
    ask: async () => {},
  };
  const logger = createLogger(() => {}, {});

  it('is told by the scheduler’s token where the function is public', async () => {
    const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);
    const url = await serve(createCanaryHandler({ ways: [], auth, logger, sending }));
    expect((await post(url, '')).status).toBe(401);
    expect((await post(url, '', { authorization: `Bearer ${token()}` })).status).toBe(200);
  });

  it('answers a look with GET, and no other method', async () => {
    const auth = createPushAuth({ kind: 'platform' });
    const url = await serve(createCanaryHandler({ ways: [], auth, logger, sending }));
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
    expect(asked).toEqual([]);
  });
});

describe('the environment', () => {
  const paths = { paths: [{ path: 'dataproc', canary: true }] };

  it.each([
    ['no key', { JOBTRAIL_CANARY_KEY: 'env:NONE' }],
    ['a short key', { JOBTRAIL_CANARY_KEY: 'env:SHORT', SHORT: 'x'.repeat(31) }],
    ['a key in the open', { JOBTRAIL_CANARY_KEY: KEY }],
    ['self without an audience', { JOBTRAIL_PUSH_AUTH: 'self' }],
    ['a time that is none', { JOBTRAIL_CANARY_SECONDS: 'soon' }],
  ])('with %s does not start', (_, over) => {
    expect(() => canaryFunction(variables(paths, over))).toThrow(JobtrailError);
  });

  it('does not show the key', () => {
    const start = () =>
      canaryFunction(variables(paths, { JOBTRAIL_CANARY_KEY: 'env:SHORT', SHORT: 'hunter2' }));
    expect(start).toThrow(/^(?!.*hunter2)/s);
  });

  it('takes a probe without a path alone', () => {
    expect(() =>
      canaryFunction(
        variables({ ...paths, canaries: [{ path: 'kong/edge', probe: 'https://edge.example.com/jobs' }] }),
      ),
    ).toThrow(JobtrailError);
  });
});
