import { later } from '../../alerts/times.ts';
import { recordOfJob } from '../missing-record.ts';
import { evidence, textOf } from '../../detections/evidence.ts';
import { engineOf } from '../../model/job-place.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { accountWithoutJobs } from '../account-without-jobs.ts';
import { anchorOfSighting } from '../anchors.ts';
import { citedAs } from '../cite.ts';
import type { Facts, Sighting } from '../facts.ts';
import {
  createdAt,
  engineSourceOf,
  eventsOfJob,
  formsOf,
  isEnd,
  isStartRecord,
  projectOfJob,
} from '../job-records.ts';
import { memo } from '../memo.ts';
import { defineRule, type Anchor, type Context, type Judgement, type Outcome } from '../rule.ts';
import { dayPlus, msBetween } from '../span.ts';
import { auditSubject, clusterSubject, jobOfRuns } from '../subjects.ts';
import { TELLS_OF_ACCOUNT_JOBS, touchedAround } from '../touched.ts';
import { dayOf } from '../traces.ts';
import {
  applicationsIn,
  bestSign,
  explanationOf,
  isDefinedBefore,
  isDefinitionChange,
  isSign,
  namesApplication,
  namesOnlyOthers,
  openOnCluster,
  parentsOf,
} from '../work-signs.ts';

export const jobRanWithoutAuditRecord = defineRule({
  id: 'job-ran-without-audit-record',
  number: 'L01',
  version: 3,
  kind: 'absence',
  title: 'Work happened that no job-start record explains',
  severity: 'critical',
  why: 'Job starts cannot be left unlogged: code got onto the machines past the job API, or the copy of the log that comes here is cut.',
  runbook: [
    'Ask the engine itself for `job`: where it knows it, its audit entry was filtered or lost on its way (query balance).',
    'Where it does not, code was started on the cluster: look who reached its machines before `firstSign` by SSH, notebook or YARN.',
    'Read `toldBy` and `provenance`: a log that only tenants write can be made up, an API and an audit log cannot.',
  ],
  evidence: ['job', 'account', 'dataset', 'toldBy', 'provenance', 'firstSign', 'cluster', 'openJobs'],
  maps: {
    attack: ['T1685.002', 'T1059'],
    soc2: ['CC7.2', 'CC2.1'],
    iso27001: ['A.8.15', 'A.8.16'],
  },
  peers: [],
  gaps: [
    'Quiet for a project whose audit log of the engine was never recorded; a job created before it, or on its first day, is undetermined. Where its first records come late, jobs that were judged before them are not judged anew.',
    'A job that took the id of an older one is explained by the record of that one.',
    'A YARN application that ends while jobs of its cluster run, and names none of them, may be one of theirs: it is undetermined until the API has listed the applications of each of them.',
    'The tag by which an application names its job is the submitter’s to choose.',
    'Machines that an engine made, and lineage runs that name no job of an engine, are not looked at.',
  ],
  expects: 'a job API’s record that somebody started it',
  partners: ['dataproc', 'dataflow', 'databricks'],
  missing: (anchor) =>
    anchor.kind === 'sighting' && anchor.sighting.family !== 'touched'
      ? recordOfJob(anchor.sighting.subject, anchor.time)
      : undefined,
  sources: [
    'dataproc',
    'dataflow',
    'databricks',
    'observed',
    'openlineage',
    'bigquery',
    'storage',
    'spanner',
  ],
  on: [...TELLS_OF_ACCOUNT_JOBS, 'job.start', 'template.change'],
  onSightings: ['work', 'job-data', 'touched'],
  anchors: (record, context) =>
    record.kind === 'event'
      ? reachedBy(record.event, context)
      : record.sighting.family === 'job-data'
        ? [record, signsOfDay(record.sighting, context.facts)]
        : [record],
  judge: (anchor, context) => {
    if (anchor.kind !== 'sighting') return [];
    return anchor.sighting.family === 'touched'
      ? accountWithoutJobs(anchor.sighting, context)
      : ofJob(anchor.sighting, context);
  },
});

