/** Accesses to data joined to jobs: by name, label, path, parent, split and identity, the same on both stores. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walkLineage } from '../../shared/lineage/walk.ts';
import { REGIONS } from '../../shared/model/regions.ts';
import { openStore } from '../../shared/store/open.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { EntryRows, Store } from '../../shared/store/store.ts';
import {
  ANA,
  BATCH,
  BEAM_ID,
  DAILY,
  DATAFLOW,
  ETL_ID,
  joinedEntries,
  LANDING,
  LATE_LOOKUP,
  LOAD,
  LOOKUP,
  ORDERS,
  OTHER_DATAFLOW,
  RATES,
  REGIONLESS,
  RUN,
  SHARED_LOOKUP,
} from '../lineage/joined.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { chunks } from './contract/support.ts';
import { batchOf, jobEntry } from './entries.ts';

const JOBS = [BATCH, DATAFLOW, OTHER_DATAFLOW, REGIONLESS, LOAD, RUN];
const DATASETS = [DAILY, ORDERS, LOOKUP, SHARED_LOOKUP, LATE_LOOKUP, RATES, LANDING];
const ENTRIES = joinedEntries();

let sqlite: Store;
beforeAll(async () => {
  sqlite = await openStore('sqlite::memory:');
  await sqlite.commit(batchOf(ENTRIES));
});
afterAll(() => sqlite.close());

const job = async (store: Store, id: string): Promise<string[]> =>
  lines(store, 'job-data', { job: id }, ['Op', 'Dataset', 'Strength', 'Reason', 'AccessJob', 'Actor']);

const dataset = async (store: Store, id: string): Promise<string[]> =>
  lines(store, 'who-touched-dataset', { dataset: id }, [
    'Op',
    'JobId',
    'SubmittedBy',
    'Strength',
    'Reason',
    'AccessJob',
  ]);

async function lines(
  store: Store,
  query: string,
  params: Readonly<Record<string, string>>,
  columns: readonly string[],
): Promise<string[]> {
  const { rows } = await runSavedQuery(store, savedQuery(query), new Map(Object.entries(params)));
  return rows.map((row) => columns.map((column) => String(row[column])).join(' | '));
}

/** Everything that is asked here, of one store. */
async function answers(store: Store): Promise<unknown> {
  const all: unknown[] = [];
  for (const id of JOBS) all.push(await job(store, id));
  for (const id of DATASETS) {
    all.push(await dataset(store, id), await walkLineage(store, id, 'upstream'));
    all.push(await walkLineage(store, id, 'downstream'));
  }
  return all;
}

describe('what a job touched', () => {
  test('by its lineage run, and by its identity while it ran and no longer', async () => {
    expect(await job(sqlite, BATCH)).toEqual([
      `read | ${LOOKUP} | identity | identity | - | ${ETL_ID}`,
      `read | ${LANDING} | declared | lineage-run | ${RUN} | null`,
      `write | ${DAILY} | declared | lineage-run | ${RUN} | null`,
    ]);
  });

  test('by what it was told, its id without the region, a job that it started, a piece of an entry, its identity', async () => {
    expect(await job(sqlite, DATAFLOW)).toEqual([
      `read | ${LANDING} | declared | named | ${DATAFLOW} | ${ANA}`,
      `write | projects/_/buckets/acme-df-temp/objects/tmp/${DATAFLOW.split('/')[2]}/shard-0 | path | path | ${REGIONLESS} | ${BEAM_ID}`,
      `read | ${SHARED_LOOKUP} | identity-ambiguous | identity | - | ${BEAM_ID}`,
      `read | gs://acme-df-temp/load/part-0.avro | declared | started | ${LOAD} | ${BEAM_ID}`,
      `write | ${ORDERS} | declared | started | ${LOAD} | ${BEAM_ID}`,
      `read | ${RATES} | declared | split | ${LOAD} | ${BEAM_ID}`,
      `read | gs://acme-df-temp/load/part-0.avro | declared | started | ${LOAD} | ${BEAM_ID}`,
      `write | ${ORDERS} | declared | started | ${LOAD} | ${BEAM_ID}`,
    ]);
  });

  test('a guess goes to every job that it may be', async () => {
    expect(await job(sqlite, OTHER_DATAFLOW)).toContain(
      `read | ${SHARED_LOOKUP} | identity-ambiguous | identity | - | ${BEAM_ID}`,
    );
  });
});

describe('who touched a dataset', () => {
  test.each([
    [
      'the job behind a BigQuery job, with who submitted it',
      ORDERS,
      Array.from({ length: 2 }, () => `write | ${DATAFLOW} | ${ANA} | declared | started | ${LOAD}`),
    ],
    ['the job behind a lineage run', DAILY, [`write | ${BATCH} | ${ANA} | declared | lineage-run | ${RUN}`]],
    ['the one job under the identity', LOOKUP, [`read | ${BATCH} | ${ANA} | identity | identity | -`]],
    [
      'each of several jobs under it',
      SHARED_LOOKUP,
      [DATAFLOW, OTHER_DATAFLOW].map((id) => `read | ${id} | ${ANA} | identity-ambiguous | identity | -`),
    ],
    ['nobody, after the job had ended', LATE_LOOKUP, ['read | null | null | stated | no job | -']],
    [
      'the job that another piece of the entry names',
      RATES,
      [`read | ${DATAFLOW} | ${ANA} | declared | split | -`],
    ],
  ])('%s', async (_title, id, expected) => {
    expect(await dataset(sqlite, id)).toEqual(expected);
  });
});

