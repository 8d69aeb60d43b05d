import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import type { AuditEventDraft, Normalised } from '../../../shared/model/event.ts';
import { dataflow } from '../../../shared/sources/dataflow/index.ts';
import { JOB_MESSAGES } from '../../../shared/sources/dataflow/job-messages.ts';
import { haveSamples, sampleLines } from '../../support/samples.ts';

const ACTIVITY = 'projects/p/logs/cloudaudit.googleapis.com%2Factivity';
const JOB = '2019-05-16_04_24_18-6110555549864901093';

type Audit = Readonly<Record<string, unknown>>;

const audit = (methodName: string, payload: Audit = {}, entry: Audit = {}): LogEntry =>
  LogEntry.parse({
    logName: ACTIVITY,
    resource: {
      type: 'dataflow_step',
      labels: { job_id: '', job_name: '', step_id: '', project_id: 'p', region: 'us-central1' },
    },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'dataflow.googleapis.com',
      authenticationInfo: { principalEmail: 'ana@example.com' },
      methodName,
      ...payload,
    },
    ...entry,
  });

const message = (textPayload: string, entry: Audit = {}): LogEntry =>
  LogEntry.parse({
    logName: 'projects/p/logs/dataflow.googleapis.com%2Fjob-message',
    resource: {
      type: 'dataflow_step',
      labels: {
        job_id: JOB,
        job_name: 'test1',
        step_id: '',
        project_id: '471167364752',
        region: 'us-central1',
      },
    },
    textPayload,
    ...entry,
  });

function eventOf(entry: LogEntry): AuditEventDraft {
  const result = dataflow.normalise(entry);
  if (result.kind !== 'event') throw new Error(`expected an event, got ${result.kind}`);
  return result.event;
}

describe('ownership', () => {
  it('takes its services by service name, whatever the resource', () => {
    expect(dataflow.owns(audit('dataflow.jobs.create'))).toBe(true);
    expect(dataflow.owns(audit('resourcemanager.projects.get', {}, { resource: { type: 'project' } }))).toBe(
      true,
    );
    expect(dataflow.owns(audit('x', { serviceName: 'datapipelines.googleapis.com' }))).toBe(true);
  });

  it("leaves another service's resourcemanager.projects.get alone", () => {
    const other = { serviceName: 'cloudresourcemanager.googleapis.com' };
    expect(dataflow.owns(audit('resourcemanager.projects.get', other))).toBe(false);
  });

  it('takes logs by name or resource, and no others', () => {
    expect(dataflow.owns(message('x'))).toBe(true);
    expect(dataflow.owns(message('x', { logName: 'projects/p/logs/my-app' }))).toBe(true);
    expect(dataflow.owns(message('x', { resource: undefined }))).toBe(true);
    const elsewhere = { logName: 'projects/p/logs/my-app', resource: { type: 'cloud_function' } };
    expect(dataflow.owns(message('x', elsewhere))).toBe(false);
  });
});

describe('jobs', () => {
  it('has one id in the audit entry and in the logs of a job, though one names the project by number', () => {
    const submitted = eventOf(audit('dataflow.jobs.create', { request: { job_id: JOB, job_name: 'test1' } }));
    const ran = eventOf(message('Worker pool stopped.'));
    expect(submitted.job).toBe(`dataflow:p/us-central1/${JOB}`);
    expect(ran.job).toBe(submitted.job);
    expect(ran.claims).toMatchObject({ projectNumber: '471167364752' });
  });

  it('falls back to the location of the resource where the labels name no region', () => {
    const place = { resourceLocation: { currentLocations: ['europe-west4'] }, request: { job_id: JOB } };
    const event = eventOf(audit('dataflow.jobs.create', place, { resource: { type: 'dataflow_step' } }));
    expect(event.job).toBe(`dataflow:p/europe-west4/${JOB}`);
  });

  it.each(['a/b', 'dataproc:p/r/job/x', '', 'x'.repeat(129), '../..'])('makes no key of the id %j', (id) => {
    const event = eventOf(audit('dataflow.jobs.create', { request: { job_id: id } }));
    expect(event.job).toBeUndefined();
    expect(event.claims?.['jobIdAsReceived'] ?? '').toBe(id);
  });

  it('lets no region write another part of the id', () => {
    const resource = { type: 'dataflow_step', labels: { job_id: JOB, region: 'r/2020-01-01_00_00_00-1' } };
    expect(eventOf(message('x', { resource })).job).toBe(`dataflow:p/-/${JOB}`);
  });

  it.each([
    [{ requested_state: 'JOB_STATE_CANCELLED' }, 'job.cancel'],
    [{ requestedState: 'JOB_STATE_DRAINED' }, 'job.cancel'],
    [{ job: { requestedState: 'JOB_STATE_DRAINING' } }, 'job.cancel'],
    [{ job: { requested_state: 5 } }, 'job.cancel'],
    [{ requested_state: 'JOB_STATE_DONE' }, 'job.cancel'],
    [{ requested_state: 'JOB_STATE_RUNNING' }, 'job.update'],
    [{ requested_state: 'JOB_STATE_NEW_IN_2030' }, 'job.update'],
    [{}, 'job.update'],
  ])('reads an update with %j as %s', (request, action) => {
    const event = eventOf(audit('dataflow.jobs.updateContents', { request: { job_id: JOB, ...request } }));
    expect(event.action).toBe(action);
  });

  it('tells a cancellation from an update by the permission, where no state is requested', () => {
    const checking = (...permissions: string[]): AuditEventDraft =>
      eventOf(
        audit('dataflow.jobs.updateContents', {
          request: { job_id: JOB },
          authorizationInfo: permissions.map((permission) => ({ permission, granted: true })),
        }),
      );
    expect(checking('dataflow.jobs.cancel').action).toBe('job.cancel');
    expect(checking('dataflow.jobs.updateContents').action).toBe('job.update');
    expect(checking('dataflow.jobs.cancel', 'dataflow.jobs.updateContents').action).toBe('job.update');
  });

  it('counts an unknown method by name and keeps its event', () => {
    const result = dataflow.normalise(audit('dataflow.jobs.teleport'));
    expect(result).toMatchObject({
      unknownMethod: 'dataflow.jobs.teleport',
      event: { action: 'unclassified' },
    });
  });

  it('refuses an audit entry without a method', () => {
    expect(dataflow.normalise(audit(''))).toMatchObject({ kind: 'refused', code: 'payload-shape' });
  });
});

