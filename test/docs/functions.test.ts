import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request, Response } from '@google-cloud/functions-framework';
import { describe, expect, it } from 'vitest';
import { parseEnvironment } from '../../functions/runtime/environment.ts';
import { createHandler } from '../../functions/runtime/handler.ts';
import { createPushAuth } from '../../functions/runtime/push-auth.ts';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { DISPOSITIONS, type ErrorCode, JobtrailError } from '../../shared/errors.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createGroupCommitter, DEFAULT_LIMITS } from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, type Ingest } from '../../shared/pipeline/ingest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { dataproc } from '../../shared/sources/dataproc/index.ts';
import { SOURCE_NAMES } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { codes, readPage, ROOT, section, tableRows } from './page.ts';

const page = readPage('functions.md');

describe('docs/functions.md, environment', () => {
  const rows = tableRows(section(page, 'Environment')).map((row) =>
    row.map((cell) => codes(cell)[0] ?? cell),
  );

  it('lists every variable that is read', () => {
    const text = readFileSync(join(ROOT, 'functions/runtime/environment.ts'), 'utf8');
    const read = Array.from(text.matchAll(/^ {2}([A-Z_]+): /gm), (match) => match[1]);
    expect(rows.map(([name]) => name)).toEqual(read);
  });

  it('gives the defaults that hold', () => {
    const { pushAuth, commit } = parseEnvironment({ JOBTRAIL_STORE: 'sqlite::memory:' });
    const documented = new Map(rows.map(([name, byDefault]) => [name, byDefault]));
    expect(documented.get('JOBTRAIL_PUSH_AUTH')).toBe(pushAuth.kind);
    expect(documented.get('JOBTRAIL_COMMIT_ROWS')).toBe(String(commit.maxRows));
    expect(documented.get('JOBTRAIL_COMMIT_BYTES')).toBe(String(commit.maxBytes));
    expect(documented.get('JOBTRAIL_COMMIT_MS')).toBe(String(commit.maxWaitMs));
  });
});

