import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../shared/envelope/envelope.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { idOf } from '../../../shared/sources/openlineage/datasets.ts';
import { taggedJob } from '../../../shared/sources/openlineage/engine.ts';
import { openlineage } from '../../../shared/sources/openlineage/index.ts';
import { sampleLines } from '../../support/samples.ts';

function decoded(text: string): Decoded {
  const [first] = decodeEntry(Buffer.from(text), {
    ordinalOf: ordinals(),
    adopt: (record) => openlineage.adopt?.(record),
  });
  if (first === undefined) throw new Error('a text decodes to something');
  return first;
}

function eventOf(value: object): AuditEventDraft {
  const entry = decoded(JSON.stringify({ eventTime: '2026-02-02T01:00:00Z', ...value }));
  if (entry.kind !== 'entry') throw new Error(entry.reason);
  const result = openlineage.normalise(entry.entry);
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event;
}

const job = { namespace: 'acme', name: 'orders' };
const runId = '0196f3a1-0000-7000-8000-000000000001';

describe('datasets', () => {
  it.each([
    ['gs://lake', 'raw/orders', 'gs://lake/raw/orders'],
    ['gs://lake', '/raw/orders', 'gs://lake/raw/orders'],
    ['gs://lake', '/', 'gs://lake'],
    ['bigquery', 'p.d.t', 'bigquery:p.d.t'],
    ['bigquery', 'p.d.t$20260101', 'bigquery:p.d.t'],
    ['hdfs://m:8020', '/user/hive/t', 'hdfs://m:8020/user/hive/t'],
    ['hive://m:9083', 'default.t', 'hive://m:9083/default.t'],
    ['pubsub', 'topic:p:t', 'pubsub:topic:p:t'],
    ['spanner://p:i', 'db.t', 'spanner://p:i/db.t'],
    ['s3a://lake', 'raw', 's3://lake/raw'],
    ['postgres://user:pw@db:5432', 'd.s.t', 'postgres://db:5432/d.s.t'],
    ['python_client', 'demo.users', 'python_client/demo.users'],
    ['file', '/tmp/x', undefined],
    ['inmemory://', 'x', undefined],
    ['postgres://db:5432', 'd.s.t?password=pw', undefined],
    ['postgres://db;password=pw', 'd.s.t', undefined],
    ['x://a b', 'n', undefined],
    [undefined, 'n', undefined],
    ['gs://lake', undefined, undefined],
  ])('%s %s is %s', (namespace, name, id) => {
    expect(idOf(namespace, name)).toBe(id);
  });

  it('counts what it leaves out, and keeps a bounded number', () => {
    const inputs = Array.from({ length: 100 }, (_, i) => ({ namespace: 'gs://lake', name: `raw/${i}` }));
    const event = eventOf({ eventType: 'COMPLETE', run: { runId }, job, inputs: [...inputs, 7] });
    expect(event.datasets).toHaveLength(64);
    expect(event.claims).toMatchObject({ datasetsLeftOut: 37 });
  });
});

describe('the job of the engine', () => {
  const facets = (more: object): object => ({ eventType: 'START', run: { runId, facets: more }, job });

  it('is the Dataproc job under either name of the facet', () => {
    const named = { jobId: 'j-1', projectId: 'p' };
    const origin = { gcp_lineage: { origin: { name: 'projects/p/regions/r/clusters/c' } } };
    for (const name of ['gcp_dataproc', 'gcp_dataproc_spark']) {
      const event = eventOf({ ...facets({ [name]: named }), job: { ...job, facets: origin } });
      expect(event).toMatchObject({ job: 'dataproc:p/r/job/j-1', project: 'p', location: 'r' });
    }
  });

  it('lets no text of the client become another part of its id', () => {
    for (const jobId of ['a/b', '..', 'x\n', 'j'.repeat(200)]) {
      expect(eventOf(facets({ gcp_dataproc: { jobId, projectId: 'p' } })).job).toBe(
        `openlineage:acme/run/${runId}`,
      );
    }
    expect(eventOf({ run: { runId: 'a/b' }, job: { namespace: 'x/run/y', name: 'n' } }).job).toBe(
      'openlineage:x%2Frun%2Fy/run/a%2Fb',
    );
  });

  it('is not ended by the end of one of its queries', () => {
    const parent = { run: { runId: 'app' }, job };
    const query = { namespace: 'acme', name: 'orders.execute_insert' };
    const run = { runId, facets: { gcp_dataproc: { batchId: 'nightly-1' }, parent } };
    expect(eventOf({ eventType: 'COMPLETE', run, job: query })).toMatchObject({ action: 'job.run' });
    expect(eventOf({ eventType: 'COMPLETE', run, job: query })).not.toHaveProperty('parentJob');
    const apart = {
      ...run,
      facets: { ...run.facets, parent: { ...parent, job: { namespace: 'airflow', name: 'd.t' } } },
    };
    expect(eventOf({ eventType: 'COMPLETE', run: apart, job: query })).toMatchObject({
      action: 'job.finish',
      parentJob: 'openlineage:airflow/run/app',
    });
  });

  it('does not take the attempt’s time for the job', () => {
    expect(taggedJob('dataproc_job_attempt_timestamp_17, dataproc_job_j-1')).toBe('j-1');
    expect(taggedJob('dataproc_job_attempt_timestamp_17')).toBeUndefined();
    expect(taggedJob('x'.repeat(5000))).toBeUndefined();
  });
});

