import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { EMPTY_CONFIG } from '../../../shared/config/parse.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { createPreparer } from '../../../shared/pipeline/prepare.ts';
import { storage } from '../../../shared/sources/storage/index.ts';
import { jobOfPath } from '../../../shared/sources/storage/job-paths.ts';
import { objectName } from '../../../shared/sources/storage/names.ts';
import { constructedEntries, eventOf, throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';

const all = constructedEntries('storage');
const CLUSTER = '6d1f5a2e-1111-4b6a-9c0f-0a1b2c3d4e5f';
const DATAFLOW = '2026-05-04_02_01_17-4471902837465501001';

function access(resourceName: string, more: object = {}): AuditEventDraft | undefined {
  const entry: LogEntry = {
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
    protoPayload: {
      serviceName: 'storage.googleapis.com',
      methodName: 'storage.objects.get',
      resourceName,
      ...more,
    },
  };
  return eventOf(storage, entry);
}

/** Prepared by the pipeline as a function would: decoded, normalised, rows. */
const prepared = (line: string) =>
  decodeEntry(Buffer.from(line), { ordinalOf: ordinals(), adopt: (record) => storage.adopt?.(record) }).map(
    (decoded) =>
      createPreparer({ sources: [storage], loaded: EMPTY_CONFIG }).prepare(decoded, '2026-01-01T00:00:00Z'),
  );

describe('coverage', () => {
  it.each(storage.methods)('%s has a constructed sample', (method) => {
    const sampled = all.map((entry) => entry.protoPayload?.methodName ?? entry.jsonPayload?.['type']);
    expect(sampled).toContain(method);
  });
});

describe('names of objects', () => {
  it.each([
    ['projects/_/buckets/b', { bucket: 'b' }],
    ['projects/_/buckets/b/objects/a/b c/objects/d', { bucket: 'b', object: 'a/b c/objects/d' }],
    ['projects/p/buckets/b/objects/', { bucket: 'b' }],
    ['projects/_', undefined],
    ['projects/_/buckets/', undefined],
    ['projects/_/datasets/d/buckets/b', undefined],
    [undefined, undefined],
  ])('%s', (resource, expected) => {
    expect(objectName(resource)).toEqual(expected);
  });
});

describe('the job of an object', () => {
  it.each([
    [
      'dataproc-staging-europe-west1-1-x',
      `google-cloud-dataproc-metainfo/${CLUSTER}/jobs/j1/driveroutput.0`,
      'dataproc:p/europe-west1/job/j1',
    ],
    ['own', `deep/google-cloud-dataproc-metainfo/${CLUSTER}/jobs/j1`, 'dataproc:p/-/job/j1'],
    [
      'dataflow-staging-us-central1-1',
      `staging/template_launches/${DATAFLOW}/job_object`,
      `dataflow:p/us-central1/${DATAFLOW}`,
    ],
    ['own', `tmp/dax-tmp-${DATAFLOW}-S01-0-a/x`, `dataflow:p/-/${DATAFLOW}`],
  ])('%s/%s', (bucket, object, job) => {
    expect(jobOfPath('p', bucket, object)?.job).toBe(job);
  });

  it.each([
    'google-cloud-dataproc-metainfo/not-a-uuid/jobs/j1/driveroutput',
    `google-cloud-dataproc-metainfo/${CLUSTER}/jobs/`,
    `google-cloud-dataproc-metainfo/${CLUSTER}/jobs/a b/x`,
    `google-cloud-dataproc-metainfo/${CLUSTER}/jobs/srvls-batch-0c1d/driveroutput`,
    `google-cloud-dataproc-metainfo-${CLUSTER}/jobs/j1`,
    'orders/2026-05-04_part/x_y',
    `x${DATAFLOW}`,
    `${DATAFLOW}0000000`,
    `${'a/'.repeat(400)}${DATAFLOW}/x`,
  ])('is none in %s', (object) => {
    expect(jobOfPath('p', 'b', object)?.job).toBeUndefined();
  });

  it('is joined by a path and makes no dataset; declared by the caller it weakens the edge', () => {
    const scratch = access(`projects/_/buckets/b/objects/staging/template_launches/${DATAFLOW}/job_object`);
    expect(scratch?.claims).toMatchObject({ jobBy: 'path', jobStrength: 'path' });
    expect(scratch).not.toHaveProperty('datasets');
    const info = { 'jobtrail-job': 'dataproc:p/r/job/j' };
    const said = access('projects/_/buckets/b/objects/o', {
      metadata: { audit_context: { audit_info: info } },
    });
    expect(said).toMatchObject({ job: 'dataproc:p/r/job/j', datasets: [{ strength: 'declared' }] });
  });

  it.each(['', 'nothing', 'dataproc:', 'gopher:a/b', 'dataproc:p/r/job/a b', `dataproc:${'x/'.repeat(300)}`])(
    'is none where the caller says %j',
    (said) => {
      const info = { 'jobtrail-job': said };
      const event = access('projects/_/buckets/b/objects/o', {
        metadata: { auditContext: { auditInfo: info } },
      });
      expect(event).not.toHaveProperty('job');
      expect(event).toMatchObject({ datasets: [{ strength: 'stated' }] });
    },
  );
});

describe('rows', () => {
  const read = {
    logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
    insertId: 'i',
    timestamp: '2026-05-04T09:00:00Z',
    protoPayload: {
      serviceName: 'storage.googleapis.com',
      methodName: 'storage.objects.get',
      resourceName: 'projects/_/buckets/b/objects/o',
      authenticationInfo: { principalEmail: 'etl@p.iam.gserviceaccount.com' },
    },
  };

  it('of an access without a job are the event and one edge from its identity to the dataset', () => {
    const [one] = prepared(JSON.stringify(read));
    expect(
      one?.kind === 'rows'
        ? one.entry.rows.map(({ table, row }) => [table, row['Node'], row['Op'], row['JobId'], row['Actor']])
        : one,
    ).toEqual([
      ['Events', undefined, undefined, undefined, 'service-account:google:etl@p.iam.gserviceaccount.com'],
      ['Edges', 'gs://b/o', 'read', '-', 'service-account:google:etl@p.iam.gserviceaccount.com'],
    ]);
  });

  it.each([{ code: 7 }, { code: 5 }])('of one that touched nothing (%j) is the event alone', (status) => {
    const [one] = prepared(JSON.stringify({ ...read, protoPayload: { ...read.protoPayload, status } }));
    expect(one?.kind === 'rows' ? one.entry.rows.length : one).toBe(1);
  });
});

describe('object events', () => {
  it('are read from a CloudEvent, and left out by name as a resource without its event', () => {
    const data = { kind: 'storage#object', bucket: 'b', name: 'x', updated: '2026-05-04T09:00:00Z' };
    const type = 'google.cloud.storage.object.v1.finalized';
    const event = { specversion: '1.0', id: '1', type, time: '2026-05-04T09:00:00Z', data };
    const [one] = prepared(JSON.stringify(event));
    expect(one).toMatchObject({ kind: 'rows', entry: { kind: 'event' } });
    expect(prepared(JSON.stringify(data))).toEqual([
      { kind: 'filtered', source: 'storage', rule: 'storage-object-resource' },
    ]);
  });

  it('are not taken from a log: a tenant may write there whatever it likes', () => {
    const [forged] = constructedEntries('storage', 'notifications');
    expect(storage.owns({ ...forged, logName: 'projects/p/logs/mine' })).toBe(false);
  });
});

describe('hostile input', () => {
  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(storage, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const lines = sampleLines('gcs').flatMap((sample) => sample.lines);

  it.skipIf(lines.length === 0)('end as events or under a rule', () => {
    const kept = lines
      .flatMap(prepared)
      .filter((one) => one.kind === 'rows' && one.entry.kind === 'quarantine');
    expect(kept).toEqual([]);
  });
});
