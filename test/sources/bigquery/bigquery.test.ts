import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { bigquery } from '../../../shared/sources/bigquery/index.ts';
import { EVENTS } from '../../../shared/sources/bigquery/metadata.ts';
import { constructedEntries, eventOf, throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';
import { LogEntry as Schema } from '../../../schemas/log-entry.ts';

const all = constructedEntries('bigquery');
const events = all.map((entry) => eventOf(bigquery, entry));
const METADATA = 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata';

/** An entry about a job with this body of metadata. */
const withMetadata = (metadata: object, more: object = {}): LogEntry => ({
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
  resource: { type: 'bigquery_project', labels: { project_id: 'p', location: 'US' } },
  protoPayload: {
    serviceName: 'bigquery.googleapis.com',
    methodName: 'google.cloud.bigquery.v2.JobService.InsertJob',
    metadata: { '@type': METADATA, ...metadata },
    ...more,
  },
});
const told = (metadata: object, more?: object): AuditEventDraft | undefined =>
  eventOf(bigquery, withMetadata(metadata, more));

describe('coverage', () => {
  it.each(bigquery.methods)('%s has a constructed sample', (method) => {
    expect(all.some((entry) => entry.protoPayload?.methodName === method)).toBe(true);
  });

  it.each([...EVENTS.keys()])('the event %s has a constructed sample', (key) => {
    expect(events.some((event) => event?.claims?.['event'] === key)).toBe(true);
  });

  it('stores an unknown method as unclassified, with its name', () => {
    expect(bigquery.normalise(withMetadata({}, { methodName: 'x.Y.Z' }))).toMatchObject({
      unknownMethod: 'x.Y.Z',
      event: { action: 'unclassified' },
    });
  });

  it('understands a new method by an event that it knows', () => {
    const read = { tableDataRead: { reason: 'JOB', jobName: 'projects/p/jobs/j' } };
    expect(bigquery.normalise(withMetadata(read, { methodName: 'x.Y.Z' }))).not.toHaveProperty(
      'unknownMethod',
    );
  });
});

describe('one job', () => {
  it('has one id in both generations and in the entries about its tables', () => {
    const named = events.filter((event) => event?.job?.endsWith('/9a1f-spark') === true);
    expect(new Set(named.map((event) => event?.job))).toEqual(
      new Set(['bigquery:acme-data-prod/-/9a1f-spark']),
    );
    expect(new Set(named.map((event) => event?.claims?.['generation']))).toEqual(
      new Set([undefined, 'AuditData']),
    );
    expect(named.map((event) => event?.action)).toEqual(
      expect.arrayContaining(['job.submit', 'job.start', 'job.finish', 'data.read']),
    );
  });

  it('runs as whoever submitted it', () => {
    for (const event of events) {
      if (event?.action !== 'job.submit' && event?.action !== 'job.finish') continue;
      expect(event.identity.runAs).toEqual(event.identity.caller);
    }
  });

  it('failed by its own status although the call that tells of it succeeded', () => {
    const job = { jobName: 'projects/p/jobs/j', jobStatus: { errorResult: { code: 3 } } };
    expect(told({ jobChange: { after: 'DONE', job } })).toMatchObject({ outcome: 'failed', status: 3 });
    const denied = { ...job, jobStatus: { errorResult: { code: 7 } } };
    expect(told({ jobChange: { after: 'DONE', job: denied } })).toMatchObject({
      outcome: 'denied',
      status: 7,
    });
  });

  it('names what it touched as stated when it is done, as declared before and when it failed', () => {
    const load = { sourceUris: ['gs://in/a.csv'], destinationTable: 'projects/p/datasets/d/tables/t' };
    const job = { jobName: 'projects/p/jobs/j', jobConfig: { type: 'IMPORT', loadConfig: load } };
    const strengths = (event: AuditEventDraft | undefined): unknown =>
      [...new Set(event?.datasets?.map(({ strength }) => strength))].join();
    expect(strengths(told({ jobInsertion: { job } }))).toBe('declared');
    expect(strengths(told({ jobChange: { after: 'DONE', job } }))).toBe('stated');
    const failed = { ...job, jobStatus: { errorResult: { code: 3 } } };
    expect(strengths(told({ jobChange: { after: 'DONE', job: failed } }))).toBe('declared');
  });

  it('has no parent by a label that is no Dataflow job id', () => {
    const job = (id: string): object => ({
      jobInsertion: { job: { jobName: 'projects/p/jobs/j', jobConfig: { labels: { beam_job_id: id } } } },
    });
    expect(told(job('2026-05-04_02_01_17-4471902837465501001'))).toMatchObject({
      parentJob: 'dataflow:p/-/2026-05-04_02_01_17-4471902837465501001',
      parentStrength: 'declared',
    });
    for (const id of ['x/y', '2026-05-04', '2026-05-04_02_01_17-1/../../z']) {
      expect(told(job(id))).not.toHaveProperty('parentJob');
    }
  });

  it.each(['projects/p/jobs', 'projects/p/jobs/', 'projects/p/jobs/a b', 'projects/p/q/jobs/x', 'jobs/x'])(
    'has no id in %s',
    (jobName) => {
      expect(told({ tableDataRead: { jobName } })).not.toHaveProperty('job');
    },
  );

  it('lists a bounded number of datasets and says how many were left', () => {
    const sourceUris = Array.from({ length: 100 }, (_, i) => `gs://in/${i}`);
    const job = { jobName: 'projects/p/jobs/j', jobConfig: { loadConfig: { sourceUris } } };
    const event = told({ jobChange: { after: 'DONE', job } });
    expect(event?.datasets).toHaveLength(64);
    expect(event?.claims?.['datasetsBeyondLimit']).toBe(36);
  });
});

describe('tables', () => {
  it('are none where a result is cached or a script keeps its variables', () => {
    const hidden = events
      .flatMap((event) => event?.datasets ?? [])
      .filter(({ dataset }) => dataset.includes('._'));
    expect(hidden).toEqual([]);
    expect(JSON.stringify(all)).toContain('_3f9c0d');
  });

  it('are shared by what proves it, not by an access list that stands in every description', () => {
    const dataset = { acl: { policy: { bindings: [{ role: 'r', members: ['user:a@example.com'] }] } } };
    const update = { datasetChange: { dataset, reason: 'UPDATE' } };
    expect(told(update)?.action).toBe('schema.change');
    expect(told({ datasetChange: { dataset, reason: 'SET_IAM_POLICY' } })?.action).toBe('data.share');
    const authorizationInfo = [{ permission: 'bigquery.datasets.setIamPolicy', granted: true }];
    expect(told(update, { authorizationInfo })?.action).toBe('data.share');
  });

  it('keep counts above 2^53', () => {
    const change = { insertedRowsCount: '9223372036854775807', reason: 'WRITE_API' };
    expect(told({ tableDataChange: change })?.claims?.['insertedRows']).toBe('9223372036854775807');
  });
});

describe('an entry without a method', () => {
  it.each([undefined, ''])('is what its event says: %j', (methodName) => {
    const deletion = told({ tableDeletion: { reason: 'QUERY' } }, { methodName });
    expect(deletion).toMatchObject({
      action: 'data.delete',
      method: 'tableDeletion',
      claims: { event: 'tableDeletion', methodFrom: 'metadata' },
    });
  });

  it('is refused where no event says it', () => {
    const nothing = withMetadata({ somethingNew: {} }, { methodName: undefined });
    expect(bigquery.normalise(nothing)).toMatchObject({ kind: 'refused', code: 'payload-shape' });
  });
});

describe('hostile input', () => {
  it('keeps SQL and its literals out of every event', () => {
    expect(JSON.stringify(all)).toContain('s3cr3t');
    const shown = JSON.stringify(events);
    expect(shown).not.toContain('s3cr3t');
    expect(shown).not.toContain('GROUP BY');
  });

  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(bigquery, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const entries = sampleLines('bigquery').flatMap(({ lines }) =>
    lines.flatMap((line) => Schema.safeParse(JSON.parse(line)).data ?? []),
  );

  it.skipIf(entries.length === 0)('are events of a known method', () => {
    for (const entry of entries.filter((one) => bigquery.owns(one))) {
      expect(bigquery.normalise(entry)).toMatchObject({ kind: 'event' });
      expect(bigquery.normalise(entry)).not.toHaveProperty('unknownMethod');
    }
  });
});