describe('events', () => {
  it('are read at the instant they name, whatever the offset', () => {
    const text = (eventTime: string): string => JSON.stringify({ eventTime, run: { runId }, job });
    for (const time of ['2026-02-02T01:00:00.5+10:00', '2026-02-01T15:00:00.5Z']) {
      expect(decoded(text(time))).toMatchObject({ eventTime: '2026-02-01T15:00:00.500000000Z' });
    }
  });

  it('are the same when they are sent again', () => {
    const ids = [0, 1].map(() => {
      const entry = decoded(JSON.stringify({ eventTime: '2026-02-02T01:00:00Z', run: { runId }, job }));
      return entry.kind === 'entry' ? entry.eventId : undefined;
    });
    expect(ids[0]).toBe(ids[1]);
  });

  it('are nobody’s word but their sender’s', () => {
    const event = eventOf({ eventType: 'START', run: { runId }, job });
    expect(event).toMatchObject({ provenance: 'tenant', identity: { absent: 'not-recorded' } });
  });

  it('without a time are known by their schema, and are events that nothing dates', () => {
    const schemaURL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';
    const entry = decoded(JSON.stringify({ eventType: 'START', run: { runId }, job, schemaURL }));
    expect(entry).toMatchObject({ kind: 'entry', notes: { eventTimeFrom: 'none' } });
    expect(entry.kind === 'entry' && openlineage.normalise(entry.entry).kind).toBe('event');
  });

  it('are told from other objects', () => {
    const schemaURL = 'https://example.com/openlineage.io/spec/';
    const others = [
      {},
      { eventTime: 'x' },
      { eventTime: 'x', job: { name: 'n' } },
      { job, run: {} },
      { job, schemaURL },
    ];
    for (const value of others) {
      expect(openlineage.adopt?.({ kind: 'json', value })).toBeUndefined();
    }
  });

  it('never throw, whatever stands in them', () => {
    const facet = fc.constantFrom(
      'gcp_dataproc',
      'parent',
      'airflow',
      'environment-properties',
      'spark_properties',
    );
    fc.assert(
      fc.property(
        fc.dictionary(facet, fc.jsonValue()),
        fc.jsonValue(),
        fc.jsonValue(),
        (facets, inputs, eventType) => {
          const entry = decoded(
            JSON.stringify({
              eventTime: '2026-02-02T01:00:00Z',
              eventType,
              run: { runId, facets },
              job: { ...job, facets: inputs },
              inputs,
              outputs: [inputs],
            }),
          );
          const fate = entry.kind === 'entry' ? openlineage.normalise(entry.entry).kind : entry.code;
          expect(['event', 'filtered', 'refused']).toContain(fate);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('events by others', () => {
  const lines = sampleLines('openlineage').flatMap((file) => file.lines);

  it.skipIf(lines.length === 0)('are read, each one', () => {
    const jobs = lines.map((text) => {
      const entry = decoded(text);
      if (entry.kind !== 'entry') throw new Error(`${entry.reason} ${text}`);
      const result = openlineage.normalise(entry.entry);
      return result.kind === 'event' ? result.event.job : result.kind;
    });
    expect(jobs.filter((name) => name === 'refused' || name === 'filtered')).toEqual([]);
    expect(jobs).toContain(
      'dataproc:gcp-open-lineage-testing/us-west1/job/a27383af-64db-4893-b03b-c472ab0512cf',
    );
    expect(jobs).toContain('openlineage:ns_name/job/test_spark_sql.hash_aggregate');
  });
});
