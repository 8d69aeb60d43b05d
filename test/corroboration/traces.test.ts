/** What events leave for the rules over several records, and that no text in them can make two groups one. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BUCKET, MAX_SUBJECT } from '../../shared/corroboration/subjects.ts';
import { tracesOf, type Traces } from '../../shared/corroboration/traces.ts';
import { callFamilyOf, connectedEngine } from '../../shared/corroboration/call-family.ts';
import type { JobId } from '../../shared/model/job.ts';
import type { PrincipalId } from '../../shared/model/principal.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import { bundleOf } from '../detections/cases.ts';
import { recordedOf } from './cases.ts';
import { hostile } from './hostile.ts';
import type { Recorded } from './memory.ts';

const RUNNER = 'etl-runner@acme-data-prod.iam.gserviceaccount.com';
const BUNDLE = bundleOf({
  config: {
    environments: { prod: ['analytics-prod', 'acme-data-prod', 'shop-prod', 'databricks/4821734609921173'] },
    runtimeAccounts: { prod: [RUNNER] },
  },
  policies: '',
});
const SOURCES = join(import.meta.dirname, '..', 'sources');
const RUNNER_ID = `service-account:google:${RUNNER}`;

const linesOf = (file: string): readonly string[] =>
  readFileSync(join(SOURCES, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** The first of a source's sample entries that holds all of these words. */
async function sample(file: string, ...words: readonly string[]): Promise<Recorded> {
  const line = linesOf(`${file}.ndjson`).find((text) => words.every((word) => text.includes(word)));
  const [recorded] = line === undefined ? [] : await recordedOf([entryOf(line)], BUNDLE);
  if (recorded === undefined) throw new Error(`${file} has no event with ${words.join(', ')}`);
  return recorded;
}

function entryOf(line: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError('a sample is an object');
  return { ...parsed };
}

const leftBy = ({ event, beside }: Recorded): readonly string[] =>
  shown(tracesOf(event, BUNDLE.facts, beside));

/** `family subject` of groups, `family subject @ bucket` of sightings. */
const shown = ({ witnesses, sightings }: Traces): readonly string[] =>
  [
    ...witnesses.map(({ family, subject }) => `${family} ${subject}`),
    ...sightings.map(({ family, subject, bucket }) => `${family} ${subject} @ ${bucket}`),
  ].toSorted();

/** Of every source some: what it has most of. */
const SAMPLES = [
  '*/constructed-jobs.ndjson',
  '*/constructed-logs.ndjson',
  '*/constructed-denied.ndjson',
  '*/constructed-requests.ndjson',
  '*/constructed-grants.ndjson',
  '*/constructed-decisions.ndjson',
  '*/constructed-deployments.ndjson',
];

interface Left {
  readonly what: string;
  readonly file: string;
  readonly words: readonly string[];
  readonly leaves: readonly string[];
}

