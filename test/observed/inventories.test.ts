/** What each inventory asks, and what records it makes of the answers. */
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ObservedRecord } from '../../schemas/observed.ts';
import { createApiClient } from '../../shared/observed/api-client.ts';
import { databricksRuns } from '../../shared/observed/databricks-runs.ts';
import { dataflowJobs } from '../../shared/observed/dataflow-jobs.ts';
import { dataprocJobs } from '../../shared/observed/dataproc-jobs.ts';
import { dataprocBatches, dataprocSessions } from '../../shared/observed/dataproc-serverless.ts';
import type { Ask, Inventory, InventoryOptions } from '../../shared/observed/inventory.ts';
import { metricPoints, METRICS } from '../../shared/observed/metrics.ts';
import { batch, dataflowJob, dataprocJob, point, runText, session, sinkSeries } from './answers.ts';
import { startApi, text, type ApiServer } from './server.ts';

let api: ApiServer;
let options: InventoryOptions;
beforeEach(async () => {
  api = await startApi();
  const client = createApiClient({
    name: 'api',
    baseUrl: api.url,
    accessToken: () => Promise.resolve(undefined),
    limits: { backoffMs: 5 },
  });
  options = { client, maxPages: 10 };
});
afterEach(() => api.stop());

const ask = (): Ask => ({
  now: new Date('2026-02-02T12:00:30Z'),
  since: new Date('2026-02-01T12:00:30Z'),
  metricsSince: new Date('2026-02-02T11:00:30Z'),
  deadline: Date.now() + 10_000,
});

type Records = readonly Readonly<Record<string, unknown>>[];

/** What a list yields, and the error it ends in, if any. */
async function listed(
  inventory: Inventory,
): Promise<{ readonly records: Records; readonly failure: string }> {
  const records: Readonly<Record<string, unknown>>[] = [];
  try {
    for await (const record of inventory.list(ask())) records.push(record);
  } catch (error) {
    return { records, failure: error instanceof Error ? error.message : String(error) };
  }
  return { records, failure: '' };
}

const jobsOf = (): Inventory => dataprocJobs(options, 'shop-prod', 'europe-west1');

