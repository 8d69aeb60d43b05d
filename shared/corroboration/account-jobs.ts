/**
 * Jobs that run under an account, and when. Batches, sessions, workflows and Dataflow jobs name their account where they are
 * started; the jobs of a cluster name the cluster, and its creation names the account.
 */
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../alerts/times.ts';
import { textOf } from '../detections/evidence.ts';
import { engineOf } from '../model/job-place.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { callSubject } from './call-family.ts';
import { derived } from './derived.ts';
import type { Facts, Span } from './facts.ts';
import { endedAt, eventsOfJob, isStartRecord } from './job-records.ts';
import { msBetween } from './span.ts';
import { clusterSubject, jobOfRuns } from './subjects.ts';
import { tenMinutesOf } from './traces.ts';

/** After its end a job's last writes and commits are still under way. */
const AFTER_END_MS = 10 * MINUTE_MS;
/** How far back a job is looked for that may still run. */
export const MAX_JOB_DAYS = 7;
/** What ran under an account says which engines use it: looked for so far back, until there is any. */
const TIE_DAYS = [1, 35, 400];
const EVER = '0001-01-01T00:00:00.000000000Z';

export interface AccountJob {
  readonly job: string;
  /** The record of its start. */
  readonly start: TrailEvent;
  /** Ten minutes after its end; undefined where nothing tells of one. */
  readonly until: string | undefined;
}

/** How it is known which jobs run under an account. */
export interface AccountTies {
  /** Engines of the jobs and clusters that were ever seen to run under it; none: nothing is known. */
  readonly engines: readonly string[];
  readonly clusters: readonly Cluster[];
  /** The last record that ties work to the account. */
  readonly tie: TrailEvent | undefined;
}

interface Cluster {
  readonly project: string;
  readonly region: string;
  readonly name: string;
}

export function tiesOf(account: string, until: string, facts: Facts): AccountTies {
  const made = facts
    .witnesses('cluster', account, { from: EVER, until })
    .filter(({ runAs }) => runAs === account);
  const clusters = new Map<string, Cluster>();
  for (const { project = '', location: region = '', claims } of made) {
    const name = textOf(claims, 'cluster') ?? '';
    clusters.set(clusterSubject(project, region, name), { project, region, name });
  }
  const seen = (days: number): readonly string[] =>
    jobsSeenUnder(account, later(until, -days * DAY_MS), until, facts);
  // Nothing began for a while: what began before may still run.
  const jobs = TIE_DAYS.reduce<readonly string[]>(
    (found, days) => (found.length > 0 ? found : seen(days)),
    [],
  );
  const engines = jobs.map(engineOf);
  return {
    engines: [...new Set([...engines, ...(clusters.size > 0 ? ['dataproc'] : [])])].toSorted(),
    clusters: [...clusters.values()],
    tie: made.at(-1) ?? lastStart(jobs, until, facts),
  };
}

/** Jobs that were seen to run under an account in this time, by ten minutes, the latest last. */
const jobsSeenUnder = (account: string, from: string, until: string, facts: Facts): readonly string[] => [
  ...new Set(
    facts
      .sightings('runs', account, tenMinutesOf(from), tenMinutesOf(until))
      .map(({ bucket }) => jobOfRuns(bucket)),
  ),
];

/** The record by which the last of these jobs began. */
function lastStart(jobs: readonly string[], until: string, facts: Facts): TrailEvent | undefined {
  const last = jobs.at(-1);
  return last === undefined
    ? undefined
    : eventsOfJob(last, facts).findLast((event) => event.runAs !== undefined && event.time <= until);
}

/** The account that a job's cluster was made to run under, by its last creation before. */
export function accountOfCluster(start: TrailEvent, facts: Facts): PrincipalId | undefined {
  const { project, location, claims, time } = start;
  const cluster = textOf(claims, 'cluster');
  if (project === undefined || location === undefined || cluster === undefined) return undefined;
  const made = facts.witnesses('cluster', clusterSubject(project, location, cluster), {
    from: EVER,
    until: time,
  });
  return made.findLast(({ action }) => action === 'cluster.create')?.runAs;
}

/** Whom a job runs as, where that is recorded. */
export const accountOfJob = (start: TrailEvent, facts: Facts): PrincipalId | undefined =>
  start.runAs ?? accountOfCluster(start, facts);

/**
 * Jobs of the account that began within the span, those of whole days around it looked at; the earliest first.
 * @param matters by its start, which of them the caller asks for: of the others nothing more is read
 */
export function jobsBegunIn(
  account: string,
  ties: AccountTies,
  span: Span,
  facts: Facts,
  matters: (start: TrailEvent) => boolean = () => true,
): readonly AccountJob[] {
  const starts = new Map<string, TrailEvent>();
  const add = (job: string, start: TrailEvent): void => {
    const known = starts.get(job);
    if (known === undefined || start.time < known.time) starts.set(job, start);
  };
  // What an API lists of a job is told some time after its start: the farther back is looked, the longer.
  const latest = later(span.until, Math.min(DAY_MS, Math.max(HOUR_MS, msBetween(span.from, span.until))));
  for (const job of jobsSeenUnder(account, span.from, latest, facts)) {
    const start = eventsOfJob(job, facts).find(isStartRecord);
    if (start !== undefined && matters(start)) add(job, start);
  }
  for (const cluster of ties.clusters) {
    for (const start of submissionsIn(cluster, span, facts))
      if (start.job !== undefined && matters(start)) add(start.job, start);
  }
  return [...starts]
    .filter(([, start]) => start.time >= span.from && start.time <= span.until)
    .toSorted(([a, one], [b, other]) =>
      one.time === other.time ? (a < b ? -1 : 1) : one.time < other.time ? -1 : 1,
    )
    .map(([job, start]) => ({ job, start, until: untilOfJob(facts, job) }));
}