const LEFT: readonly Left[] = [
  {
    what: 'a submission: a call, somebody’s start, and that the audit log of the engine is recorded',
    file: 'dataflow/constructed-audit',
    words: ['dataflow.jobs.create'],
    leaves: [
      'audit dataflow|acme-data-prod @ 2026-05-04',
      'call dataflow|create-job',
      'call dataflow|create-job|acme-data-prod|europe-west1',
      'environment prod @ 2026-05-04',
      'principal user:google:ana.ruiz@example.com @ 2026-05-04',
      'runs service-account:google:beam-worker@acme-data-prod.iam.gserviceaccount.com @ 2026-05-04T09:0|dataflow:acme-data-prod/europe-west1/2026-05-04_02_01_17-4471902837465501001',
      'start user:google:ana.ruiz@example.com',
    ],
  },
  {
    what: 'a cluster: under which account its jobs will run',
    file: 'dataproc/constructed-clusters',
    words: ['CreateCluster', '"first":true'],
    leaves: [
      'audit dataproc|analytics-prod @ 2026-03-02',
      'call dataproc|create-cluster',
      'call dataproc|create-cluster|analytics-prod|europe-west1',
      'cluster analytics-prod/europe-west1/etl-v1',
      'cluster service-account:google:dataproc-vm@analytics-prod.iam.gserviceaccount.com',
      'environment prod @ 2026-03-02',
      'operation projects/analytics-prod/regions/europe-west1/operations/op-createcluster-v1',
      'principal user:google:ana@example.com @ 2026-03-02',
      'start user:google:ana@example.com',
    ],
  },
  {
    what: 'a line of a driver: the job ran, and nobody’s audit log says so',
    file: 'dataproc/constructed-logs',
    words: ['dataproc.job.driver'],
    leaves: ['work dataproc:analytics-prod/europe-west1/job/risk-daily-v1 @ 2026-03-02'],
  },
  {
    what: 'an application that was handed to YARN, beside the jobs of its cluster',
    file: 'dataproc/constructed-logs',
    words: ['Submit Application'],
    leaves: [
      'application analytics-prod/europe-west1/etl-main @ 2026-03-02|yarn:analytics-prod/europe-west1/etl-main/application_1740902400000_0007',
      'work yarn:analytics-prod/europe-west1/etl-main/application_1740902400000_0007 @ 2026-03-02',
    ],
  },
  {
    what: 'a job that an API listed',
    file: 'observed/constructed-dataproc-jobs',
    words: ['RUNNING'],
    leaves: [
      'environment prod @ 2026-02-02',
      'work dataproc:shop-prod/europe-west1/job/orders-20260202 @ 2026-02-02',
    ],
  },
  {
    what: 'a run of Databricks that began',
    file: 'databricks/constructed-jobs',
    words: ['runStart'],
    leaves: [
      'audit databricks|databricks/4821734609921173 @ 2026-02-02',
      'environment prod @ 2026-02-02',
      'principal system:databricks:System-User @ 2026-02-02',
      'work databricks:4821734609921173/run/9001 @ 2026-02-02',
    ],
  },
  {
    what: 'a table read by a query of a runtime account: the query’s, and for lack of a job of an engine the account’s',
    file: 'bigquery/constructed-data',
    words: ['tableDataRead', 'etl-runner', 'jobName'],
    leaves: [
      'environment prod @ 2026-05-04',
      'job-data bigquery:acme-data-prod/-/9a1f-spark @ 2026-05-04|r|bigquery:acme-data-prod.sales.orders',
      `principal ${RUNNER_ID} @ 2026-05-04`,
      `touched ${RUNNER_ID} @ 2026-05-04T09:0|r|bigquery:acme-data-prod.sales.orders`,
    ],
  },
  {
    what: 'the end of a query: access to data is no work of an engine',
    file: 'bigquery/constructed-jobs',
    words: ['jobChange', 'DONE'],
    leaves: ['environment prod @ 2026-05-04', `principal ${RUNNER_ID} @ 2026-05-04`],
  },
  {
    what: 'an object read by a runtime account',
    file: 'storage/constructed-objects',
    words: ['storage.objects.get'],
    leaves: [
      'environment prod @ 2026-05-04',
      `principal ${RUNNER_ID} @ 2026-05-04`,
      `touched ${RUNNER_ID} @ 2026-05-04T09:0|r|gs://acme-curated/orders`,
    ],
  },
  {
    what: 'a secret read by a runtime account, once for ten minutes',
    file: 'platform/constructed-access',
    words: ['AccessSecretVersion', 'etl-runner'],
    leaves: [
      `account-service ${RUNNER_ID}|secretmanager @ 2026-05-04T10:0`,
      'environment prod @ 2026-05-04',
      `principal ${RUNNER_ID} @ 2026-05-04`,
    ],
  },
];

