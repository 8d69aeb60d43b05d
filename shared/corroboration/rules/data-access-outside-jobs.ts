import { later } from '../../alerts/times.ts';
import { evidence } from '../../detections/evidence.ts';
import { coverOf, tiesOf, type AccountJob } from '../account-jobs.ts';
import { citedAs } from '../cite.ts';
import type { Span } from '../facts.ts';
import { defineRule, type Anchor, type Context, type Judgement, type Outcome } from '../rule.ts';
import { msBetween } from '../span.ts';
import { touchedOf } from '../subjects.ts';
import { isScratch, spanOfTouched, TELLS_OF_ACCOUNT_JOBS, touchedAround } from '../touched.ts';

export const dataAccessOutsideJobs = defineRule({
  id: 'data-access-outside-jobs',
  version: 1,
  kind: 'correlate',
  title: 'Account of a cluster touched data while no job of it ran',
  severity: 'high',
  why: 'Notebooks, shells and stolen tokens have the rights of the account that jobs run under, and leave no job behind.',
  runbook: [
    'Look who was on the machines of `account` from `from` on: findings of interactive-exec-on-cluster name terminals, kernels and SSH.',
    'Hold `lastJob` against the time: a job whose end came late in the log ends here ten minutes after it.',
    'Where nobody worked there, treat the token of `account` as stolen: stop its machines and list what it did (query jobs-of-principal).',
  ],
  evidence: ['account', 'dataset', 'access', 'from', 'until', 'lastJob'],
  maps: {
    attack: ['T1021.007', 'T1651', 'T1552.005'],
    soc2: ['CC6.1', 'CC6.8'],
    iso27001: ['A.8.18', 'A.8.2'],
  },
  peers: [],
  gaps: [
    'Not judged without `runtimeAccounts`, nor for accounts of which no cluster, batch, session or Dataflow job was ever seen.',
    'Time is told in ten minutes; a job whose end nobody recorded counts as running for a day, and after that leaves it open.',
    'Objects and rows are seen where Data Access logging is on; staging buckets under names of their own are declared as exemptions.',
    'Of an account that began no job in a week, job-ran-without-audit-record tells.',
  ],
  expects: 'a job of the account that was running',

  sources: ['dataproc', 'dataflow', 'bigquery', 'storage', 'spanner', 'observed'],
  on: TELLS_OF_ACCOUNT_JOBS,
  onSightings: ['touched'],
  anchors: (record, { facts, declared }) =>
    record.kind === 'sighting' ? [record] : touchedAround(record.event, facts, declared),
  judge: (anchor, context) => {
    if (anchor.kind !== 'sighting' || anchor.sighting.family !== 'touched') return [];
    const { dataset } = touchedOf(anchor.sighting.bucket);
    return isScratch(dataset) ? [] : judged(anchor, context);
  },
});

function judged(
  { sighting }: Extract<Anchor, { kind: 'sighting' }>,
  { facts, declared }: Context,
): readonly Judgement[] {
  const account = sighting.subject;
  const span = spanOfTouched(sighting);
  const ties = tiesOf(account, span.until, facts);
  if (ties.engines.length === 0) return [];
  const until = later(
    span.until,
    Math.max(...ties.engines.map((engine) => declared.corroboration.lateness(engine))),
  );
  const cover = coverOf(account, ties, span, facts);
  if (cover.kind === 'running') return [explainedBy(cover.job, until)];
  if (cover.kind === 'endless') {
    return [
      {
        verdict: 'undetermined',
        cited: [citedAs('submission', cover.job.start)],
        join: 'identity-and-time',
        reason: 'A job of the account whose end is not recorded began days before and may still have run.',
      },
    ];
  }
  const { last } = cover;
  // Who began none in all that time is another rule's finding.
  if (last === undefined) return [];
  return [
    { verdict: 'waiting', until, on: ties.engines, otherwise: outside(sighting.bucket, account, span, last) },
  ];
}

function explainedBy({ start }: AccountJob, until: string): Outcome {
  const { receiveTime } = start;
  const late = receiveTime !== undefined && receiveTime > until ? msBetween(until, receiveTime) : 0;
  return {
    verdict: 'satisfied',
    cited: [citedAs('submission', start)],
    join: 'identity-and-time',
    ...(late > 0 ? { lateMs: late } : undefined),
    reason: 'A job of the account ran at that time.',
  };
}

function outside(bucket: string, account: string, span: Span, last: AccountJob): Outcome {
  const { dataset, isRead } = touchedOf(bucket);
  return {
    verdict: 'violated',
    cited: [citedAs('submission', last.start)],
    found: {
      key: account,
      summary: `${account}, which jobs run under, ${isRead ? 'read' : 'changed'} ${dataset} while none of its jobs ran.`,
      evidence: evidence(
        ['account', account],
        ['dataset', dataset],
        ['access', isRead ? 'read' : 'write'],
        ['from', span.from],
        ['until', span.until],
        ['lastJob', last.job],
      ),
    },
  };
}