describe('provenance', () => {
  it('is the provider for Cloud Audit Logs alone', () => {
    expect(eventOf(audit('dataflow.jobs.create')).provenance).toBe('provider');
    for (const logName of [
      'projects/p/logs/dataflow.googleapis.com%2Fworker',
      'projects/p/logs/mine',
      undefined,
    ]) {
      expect(eventOf(audit('dataflow.jobs.create', {}, { logName })).provenance).toBe('tenant');
    }
    expect(eventOf(message('Worker pool stopped.')).provenance).toBe('tenant');
  });
});

describe('inputs and outputs', () => {
  const datasets = (parameters: Audit): unknown =>
    eventOf(
      audit('google.dataflow.v1beta3.TemplatesService.LaunchTemplate', {
        request: { gcsPath: 'gs://t/x', launchParameters: { jobName: 'j', parameters } },
      }),
    ).datasets?.map(({ op, dataset }) => `${op} ${dataset}`);

  it.each([
    [{ inputFilePattern: 'gs://b/in/*.csv' }, ['read gs://b/in']],
    [{ inputSubscription: 'projects/p/subscriptions/s' }, ['read pubsub:subscription:p:s']],
    [{ outputTopic: 'projects/p/topics/t' }, ['write pubsub:topic:p:t']],
    [{ outputTableSpec: 'proj:d.t' }, ['write bigquery:proj.d.t']],
    [{ tableRef: 'proj:d.t' }, ['use bigquery:proj.d.t']],
    [{ deadLetterQueueDirectory: 'gs://b/dlq' }, ['write gs://b/dlq']],
    [{ readQuery: 'SELECT a FROM `proj.d.t`' }, ['read bigquery:proj.d.t']],
    [{ instanceId: 'i', databaseId: 'd', spannerProjectId: 'q' }, ['use spanner://q:i/d']],
    [{ bigtableWriteInstanceId: 'i', bigtableWriteTableId: 't' }, ['write bigtable://p:i/t']],
    [{ temperatureTable: 'p:d.temperature' }, ['use bigquery:p.d.temperature']],
  ])('reads %j as %j', (parameters, expected) => {
    expect(datasets(parameters)).toEqual(expected);
  });

  it.each([
    'javascriptTextTransformGcsPath',
    'JSONPath',
    'tempLocation',
    'user_temp_location',
    'stagingLocation',
    'driverJars',
    'schemaPath',
    'bigQueryLoadingTemporaryDirectory',
  ])('takes %s for code or scratch space', (name) => {
    expect(datasets({ [name]: 'gs://b/x' })).toBeUndefined();
  });

  it('keeps no value of a parameter but the datasets', () => {
    const event = eventOf(
      audit('google.dataflow.v1beta3.FlexTemplatesService.LaunchFlexTemplate', {
        request: {
          launchParameter: {
            jobName: 'j',
            containerSpecGcsPath: 'gs://t/x',
            parameters: {
              apiKey: 'hunter2',
              connectionURL: 'jdbc:mysql://u:hunter2@db:3306/shop?password=hunter2',
            },
          },
        },
      }),
    );
    expect(JSON.stringify(event)).not.toContain('hunter2');
    expect(event.datasets).toEqual([
      { dataset: 'jdbc:mysql://db:3306/shop', op: 'use', strength: 'inferred' },
    ]);
  });
});

