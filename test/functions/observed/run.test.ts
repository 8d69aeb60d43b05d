/** From the scheduler's request over HTTP to rows, with servers in the place of the APIs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inventoriesOf } from '../../../functions/observed/inventories.ts';
import { createRun } from '../../../functions/observed/run.ts';
import { createPushAuth } from '../../../functions/runtime/push-auth.ts';
import { Observe } from '../../../schemas/config.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { observed } from '../../../shared/sources/observed/index.ts';
import {
  batch,
  dataflowJob,
  dataprocJob,
  point,
  runText,
  session,
  sinkSeries,
} from '../../observed/answers.ts';
import { startApi, status, text, type Answer, type ApiServer, type Asked } from '../../observed/server.ts';
import { expectLedgerHolds, factsOf } from '../../pipeline/facts.ts';
import { freshStore, post, type Service, type ServiceOptions } from '../service.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from '../tokens.ts';

const WORKSPACE = '4821734609921173';
const { store, start } = freshStore();
let api: ApiServer;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

/** All APIs on one server: their paths tell them apart. */
const inventories = (over: { readonly token?: string } = {}) =>
  inventoriesOf(
    Observe.parse({
      dataproc: [{ project: 'shop-prod', regions: ['europe-west1'] }],
      dataflow: [{ project: 'shop-prod' }],
      databricks: [{ workspace: WORKSPACE, url: api.url, tokenFrom: 'env:DBX' }],
      metrics: ['shop-prod'],
    }),
    {
      urls: { dataproc: api.url, dataflow: api.url, monitoring: api.url },
      maxPages: 10,
      googleToken: () => Promise.resolve('google-token'),
      databricksToken: () => Promise.resolve(over.token ?? 'dbx-token'),
      limits: { attempts: 2, backoffMs: 5, timeoutMs: 2000 },
    },
  );

const serve = (options: Partial<ServiceOptions> = {}, seconds = 20): Promise<Service> =>
  start({
    source: observed,
    run: createRun({ inventories: inventories(), lookbackHours: 24, seconds }),
    ...options,
  });

/** A minute ago, so that it is within the window whenever the test runs. */
const recently = new Date(Date.now() - 60_000).toISOString();

const apis = {
  jobs: (): Answer => ({ jobs: [dataprocJob('orders-1')] }),
  batches: (): Answer => ({ batches: [batch('nightly-1')] }),
  sessions: (): Answer => ({ sessions: [session('hana-explore')] }),
  dataflow: (): Answer => ({ jobs: [dataflowJob('2026-02-01_23_00_00-1')] }),
  runs: (): Answer => text(`{"runs":[${runText('983472983749823741')}]}`),
  metrics: ({ query }: Asked): Answer =>
    query['filter']?.includes('log_entry_count') === true
      ? { timeSeries: [sinkSeries([point('2026-02-02T01:00:00Z', '2026-02-02T01:05:00Z', '10000')])] }
      : {},
};

function answering(
  over: Partial<Record<keyof typeof apis, (asked: Asked) => Answer>> = {},
): ApiServer['answer'] {
  const all = { ...apis, ...over };
  return (asked) => {
    if (asked.path.endsWith('/regions/europe-west1/jobs')) return all.jobs(asked);
    if (asked.path.endsWith('/batches')) return all.batches(asked);
    if (asked.path.endsWith('/sessions')) return all.sessions(asked);
    if (asked.path.endsWith('/jobs:aggregated')) return all.dataflow(asked);
    if (asked.path === '/api/2.2/jobs/runs/list') return all.runs(asked);
    return asked.path.endsWith('/timeSeries') ? all.metrics(asked) : undefined;
  };
}

const rows = async (): Promise<string[]> =>
  (await factsOf(store())).Events.map((row) => String(row['JobId'] ?? row['Resource'])).toSorted();

