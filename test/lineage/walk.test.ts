import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Direction, type Lineage, walkLineage } from '../../shared/lineage/walk.ts';
import { openStore } from '../../shared/store/open.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { EntryRows, Store } from '../../shared/store/store.ts';
import { batchOf, edgeOf, jobEntry, type JobSpec } from '../store/entries.ts';

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

  test('reads as often for a wide hop as for a narrow one', async () => {
    const wide = Array.from({ length: 20 }, (_, n) => ({ reads: [name(0)], writes: [name(n + 1)] }));
    const calls = async (jobs: readonly Omit<JobSpec, 'job'>[], hops: number): Promise<number> => {
      const store = await storeOf(jobs);
      let count = 0;
      const counting: Pick<Store, 'edges' | 'eventsByJob'> = {
        edges: (ranges) => ((count += 1), store.edges(ranges)),
        eventsByJob: (ids) => ((count += 1), store.eventsByJob(ids)),
      };
      await walkLineage(counting, name(0), 'downstream', { hops });
      return count;
    };
    expect(await calls(wide, 1)).toBe(await calls(chain(1), 1));
    expect(await calls(chain(6), 6)).toBe(6 * (await calls(chain(6), 1)));
  });

  test('the jobs of a workflow and the runs of a definition are works of their own', async () => {
    const store = await openStore('sqlite::memory:');
    const spawned = (job: string, parent: string, io: Omit<JobSpec, 'job'>): EntryRows => {
      const entry = jobEntry({ ...io, job, over: { ParentJob: parent } });
      return { ...entry, rows: [...entry.rows, edgeOf(entry.rows[0].row, parent, 'spawn')] };
    };
    const started = (parent: string, engine: string, from: string, to: string): EntryRows[] => [
      spawned(`${engine}1`, parent, { reads: [from] }),
      spawned(`${engine}2`, parent, { writes: [to] }),
    ];
    await store.commit(
      batchOf([
        ...started('dataproc:p/r/workflow/w', 'dataproc:p/r/job/', 'gs://a', 'gs://b'),
        ...started('databricks:1/job/9', 'databricks:1/run/', 'gs://c', 'gs://d'),
        // Queries of one Dataflow job are parts of it.
        ...started('dataflow:p/r/f', 'bigquery:p/-/', 'gs://e', 'gs://f'),
      ]),
    );
    const into = async (dataset: string): Promise<string[]> =>
      (await walkLineage(store, dataset, 'downstream')).steps.map((step) => `${step.dataset} ${step.job}`);
    expect(await into('gs://a')).toEqual([]);
    expect(await into('gs://c')).toEqual([]);
    expect(await into('gs://e')).toEqual(['gs://f dataflow:p/r/f']);
    await store.close();
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
