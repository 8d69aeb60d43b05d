/**
 * A small day with every answer known by hand: jobs of two people and a service, data that flows in a circle, policies that
 * change, a conflict.
 */
import type { EntryRows } from '../../shared/store/store.ts';
import { edgeOf, eventEntry, eventRow, jobEntry, policyEntry, quarantineEntry } from './entries.ts';

export const ANA = 'user:google:ana@example.com';
export const ETL = 'service-account:google:etl@prod.iam.gserviceaccount.com';
export const job = (name: string): string => `dataproc:prod/europe-west1/job/${name}`;
const SUBMIT = 'dataproc|SubmitJob|prod|europe-west1';
const at = (time: string): string => `2026-11-20T${time}.000000000Z`;

/** A submission that came as a long-running operation: its closing entry, with the outcome and without the caller. */
const closing: EntryRows = {
  kind: 'event',
  rows: [
    {
      table: 'Events',
      row: eventRow('closing entry of clean', {
        Source: 'dataproc',
        Action: 'job.submit',
        Method: 'SubmitJobAsOperation',
        EventTime: at('01:30:00'),
        JobId: job('clean'),
        Actor: null,
        OperationId: 'operation-1',
        Phase: 'last',
        Outcome: 'failed',
        Via: 'direct',
        Provenance: 'provider',
      }),
    },
  ],
};

const yarn = eventRow('application without a submission', {
  Source: 'dataproc',
  Action: 'job.run',
  Method: 'yarn',
  EventTime: at('03:00:00'),
  JobId: 'yarn:prod/europe-west1/c1/application_1_0001',
  Actor: null,
  ActorAbsent: 'not-recorded',
  Provenance: 'tenant',
  Outcome: 'unknown',
  Environment: null,
});

const NAMESPACE = 'kubernetes:prod/europe-west1/mesh-1/data/';
export const JOB_PROXY = `${NAMESPACE}authorizationpolicies.security.istio.io/job-proxy`;
export const PROJECT = 'allow://cloudresourcemanager.googleapis.com/projects/prod';
const forged = { Provenance: 'tenant', Actor: 'user:google:mallory@stranger.example' };

/** A policy that is opened for ten minutes and closed again, one that is deleted, and what cannot be told apart. */
const VERSIONS: readonly EntryRows[] = [
  policyEntry({ policy: JOB_PROXY, time: at('00:00:00'), content: 'closed', over: { Actor: ETL } }),
  policyEntry({ policy: JOB_PROXY, time: at('01:00:00'), content: 'open' }),
  policyEntry({ policy: JOB_PROXY, time: at('01:10:00'), content: 'closed', over: { ActingFor: [ETL] } }),
  policyEntry({ policy: JOB_PROXY, time: at('01:05:00'), content: 'forged', over: forged }),
  policyEntry({ policy: `${NAMESPACE}sidecars.networking.istio.io/x`, time: at('00:30:00'), content: 'x' }),
  policyEntry({
    policy: `${NAMESPACE}sidecars.networking.istio.io/x`,
    time: at('01:30:00'),
    change: 'delete',
  }),
  ...(['set', 'delete'] as const).map((change) =>
    policyEntry({ policy: 'kong:prod/routes/r', time: at('01:00:00'), plane: 'gateway', change }),
  ),
  policyEntry({ policy: PROJECT, time: at('00:05:00'), plane: 'iam', content: 'viewers' }),
  policyEntry({ policy: `${PROJECT}-2`, time: at('00:05:00'), plane: 'iam', over: { Project: 'prod-2' } }),
  policyEntry({ policy: PROJECT, time: at('01:20:00'), plane: 'iam', change: 'delta' }),
];

export const SCENARIO: readonly EntryRows[] = [
  // raw -> clean -> report, and clean also by another job; report flows back into raw; archive knows no direction.
  jobEntry({ job: job('load'), time: at('00:10:00'), actor: ETL, writes: ['gs://raw/'] }),
  jobEntry({
    job: job('clean'),
    time: at('01:00:00'),
    actor: ETL,
    actingFor: [ANA],
    reads: ['gs://raw/'],
    writes: ['bigquery:prod.lake.clean'],
    over: { OperationId: 'operation-1', Phase: 'first', Method: 'SubmitJobAsOperation' },
  }),
  closing,
  jobEntry({
    job: job('clean2'),
    time: at('01:10:00'),
    reads: ['gs://raw/'],
    writes: ['bigquery:prod.lake.clean'],
  }),
  jobEntry({
    job: job('report'),
    time: at('02:00:00'),
    reads: ['bigquery:prod.lake.clean', 'gs://rates/'],
    writes: ['gs://report/'],
    over: { JobName: 'report <b>', RunAs: ETL, CallKey: SUBMIT, Claims: '{"requestToken":"r-1"}' },
  }),
  jobEntry({
    job: job('feedback'),
    time: at('02:30:00'),
    reads: ['gs://report/'],
    writes: ['gs://raw/'],
    over: { CallKey: SUBMIT },
  }),
  jobEntry({ job: job('archive'), time: at('02:40:00'), uses: ['gs://report/', 'gs://vault/'] }),
  {
    kind: 'event',
    rows: [{ table: 'Events', row: yarn }, edgeOf(yarn, job('load'), 'spawn')],
  },
  eventEntry('mesh call of report', {
    EventTime: at('01:59:59'),
    CallKey: 'dataproc|SubmitJob||',
    RequestId: 'r-1',
    Actor: ETL,
  }),
  eventEntry('denied mesh call', {
    EventTime: at('01:59:58'),
    CallKey: SUBMIT,
    RequestId: 'r-1',
    Outcome: 'denied',
  }),
  // No request id to go by: the same call by the same principal a moment before, and another's long before.
  eventEntry('mesh call of feedback', { EventTime: at('02:29:59'), CallKey: SUBMIT }),
  eventEntry('mesh call of nobody', { EventTime: at('02:10:00'), CallKey: SUBMIT }),
  eventEntry('odd', { Action: 'unclassified', Method: 'google.x.Y', EventTime: at('05:00:00') }),
  eventEntry('odd 2', { Action: 'unclassified', Method: 'google.x.Y', EventTime: at('06:00:00') }),
  eventEntry('twice'),
  eventEntry('twice', { Outcome: 'denied' }),
  eventEntry('once', { Raw: '{"a":1}', Digest: 'a'.repeat(64) }),
  eventEntry('once', { Raw: '{"a":2}', Digest: 'b'.repeat(64) }),
  ...VERSIONS,
  quarantineEntry('{'),
];