/** Whatever explains work may come after it, and so may what shows it: each day's sign is judged anew. */
function reachedBy(event: TrailEvent, { facts, declared }: Context): readonly Anchor[] {
  const touched = touchedAround(event, facts, declared);
  if (event.job === undefined) return touched;
  const jobs = [event.job, ...childrenOf(event, facts), ...besideOf(event, facts)]
    .filter((job) => engineSourceOf(job) !== undefined)
    .flatMap(formsOf);
  return [...touched, ...[...new Set(jobs)].flatMap((job) => signsOf(job, facts))];
}

/** Days from which on sightings are looked for; whatever began work has no earlier ones. */
const FIRST_DAY = '0001-01-01';
const LAST_DAY = '9999-12-31';

const signsOf = (job: string, facts: Facts): readonly Anchor[] =>
  [
    ...facts.sightings('work', job, FIRST_DAY, LAST_DAY),
    ...facts.sightings('job-data', job, FIRST_DAY, LAST_DAY),
  ].map(anchorOfSighting);

/** What it touched on one day is told by the first of it and by the one that proves most, whichever data that was. */
const signsOfDay = ({ subject, bucket }: Sighting, facts: Facts): readonly Anchor[] =>
  asAnchors(facts.sightings('job-data', subject, bucket.slice(0, DAY_LENGTH), bucket.slice(0, DAY_LENGTH)));

const DAY_LENGTH = '2026-11-18'.length;
/** The same list for the same answer. */
const asAnchors = memo((sightings: readonly Sighting[]): readonly Anchor[] =>
  sightings.map(anchorOfSighting),
);

/** Work that this job explains by its own record, or by what it was itself started by: down to the parts of a workflow's jobs. */
function childrenOf(event: TrailEvent, facts: Facts): readonly string[] {
  if (event.job === undefined || !tellsOfParts(event)) return [];
  const children = partsOf(event.job, facts);
  return [...new Set([...children, ...children.flatMap((child) => partsOf(child, facts))])];
}

const partsOf = (job: string, facts: Facts): readonly string[] =>
  formsOf(job).flatMap((form) => facts.edges(form, 'spawn').map((edge) => edge.job));

/** That it began, when it was over, what it is a part of, what schedule it has. */
const tellsOfParts = (event: TrailEvent): boolean =>
  isStartRecord(event) || isEnd(event) || isDefinitionChange(event) || event.parentJob !== undefined;

/** Applications that began on the job's cluster while it may have run: they may be its own (openOnCluster). */
function besideOf(event: TrailEvent, facts: Facts): readonly string[] {
  const { job } = event;
  if (job === undefined || engineOf(job) !== 'dataproc' || event.provenance === 'tenant') return [];
  if (!isStartRecord(event) && !isEnd(event) && applicationsIn(event).length === 0) return [];
  return eventsOfJob(job, facts)
    .filter(isStartRecord)
    .flatMap(({ project, location, claims, time }) => {
      const cluster = textOf(claims, 'cluster');
      if (project === undefined || location === undefined || cluster === undefined) return [];
      const day = dayOf(time);
      return facts
        .sightings(
          'application',
          clusterSubject(project, location, cluster),
          day,
          dayPlus(day, LOOKED_FOR_DAYS),
        )
        .map(({ bucket }) => jobOfRuns(bucket));
    });
}

/** A job is looked for a day before an application, by whole hours. */
const LOOKED_FOR_DAYS = 2;

