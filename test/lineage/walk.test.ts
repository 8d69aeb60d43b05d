import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Direction, type Lineage, walkLineage } from '../../shared/lineage/walk.ts';
import { openStore } from '../../shared/store/open.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import { batchOf, jobEntry, type JobSpec } from '../store/entries.ts';

const name = (n: number): string => `gs://d${n}`;

async function storeOf(jobs: readonly Omit<JobSpec, 'job'>[]): Promise<Store> {
  const store = await openStore('sqlite::memory:');
  await store.commit(batchOf(jobs.map((spec, n) => jobEntry({ ...spec, job: `dataproc:p/r/job/${n}` }))));
  return store;
}

const chain = (length: number): Omit<JobSpec, 'job'>[] =>
  Array.from({ length }, (_, n) => ({ reads: [name(n)], writes: [name(n + 1)] }));

describe('walkLineage', () => {
  test('stops at the hops asked for', async () => {
    const store = await storeOf(chain(9));
    const { steps, truncated } = await walkLineage(store, name(0), 'downstream', { hops: 4 });
    expect(steps.map(({ hop, dataset }) => [hop, dataset])).toEqual([
      [1, name(1)],
      [2, name(2)],
      [3, name(3)],
      [4, name(4)],
    ]);
    expect(truncated).toBe(false);
  });

  test('says when its limit stopped it, and keeps the first in order', async () => {
    const store = await storeOf([{ reads: [name(0)], writes: [name(3), name(1), name(2)] }, ...chain(1)]);
    const { steps, truncated } = await walkLineage(store, name(0), 'downstream', { limit: 2 });
    expect([...new Set(steps.map(({ dataset }) => dataset))]).toEqual([name(1), name(2)]);
    expect(truncated).toBe(true);
    expect(await walkLineage(store, name(0), 'downstream', { limit: 3 })).toMatchObject({ truncated: false });
  });

  test('reads once for each hop', async () => {
    const store = await storeOf(chain(6));
    const calls: number[] = [];
    const counting: Pick<Store, 'edges' | 'eventsByJob'> = {
      edges: (ranges) => (calls.push(ranges.length), store.edges(ranges)),
      eventsByJob: (jobs) => store.eventsByJob(jobs),
    };
    await walkLineage(counting, name(0), 'downstream');
    expect(calls).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('a dataset nobody knows leads nowhere', async () => {
    expect(await walkLineage(await storeOf([]), 'gs://none', 'upstream')).toEqual({
      steps: [],
      truncated: false,
    });
  });

  test.each<[Direction, string]>([
    ['upstream', 'FlowsInto'],
    ['downstream', 'ComesFrom'],
  ])('%s gives the answer of the saved query on any graph', async (direction, near) => {
    const dataset = fc.integer({ min: 0, max: 9 }).map(name);
    const some = fc.uniqueArray(dataset, { maxLength: 3 });
    const jobs = fc.array(fc.record({ reads: some, writes: some, uses: some }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(jobs, async (specs) => {
        const store = await storeOf(specs);
        const values = new Map([['dataset', name(0)]]);
        const { rows } = await runSavedQuery(store, savedQuery(direction), values.set('limit', '100000'));
        const asked: Lineage['steps'] = rows.map((row) => ({
          hop: Number(row['Hop']),
          dataset: String(row['Dataset']),
          job: String(row['JobId']),
          near: String(row[near]),
        }));
        expect((await walkLineage(store, name(0), direction)).steps).toEqual(asked);
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});
