import type { Severity } from '../../../schemas/alerting.ts';
import type { DeclaredJob } from '../../../schemas/corroboration.ts';
import { DAY_MS, later } from '../../alerts/times.ts';
import type { DeclaredFacts } from '../../detections/declared-facts.ts';
import { evidence } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import { anyPattern, type Matches } from '../../detections/patterns.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { accountOfJob, jobsOpenIn, MAX_JOB_DAYS, tiesOf, untilOf } from '../account-jobs.ts';
import { citedAs } from '../cite.ts';
import type { Facts, Sighting, Span } from '../facts.ts';
import { engineSourceOf, eventsOfJob, isEnd, isStartRecord } from '../job-records.ts';
import { readsOfJob, wholesOf, type JobRead } from '../job-reads.ts';
import { anchorOf, defineRule, type Context, type Judgement, type Outcome } from '../rule.ts';
import { touchedOf } from '../subjects.ts';
import { isScratch, spanOfTouched } from '../touched.ts';
import { tenMinutesOf } from '../traces.ts';

export const jobReadsUndeclaredData = defineRule({
  id: 'job-reads-undeclared-data',
  number: 'X03',
  version: 2,
  kind: 'correlate',
  title: 'Job read more datasets than it declared',
  severity: 'high',
  why: 'What a job may read is what its account may read; what it needs is what it declared, and the difference is what leaks.',
  runbook: [
    'Ask the owner of `declaredJob` for the reason of `undeclared`; what is needed belongs under its `inputs`.',
    'Read `toldBy`: what only lineage or an account tells was claimed or inferred, what a record of the job tells was read.',
    'Where nobody knows the reason, stop `job`, look where it wrote (query job-data) and who changed its code.',
  ],
  evidence: ['job', 'declaredJob', 'undeclared', 'datasets', 'toldBy', 'classification', 'account'],
  maps: {
    attack: ['T1530', 'T1213.006'],
    soc2: ['CC6.1', 'CC6.3', 'C1.1'],
    iso27001: ['A.8.3', 'A.5.12', 'A.8.12'],
  },
  peers: ['CSA 5.01 to 5.05 (volumes of reads)', 'Databricks high_number_of_read_writes (a count)'],
  gaps: [
    'Jobs without `inputs` under `corroboration.jobs` are not judged.',
    'Beside a declared view, the tables that one query read count as what the view is made of: the entry does not tell them apart.',
    'A view that is read without a record that names the job does not stand for its tables.',
    'What an account touched is a job’s where no other job of the account ran; of a job that runs for longer than a week only the first. What another one that ran is declared to read, or was recorded to read that day, counts as that one’s.',
    'Objects and rows are seen where Data Access logging is on.',
  ],
  sources: [
    'dataproc',
    'dataflow',
    'databricks',
    'bigquery',
    'storage',
    'spanner',
    'openlineage',
    'observed',
  ],
  on: [
    'job.submit',
    'job.start',
    'job.update',
    'job.finish',
    'job.delete',
    'job.observe',
    'session.create',
    'session.terminate',
    'session.delete',
    'workflow.run',
    'cluster.create',
  ],
  onSightings: ['job-data', 'touched'],
  anchors: (record, context) => {
    const { facts, declared } = context;
    if (!declared.corroboration.declaresInputs) return [];
    const jobs =
      record.kind === 'event'
        ? jobsOfEvent(record.event, context)
        : record.sighting.family === 'job-data'
          ? jobsOfJobData(record.sighting, context)
          : jobsOfAccountAt(record.sighting, context);
    return [...new Set(jobs)].flatMap((job) => eventsOfJob(job, facts).filter(isStartRecord).map(anchorOf));
  },
  judge: (anchor, context) => {
    const { facts, declared } = context;
    if (anchor.kind !== 'event' || anchor.event.job === undefined || !isStartRecord(anchor.event)) return [];
    const start = anchor.event;
    const job = anchor.event.job;
    const declaredJob = declared.corroboration.jobFor(start);
    if (declaredJob?.inputs === undefined) return [];
    // A job has one verdict, on the first record of its start.
    if (eventsOfJob(job, facts).find(isStartRecord)?.id !== start.id) return [];
    return judged(start, job, declaredJob, declaredJob.inputs, context);
  },
});

type AnchorContext = Pick<Context, 'facts' | 'declaredAt'>;