function ofJob(sighting: Sighting, context: Context): readonly Judgement[] {
  const { facts, declared } = context;
  const job = sighting.subject;
  const source = engineSourceOf(job);
  const project = projectOfJob(job);
  if (source === undefined || project === undefined || isDefinition(job)) return [];
  const events = eventsOfJob(job, facts);
  const day = sighting.bucket.slice(0, DAY_LENGTH);
  const isData = sighting.family === 'job-data';
  const signs = events.filter(
    (event) => dayOf(event.time) === day && event.action.startsWith('data.') === isData && isSign(event),
  );
  const [first] = signs;
  const best = bestSign(signs);
  if (first === undefined || best === undefined) return [];
  const since = facts.sightings('audit', auditSubject(source, project), FIRST_DAY, LAST_DAY)[0]?.bucket;
  if (since === undefined) return [];

  const until = later(first.time, declared.corroboration.lateness(source));
  const cited = [citedAs('work', best)];
  const explained = explanationOf(job, events, first, facts);
  if (explained !== undefined) {
    const { record, role, reason } = explained;
    const { receiveTime } = record;
    const late = receiveTime !== undefined && receiveTime > until ? msBetween(until, receiveTime) : 0;
    return [
      {
        verdict: 'satisfied',
        cited: [...cited, citedAs(role, record)],
        join: 'job-id',
        ...(late > 0 ? { lateMs: late } : undefined),
        reason,
      },
    ];
  }
  const created = createdAt(job, events);
  if (created !== undefined && dayOf(created) <= since)
    return [undetermined(cited, 'The job is older than what is recorded of the audit log of its engine.')];
  if (isDefinedBefore(parentsOf(events), facts))
    return [
      undetermined(
        cited,
        'The definition of the run is older than what is recorded: it may have a schedule.',
      ),
    ];
  const otherwise =
    engineOf(job) === 'yarn'
      ? application(job, events, { first, best }, facts)
      : violated(job, { first, best });
  return [{ verdict: 'waiting', until, on: [source], otherwise }];
}

/** A definition of Databricks is no run. */
const isDefinition = (job: string): boolean => engineOf(job) === 'databricks' && job.includes('/job/');

const undetermined = (cited: Outcome['cited'], reason: string): Outcome => ({
  verdict: 'undetermined',
  cited,
  reason,
});

/** The first sign of a day, and the one that proves most. */
interface Signs {
  readonly first: TrailEvent;
  readonly best: TrailEvent;
}

function application(
  job: string,
  events: readonly TrailEvent[],
  { first, best }: Signs,
  facts: Facts,
): Outcome {
  const open = openOnCluster(first, facts);
  const id = job.slice(job.lastIndexOf('/') + 1);
  const owner = open.find((one) => namesApplication(one, id));
  const start = owner?.find(isStartRecord);
  if (start !== undefined) {
    return {
      verdict: 'satisfied',
      cited: [citedAs('work', best), citedAs('submission', start)],
      join: 'job-id',
      reason: 'The API lists the application as one of a job that has a record.',
    };
  }
  if (open.every((one) => namesOnlyOthers(one, id))) return violated(job, { first, best });
  const starts = open.flatMap((one) => one.find(isStartRecord) ?? []);
  const cited = [citedAs('work', best), ...starts.map((each) => citedAs('open-job', each))];
  // While it runs nothing tells whose it is: the tag comes with its end.
  if (!events.some(({ method }) => method === 'ApplicationSummary'))
    return undetermined(cited, 'Jobs of the cluster were running, and the application has not ended yet.');
  const { found } = violated(job, { first, best }, starts);
  return {
    verdict: 'undetermined',
    cited,
    reason: 'Jobs of the cluster were running; the application ended and named none of them.',
    found: { ...found, severity: 'medium' },
  };
}

function violated(
  job: string,
  { first, best }: Signs,
  open: readonly TrailEvent[] = [],
): Extract<Outcome, { verdict: 'violated' }> {
  const isProven = best.provenance !== 'tenant' && !best.action.startsWith('data.');
  return {
    verdict: 'violated',
    cited: [citedAs('work', best)],
    found: {
      key: job,
      severity: isProven ? 'critical' : 'high',
      summary: `${job} ran, as ${toldBy(best)}, and no record tells that anybody started it.`,
      evidence: evidence(
        ['job', job],
        ['toldBy', best.method],
        ['provenance', best.provenance],
        ['firstSign', first.time],
        ['cluster', textOf(best.claims, 'cluster')],
        [
          'openJobs',
          open
            .map(({ job: id }) => id)
            .slice(0, 10)
            .join(', '),
        ],
      ),
      subject: best,
    },
  };
}

function toldBy({ action, provenance }: TrailEvent): string {
  if (action === 'job.observe') return 'its API lists';
  if (action.startsWith('data.')) return 'an access to data says of itself';
  return provenance === 'tenant' ? 'a log of its project tells' : 'the log of its engine tells';
}