describe('job messages', () => {
  it.each(JOB_MESSAGES.map(({ prefix, ...rest }) => [prefix, rest] as const))('%s', (prefix, expected) => {
    const event = eventOf(message(`${prefix} and then some`));
    expect(event).toMatchObject({
      action: expected.action,
      outcome: expected.outcome,
      claims: { message: expected.name },
    });
  });

  it('takes any other text as a sign that the job ran', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!JOB_MESSAGES.some(({ prefix }) => text.startsWith(prefix)));
        expect(eventOf(message(text))).toMatchObject({ action: 'job.run', outcome: 'unknown' });
      }),
    );
  });

  it('believes these texts in the job-message log only', () => {
    const worker = { logName: 'projects/p/logs/dataflow.googleapis.com%2Fworker' };
    expect(eventOf(message('Worker pool stopped.', worker)).action).toBe('job.run');
  });
});

describe('constructed samples', () => {
  const entries = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) => readFileSync(join(import.meta.dirname, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => LogEntry.parse(JSON.parse(line)));

  it('are marked as such', () => {
    expect(entries.every((entry) => entry.labels?.['jobtrail.example/constructed'] === 'true')).toBe(true);
  });

  it('hold every method', () => {
    const seen = entries.map((entry) => entry.protoPayload?.methodName ?? '');
    const missing = dataflow.methods.filter((name) =>
      name.endsWith('*') ? !seen.some((one) => one.startsWith(name.slice(0, -1))) : !seen.includes(name),
    );
    expect(missing).toEqual([]);
  });
});

describe.runIf(haveSamples)('entries by others', () => {
  const owned = sampleLines('dataflow')
    .flatMap(({ lines }) => lines)
    .map((line) => LogEntry.parse(JSON.parse(line)))
    .filter((entry) => dataflow.owns(entry));

  it('have the right action, actor and job', () => {
    expect(
      owned.map((entry) => eventOf(entry)).map(({ action, job, identity }) => ({ action, job, identity })),
    ).toEqual([
      {
        action: 'job.submit',
        job: `dataflow:cloud-custodian/us-central1/${JOB}`,
        identity: { caller: { kind: 'google', email: 'dkhanas@gmail.com' } },
      },
      {
        action: 'job.finish',
        job: 'dataflow:trv-hs-src-consolidation-test/europe-west4/2021-11-16_12_18_34-3586925792726812510',
        identity: { absent: 'not-recorded' },
      },
      {
        action: 'job.run',
        job: 'dataflow:kolban-dataflow3/us-central1/2022-10-28_13_07_17-12646045757829274894',
        identity: { absent: 'not-recorded' },
      },
    ]);
  });
});

describe('any input', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const keys = fc.constantFrom(
    ...(
      'job job_id jobId name environment launchParameter launchParameters parameters options jobMetadata query ' +
      'sdkPipelineOptions bigqueryDetails pubsubDetails pipeline workload __proto__ requested_state serviceAccount ' +
      'replaceJobId containerSpec inputFile outputTable'
    ).split(' '),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      json,
      fc.dictionary(keys, tie('tree')),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));
  const strings = fc.dictionary(keys, fc.oneof(json, fc.string()));

  const normalise = (entry: unknown): Normalised | undefined => {
    const parsed = LogEntry.safeParse(entry);
    return parsed.success && dataflow.owns(parsed.data) ? dataflow.normalise(parsed.data) : undefined;
  };

  it('never throws on an audit entry', () => {
    const methods = fc.oneof(fc.constantFrom(...dataflow.methods), fc.string());
    fc.assert(
      fc.property(methods, tree, tree, strings, json, (methodName, request, response, labels, info) => {
        const serviceName = methodName.includes('datapipelines')
          ? 'datapipelines.googleapis.com'
          : 'dataflow.googleapis.com';
        const protoPayload = {
          serviceName,
          methodName,
          request,
          response,
          authorizationInfo: info,
          resourceLocation: info,
        };
        const result = normalise({
          logName: ACTIVITY,
          protoPayload,
          labels,
          resource: { type: 'dataflow_step', labels },
        });
        expect(result).toBeDefined();
      }),
    );
  });

  it('never throws on a log entry, and claims stay short scalars', () => {
    const logs = fc.constantFrom('job-message', 'worker', 'launcher', 'docker', 'toString');
    const labels = fc.dictionary(
      fc.constantFrom(
        'job_id',
        'job_name',
        'region',
        'project_id',
        'step_id',
        'dataflow.googleapis.com/job_id',
      ),
      fc.oneof(json, fc.string({ maxLength: 2000 })),
    );
    fc.assert(
      fc.property(logs, labels, labels, json, (log, resourceLabels, entryLabels, jsonPayload) => {
        const result = normalise({
          logName: `projects/p/logs/dataflow.googleapis.com%2F${log}`,
          resource: { type: 'dataflow_step', labels: resourceLabels },
          labels: entryLabels,
          ...(typeof jsonPayload === 'object' && jsonPayload !== null && !Array.isArray(jsonPayload)
            ? { jsonPayload }
            : {}),
        });
        expect(result).toBeDefined();
        const claims = result?.kind === 'event' ? Object.values(result.event.claims ?? {}) : [];
        for (const value of claims) expect(String(value).length).toBeLessThanOrEqual(256);
      }),
    );
  });
});
