import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../../alerts/times.ts';
import { evidence } from '../../detections/evidence.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { accountOfJob, jobsBegunIn, tiesOf } from '../account-jobs.ts';
import { anchorOfSighting } from '../anchors.ts';
import { citedAs } from '../cite.ts';
import { CONTROL_SERVICES, type ControlService } from '../control-service.ts';
import type { Facts, Sighting } from '../facts.ts';
import { engineSourceOf, eventsOfJob, isStartRecord } from '../job-records.ts';
import { defineRule, type Anchor, type Context, type Judgement } from '../rule.ts';
import { dayPlus } from '../span.ts';
import { accountServiceSubject, serviceOfSubject } from '../subjects.ts';
import { TELLS_OF_ACCOUNT_JOBS } from '../touched.ts';
import { dayOf, tenMinutesOf } from '../traces.ts';

/** How long after a job began what its account does is looked at. */
const AFTER_START_MS = HOUR_MS;
const NAMES: Readonly<Record<ControlService, string>> = {
  iam: 'IAM',
  secretmanager: 'Secret Manager',
  compute: 'Compute Engine',
};

export const runtimeAccountNewService = defineRule({
  id: 'runtime-account-new-service',
  version: 1,
  kind: 'baseline',
  title: 'Runtime account calls a control plane for the first time, just after a job of it began',
  severity: 'critical',
  why: 'Code that took the token of its worker asks IAM, Secret Manager or Compute Engine what else there is to have.',
  runbook: [
    'List what `account` called from `from` on, and from where: an address that is no worker’s settles it (runtime-token-off-platform).',
    'Read the code of `job`, and of the others that ran under `account` then; ask its owner whether it is to use `service`.',
    'Where it is not, stop the job, disable `account` for an hour so that its tokens end, and change the secrets it could read.',
  ],
  evidence: ['account', 'service', 'from', 'until', 'job', 'startedBy', 'newSinceDays'],
  maps: {
    attack: ['T1528', 'T1552.005', 'T1550.001'],
    soc2: ['CC6.1', 'CC7.2'],
    iso27001: ['A.8.16', 'A.5.17'],
  },
  peers: ['ETD Persistence: New API Method'],
  gaps: [
    'Not judged without `runtimeAccounts`, nor while an environment is younger than `corroboration.thresholds.learnDays`.',
    'An account that calls the service once in `corroboration.thresholds.firstSeenDays` is at home there.',
    'Reads of IAM and Compute Engine are seen where Data Access logging is on.',
    'The account is the one a batch, a session, a Dataflow job or the creation of a cluster names.',
  ],
  sources: ['iam', 'platform', 'dataproc', 'dataflow', 'observed'],
  on: TELLS_OF_ACCOUNT_JOBS,
  onSightings: ['account-service'],
  anchors: (record, context) =>
    record.kind === 'sighting'
      ? callsSince(record.sighting, context)
      : callsAfterStart(record.event, context.facts),
  judge: (anchor, context) => (anchor.kind === 'sighting' ? judged(anchor.sighting, context) : []),
});

/** A call that comes late makes those after it no news. */
function callsSince(sighting: Sighting, { facts, declared }: Context): readonly Anchor[] {
  const { family, subject, bucket } = sighting;
  const until = dayPlus(bucket.slice(0, 10), declared.corroboration.thresholds.firstSeenDays + 1);
  return facts.sightings(family, subject, bucket, until).map(anchorOfSighting);
}

function callsAfterStart(event: TrailEvent, facts: Facts): readonly Anchor[] {
  if (event.provenance === 'tenant') return [];
  if (event.action === 'cluster.create') return callsBetween(event.runAs, event.time, '9999-12-31', facts);
  if (event.job === undefined || engineSourceOf(event.job) === undefined) return [];
  const start = eventsOfJob(event.job, facts).find(isStartRecord);
  return start === undefined
    ? []
    : callsBetween(
        accountOfJob(start, facts),
        start.time,
        tenMinutesOf(later(start.time, AFTER_START_MS)),
        facts,
      );
}

const callsBetween = (
  account: string | undefined,
  time: string,
  until: string,
  facts: Facts,
): readonly Anchor[] =>
  account === undefined
    ? []
    : CONTROL_SERVICES.flatMap((service) =>
        facts
          .sightings('account-service', accountServiceSubject(account, service), tenMinutesOf(time), until)
          .map(anchorOfSighting),
      );

function judged({ family, subject, bucket }: Sighting, { facts, declared }: Context): readonly Judgement[] {
  const called = serviceOfSubject(subject);
  if (called === undefined) return [];
  const { account, service } = called;
  const { firstSeenDays, learnDays } = declared.corroboration.thresholds;
  const from = `${bucket}0:00.000000000Z`;
  const before = facts.sightings(family, subject, tenMinutesOf(later(from, -firstSeenDays * DAY_MS)), bucket);
  if (before.some((one) => one.bucket < bucket)) return [];

  const until = `${later(from, 10 * MINUTE_MS - 1).slice(0, 23)}999999Z`;
  const span = { from: later(from, -AFTER_START_MS), until };
  const job = jobsBegunIn(account, tiesOf(account, until, facts), span, facts).at(-1);
  if (job === undefined) return [];
  const { environment } = job.start;
  if (environment === undefined || !isLearnt(environment, dayOf(from), learnDays, facts)) return [];
  return [
    {
      verdict: 'violated',
      cited: [citedAs('submission', job.start)],
      join: 'identity-and-time',
      found: {
        key: `${account} ${service}`,
        summary: `${account}, which jobs run under, called ${NAMES[service]} for the first time in ${firstSeenDays} days, within an hour of a job’s start.`,
        evidence: evidence(
          ['account', account],
          ['service', service],
          ['from', from],
          ['until', until],
          ['job', job.job],
          ['startedBy', job.start.actor?.id],
          ['newSinceDays', firstSeenDays],
        ),
      },
    },
  ];
}

/** Whether the environment has been recorded long enough for anything to be new in it. */
function isLearnt(environment: string, day: string, learnDays: number, facts: Facts): boolean {
  const [first] = facts.sightings('environment', environment, '0001-01-01', day);
  return first !== undefined && first.bucket <= dayPlus(day, -learnDays);
}