describe('an id without its region', () => {
  const id = (region: string): string => `dataproc:p/${region}/job/j`;
  const open = jobEntry({
    job: id('-'),
    writes: ['gs://out'],
    over: { Action: 'job.run', Provenance: 'tenant' },
  });
  const placed = (region: string): EntryRows => jobEntry({ job: id(region), reads: [`gs://in-${region}`] });

  test.each([
    ['is the one job that has it', [placed('us-east1')], 'us-east1', 'declared'],
    ['is either of two, as inferred', [placed('us-east1'), placed('us-west1')], 'us-east1', 'inferred'],
  ])('%s', async (_title, jobs, region, strength) => {
    const store = await openStore('sqlite::memory:');
    await store.commit(batchOf([open, ...jobs]));
    expect(await job(store, id(region))).toContainEqual(
      expect.stringContaining(`write | gs://out | ${strength} | region-open | ${id('-')}`),
    );
    expect(await dataset(store, 'gs://out')).toContainEqual(
      expect.stringContaining(`write | ${id(region)} | ${ANA} | ${strength} | region-open | ${id('-')}`),
    );
    const { steps } = await walkLineage(store, 'gs://out', 'upstream');
    expect(steps.map((step) => step.dataset)).toEqual(strength === 'inferred' ? [] : [`gs://in-${region}`]);
    await store.close();
  });

  test('is no job of another project, nor one of an engine without regions', async () => {
    const store = await openStore('sqlite::memory:');
    const run = (workspace: string): string => `databricks:${workspace}/run/7`;
    const entries = [
      jobEntry({ job: id('-'), writes: ['gs://out'] }),
      jobEntry({ job: 'dataproc:other/us-east1/job/j', reads: ['gs://a'] }),
      jobEntry({ job: run('-'), writes: ['gs://out'] }),
      jobEntry({ job: run('1'), reads: ['gs://b'] }),
    ];
    await store.commit(batchOf(entries));
    expect((await walkLineage(store, 'gs://out', 'upstream')).steps).toEqual([]);
    const found = await dataset(store, 'gs://out');
    expect(found.map((line) => line.split(' | ')[1])).toEqual([run('-'), id('-')]);
    await store.close();
  });
});

test('the regions of the views are those of the model', async () => {
  const { rows } = await sqlite.query('SELECT r.Region FROM Regions AS r ORDER BY r.Region', {});
  expect(rows.map((row) => row['Region'])).toEqual(REGIONS.toSorted());
});

describe('lineage', () => {
  const steps = async (id: string, direction: 'upstream' | 'downstream'): Promise<string[]> =>
    (await walkLineage(sqlite, id, direction)).steps.map((step) => `${step.dataset} | ${step.job}`);

  test('goes through the whole of a work: in by the launch, out by the load', async () => {
    expect(await steps(ORDERS, 'upstream')).toEqual([
      `gs://acme-df-temp/load/part-0.avro | ${DATAFLOW}`,
      `${LANDING} | ${DATAFLOW}`,
    ]);
    expect(await steps(LANDING, 'downstream')).toEqual([`${DAILY} | ${BATCH}`, `${ORDERS} | ${DATAFLOW}`]);
  });

  test('never follows a guess', async () => {
    for (const id of [LOOKUP, SHARED_LOOKUP]) expect(await steps(id, 'downstream')).toEqual([]);
    expect(await steps(DAILY, 'upstream')).toEqual([`${LANDING} | ${BATCH}`]);
  });
});

test.each([
  ['job-data', { job: 'x', limit: '1' }],
  ['who-touched-dataset', { dataset: 'x', limit: '1' }],
])('%s reads by key and scans no table', async (name, params) => {
  const query = savedQuery(name);
  const plan = await runSavedQuery(
    sqlite,
    { ...query, sql: `EXPLAIN QUERY PLAN ${query.sql}` },
    new Map(Object.entries(params)),
  );
  const details = plan.rows.map((row) => String(row['detail']));
  expect(details.some((detail) => detail.includes('EventsByJob (JobId=?)'))).toBe(true);
  // Aliases of Events and Edges; the temporary tables of the query are small.
  expect(details.filter((detail) => /^SCAN (a|c|e|f|g|x|Events|Edges) USING/.test(detail))).toEqual([]);
  expect(
    details.filter((detail) => /EventsByJob \(JobId>\?\)|SEARCH e USING AUTOMATIC/.test(detail)),
  ).toEqual([]);
});

test('any order of arrival gives the same answers', async () => {
  const expected = await answers(sqlite);
  const order = fc.shuffledSubarray([...ENTRIES.keys()], { minLength: ENTRIES.length });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: 9 }), async (indexes, size) => {
      const store = await openStore('sqlite::memory:');
      const shuffled: EntryRows[] = indexes.flatMap((index) => ENTRIES[index] ?? []);
      for (const part of chunks(shuffled, size)) await store.commit(batchOf(part));
      expect(await answers(store)).toEqual(expected);
      await store.close();
    }),
    { numRuns: 6 },
  );
});

describeWithEmulators('spanner gives the same joins', ['spanner'], (hosts) => {
  test('of jobs and of datasets', async () => {
    const emulatorHost = hosts.spanner();
    const spanner = await openStore(await freshSpannerDatabase(emulatorHost), { emulatorHost });
    for (const part of chunks(ENTRIES.toReversed(), 7)) await spanner.commit(batchOf(part));
    expect(await answers(spanner)).toEqual(await answers(sqlite));
    const regions = 'SELECT r.Region FROM Regions AS r ORDER BY r.Region';
    expect(await spanner.query(regions, {})).toEqual(await sqlite.query(regions, {}));
    await spanner.close();
  });
});
