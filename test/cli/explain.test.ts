/** What `explain` tells of a job and of a dataset, from entries that went through the whole pipeline. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainDataset } from '../../cli/run/explain-dataset.ts';
import { explainJob } from '../../cli/run/explain-job.ts';
import { explainPrincipal } from '../../cli/run/explain-principal.ts';
import { renderExplanation, type Explanation } from '../../cli/run/explanation.ts';
import { parseJobId } from '../../shared/model/job.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import {
  ANA,
  BATCH,
  BEAM_ID,
  DAILY,
  DATAFLOW,
  ETL_ID,
  joinedEntries,
  LANDING,
  LOAD,
  LOOKUP,
  ORDERS,
  OTHER_DATAFLOW,
  REGIONLESS,
  RUN,
  SHARED_LOOKUP,
} from '../lineage/joined.ts';
import { batchOf, edgeOf, eventRow, jobEntry } from '../store/entries.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore('sqlite::memory:');
  await store.commit(batchOf(joinedEntries()));
});
afterAll(() => store.close());

async function jobIn(of: Store, id: string): Promise<Explanation> {
  const job = parseJobId(id);
  const explanation = job === undefined ? undefined : await explainJob(of, job);
  if (explanation === undefined) throw new Error(`nothing is known of ${id}`);
  return explanation;
}

async function datasetIn(of: Store, id: string): Promise<Explanation> {
  const explanation = await explainDataset(of, id, 3);
  if (explanation === undefined) throw new Error(`nothing is known of ${id}`);
  return explanation;
}

/** Chosen columns of each row of a section, joined. */
function rows({ sections }: Explanation, title: string, columns: readonly string[]): string[] {
  const found = sections.find((section) => section.title === title);
  return (found?.rows ?? []).map((row) => columns.map((column) => String(row[column])).join(' | '));
}

const fact = ({ facts }: Explanation, label: string): string | undefined =>
  facts.find(([name]) => name === label)?.[1];