describe('a poll', () => {
  it('stores what every API lists, and says what it did', async () => {
    api.answer = answering();
    const service = await serve();
    const { status: code, text: body } = await post(service.url, '');
    expect(code).toBe(200);
    const one = { listed: 1, stored: 1, duplicate: 0, quarantined: 0 };
    expect(JSON.parse(body)).toEqual({
      since: expect.any(String) as string,
      complete: true,
      lists: [
        { api: 'dataproc-jobs', scope: 'shop-prod/europe-west1', ...one },
        { api: 'dataproc-batches', scope: 'shop-prod/europe-west1', ...one },
        { api: 'dataproc-sessions', scope: 'shop-prod/europe-west1', ...one },
        { api: 'dataflow-jobs', scope: 'shop-prod', ...one },
        { api: 'databricks-runs', scope: WORKSPACE, ...one },
        { api: 'metrics', scope: 'shop-prod', ...one },
      ],
    });
    expect(await rows()).toEqual([
      `databricks:${WORKSPACE}/run/983472983749823741`,
      'dataflow:shop-prod/europe-west1/2026-02-01_23_00_00-1',
      'dataproc:shop-prod/europe-west1/batch/nightly-1',
      'dataproc:shop-prod/europe-west1/job/orders-1',
      'dataproc:shop-prod/europe-west1/session/hana-explore',
      'projects/shop-prod/sinks/jobtrail-dataproc',
    ]);
    expect(service.log).toEqual([]);
  });

  it('stores nothing new while nothing changes, and a new state as a new fact', async () => {
    api.answer = answering();
    const service = await serve();
    await post(service.url, '');
    const before = await factsOf(store());
    for (let again = 0; again < 2; again += 1) {
      const { text: body } = await post(service.url, '');
      const { lists } = JSON.parse(body) as { lists: { stored: number; duplicate: number }[] };
      expect(lists.map(({ stored, duplicate }) => [stored, duplicate])).toEqual(lists.map(() => [0, 1]));
    }
    expect(await factsOf(store())).toEqual(before);
    // Progress is none; an end is one.
    const progressed = {
      yarnApplications: [
        {
          name: 'orders',
          state: 'FINISHED',
          progress: 1,
          trackingUrl: 'http://etl-prod-m:19888/application_1769990000000_0042',
        },
      ],
    };
    api.answer = answering({ jobs: () => ({ jobs: [dataprocJob('orders-1', progressed)] }) });
    await post(service.url, '');
    expect(await factsOf(store())).toEqual(before);
    const done = { status: { state: 'DONE', stateStartTime: recently } };
    api.answer = answering({ jobs: () => ({ jobs: [dataprocJob('orders-1', done)] }) });
    await post(service.url, '');
    const after = (await factsOf(store())).Events.filter(
      ({ JobId }) => JobId === 'dataproc:shop-prod/europe-west1/job/orders-1',
    );
    expect(after.map(({ Outcome }) => String(Outcome)).toSorted()).toEqual(['allowed', 'unknown']);
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
      conflicting: 0,
      stored: 7,
    });
  });

  it('sends each token to its own API, and none of Google’s to what stands in its place', async () => {
    api.answer = answering();
    await post((await serve()).url, '');
    const tokens = new Map(api.asked.map(({ path, authorization }) => [path.split('/')[1], authorization]));
    expect(tokens).toEqual(
      new Map([
        ['v1', undefined],
        ['v1b3', undefined],
        ['v3', undefined],
        ['api', 'Bearer dbx-token'],
      ]),
    );
  });

  it('takes lists of many commits', async () => {
    const page = (from: number): object[] =>
      Array.from({ length: 700 }, (_, i) => dataprocJob(`j-${from + i}`));
    api.answer = answering({
      jobs: ({ query }) =>
        query['pageToken'] === undefined ? { jobs: page(0), nextPageToken: 'p2' } : { jobs: page(700) },
    });
    const service = await serve();
    for (const [stored, duplicate] of [
      [1400, 0],
      [0, 1400],
    ]) {
      const { lists } = JSON.parse((await post(service.url, '')).text) as { lists: object[] };
      expect(lists[0]).toMatchObject({ listed: 1400, stored, duplicate });
    }
    expect(await rows()).toHaveLength(1405);
  });

  it('looks back further where it is asked to', async () => {
    api.answer = answering();
    const service = await serve();
    expect((await post(service.url, '{"lookbackHours":100}')).status).toBe(200);
    const query = api.asked.find(({ query: one }) => one['completed_only'] !== undefined)?.query;
    const hours = (Date.now() - Number(query?.['start_time_from'])) / 3_600_000;
    expect(hours).toBeGreaterThan(99.9);
    expect(hours).toBeLessThan(100.1);
    for (const body of ['{"lookbackHours":0}', '{"lookbackHours":1000}', '{"x":1}', '[]']) {
      expect((await post(service.url, body)).status).toBe(400);
    }
  });

  it('asks as of an earlier time, and never of a later one than now', async () => {
    api.answer = answering();
    const service = await serve();
    const since = (): number =>
      Number(
        api.asked.findLast(({ query }) => query['completed_only'] !== undefined)?.query['start_time_from'],
      );
    expect((await post(service.url, '{"until":"2026-01-02T00:00:00Z","lookbackHours":24}')).status).toBe(200);
    expect(new Date(since()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect((await post(service.url, '{"until":"2999-01-01T00:00:00Z","lookbackHours":24}')).status).toBe(200);
    expect(Math.abs(Date.now() - 86_400_000 - since())).toBeLessThan(60_000);
    expect((await post(service.url, '{"until":"yesterday"}')).status).toBe(400);
  });

  it('says that there is nothing to do', async () => {
    const service = await serve({ run: createRun({ inventories: [], lookbackHours: 24, seconds: 5 }) });
    expect(await post(service.url, '')).toMatchObject({ status: 200 });
    expect(service.log).toMatchObject([{ severity: 'WARNING', message: 'nothing to observe' }]);
  });
});