/** An event may be about a job, or make known whose account a job has. */
function jobsOfEvent(event: TrailEvent, context: AnchorContext): readonly string[] {
  const { facts } = context;
  if (event.job !== undefined) {
    const wholes = wholesOf(event.job, facts);
    // Another job of the account that ran beside it makes it uncertain whose reads are whose.
    return isStartRecord(event) || isEnd(event) || event.action === 'job.observe' || event.runAs !== undefined
      ? [...wholes, ...besides(event, context)]
      : wholes;
  }
  if (event.action !== 'cluster.create' || event.runAs === undefined) return [];
  return facts
    .sightings('touched', event.runAs, tenMinutesOf(event.time), '9999-12-31')
    .flatMap((sighting) => jobsOfAccountAt(sighting, context));
}

/** Jobs in whose time this one ran, as it is known by now, or as it was before its end was known: then it might have run for days. */
function besides(event: TrailEvent, context: AnchorContext): readonly string[] {
  const { facts, declaredAt } = context;
  if (event.job === undefined) return [];
  const own = eventsOfJob(event.job, facts);
  const start = own.find(isStartRecord);
  const account = start === undefined ? undefined : accountOfJob(start, facts);
  if (start === undefined || account === undefined) return [];
  const longest = later(start.time, MAX_JOB_DAYS * DAY_MS);
  const over = isEnd(event) ? undefined : untilOf(own);
  // Reads are told by ten minutes, and whatever ran in any of them may have made them.
  const span = {
    from: `${tenMinutesOf(start.time)}0:00.000000000Z`,
    until: `${tenMinutesOf(over === undefined || over > longest ? longest : over)}9:59.999999999Z`,
  };
  return jobsJudged(
    account,
    span,
    facts,
    (one) => declaredAt(one.time).corroboration.jobFor(one)?.inputs !== undefined,
  );
}

/** Where a record says whose read it was, it is nobody else's. */
function jobsOfJobData(sighting: Sighting, context: AnchorContext): readonly string[] {
  const { facts } = context;
  const job = sighting.subject;
  const { when: day, isRead, dataset } = touchedOf(sighting.bucket);
  const start = eventsOfJob(job, facts).find(isStartRecord);
  const account = start === undefined ? undefined : accountOfJob(start, facts);
  const touched =
    account === undefined || !isRead
      ? []
      : facts
          .sightings('touched', account, day, day)
          .filter(({ bucket }) => touchedOf(bucket).isRead && touchedOf(bucket).dataset === dataset);
  return [...wholesOf(job, facts), ...touched.flatMap((one) => jobsOfAccountAt(one, context))];
}

/** Those for which it is more than what they declare. */
function jobsOfAccountAt(sighting: Sighting, { facts, declaredAt }: AnchorContext): readonly string[] {
  const { isRead, dataset } = touchedOf(sighting.bucket);
  if (!isRead || isScratch(dataset) || isMetadata(dataset)) return [];
  const span = spanOfTouched(sighting);
  return jobsJudged(sighting.subject, span, facts, (start) => {
    const declared = declaredAt(start.time);
    const inputs = declared.corroboration.jobFor(start)?.inputs;
    return inputs !== undefined && !isKnown(dataset, anyPattern(inputs), declared);
  });
}

const jobsJudged = (
  account: string,
  span: Span,
  facts: Facts,
  matters: (start: TrailEvent) => boolean,
): readonly string[] =>
  jobsOpenIn(account, tiesOf(account, span.until, facts), span, facts, MAX_JOB_DAYS, matters).map(
    ({ job }) => job,
  );

function judged(
  start: TrailEvent,
  job: string,
  declaredJob: DeclaredJob,
  inputs: readonly string[],
  { facts, declared, declaredAt }: Pick<Context, 'facts' | 'declared' | 'declaredAt'>,
): readonly Judgement[] {
  const isInput = anyPattern(inputs);
  const { reads, ambiguous, isPartial, until, aloneUntil, engines } = readsOfJob(
    start,
    job,
    facts,
    (dataset) => !isKnown(dataset, isInput, declared),
    (other, dataset) => anyPattern(declaredAt(other.time).corroboration.jobFor(other)?.inputs ?? [])(dataset),
  );
  const undeclared = reads.filter((read) => !isExpected(read, isInput, declared));
  if (undeclared.length > 0) {
    const found = violated(start, job, declaredJob, undeclared, { facts, declared });
    if (aloneUntil === undefined || undeclared.some(({ by }) => by === 'record')) return [found];
    // Another job of the account that explains it may have begun just before, and its record may be late.
    const on = [...new Set([...engines, engineSourceOf(job) ?? start.source])];
    const late = Math.max(...on.map((engine) => declared.corroboration.lateness(engine)));
    return [{ verdict: 'waiting', until: later(aloneUntil, late), on, otherwise: found }];
  }
  const cited = [citedAs('submission', start)];
  if (ambiguous.length > 0) {
    return [
      {
        verdict: 'undetermined',
        cited,
        join: 'identity-and-time',
        reason: `Its account read what it does not declare, while other jobs of the account ran: ${ambiguous.slice(0, 3).join(', ')}.`,
      },
    ];
  }
  // Until it has ended there may be more.
  if (until === undefined) return [];
  const source = engineSourceOf(job) ?? start.source;
  return [
    {
      verdict: 'waiting',
      until: later(until, declared.corroboration.lateness(source)),
      on: [source],
      otherwise: isPartial
        ? { verdict: 'undetermined', cited, reason: 'It read more datasets than its records name.' }
        : { verdict: 'satisfied', cited, reason: 'It read nothing that it does not declare.' },
    },
  ];
}