describe('docs/functions.md, push subscription', () => {
  it('has an entry point for each source', () => {
    const named = codes(page).filter((text) => /^functions\/\w+\/index\.ts$/.test(text));
    expect(named).toEqual(SOURCE_NAMES.map((name) => `functions/${name}/index.ts`));
  });

  it('names every other function', () => {
    const others = readdirSync(join(ROOT, 'functions'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'runtime')
      .map(({ name }) => name)
      .filter((name) => !SOURCE_NAMES.some((source) => source === name));
    const rows = tableRows(section(page, 'Other functions'));
    const named = rows.map(([name = '']) => codes(name)[0] ?? '');
    expect(new Set(named.filter((name) => !name.startsWith('JOBTRAIL_')))).toEqual(new Set(others));
    const text = readFileSync(join(ROOT, 'functions/callbacks/environment.ts'), 'utf8');
    const read = Array.from(text.matchAll(/^ {2}(JOBTRAIL_[A-Z_]+): /gm), (match) => match[1]);
    expect(named.filter((name) => name.startsWith('JOBTRAIL_'))).toEqual(read);
  });

  it('gives more attempts than the function needs to keep a message raw', () => {
    const attempts = Number(/--max-delivery-attempts=(\d+)/.exec(page)?.[1]);
    expect(attempts).toBeGreaterThan(DEFAULT_ATTEMPTS.rawFrom);
    expect(page).toContain(`from attempt ${DEFAULT_ATTEMPTS.rawFrom} on`);
    const life = tableRows(section(readPage('life-of-an-entry.md'), 'Poison messages')).map(([from]) => from);
    const { aloneFrom, rawFrom } = DEFAULT_ATTEMPTS;
    expect(life).toEqual([
      `1 to ${aloneFrom - 1}`,
      `${aloneFrom} to ${rawFrom - 1}`,
      `${rawFrom} and more`,
      `${attempts}`,
    ]);
  });
});

/** Takes no event row, as a database whose columns are narrower than the code's. */
const refusingEvents = (store: Store): Store => ({
  ...store,
  commit: (batch) =>
    batch.entries.some(({ kind }) => kind === 'event')
      ? Promise.reject(new JobtrailError('row-refused', 'Refused by the test.', 'Nothing.'))
      : store.commit(batch),
});

/** What a handler answers and logs, with a store in memory or one that fails. */
async function call(
  request: { method?: string; headers?: Record<string, string>; body?: string },
  options: { failing?: JobtrailError; auth?: 'self'; refusing?: true } = {},
): Promise<{ status: number; headers: Map<string, string>; lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger((line) => void lines.push(JSON.parse(line) as Record<string, unknown>), {
    function: 'dataproc',
  });
  const finished = Promise.withResolvers<void>();
  const answered = { status: 0, headers: new Map<string, string>() };
  const response = {
    status(status: number) {
      answered.status = status;
      return response;
    },
    set(name: string, value: string) {
      answered.headers.set(name, value);
      return response;
    },
    type: () => response,
    send: () => finish(),
    end: () => finish(),
  };
  const finish = (): typeof response => {
    finished.resolve();
    return response;
  };
  const memory = await openStore('sqlite::memory:');
  const store: Store = options.refusing === undefined ? memory : refusingEvents(memory);
  const now = (): string => '2026-01-31T22:00:00.000000000Z';
  const preparer = createPreparer({ sources: [dataproc], loaded: EMPTY_CONFIG });
  const ingest: Ingest = {
    source: dataproc,
    preparer,
    committer: createGroupCommitter({ store, preparer, path: 'push', now }, DEFAULT_LIMITS),
    now,
    attempts: DEFAULT_ATTEMPTS,
  };
  const handler = createHandler({
    ingest: () => (options.failing === undefined ? Promise.resolve(ingest) : Promise.reject(options.failing)),
    auth: createPushAuth(
      options.auth === undefined
        ? { kind: 'platform' }
        : {
            kind: 'self',
            audience: 'https://f.example.com',
            serviceAccount: 'push@p.iam.gserviceaccount.com',
          },
      () => Promise.resolve({}),
    ),
    logger,
    project: 'p',
  });
  const { method = 'POST', headers = {}, body = '' } = request;
  const given = { method, headers, rawBody: Buffer.from(body) };
  handler(given as unknown as Request, response as unknown as Response);
  await finished.promise;
  await store.close();
  return { ...answered, lines };
}

const push = (data: string): string =>
  JSON.stringify({
    message: { data: Buffer.from(data).toString('base64'), messageId: '7' },
    deliveryAttempt: 2,
  });

describe('docs/functions.md, answers and log lines', () => {
  const documented = new Set(tableRows(section(page, 'Answers')).map(([status]) => Number(status)));
  const fields = new Set(tableRows(section(page, 'Log lines')).flatMap(([names]) => codes(names ?? '')));
  const error = (code: ErrorCode): JobtrailError => new JobtrailError(code, 'Made by the test.', 'Nothing.');
  const traced = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
  const unknownMethod = JSON.stringify({
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
    insertId: 'i',
    timestamp: '2026-01-31T22:00:00Z',
    protoPayload: {
      serviceName: 'dataproc.googleapis.com',
      methodName: 'google.cloud.dataproc.v9.New.Thing',
    },
  });

  it.each([
    [204, { body: push('{}') }, {}],
    [204, { body: push(unknownMethod) }, {}],
    [503, { body: push('{}') }, { failing: error('store-unavailable') }],
    [503, { body: push('{}') }, { failing: error('overloaded') }],
    [401, { body: push('{}') }, { auth: 'self' as const }],
    [405, { method: 'PUT' }, {}],
    [500, { body: push('{}') }, { failing: error('config-invalid') }],
    [200, { method: 'GET' }, {}],
    [200, { method: 'HEAD' }, {}],
  ])('answers %i and logs documented fields only', async (status, request, options) => {
    const { status: answered, lines } = await call({ ...request, headers: traced }, options);
    expect(answered).toBe(status);
    expect(documented).toContain(answered);
    expect(lines.flatMap((line) => Object.keys(line)).filter((name) => !fields.has(name))).toEqual([]);
  });

  it('logs each documented field somewhere', async () => {
    const results = await Promise.all([
      call({ body: push('{}'), headers: traced }),
      call({ body: push(unknownMethod) }),
      call({ body: push(unknownMethod) }, { refusing: true }),
      call({ method: 'PUT' }),
      call({ body: push('{}') }, { failing: new TypeError('unexpected') as unknown as JobtrailError }),
    ]);
    const logged = new Set(results.flatMap(({ lines }) => lines.flatMap((line) => Object.keys(line))));
    expect([...fields].filter((name) => !logged.has(name))).toEqual([]);
  });

  it('asks to come back after a second', async () => {
    const { headers } = await call({ body: push('{}') }, { failing: error('store-aborted') });
    expect(page).toContain(`\`Retry-After: ${headers.get('Retry-After')}\``);
  });

  it('names 503 for nothing that is refused or quarantined', () => {
    const retried = Object.entries(DISPOSITIONS).filter(([, disposition]) => disposition === 'retry');
    expect(retried.map(([code]) => code)).toEqual([
      'object-unavailable',
      'api-unavailable',
      'issuer-keys-unavailable',
      'store-unavailable',
      'store-aborted',
      'store-schema',
      'overloaded',
    ]);
  });
});