describe('an API that cannot be listed', () => {
  const failing: readonly (readonly [string, Answer])[] = [
    ['401', status(401, { error_code: 'UNAUTHENTICATED' })],
    ['403', status(403, { error_code: 'PERMISSION_DENIED' })],
    ['429 for long', status(429, {}, { 'retry-after': '9999' })],
    ['500', status(500, {})],
    ['a reset', (response) => void response.socket?.resetAndDestroy()],
    ['half an answer', text('{"runs":[')],
    ['no answer', () => undefined],
  ];

  it.each(failing)('keeps none of the others from being stored: %s', async (_name, answer) => {
    api.answer = answering({ runs: () => answer });
    const service = await serve();
    const { status: code, text: body } = await post(service.url, '');
    expect(code).toBe(503);
    const summary = JSON.parse(body) as { complete: boolean; lists: { api: string; failed?: string }[] };
    expect(summary.complete).toBe(false);
    expect(summary.lists.filter(({ failed }) => failed !== undefined).map((one) => one.api)).toEqual([
      'databricks-runs',
    ]);
    expect(await rows()).toHaveLength(5);
    expect(service.log).toMatchObject([
      {
        severity: 'ERROR',
        message: 'list not polled whole',
        api: 'databricks-runs',
        code: 'api-unavailable',
      },
    ]);
  });

  it('is stored as far as it was read', async () => {
    api.answer = answering({
      runs: ({ query }) =>
        query['page_token'] === undefined
          ? text(`{"runs":[${runText('983472983749823741')}],"next_page_token":"t"}`)
          : status(500, {}),
    });
    expect((await post((await serve()).url, '')).status).toBe(503);
    expect(await rows()).toContain(`databricks:${WORKSPACE}/run/983472983749823741`);
  });

  it('hangs no longer than the poll may last, with the others stored', async () => {
    api.answer = answering({ jobs: () => () => undefined });
    const service = await serve({}, 1);
    const begun = Date.now();
    expect((await post(service.url, '')).status).toBe(503);
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(await rows()).toHaveLength(5);
  });

  it('is told where there is no token for it', async () => {
    api.answer = answering();
    const broken = inventories({ token: 'two\nlines' });
    const service = await serve({ run: createRun({ inventories: broken, lookbackHours: 24, seconds: 5 }) });
    const { status: code, text: body } = await post(service.url, '');
    expect(code).toBe(503);
    expect(body).toContain('its access token is none');
    expect(body).not.toContain('two');
  });
});

describe('what is listed and makes no record', () => {
  it('is kept in quarantine once, and costs its neighbours nothing', async () => {
    const timeless = { status: { state: 'RUNNING' } };
    api.answer = answering({
      jobs: () => ({
        jobs: [dataprocJob('a'), dataprocJob('b', timeless), { reference: {} }, dataprocJob('c')],
      }),
    });
    const service = await serve();
    for (let again = 0; again < 2; again += 1) expect((await post(service.url, '')).status).toBe(200);
    const { Events, Quarantine } = await factsOf(store());
    expect(Events).toHaveLength(7);
    expect(Quarantine.map(({ Source, Reason }) => `${String(Source)} ${String(Reason)}`)).toEqual([
      'observed payload-shape',
      'observed payload-shape',
    ]);
    expect(service.log.every(({ message }) => message === 'entry quarantined')).toBe(true);
  });
});

describe('a store that is down', () => {
  it('is a failure of every list, and passes', async () => {
    api.answer = answering();
    const down = {
      ...store(),
      commit: () => Promise.reject(new JobtrailError('store-unavailable', 'It is down.', 'Wait.')),
    };
    const service = await serve({ store: down });
    const { status: code, text: body } = await post(service.url, '');
    expect(code).toBe(503);
    expect((JSON.parse(body) as { lists: object[] }).lists.every((one) => 'failed' in one)).toBe(true);
    expect((await post((await serve()).url, '')).status).toBe(200);
    expect(await rows()).toHaveLength(6);
  });
});

describe('who may start a poll', () => {
  it('is the scheduler’s own account', async () => {
    api.answer = answering();
    const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);
    const service = await serve({ auth });
    expect((await post(service.url, '')).status).toBe(401);
    const other = token({ email: 'other@acme-audit.iam.gserviceaccount.com' });
    expect((await post(service.url, '', { authorization: `Bearer ${other}` })).status).toBe(401);
    expect(api.asked).toEqual([]);
    expect((await post(service.url, '', { authorization: `Bearer ${token()}` })).status).toBe(200);
  });

  it('gives no records of its own', async () => {
    const record = {
      type: 'jobtrail.observed.v1',
      kind: 'job',
      api: 'dataproc-jobs',
      id: 'forged',
      state: 'DONE',
      time: recently,
    };
    expect((await post((await serve()).url, JSON.stringify(record))).status).toBe(400);
    expect((await factsOf(store())).Events).toEqual([]);
  });
});
