/** docs/sources/observed.md says what the code does: its tables are held against it, and its answer is a real one. */
import { afterEach, describe, expect, it } from 'vitest';
import { parseObserveEnvironment } from '../../functions/observed/environment.ts';
import { inventoriesOf } from '../../functions/observed/inventories.ts';
import { createRun } from '../../functions/observed/run.ts';
import { Observe } from '../../schemas/config.ts';
import { JOB_APIS, type JobApi } from '../../schemas/observed.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { METRICS } from '../../shared/observed/metrics.ts';
import { observed } from '../../shared/sources/observed/index.ts';
import { endOf } from '../../shared/sources/observed/states.ts';
import { freshStore, post } from '../functions/service.ts';
import { dataprocJob } from '../observed/answers.ts';
import { startApi, status, type ApiServer } from '../observed/server.ts';
import { codes, readPage, section, tableRows } from './page.ts';

const page = readPage('sources/observed.md');
const fenced = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1] ?? '';

it('the configuration is one', () => {
  const { observe } = parseConfig(fenced('yaml'), 'observed.md').config;
  expect(observe.databricks).toHaveLength(1);
});

it('lists the variables with their defaults', () => {
  const documented = tableRows(section(page, 'Schedule')).flatMap(([names, byDefault]) =>
    codes(names ?? '').map((name) => [name, codes(byDefault ?? '')[0]] as const),
  );
  const { seconds, maxPages } = parseObserveEnvironment({});
  expect(new Map(documented)).toEqual(
    new Map([
      ['JOBTRAIL_OBSERVE_SECONDS', String(seconds)],
      ['JOBTRAIL_OBSERVE_PAGES', String(maxPages)],
      ['JOBTRAIL_DATAPROC_URL', undefined],
      ['JOBTRAIL_DATAFLOW_URL', undefined],
      ['JOBTRAIL_MONITORING_URL', undefined],
    ]),
  );
});

it('lists the metrics that are asked for', () => {
  const kinds: Readonly<Record<string, string>> = { sum: 'ALIGN_SUM', maximum: 'ALIGN_MAX' };
  const documented = tableRows(section(page, 'Metrics')).map(([metric, point]) => [
    codes(metric ?? '')[0],
    kinds[(point ?? '').split(',')[0] ?? ''],
  ]);
  expect(documented).toEqual(METRICS.map(([metric, aligner]) => [metric, aligner]));
});

describe('the states', () => {
  const rows = tableRows(section(page, 'Jobs'));
  it.each(JOB_APIS.filter((api) => api !== 'databricks-runs').map((api, at) => [api, at] as const))(
    'of %s end as the page says',
    (api: JobApi, at) => {
      const [, allowed = '', failed = ''] = rows[at] ?? [];
      expect(codes(allowed).map((state) => endOf(api, state, undefined))).not.toContain(undefined);
      for (const state of codes(allowed)) expect(endOf(api, state, undefined)).toBe('allowed');
      for (const state of codes(failed)) expect(endOf(api, state, undefined)).toBe('failed');
      expect(codes(failed).length).toBeGreaterThan(0);
    },
  );
});

describe('the answer', () => {
  const { start } = freshStore();
  let api: ApiServer | undefined;
  afterEach(() => api?.stop());

  it('is what a poll answers', async () => {
    const server = await startApi();
    api = server;
    const observe = Observe.parse({
      dataproc: [{ project: 'shop-prod', regions: ['europe-west1'] }],
      databricks: [{ workspace: '4821734609921173', url: server.url, tokenFrom: 'env:T' }],
    });
    const inventories = inventoriesOf(observe, {
      urls: { dataproc: server.url, dataflow: undefined, monitoring: undefined },
      maxPages: 5,
      googleToken: () => Promise.resolve(undefined),
      databricksToken: () => Promise.resolve('t'),
    }).filter((one) => one.api === 'dataproc-jobs' || one.api === 'databricks-runs');
    const service = await start({
      source: observed,
      run: createRun({ inventories, lookbackHours: 24, seconds: 10 }),
    });
    const answers: string[] = [];
    for (const jobs of [9, 12]) {
      server.answer = ({ path }) =>
        path.startsWith('/api/')
          ? status(403, { error_code: 'PERMISSION_DENIED', message: 'no' })
          : { jobs: Array.from({ length: jobs }, (_, i) => dataprocJob(`j-${i}`)) };
      answers.push((await post(service.url, '')).text);
    }
    const since = expect.any(String) as string;
    const real = JSON.parse(answers[1] ?? '') as object;
    expect({ ...real, since }).toEqual({ ...(JSON.parse(fenced('json')) as object), since });
  });
});
