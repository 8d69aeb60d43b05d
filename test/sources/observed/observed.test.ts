import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JsonObject, type LogEntry } from '../../../schemas/log-entry.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { databricks } from '../../../shared/sources/databricks/index.ts';
import { dataflow } from '../../../shared/sources/dataflow/index.ts';
import { dataproc } from '../../../shared/sources/dataproc/index.ts';
import { observed } from '../../../shared/sources/observed/index.ts';
import type { Source } from '../../../shared/sources/source.ts';
import { throwsNothing } from '../../support/constructed.ts';

const lines = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ndjson'))
  .flatMap((file) => readFileSync(join(import.meta.dirname, file), 'utf8').split('\n'))
  .filter((line) => line !== '');

function adopted(text: string, source: Source = observed): LogEntry {
  const entry = source.adopt?.({ kind: 'json', value: JsonObject.parse(JSON.parse(text)), text });
  if (entry === undefined) throw new Error('the record is of its source');
  return entry;
}

function eventOf(source: Source, entry: LogEntry): AuditEventDraft {
  expect(source.owns(entry)).toBe(true);
  const result = source.normalise(entry);
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event;
}

const record = (over: object): string =>
  JSON.stringify({
    type: 'jobtrail.observed.v1',
    kind: 'job',
    state: 'RUNNING',
    time: '2026-02-02T01:00:00Z',
    ...over,
  });

describe('the samples', () => {
  it('have every method', () => {
    const seen = new Set<string>();
    for (const line of lines) {
      const result = observed.normalise(adopted(line));
      if (result.kind === 'event') seen.add(result.event.method);
    }
    expect([...seen].sort()).toEqual([...observed.methods].sort());
  });

  it('end in one of the three ways however they are spoilt', () => {
    throwsNothing(
      observed,
      lines.map((line) => adopted(line)),
    );
    expect(lines.length).toBeGreaterThan(0);
  });
});

describe('the id of a record', () => {
  const idsOf = (text: string): unknown[] =>
    decodeEntry(Buffer.from(text), { ordinalOf: ordinals(), adopt: (one) => observed.adopt?.(one) }).map(
      (one) => (one.kind === 'entry' ? [one.eventId, one.eventTime] : one.code),
    );
  const job = { api: 'dataproc-jobs', project: 'p', location: 'r', id: 'a' };

  it('is what it says: the same, with other whitespace too, is the same entry', () => {
    const value: unknown = JSON.parse(record(job));
    expect(idsOf(record(job))).toEqual(idsOf(JSON.stringify(value, null, 2)));
    expect(idsOf(record(job))).toEqual([[expect.any(String), '2026-02-02T01:00:00.000000000Z']]);
  });

  it('is another for another state, at the same time too', () => {
    const ids = [record(job), record({ ...job, state: 'DONE' }), record({ ...job, id: 'b' })].flatMap(idsOf);
    expect(new Set(ids.map((id) => JSON.stringify(id))).size).toBe(3);
  });
});

describe('the job id', () => {
  it('is the one that the audit entry of the submission makes', () => {
    const submitted = eventOf(dataproc, {
      logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
      resource: {
        type: 'cloud_dataproc_cluster',
        labels: { project_id: 'shop-prod', region: 'europe-west1' },
      },
      timestamp: '2026-02-02T01:00:00Z',
      insertId: 'i',
      protoPayload: {
        serviceName: 'dataproc.googleapis.com',
        methodName: 'google.cloud.dataproc.v1.JobController.SubmitJob',
        resourceName: 'projects/shop-prod/regions/europe-west1/jobs/orders-1',
        request: { job: { reference: { jobId: 'orders-1' } } },
      },
    });
    const dataprocRecord = {
      api: 'dataproc-jobs',
      project: 'shop-prod',
      location: 'europe-west1',
      id: 'orders-1',
    };
    expect(eventOf(observed, adopted(record(dataprocRecord))).job).toBe(submitted.job);

    const created = eventOf(dataflow, {
      logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
      resource: { type: 'dataflow_step', labels: { project_id: 'shop-prod', region: '', job_id: '' } },
      timestamp: '2026-02-02T01:00:00Z',
      insertId: 'i',
      protoPayload: {
        serviceName: 'dataflow.googleapis.com',
        methodName: 'dataflow.jobs.create',
        request: { job_id: '2026-02-01_23_00_00-1', job_name: 'clickstream' },
        resourceLocation: { currentLocations: ['europe-west1'] },
      },
    });
    const dataflowRecord = {
      api: 'dataflow-jobs',
      project: 'shop-prod',
      location: 'europe-west1',
      id: '2026-02-01_23_00_00-1',
    };
    expect(created.job).toBeDefined();
    expect(eventOf(observed, adopted(record(dataflowRecord))).job).toBe(created.job);

    const line =
      '{"timestamp":1770000000000,"workspaceId":"4821734609921173","serviceName":"jobs","actionName":"runStart",' +
      '"requestId":"r","requestParams":{"jobId":104938574839201745,"runId":983472983749823741}}';
    const started = eventOf(databricks, adopted(line, databricks));
    const databricksRecord = {
      api: 'databricks-runs',
      workspace: '4821734609921173',
      id: '983472983749823741',
      definition: '104938574839201745',
    };
    expect(eventOf(observed, adopted(record(databricksRecord)))).toMatchObject({
      job: started.job,
      parentJob: started.parentJob,
      project: started.project,
    });
  });

  it('is none for text that could be another part of it', () => {
    for (const id of ['a/b', '../x', 'x\n', ' ', 'é']) {
      const event = eventOf(
        observed,
        adopted(record({ api: 'dataproc-jobs', project: 'p', location: 'r', id })),
      );
      expect(event.job).toBeUndefined();
      expect(event.claims).toMatchObject({ id });
    }
    const word = eventOf(observed, adopted(record({ api: 'databricks-runs', workspace: '1', id: 'seven' })));
    expect(word.job).toBeUndefined();
  });
});

describe('what is not its own', () => {
  it('is left to others', () => {
    for (const value of [{}, { type: 'jobtrail.approval.v1' }, { type: 7 }, { eventTime: 'x', job: {} }]) {
      expect(observed.adopt?.({ kind: 'json', value })).toBeUndefined();
    }
    expect(observed.adopt?.({ kind: 'text', line: record({}) })).toBeUndefined();
  });
});