/** Submissions of a whole hour (`2026-11-18T10`), so that everything that is asked of the hour is one question. */
export const submissionsTo = (cluster: Cluster, hour: string, facts: Facts): readonly TrailEvent[] =>
  submissionsWithin(cluster, { from: `${hour}:00:00.000000000Z`, until: `${hour}:59:59.999999999Z` }, facts);

const submissionsWithin = (
  { project, region, name }: Cluster,
  span: Span,
  facts: Facts,
): readonly TrailEvent[] =>
  facts
    .witnesses('call', callSubject({ engine: 'dataproc', family: 'submit-job', project, region }), span)
    .filter((event) => isStartRecord(event) && textOf(event.claims, 'cluster') === name);

/** Of every hour of a span; days that are whole in it are looked through once for all that ask. */
function submissionsIn(cluster: Cluster, span: Span, facts: Facts): readonly TrailEvent[] {
  return [...Map.groupBy(hoursOf(span), (hour) => hour.slice(0, 10))].flatMap(([day, hours]) =>
    hours.length === 24
      ? submissionsOfDay(facts, cluster, day)
      : hours.flatMap((hour) => submissionsTo(cluster, hour, facts)),
  );
}

const submissionsOfDay = derived(
  ({ project, region, name }: Cluster, day: string) => `${day} ${JSON.stringify([project, region, name])}`,
  (facts, cluster, day): readonly TrailEvent[] =>
    submissionsWithin(
      cluster,
      { from: `${day}T00:00:00.000000000Z`, until: `${day}T23:59:59.999999999Z` },
      facts,
    ),
);

/** Hours of a span (`2026-11-18T10`), the earliest first. */
export function hoursOf({ from, until }: Span): readonly string[] {
  const hours: string[] = [];
  const last = until.slice(0, 13);
  for (let at = Date.parse(`${from.slice(0, 13)}:00:00Z`); hours.length < MAX_HOURS; at += HOUR_MS) {
    const hour = hourName(at);
    if (hour > last) break;
    hours.push(hour);
  }
  return hours;
}

const hourNames = new Map<number, string>();
const MAX_HOUR_NAMES = 4096;

/** The same few days are asked for, over and over. */
function hourName(at: number): string {
  let name = hourNames.get(at);
  if (name === undefined) {
    if (hourNames.size >= MAX_HOUR_NAMES) hourNames.clear();
    hourNames.set(at, (name = new Date(at).toISOString().slice(0, 13)));
  }
  return name;
}

const MAX_HOURS = 32 * 24;

/** When a job is over for good: ten minutes after its end. */
export function untilOf(events: readonly TrailEvent[]): string | undefined {
  const end = endedAt(events);
  return end === undefined ? undefined : `${later(end, AFTER_END_MS).slice(0, 23)}${end.slice(23)}`;
}

const untilOfJob = derived(
  (job: string) => job,
  (facts, job) => untilOf(eventsOfJob(job, facts)),
);

/** Jobs of the account that were under way at any moment of the span, and began at most so many days before it. */
export const jobsOpenIn = (
  account: string,
  ties: AccountTies,
  span: Span,
  facts: Facts,
  days: number = MAX_JOB_DAYS,
  matters?: (start: TrailEvent) => boolean,
): readonly AccountJob[] =>
  jobsBegunIn(
    account,
    ties,
    { from: later(span.from, -days * DAY_MS), until: span.until },
    facts,
    matters,
  ).filter(({ until }) => until === undefined || until >= span.from);

/** What of an account's jobs explains that it did something within a span. */
export type Cover =
  | { readonly kind: 'running'; readonly job: AccountJob }
  /** Nobody recorded its end, and it began days before. */
  | { readonly kind: 'endless'; readonly job: AccountJob }
  /** The last that began before, as far back as is looked. */
  | { readonly kind: 'none'; readonly last: AccountJob | undefined };

/** Days; a job without a recorded end counts as running for the last of them. */
const SURE = [1 / 24, 1 / 4, 1];
/** Streaming jobs run for months: of older Dataflow jobs so many are looked at, the youngest first. */
const MAX_OLDER = 64;

export function coverOf(account: string, ties: AccountTies, span: Span, facts: Facts): Cover {
  // Nearly always something that began a moment ago runs: nobody looks farther back then.
  for (const days of SURE) {
    const [fresh] = jobsOpenIn(account, ties, span, facts, days);
    if (fresh !== undefined) return { kind: 'running', job: fresh };
  }
  const open = jobsOpenIn(account, ties, span, facts);
  const known = open.find(({ until }) => until !== undefined);
  if (known !== undefined) return { kind: 'running', job: known };
  const endless = open[0] ?? olderStreamOf(account, span, facts);
  if (endless !== undefined) return { kind: 'endless', job: endless };
  const begun = jobsBegunIn(
    account,
    ties,
    { from: later(span.from, -MAX_JOB_DAYS * DAY_MS), until: span.until },
    facts,
  );
  return { kind: 'none', last: begun.at(-1) };
}

function olderStreamOf(account: string, span: Span, facts: Facts): AccountJob | undefined {
  const before = later(span.from, -MAX_JOB_DAYS * DAY_MS);
  const jobs = facts
    .edges(account, 'runs')
    .filter(({ job, time }) => engineOf(job) === 'dataflow' && time <= before)
    .slice(-MAX_OLDER)
    .map(({ job }) => job);
  for (const job of new Set(jobs.toReversed())) {
    const events = eventsOfJob(job, facts);
    const start = events.find(isStartRecord);
    const until = untilOf(events);
    if (start !== undefined && (until === undefined || until >= span.from)) return { job, start, until };
  }
  return undefined;
}