describe('a job', () => {
  it('is told in the order of its life', async () => {
    const batch = await jobIn(store, BATCH);
    expect(batch.sections.filter((section) => section.rows.length > 0).map(({ title }) => title)).toEqual([
      'gateway calls',
      'mesh calls',
      'audit entries',
      'runtime',
      'data',
      'approvals',
      'policies in force',
    ]);
    expect(fact(batch, 'by')).toBe(ANA);
    expect(fact(batch, 'runs as')).toBe(ETL_ID);
    expect(fact(batch, 'ended')).toBe('2026-05-04 02:40:00 UTC, allowed');
  });

  it('has the calls of gateway and mesh, joined by the request id', async () => {
    const batch = await jobIn(store, BATCH);
    const columns = ['through', 'joined by', 'provenance'];
    expect(rows(batch, 'gateway calls', columns)).toEqual(['dataproc-jobs | request-id | tenant']);
    expect(rows(batch, 'mesh calls', columns)).toEqual(['server | request-id | declared-writer']);
  });

  it('has one row for the many lines of a log, and the runs under other ids', async () => {
    const batch = await jobIn(store, BATCH);
    expect(rows(batch, 'runtime', ['source', 'action', 'entries', 'from', 'to', 'under'])).toEqual([
      'dataproc | job.run | 3 | 2026-05-04 02:01:00 | 2026-05-04 02:03:00 | ',
      'openlineage | job.start | 1 | 2026-05-04 02:05:00 |  | ',
      `openlineage | job.finish | 1 | 2026-05-04 02:30:00 |  | ${RUN}`,
    ]);
  });

  it('has its data with the strength of each join', async () => {
    const columns = ['op', 'dataset', 'strength', 'known by', 'recorded under'];
    expect(rows(await jobIn(store, BATCH), 'data', columns)).toEqual([
      `read | ${LOOKUP} | identity | identity | -`,
      `read | ${LANDING} | declared | lineage-run | ${RUN}`,
      `write | ${DAILY} | declared | lineage-run | ${RUN}`,
    ]);
    const flow = rows(await jobIn(store, DATAFLOW), 'data', columns);
    expect(flow).toContain(`write | ${ORDERS} | declared | started | ${LOAD}`);
    expect(flow).toContain(`read | ${SHARED_LOOKUP} | identity-ambiguous | identity | -`);
    expect(flow.filter((row) => row.includes('path'))).toEqual([
      expect.stringContaining(` | path | path | ${REGIONLESS}`),
    ]);
  });

  it('has its approvals: what they name, whether they held, what they are worth', async () => {
    const batch = await jobIn(store, BATCH);
    expect(
      rows(batch, 'approvals', ['by', 'worth', 'names']).map(
        (row, i) => `${row} | ${rows(batch, 'approvals', ['holds'])[i]?.split(':')[0]}`,
      ),
    ).toEqual([
      `user:google:cleo@example.com | signed | ${DAILY}, principal | at the submission`,
      'user:named/approval:mallory@example.com | claimed (no-proof) | job, principal | at the submission',
      'user:google:cleo@example.com | signed | job, principal | not at the submission',
      'user:google:dora@example.com | provider | principal | at the submission',
    ]);
    expect(fact(batch, 'approved by')).toBe(
      `user:google:cleo@example.com (signed; names ${DAILY}, principal); ` +
        'user:google:dora@example.com (provider; names principal); ' +
        'user:named/approval:mallory@example.com (claimed; names job, principal)',
    );
  });

  it('names what it started and what it is part of', async () => {
    expect(rows(await jobIn(store, DATAFLOW), 'jobs it started', ['job', 'strength'])).toEqual([
      `${LOAD} | declared`,
    ]);
    expect(fact(await jobIn(store, LOAD), 'part of')).toBe(REGIONLESS);
  });

  it('without a submission or approval says so', async () => {
    const run = await jobIn(store, RUN);
    expect(fact(run, 'submitted')).toBe('no record of a submission');
    expect(fact(run, 'approved by')).toBe('no approval in force is recorded');
  });
});

describe('approvals', () => {
  const SUBMITTED = '2026-11-20T02:00:00.000000000Z';
  const approve = (
    name: string,
    time: string,
    over: Readonly<Record<string, string>>,
    provenance = 'signed',
  ) => ({
    kind: 'event' as const,
    rows: [
      {
        table: 'Events' as const,
        row: eventRow(name, {
          EventTime: `2026-11-20T${time}.000000000Z`,
          Source: 'approvals',
          Action: name.startsWith('revoke') ? 'grant.revoke' : 'grant.approve',
          Actor: 'user:google:cleo@example.com',
          Provenance: provenance,
          Via: 'direct',
          Claims: JSON.stringify({
            approvalId: 'A',
            beneficiary: ANA,
            until: '2026-11-21T00:00:00Z',
            ...over,
          }),
        }),
      },
    ] as const,
  });
  const digest = 'd'.repeat(64);

  it.each([
    [
      'a withdrawal that is proven ends it',
      [approve('revoke', '01:30:00', {})],
      'no approval in force is recorded',
    ],
    ['one that is only claimed does not', [approve('revoke', '01:30:00', {}, 'tenant')], 'user:google:cleo'],
    ['one that came later does not', [approve('revoke', '02:30:00', {})], 'user:google:cleo'],
  ])('%s', async (_title, more, expected) => {
    const own = await openStore('sqlite::memory:');
    const submission = jobEntry({ job: 'dataproc:p/r/job/j', time: SUBMITTED });
    await own.commit(batchOf([submission, approve('approve', '01:00:00', {}), ...more]));
    expect(fact(await jobIn(own, 'dataproc:p/r/job/j'), 'approved by')).toContain(expected);
    await own.close();
  });

  it.each([
    ['another specification', { specDigest: 'e'.repeat(64) }],
    ['another job', { job: 'elsewhere' }],
    ['other datasets', { datasets: '["gs://other"]' }],
    ['somebody else', { beneficiary: 'user:google:zoe@example.com' }],
    ['a time before', { until: '2026-11-20T01:59:59Z' }],
    ['a time after', { notBefore: '2026-11-20T02:00:01Z' }],
  ])('for %s do not hold', async (_title, over) => {
    const own = await openStore('sqlite::memory:');
    const job = 'dataproc:p/r/job/j';
    const claims = JSON.stringify({ specDigest: digest });
    const submission = jobEntry({ job, time: SUBMITTED, writes: ['gs://out'], over: { Claims: claims } });
    await own.commit(batchOf([submission, approve('good', '01:00:00', { specDigest: digest, job: 'j' })]));
    expect(fact(await jobIn(own, job), 'approved by')).toContain(
      '(signed; names job, spec digest, principal)',
    );
    await own.close();
    const other = await openStore('sqlite::memory:');
    await other.commit(batchOf([submission, approve('bad', '01:00:00', over)]));
    expect(fact(await jobIn(other, job), 'approved by')).toBe('no approval in force is recorded');
    await other.close();
  });
});