describe('events leave', () => {
  it.each(LEFT)('$what', async ({ file, words, leaves }) => {
    expect(leftBy(await sample(file, ...words))).toEqual(leaves);
  });

  it('nothing of a request of the mesh or the gateway that starts no work', async () => {
    const left: string[] = [];
    let requests = 0;
    for (const file of globSync('{istio,kong}/constructed-*.ndjson', { cwd: SOURCES }).toSorted()) {
      for (const line of linesOf(file)) {
        const recorded = await recordedOf([entryOf(line)], BUNDLE).catch(() => []);
        for (const one of recorded) {
          const { action, callKey, outcome, method } = one.event;
          const isWork = callFamilyOf(callKey) !== undefined || connectedEngine(callKey) !== undefined;
          if (action !== 'api.call' || isWork || (outcome === 'denied' && callKey !== undefined)) continue;
          requests += 1;
          left.push(...leftBy(one).map((text) => `${method}: ${text}`));
        }
      }
    }
    expect(requests).toBeGreaterThan(20);
    expect(left).toEqual([]);
  });

  it('the same however often they are asked, nothing twice, and what fits its columns', async () => {
    for (const file of globSync(SAMPLES, { cwd: SOURCES }).toSorted()) {
      for (const line of linesOf(file)) {
        const recorded = await recordedOf([entryOf(line)], BUNDLE).catch(() => []);
        for (const one of recorded) {
          const traces = tracesOf(one.event, BUNDLE.facts, one.beside);
          const left = shown(traces);
          expect(leftBy(one)).toEqual(left);
          expect(new Set(left).size).toBe(left.length);
          expectToFit(traces);
        }
      }
    }
  });
});

function expectToFit({ witnesses, sightings }: Traces): void {
  for (const { subject } of [...witnesses, ...sightings]) {
    expect(subject.length).toBeLessThanOrEqual(MAX_SUBJECT);
    expect(subject.isWellFormed()).toBe(true);
    expect(subject).not.toBe('');
  }
  for (const { bucket } of sightings) {
    expect(bucket.length).toBeLessThanOrEqual(MAX_BUCKET);
    expect(bucket.isWellFormed()).toBe(true);
  }
}

/** A text in the place of every name that a caller may choose. */
function disguised(event: TrailEvent, text: string): TrailEvent {
  const id = `user:google:${text}` as PrincipalId;
  return {
    ...event,
    actor: event.actor === undefined ? undefined : { ...event.actor, id },
    actingFor: [{ id: `${id}>${text}` as PrincipalId, recordedBy: 'iam' }],
    runAs: event.runAs === undefined ? undefined : (`service-account:google:${text}` as PrincipalId),
    job: event.job === undefined ? undefined : (`${event.job}/${text}` as JobId),
    resource: text,
    project: text,
    location: text,
    environment: text,
    datasets: event.datasets.map((use) => ({ ...use, dataset: `gs://${text}` })),
    claims: { ...event.claims, cluster: text, approvalId: text, beneficiary: text, metric: text },
    callKey: event.callKey === undefined ? undefined : `dataproc|SubmitJob|${text}|europe-west1`,
    operation: event.operation === undefined ? undefined : { ...event.operation, id: text },
  };
}

describe('hostile names', () => {
  it('fit and never make two events one group', async () => {
    const events = await Promise.all(LEFT.map(({ file, words }) => sample(file, ...words)));
    fc.assert(
      fc.property(fc.constantFrom(...events), hostile, hostile, ({ event }, a, b) => {
        const [one, other] = [a, b].map((text) => tracesOf(disguised(event, text), BUNDLE.facts));
        if (one === undefined || other === undefined) throw new Error('two texts make two traces');
        expectToFit(one);
        expectToFit(other);
        if (a === b) return;
        const own = new Set(shown(one).filter(isNamed));
        expect(shown(other).filter((text) => own.has(text))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('with a separator are no place of a call', async () => {
    const { event } = await sample('dataflow/constructed-audit', 'dataflow.jobs.create');
    const call = { ...event, callKey: 'dataproc|SubmitJob|acme-prod|europe-west1|elsewhere' };
    expect(shown(tracesOf(call, BUNDLE.facts)).filter((text) => text.startsWith('call '))).toEqual([]);
  });
});

/** Groups that are named after somebody or something, and not after a kind of call alone. */
const isNamed = (text: string): boolean => !/^(?:call [a-z]+\|[a-z-]+|change -|deploy -)$/.test(text);
