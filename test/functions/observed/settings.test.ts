import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseObserveEnvironment } from '../../../functions/observed/environment.ts';
import { inventoriesOf } from '../../../functions/observed/inventories.ts';
import { tokenFrom } from '../../../functions/observed/token.ts';
import { Observe } from '../../../schemas/config.ts';

describe('the environment of the observed function', () => {
  it('has defaults', () => {
    expect(parseObserveEnvironment({})).toEqual({
      seconds: 240,
      maxPages: 400,
      urls: { dataproc: undefined, dataflow: undefined, monitoring: undefined },
    });
  });

  it.each([
    { JOBTRAIL_OBSERVE_SECONDS: 'soon' },
    { JOBTRAIL_OBSERVE_PAGES: '0' },
    { JOBTRAIL_DATAPROC_URL: 'file:///etc' },
  ])('refuses %j and says which variable', (variables) => {
    expect(() => parseObserveEnvironment(variables)).toThrow(Object.keys(variables)[0]);
  });
});

describe('a token of a workspace', () => {
  it('is read from the environment, or anew from a file that changes', async () => {
    expect(await tokenFrom('env:DBX', { DBX: ' dapi-1\n' })).toBe('dapi-1');
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-token-'));
    const file = join(folder, 'token');
    for (const token of ['dapi-1', 'dapi-2']) {
      writeFileSync(file, `${token}\n`);
      expect(await tokenFrom(`file:${file}`, {})).toBe(token);
    }
    rmSync(folder, { recursive: true });
  });

  it.each(['env:DBX', 'env:__proto__', 'file:/nowhere/token'])(
    'that is not there is told: %s',
    async (place) => {
      await expect(tokenFrom(place, { DBX: ' ' })).rejects.toMatchObject({
        code: 'api-unavailable',
        message: `There is no access token in ${place}.`,
      });
    },
  );
});

describe('what is observed', () => {
  const access = {
    urls: { dataproc: undefined, dataflow: undefined, monitoring: undefined },
    maxPages: 10,
    googleToken: () => Promise.resolve(undefined),
    databricksToken: () => Promise.resolve('t'),
  };

  it('is a list for each region, location, workspace and project', () => {
    const observe = Observe.parse({
      dataproc: [{ project: 'a', regions: ['r1', 'r2'] }],
      dataflow: [{ project: 'a' }, { project: 'b', locations: ['l1', 'l2'] }],
      databricks: [{ workspace: '7', url: 'https://7.7.gcp.databricks.com', tokenFrom: 'env:T' }],
      metrics: ['m'],
    });
    expect(inventoriesOf(observe, access).map(({ api, scope }) => `${api} ${scope}`)).toEqual([
      'dataproc-jobs a/r1',
      'dataproc-batches a/r1',
      'dataproc-sessions a/r1',
      'dataproc-jobs a/r2',
      'dataproc-batches a/r2',
      'dataproc-sessions a/r2',
      'dataflow-jobs a',
      'dataflow-jobs b/l1',
      'dataflow-jobs b/l2',
      'databricks-runs 7',
      'metrics m',
    ]);
  });

  it('is refused where a token would cross the network in the clear', () => {
    const observe = Observe.parse({
      databricks: [{ workspace: '7', url: 'http://7.7.gcp.databricks.com', tokenFrom: 'env:T' }],
    });
    expect(() => inventoriesOf(observe, access)).toThrow(
      /7\.7\.gcp\.databricks\.com would be sent its access token/,
    );
  });
});
