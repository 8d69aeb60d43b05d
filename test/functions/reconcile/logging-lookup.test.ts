/** The look-up in Cloud Logging over real HTTP, and what a finding says of its answer. */
import { afterEach, expect, test } from 'vitest';
import { serveOnLoopback, type LoopbackServer } from '../../../cli/run/loopback.ts';
import { createLoggingLookup } from '../../../functions/reconcile/logging-lookup.ts';
import { filterOf, ROUTING, withRouting } from '../../../shared/reconcile/routing.ts';
import { finding } from '../../alerts/findings.ts';

const servers: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const MISSING = {
  project: 'acme-prod',
  service: 'dataproc.googleapis.com',
  methods: ['SubmitJob', 'SubmitJobAsOperation'],
  id: 'jobs/a"b',
  from: '2026-03-02T10:00:00Z',
  until: '2026-03-02T10:15:00Z',
};

interface Asked {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

async function logging(
  status: number,
  body: string,
): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await serveOnLoopback((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization, body: text });
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  servers.push(server);
  return { url: server.url, asked };
}

const lookup = (url: string, timeoutMs = 20_000) =>
  createLoggingLookup({
    baseUrl: url,
    authorization: () => Promise.resolve({ authorization: 'Bearer token-1' }),
    timeoutMs,
  });

const said = async (url: string, timeoutMs?: number): Promise<string> => {
  const [told] = await withRouting([{ finding: finding('a'), missing: MISSING }], lookup(url, timeoutMs));
  return told?.evidence.find(([label]) => label === ROUTING)?.[1] ?? '';
};

test('an entry that exists was not routed', async () => {
  const { url, asked } = await logging(
    200,
    JSON.stringify({
      entries: [{ logName: 'projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity', insertId: 'x1' }],
    }),
  );
  expect(await said(url)).toBe(
    'the record exists and was not routed here: projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity, insertId x1',
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ url: '/v2/entries:list', authorization: 'Bearer token-1' });
  expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
    resourceNames: ['projects/acme-prod'],
    pageSize: 1,
    filter: filterOf(MISSING),
  });
});

test('no entry, no right to look, and no answer are told apart', async () => {
  expect(await said((await logging(200, '{}')).url)).toBe('no such record exists there either');
  expect(await said((await logging(403, '{"error":{"status":"PERMISSION_DENIED"}}')).url)).toContain(
    'may not look there',
  );
  expect(await said((await logging(503, '')).url)).toBe('could not be asked: it answers 503');
  expect(await said((await logging(200, 'no json')).url)).toContain('could not be asked');
  expect(await said('http://127.0.0.1:9')).toContain('could not be asked');
});

test('ids that callers chose cannot leave their quotes', () => {
  expect(filterOf(MISSING)).toContain(String.raw`protoPayload.resourceName:"jobs/a\"b"`);
  expect(filterOf({ ...MISSING, id: 'x\\' })).toContain(String.raw`protoPayload.resourceName:"x\\"`);
  expect(filterOf({ ...MISSING, methods: [], id: undefined })).not.toContain('methodName');
});

test('what misses no record, and a storm of findings, are not looked up', async () => {
  const { url, asked } = await logging(200, '{}');
  const storm = Array.from({ length: 30 }, (_, n) => ({ finding: finding(`f${n}`), missing: MISSING }));
  const told = await withRouting([{ finding: finding('plain'), missing: undefined }, ...storm], lookup(url));
  expect(asked).toHaveLength(20);
  expect(told).toHaveLength(31);
  expect(told[0]?.evidence.some(([label]) => label === ROUTING)).toBe(false);
  expect(told[30]?.evidence.at(-1)).toEqual([ROUTING, 'not looked up: too many at once']);
});
