import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { dataproc } from '../../../shared/sources/dataproc/index.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';
import { constructed } from './samples.ts';

const all = constructed();

function eventOf(entry: LogEntry): AuditEventDraft | undefined {
  const result = dataproc.normalise(entry);
  return result.kind === 'event' ? result.event : undefined;
}

describe('long-running operations', () => {
  const byOperation = Map.groupBy(
    all.filter((entry) => entry.operation?.id !== undefined),
    (entry) => `${entry.operation?.id} ${entry.protoPayload?.methodName}`,
  );
  const pairs = [...byOperation].filter(([, entries]) => entries.length === 2);

  it('has pairs to look at', () => {
    expect(pairs.length).toBeGreaterThan(20);
  });

  it.each(pairs)('%s: both entries tell of one action on one thing', (_name, entries) => {
    const [first, last] = entries.map(eventOf);
    expect(first?.operation?.phase).toBe('first');
    expect(last?.operation).toEqual({ id: first?.operation?.id, phase: 'last' });
    expect(last?.action).toBe(first?.action);
    expect(last?.job).toBe(first?.job);
    expect(last?.identity).toEqual({ absent: 'operation-end' });
  });
});

describe('what a job is known by', () => {
  const submit = {
    protoPayload: {
      serviceName: 'dataproc.googleapis.com',
      methodName: 'google.cloud.dataproc.v1.JobController.SubmitJob',
      resourceName: 'projects/p/regions/r/jobs/',
    },
    resource: { type: 'cloud_dataproc_cluster', labels: { project_id: '471167364752', region: 'r' } },
    logName: 'projects/analytics/logs/cloudaudit.googleapis.com%2Factivity',
  } satisfies LogEntry;
  const submitted = (more: object): AuditEventDraft | undefined =>
    eventOf({ ...submit, protoPayload: { ...submit.protoPayload, ...more } });

  it('takes the server’s id where the caller chose none', () => {
    expect(submitted({ request: { job: {} }, response: { reference: { jobId: 'made-up' } } })?.job).toBe(
      'dataproc:p/r/job/made-up',
    );
  });

  it('takes the metadata of the operation where the response is one', () => {
    expect(submitted({ response: { metadata: { jobId: 'later' } } })?.job).toBe('dataproc:p/r/job/later');
  });

  it('makes up no id where none is told', () => {
    const event = submitted({ request: { job: {} } });
    expect(event?.action).toBe('job.submit');
    expect(event).not.toHaveProperty('job');
  });

  it('prefers a project id to a project number, and a number to nothing', () => {
    expect(submitted({})?.project).toBe('p');
    expect(submitted({ resourceName: undefined })?.project).toBe('analytics');
    expect(
      eventOf({
        ...submit,
        logName: undefined,
        protoPayload: { ...submit.protoPayload, resourceName: undefined },
      }),
    ).toHaveProperty('project', '471167364752');
  });

  it('does not take the idempotency token, which callers make up, for the id of the request', () => {
    const event = submitted({ request: { requestId: 'forged' } });
    expect(event).not.toHaveProperty('requestId');
    expect(event?.claims?.['requestToken']).toBe('forged');
  });
});

describe('hostile input', () => {
  it('keeps secrets of arguments, variables, URIs and metadata out of every event', () => {
    const raw = JSON.stringify(all);
    expect(raw).toContain('s3cr3t');
    expect(raw).toContain('Q0lQSEVSVEVYVA==');
    const told = JSON.stringify(all.map((entry) => dataproc.normalise(entry)));
    expect(told).not.toContain('s3cr3t');
    expect(told).not.toContain('Q0lQSEVSVEVYVA==');
    expect(told).not.toContain('doAs');
  });

  it('lets no container line speak for a job of the Jobs API', () => {
    const lines = constructed('logs').filter((entry) => entry.logName?.endsWith('yarn-userlogs'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.stringify(dataproc.normalise(line))).not.toContain('someone-elses');
  });

  it('bounds datasets and says how many were left', () => {
    const args = Array.from({ length: 100 }, (_, i) => `gs://bucket/${i}`);
    const job = { reference: { jobId: 'j' }, pysparkJob: { args } };
    const event = eventOf({
      protoPayload: {
        serviceName: 'dataproc.googleapis.com',
        methodName: 'google.cloud.dataproc.v1.JobController.SubmitJob',
        request: { job },
      },
    });
    expect(event?.datasets).toHaveLength(64);
    expect(event?.claims?.['datasetsBeyondLimit']).toBe(36);
  });

  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(dataproc, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const entries = sampleLines('dataproc').flatMap(({ lines }) =>
    lines.map((line) => LogEntry.parse(JSON.parse(line))),
  );

  it.skipIf(entries.length === 0)('takes the failed cluster and the container line for what they are', () => {
    const events = entries.map(eventOf);
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'cluster.create',
        outcome: 'failed',
        status: 3,
        claims: expect.objectContaining({ cluster: 'cluster-quota-issues', runAsDefault: true }) as unknown,
      }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'job.run',
        job: 'yarn:metastore-playground/us-central1/cluster-ca8b/application_000004_0005',
      }),
    );
  });
});