const isExpected = (read: JobRead, isInput: Matches, declared: DeclaredFacts): boolean =>
  isKnown(read.dataset, isInput, declared) || read.views.some((view) => isInput(view));

/** Declared, or no data of anybody: what describes tables, what an engine keeps for itself, the job's own code. */
const isKnown = (dataset: string, isInput: Matches, declared: DeclaredFacts): boolean =>
  isInput(dataset) || isMetadata(dataset) || isScratch(dataset) || declared.isTrustedCode(dataset) === true;

/** `bigquery:P.D.INFORMATION_SCHEMA.TABLES`, `bigquery:P.D.__TABLES__`, and datasets that BigQuery makes for results. */
function isMetadata(dataset: string): boolean {
  if (!dataset.startsWith('bigquery:')) return false;
  const [table = '', parent = ''] = dataset.split('.').toReversed();
  return parent.toUpperCase() === 'INFORMATION_SCHEMA' || parent.startsWith('_') || table === '__TABLES__';
}

function violated(
  start: TrailEvent,
  job: string,
  declaredJob: DeclaredJob,
  undeclared: readonly JobRead[],
  { facts, declared }: Pick<Context, 'facts' | 'declared'>,
): Outcome {
  const datasets = [...new Set(undeclared.map(({ dataset }) => dataset))].toSorted();
  const isRestricted = undeclared.some(
    ({ dataset, isTagged }) => isTagged || declared.datasetLabel(dataset)?.classification === 'restricted',
  );
  const isOnlyClaimed = undeclared.every(({ event }) => event?.provenance === 'tenant');
  const [first = ''] = datasets;
  const isTold = undeclared.every(({ event }) => event !== undefined && isStartRecord(event));
  const byAccount = undeclared.some(({ by }) => by === 'account');
  return {
    verdict: 'violated',
    cited: [citedAs('submission', start), ...citations(undeclared)],
    join: byAccount ? 'identity-and-time' : 'job-id',
    found: {
      key: job,
      severity: severityOf(isRestricted, isOnlyClaimed),
      summary: `${job}, started by ${whoOf(start)}, ${isTold ? 'was told to read' : 'read'} ${first}${datasets.length > 1 ? ` and ${datasets.length - 1} more` : ''}, which ${declaredJob.id} does not declare as input.`,
      evidence: evidence(
        ['job', job],
        ['declaredJob', declaredJob.id],
        ['undeclared', datasets.slice(0, 10).join(', ')],
        ['datasets', datasets.length],
        ['toldBy', [...new Set(undeclared.map(tellerOf))].toSorted().join(', ')],
        ['classification', isRestricted ? 'restricted' : undefined],
        ['account', byAccount ? accountOfJob(start, facts) : undefined],
      ),
    },
  };
}

/** Whoever may send lineage could have made up all of it. */
function severityOf(isRestricted: boolean, isOnlyClaimed: boolean): Severity {
  if (isRestricted) return isOnlyClaimed ? 'high' : 'critical';
  return isOnlyClaimed ? 'medium' : 'high';
}

const tellerOf = ({ event }: JobRead): string => event?.source ?? 'account';

/** Of each dataset the first record. */
function citations(undeclared: readonly JobRead[]) {
  const first = new Map<string, TrailEvent>();
  for (const { dataset, event } of undeclared) {
    const known = first.get(dataset);
    if (event !== undefined && (known === undefined || isBefore(event, known))) first.set(dataset, event);
  }
  const events = new Map([...first.values()].map((event) => [event.id, event]));
  return [...events.values()]
    .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
    .map((event) => citedAs('data', event));
}

const isBefore = (a: TrailEvent, b: TrailEvent): boolean =>
  a.time === b.time ? a.id < b.id : a.time < b.time;