describe('a dataset', () => {
  it('shows who pushed to it, by which job, and who approved', async () => {
    const daily = await datasetIn(store, DAILY);
    expect(rows(daily, 'pushed to it', ['job', 'submitted by', 'strength', 'known by'])).toEqual([
      `${BATCH} (recorded under ${RUN}) | ${ANA} | declared | lineage-run`,
    ]);
    expect(rows(daily, 'approvals', ['what', 'by', 'worth', 'names', 'for', 'uses', 'id'])).toEqual([
      `approve | user:google:cleo@example.com | signed | any job | ${ANA} | 1 | CHG-1`,
    ]);
    expect(rows(daily, 'upstream to 3 hops', ['dataset', 'job'])).toEqual([`${LANDING} | ${BATCH}`]);
    const orders = await datasetIn(store, ORDERS);
    expect(rows(orders, 'pushed to it', ['job', 'submitted by', 'accessed as'])[0]).toBe(
      `${DATAFLOW} (recorded under ${LOAD}) | ${ANA} | ${BEAM_ID}`,
    );
  });

  it('shows guesses as guesses and counts none of them', async () => {
    const shared = await datasetIn(store, SHARED_LOOKUP);
    expect(fact(shared, 'read by')).toBe('0 jobs, 1 entry');
    expect(rows(shared, 'read or used it', ['job', 'strength'])).toEqual(
      [DATAFLOW, OTHER_DATAFLOW].map((id) => `${id} | identity-ambiguous`),
    );
  });

  it('that is only approved of is no principal', async () => {
    expect(await explainPrincipal(store, DAILY)).toBeUndefined();
  });
});

it('a principal is told which jobs run as it', async () => {
  const explanation = await explainPrincipal(store, ETL_ID);
  if (explanation === undefined) throw new Error('nothing is known of it');
  expect(rows(explanation, 'jobs', ['did', 'job'])).toEqual([`is what it runs as | ${BATCH}`]);
});

it('text of strangers is shown escaped', async () => {
  const own = await openStore('sqlite::memory:');
  const job = 'dataproc:p/r/job/j';
  const evil = 'gs://a\u001b[2J\nb\u202e';
  const entry = jobEntry({ job, writes: [evil], over: { JobName: 'x\u001b]0;owned\u0007' } });
  const line = eventRow('line', {
    JobId: job,
    Action: 'job.run',
    Method: 'log\r\nforged',
    Provenance: 'tenant',
  });
  await own.commit(
    batchOf([entry, { kind: 'event', rows: [{ table: 'Events', row: line }, edgeOf(line, evil, 'use')] }]),
  );
  for (const explanation of [await jobIn(own, job), await datasetIn(own, evil)]) {
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    expect(renderExplanation(explanation)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  }
  await own.close();
});