describe('jobs of Dataproc', () => {
  it('are asked for by region, what runs first, without arguments and queries', async () => {
    await listed(jobsOf());
    expect(api.asked.map(({ path }) => path)).toEqual([
      '/v1/projects/shop-prod/regions/europe-west1/jobs',
      '/v1/projects/shop-prod/regions/europe-west1/jobs',
    ]);
    expect(api.asked.map(({ query }) => query['jobStateMatcher'])).toEqual(['ACTIVE', undefined]);
    for (const { query } of api.asked) expect(query['fields']).not.toMatch(/args|queryList|properties/);
  });

  it('are records of what does not change while the state does not', async () => {
    api.answer = () => ({ jobs: [dataprocJob('orders-1')] });
    const { records, failure } = await listed(jobsOf());
    expect(failure).toBe('');
    expect(records).toEqual([
      {
        type: 'jobtrail.observed.v1',
        kind: 'job',
        api: 'dataproc-jobs',
        project: 'shop-prod',
        location: 'europe-west1',
        id: 'orders-1',
        uuid: '6b1f2a0c-3f60-4a0b-9a55-0f6f5f0f8f01',
        state: 'RUNNING',
        time: '2026-02-02T01:00:09.512345Z',
        history: [
          { state: 'PENDING', time: '2026-02-02T01:00:01.100200Z' },
          { state: 'SETUP_DONE', time: '2026-02-02T01:00:01.500Z' },
        ],
        cluster: 'etl-prod',
        clusterUuid: '0d7c0e0b-7d5c-4b0a-8f0e-3b1a9e6a7c02',
        jobType: 'pyspark',
        mainFile: 'gs://shop-code/orders.py',
        driverOutput: 'gs://staging/driveroutput',
        applications: ['application_1769990000000_0042'],
        labels: { 'gw-request-id': 'req-7f3a', team: 'orders' },
      },
    ]);
    expect(ObservedRecord.safeParse(records[0]).success).toBe(true);
  });

  it('are taken from all pages, those that stand in two lists once', async () => {
    api.answer = ({ query }) =>
      query['pageToken'] === undefined
        ? { jobs: [dataprocJob('a')], nextPageToken: 'p2' }
        : { jobs: [dataprocJob('b'), dataprocJob('a')] };
    expect((await listed(jobsOf())).records.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(api.asked).toHaveLength(4);
  });

  it('are left out where they ended before the window, and kept where that cannot be told', async () => {
    const status = (state: string, stateStartTime?: string): object => ({
      status: { state, stateStartTime },
    });
    api.answer = () => ({
      jobs: [
        dataprocJob('old', status('DONE', '2026-02-01T12:00:29Z')),
        dataprocJob('recent', status('DONE', '2026-02-01T12:00:31Z')),
        dataprocJob('long', status('RUNNING', '2025-12-01T00:00:00Z')),
        dataprocJob('new-state', status('HIBERNATING', '2025-12-01T00:00:00Z')),
        dataprocJob('timeless', status('DONE')),
        dataprocJob('stateless', { status: {} }),
      ],
    });
    expect((await listed(jobsOf())).records.map(({ id }) => id)).toEqual([
      'recent',
      'long',
      'new-state',
      'timeless',
      'stateless',
    ]);
  });

  it('that exist and are not shown are told by name', async () => {
    api.answer = () => ({
      jobs: [dataprocJob('a')],
      unreachable: ['projects/shop-prod/regions/r/jobs/sealed'],
    });
    const { records, failure } = await listed(jobsOf());
    expect(records).toHaveLength(1);
    expect(failure).toContain('it leaves out projects/shop-prod/regions/r/jobs/sealed');
  });

  it('that are no objects are records that no source takes', async () => {
    api.answer = () => ({ jobs: [7, null, 'x'] });
    const { records } = await listed(jobsOf());
    expect(records).toHaveLength(1);
    expect(ObservedRecord.safeParse(records[0]).success).toBe(false);
  });
});

describe('a list', () => {
  it('that is empty is no failure, in each form', async () => {
    for (const empty of [{}, { jobs: [] }, { jobs: null }]) {
      api.answer = () => empty;
      expect(await listed(jobsOf())).toEqual({ records: [], failure: '' });
    }
  });

  it('that is longer than the bound says so, after what was read', async () => {
    let page = 0;
    api.answer = () => ({ jobs: [dataprocJob(`j-${page}`)], nextPageToken: `p${(page += 1)}` });
    const { records, failure } = await listed(jobsOf());
    expect(records).toHaveLength(10);
    expect(failure).toContain('it has more than the 10 pages that are read');
  });

  it('whose page names itself as the next ends', async () => {
    api.answer = () => ({ jobs: [], nextPageToken: 'again' });
    expect((await listed(jobsOf())).failure).toContain('a page names itself as the next one');
    expect(api.asked).toHaveLength(2);
  });

  it('that breaks off in the middle keeps what came before', async () => {
    api.answer = ({ query }) =>
      query['pageToken'] === undefined
        ? { jobs: [dataprocJob('a')], nextPageToken: 'p2' }
        : text('{"jobs":[{"reference"');
    const { records, failure } = await listed(jobsOf());
    expect(records.map(({ id }) => id)).toEqual(['a']);
    expect(failure).toContain('no JSON object');
  });
});

describe('the record', () => {
  /** The same JSON with the members of every object in another order. */
  const shuffled = (value: unknown, seed: number): unknown => {
    if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, inner]) => [key, shuffled(inner, seed)] as const);
    const at = members.length === 0 ? 0 : seed % members.length;
    return Object.fromEntries([...members.slice(at), ...members.slice(0, at)].toReversed());
  };

  it('is the same text whatever the order of members, and whatever progress is told beside the state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.float(), async (seed, progress) => {
        const told = { trackingUrl: 'http://h/proxy/application_1_1/', progress, state: 'RUNNING' };
        const job = dataprocJob('a', {
          labels: { a: '1', b: '2', c: '3' },
          yarnApplications: [told],
          done: seed % 2 === 0,
        });
        api.answer = () => ({ jobs: [job] });
        const first = JSON.stringify((await listed(jobsOf())).records);
        api.answer = () => ({ jobs: [shuffled(job, seed)] });
        expect(JSON.stringify((await listed(jobsOf())).records)).toBe(first);
      }),
      { numRuns: 25 },
    );
  });

  it('fits its schema however long what others chose is', async () => {
    const long = 'x'.repeat(10_000);
    const labels = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}${long}`, long]));
    api.answer = () => ({
      jobs: [
        dataprocJob(long, {
          labels,
          placement: { clusterName: long },
          pysparkJob: { mainPythonFileUri: `gs://b/${long}?signature=s3cret` },
          statusHistory: Array.from({ length: 500 }, () => ({
            state: long,
            stateStartTime: '2026-02-02T01:00:00Z',
          })),
          yarnApplications: Array.from({ length: 500 }, (_, i) => ({
            trackingUrl: `http://h/application_1_${i}/`,
          })),
        }),
      ],
    });
    const { records } = await listed(jobsOf());
    expect(ObservedRecord.safeParse(records[0]).error).toBeUndefined();
    expect(JSON.stringify(records)).not.toContain('s3cret');
  });

  it('is made of any answer, and never fails to be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        api.answer = () => ({ jobs: [value], runs: [value], batches: [value], timeSeries: [value] });
        for (const inventory of [
          jobsOf(),
          dataprocBatches(options, 'p', 'r'),
          dataflowJobs(options, 'p'),
          databricksRuns(options, '1'),
          metricPoints(options, 'p'),
        ]) {
          expect((await listed(inventory)).failure).toBe('');
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('batches and sessions', () => {
  it('are asked for by state, then by a creation that their longest life reaches back to', async () => {
    await listed(dataprocBatches(options, 'shop-prod', 'europe-west1'));
    expect(api.asked.map(({ path, query }) => [path, query['filter']])).toEqual([
      [
        '/v1/projects/shop-prod/locations/europe-west1/batches',
        'state = PENDING OR state = RUNNING OR state = CANCELLING',
      ],
      ['/v1/projects/shop-prod/locations/europe-west1/batches', 'create_time > "2026-01-18T12:00:30.000Z"'],
    ]);
    for (const { query } of api.asked) expect(query['fields']).not.toMatch(/args|properties|queryVariables/);
  });

  it('name who created them and as whom they run', async () => {
    api.answer = () => ({ batches: [batch('nightly-1')] });
    const { records } = await listed(dataprocBatches(options, 'shop-prod', 'europe-west1'));
    expect(records).toMatchObject([
      {
        api: 'dataproc-batches',
        id: 'nightly-1',
        state: 'RUNNING',
        time: '2026-02-02T01:01:00.5Z',
        creator: 'ana@example.com',
        runAs: 'etl@shop-prod.iam.gserviceaccount.com',
        mainFile: 'gs://shop-code/nightly.py',
      },
    ]);
    api.answer = () => ({ sessions: [session('hana-explore')] });
    const { records: sessions } = await listed(dataprocSessions(options, 'shop-prod', 'europe-west1'));
    expect(sessions).toMatchObject([
      { api: 'dataproc-sessions', id: 'hana-explore', user: 'hana@example.com', jobType: 'jupyter' },
    ]);
    for (const record of [...records, ...sessions])
      expect(ObservedRecord.safeParse(record).success).toBe(true);
  });
});

describe('jobs of Dataflow', () => {
  it('are asked for in all locations at once, or in each that is named', async () => {
    await listed(dataflowJobs(options, 'shop-prod'));
    await listed(dataflowJobs(options, 'shop-prod', 'europe-west4'));
    expect(api.asked.map(({ path, query }) => `${path} ${query['filter']}`)).toEqual([
      '/v1b3/projects/shop-prod/jobs:aggregated ACTIVE',
      '/v1b3/projects/shop-prod/jobs:aggregated TERMINATED',
      '/v1b3/projects/shop-prod/locations/europe-west4/jobs ACTIVE',
      '/v1b3/projects/shop-prod/locations/europe-west4/jobs TERMINATED',
    ]);
  });

  it('are the same record by either list', async () => {
    api.answer = () => ({ jobs: [dataflowJob('2026-02-01_23_00_00-1')] });
    const all = await listed(dataflowJobs(options, 'shop-prod'));
    const one = await listed(dataflowJobs(options, 'shop-prod', 'europe-west1'));
    expect(all.records).toEqual(one.records);
    expect(ObservedRecord.safeParse(all.records[0]).success).toBe(true);
  });

  it('say which locations did not answer', async () => {
    api.answer = () => ({ jobs: [dataflowJob('1')], failedLocation: [{ name: 'asia-east1' }] });
    const { records, failure } = await listed(dataflowJobs(options, 'shop-prod'));
    expect(records).toHaveLength(1);
    expect(failure).toContain('it leaves out asia-east1');
  });
});

describe('runs of Databricks', () => {
  const runs = (): Inventory => databricksRuns(options, '4821734609921173');

  it('are asked for with the page tokens of their API', async () => {
    api.answer = ({ query }) =>
      query['page_token'] === undefined
        ? text(`{"runs":[${runText('983472983749823741')}],"has_more":true,"next_page_token":"CAEQ"}`)
        : text(`{"runs":[${runText('983472983749823742')}],"has_more":false,"prev_page_token":"CAAQ"}`);
    const { records, failure } = await listed(runs());
    expect(failure).toBe('');
    expect(api.asked.map(({ path, query }) => ({ path, ...query }))).toEqual([
      { path: '/api/2.2/jobs/runs/list', limit: '25', active_only: 'true' },
      { path: '/api/2.2/jobs/runs/list', limit: '25', active_only: 'true', page_token: 'CAEQ' },
      {
        path: '/api/2.2/jobs/runs/list',
        limit: '25',
        completed_only: 'true',
        start_time_from: '1769947230000',
      },
      {
        path: '/api/2.2/jobs/runs/list',
        limit: '25',
        completed_only: 'true',
        start_time_from: '1769947230000',
        page_token: 'CAEQ',
      },
    ]);
    expect(records.map(({ id }) => id)).toEqual(['983472983749823741', '983472983749823742']);
  });

  it('keep the digits of their ids, and say what an older workspace says', async () => {
    const ended =
      ',"end_time":1769995800000,"status":{"state":"TERMINATED","termination_details":{"code":"SUCCESS","type":"SUCCESS"}}';
    const older =
      '{"run_id":983472983749823745,"run_type":"SUBMIT_RUN","job_id":1,"start_time":1769994000123,' +
      '"end_time":1769995800000,"state":{"life_cycle_state":"TERMINATED","result_state":"TIMEDOUT"}}';
    api.answer = () => text(`{"runs":[${runText('983472983749823743', ended)},${older}]}`);
    const { records } = await listed(runs());
    expect(records).toEqual([
      {
        type: 'jobtrail.observed.v1',
        kind: 'job',
        api: 'databricks-runs',
        workspace: '4821734609921173',
        id: '983472983749823743',
        name: 'nightly features',
        state: 'TERMINATED',
        result: 'SUCCESS',
        time: '2026-02-02T01:30:00.000Z',
        startTime: '2026-02-02T01:00:00.123Z',
        endTime: '2026-02-02T01:30:00.000Z',
        creator: 'ana@example.com',
        definition: '104938574839201745',
        trigger: 'PERIODIC',
        runType: 'JOB_RUN',
      },
      expect.objectContaining({ id: '983472983749823745', state: 'TERMINATED', result: 'TIMEDOUT' }),
    ]);
    expect(records[1]).not.toHaveProperty('definition');
    for (const record of records) expect(ObservedRecord.safeParse(record).success).toBe(true);
  });

  it('are refused where a time is none, and not dated by guessing', async () => {
    api.answer = () =>
      text(
        '{"runs":[{"run_id":1,"start_time":99999999999999999999,"state":{"life_cycle_state":"RUNNING"}}]}',
      );
    const { records } = await listed(runs());
    expect(records).toHaveLength(1);
    expect(ObservedRecord.safeParse(records[0]).success).toBe(false);
  });
});

describe('points of metrics', () => {
  it('are asked for in full periods that are settled, one metric at a time', async () => {
    await listed(metricPoints(options, 'shop-logs'));
    expect(api.asked.map(({ query }) => query['filter'])).toEqual(
      METRICS.map(([metric]) => `metric.type = "${metric}"`),
    );
    expect(api.asked[0]).toEqual({
      path: '/v3/projects/shop-logs/timeSeries',
      authorization: undefined,
      query: {
        filter: 'metric.type = "logging.googleapis.com/exports/log_entry_count"',
        'interval.startTime': '2026-02-02T11:00:00.000Z',
        // The newest full period of five minutes that ended eight minutes ago.
        'interval.endTime': '2026-02-02T11:50:00.000Z',
        'aggregation.alignmentPeriod': '300s',
        'aggregation.perSeriesAligner': 'ALIGN_SUM',
        view: 'FULL',
        pageSize: '10000',
      },
    });
  });

  it('are a record each, with the digits of their value', async () => {
    const series = sinkSeries([
      point('2026-02-02T11:45:00Z', '2026-02-02T11:50:00Z', '9007199254740993'),
      point('2026-02-02T11:40:00Z', '2026-02-02T11:45:00Z', '10000'),
    ]);
    api.answer = ({ query }) =>
      query['filter']?.includes('log_entry_count') ? { timeSeries: [series] } : {};
    const { records } = await listed(metricPoints(options, 'shop-logs'));
    expect(records.map(({ time, value }) => [time, value])).toEqual([
      ['2026-02-02T11:50:00Z', '9007199254740993'],
      ['2026-02-02T11:45:00Z', '10000'],
    ]);
    for (const record of records) expect(ObservedRecord.safeParse(record).success).toBe(true);
  });

  it('say which of them Monitoring could not compute', async () => {
    api.answer = ({ query }) =>
      query['filter']?.includes('error_count') ? { executionErrors: [{ code: 4 }] } : { timeSeries: [] };
    expect((await listed(metricPoints(options, 'p'))).failure).toContain(
      'it leaves out points of logging.googleapis.com/exports/error_count',
    );
  });
});
