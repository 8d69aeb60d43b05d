/** The late push of the training set: one job of which every kind of record tells, in the store as `start` leaves it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../shared/store/open.ts';
import type { Store } from '../../../shared/store/store.ts';
import { replayEntries } from '../../../shared/pipeline/replay.ts';
import { DAY, decodeDelivery, preparerOf } from '../../pipeline/deliveries.ts';

const JOB = 'dataproc:acme-data-prod/europe-west1/job/training-set-push-late-20261118';
const PUSHED = 'gs://acme-partner-exchange/churn';
const AGENT = 'agent:google:pricing-agent@acme-data.iam.gserviceaccount.com';
const ANA = 'user:google:ana@example.com';

let store: Store;

beforeAll(async () => {
  store = await openStore('sqlite::memory:');
  for (const [, deliveries] of Map.groupBy(DAY, ({ subscription }) => subscription)) {
    const [first] = deliveries;
    if (first === undefined) continue;
    await replayEntries(deliveries.flatMap(decodeDelivery), {
      store,
      preparer: preparerOf(first),
      path: 'replay',
      now: () => '2026-11-19T00:00:00.000000000Z',
    });
  }
}, 60_000);

afterAll(() => store.close());

describe('the job that everything tells of', () => {
  it('came through the gateway and the mesh, for Ana', async () => {
    const sql = `SELECT h.Via, h.Caller, h.Strength FROM JobHops AS h WHERE h.JobId = @job ORDER BY h.CallTime`;
    const { rows } = await store.query(sql, { job: { type: 'string', value: JOB } });
    expect(new Set(rows.map((row) => row['Via']))).toEqual(new Set(['gateway', 'mesh']));
    expect(rows.filter((row) => row['Via'] === 'mesh').length).toBeGreaterThanOrEqual(2);
    expect(rows.some((row) => row['Via'] === 'gateway' && row['Caller'] === AGENT)).toBe(true);
    expect(rows.some((row) => row['Strength'] === 'request-id')).toBe(true);
  });

  it('is told by audit, runtime, data access, lineage and an approval that is proven', async () => {
    const events = await store.eventsByJob([JOB]);
    const sources = new Set(events.map((event) => event['Source']));
    expect([...sources]).toEqual(expect.arrayContaining(['dataproc', 'storage', 'openlineage', 'approvals']));
    const submission = events.find((event) => event['Action'] === 'job.submit');
    expect(submission).toMatchObject({ Actor: AGENT, ActingFor: [ANA, AGENT], Outcome: 'allowed' });
    const approval = events.find((event) => event['Action'] === 'grant.approve');
    expect(approval).toMatchObject({ Actor: 'user:google:chiara@example.com', Provenance: 'signed' });
  });

  it('reads a table that no argument names, and writes what was approved', async () => {
    const written = await store.edges([{ node: PUSHED, ops: ['write', 'approve'] }]);
    const ofJob = written.filter((edge) => edge['JobId'] === JOB);
    expect(new Set(ofJob.map((edge) => edge['Op']))).toEqual(new Set(['write', 'approve']));
    const read = await store.edges([{ node: 'bigquery:acme-data-prod.share.agreements', ops: ['read'] }]);
    expect(read.some((edge) => edge['JobId'] === JOB)).toBe(true);
  });

  it('runs a script that CI put there, by a record that its token proves', async () => {
    const deployed = await store.edges([{ node: 'gs://acme-code/share/push_dataset.py', ops: ['deploy'] }]);
    const records = await store.eventsById(deployed.map((edge) => String(edge['EventId'])));
    expect(records.map((event) => event['Provenance'])).toEqual(['signed']);
    expect(JSON.stringify(records[0]?.['Claims'])).toContain('reviewers');
  });

  it('is approved apart from what only claims to be an approval', async () => {
    const edges = await store.edges([{ node: PUSHED, ops: ['approve'] }]);
    const approvals = await store.eventsById(edges.map((edge) => String(edge['EventId'])));
    const worth = approvals.map((event) => String(event['Provenance']));
    expect(worth.toSorted()).toEqual(['signed', 'tenant', 'tenant']);
  });
});
