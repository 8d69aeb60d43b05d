/** What shows that a job ran, and what explains that it did: the record of its start, its parent's, or its schedule. */
import { DAY_MS, later, MINUTE_MS } from '../alerts/times.ts';
import { isTrue, textOf } from '../detections/evidence.ts';
import type { Provenance } from '../model/event.ts';
import { engineOf } from '../model/job-place.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { hoursOf, submissionsTo, untilOf } from './account-jobs.ts';
import type { Facts } from './facts.ts';
import { endedAt, eventsOfJob, isStartRecord } from './job-records.ts';

/** The record of a start may be dated after the first sign of the work: clocks differ, states begin before they are told. */
const START_AFTER_MS = 10 * MINUTE_MS;

const RUNS: ReadonlySet<string> = new Set([
  'job.observe',
  'job.run',
  'job.finish',
  'session.run',
  'job.start',
]);
const TOUCHES: ReadonlySet<string> = new Set(['data.read', 'data.write', 'data.delete', 'data.share']);

/** Whether an event shows that the job ran. A refused application did not, nor did a run that was skipped. */
export function isSign(event: TrailEvent): boolean {
  if (TOUCHES.has(event.action)) return event.outcome === 'allowed' && isPlaced(event);
  if (!RUNS.has(event.action) || event.outcome === 'denied') return false;
  if (event.action === 'job.start') return event.outcome !== 'failed';
  return event.action !== 'job.observe' || textOf(event.claims, 'state') !== 'SKIPPED';
}

/** The name of an object holds a job's id and not its project: where the bucket is no engine's own it may be another's. */
const isPlaced = ({ claims, job }: TrailEvent): boolean =>
  textOf(claims, 'jobBy') !== 'path' || job?.split('/')[1] !== '-';

const RANK: Readonly<Record<Provenance, number>> = {
  provider: 0,
  'declared-writer': 1,
  signed: 1,
  tenant: 2,
};

/** The sign that proves most, of equals the first; events come in the order of their time. */
export const bestSign = (signs: readonly TrailEvent[]): TrailEvent | undefined =>
  signs.toSorted((a, b) => RANK[a.provenance] - RANK[b.provenance])[0];

export interface Explanation {
  readonly record: TrailEvent;
  readonly role: 'submission' | 'schedule';
  readonly reason: string;
}

/** The record that explains work of which `first` is the first sign; undefined where none is there. */
export function explanationOf(
  job: string,
  events: readonly TrailEvent[],
  first: TrailEvent,
  facts: Facts,
): Explanation | undefined {
  const own = startOf(events, first);
  if (own !== undefined)
    return { record: own, role: 'submission', reason: 'The job has a record of its start.' };
  for (const parent of parentsOf(events)) {
    const engine = engineOf(parent);
    if (engine === 'databricks') {
      const schedule = scheduleOf(parent, first, facts);
      if (schedule !== undefined)
        return {
          record: schedule,
          role: 'schedule',
          reason: 'The schedule of its definition started the run.',
        };
      continue;
    }
    // A Dataflow job that takes another's place has a record of its own.
    if (engine !== 'dataproc' || engineOf(job) === 'dataflow') continue;
    const above = eventsOfJob(parent, facts);
    const over = untilOf(above);
    if (over !== undefined && over < first.time) continue;
    const record = startOf(above, first) ?? startOfAny(parentsOf(above), first, facts);
    if (record !== undefined)
      return { record, role: 'submission', reason: 'What started it has a record of its start.' };
  }
  return undefined;
}

function startOf(events: readonly TrailEvent[], first: TrailEvent): TrailEvent | undefined {
  const latest = later(first.time, START_AFTER_MS);
  return events.find(
    (event) =>
      isStartRecord(event) &&
      // The entry that ends an operation tells that it was begun, whenever that was.
      (event.operation?.phase === 'last' || event.time <= `${latest.slice(0, 23)}${first.time.slice(23)}`),
  );
}

const startOfAny = (jobs: readonly string[], first: TrailEvent, facts: Facts): TrailEvent | undefined =>
  jobs.map((job) => startOf(eventsOfJob(job, facts), first)).find((record) => record !== undefined);

export const parentsOf = (events: readonly TrailEvent[]): readonly string[] =>
  [...new Set(events.flatMap(({ parentJob }) => parentJob ?? []))].toSorted();

/** A change that gave the definition a schedule before the run. */
const scheduleOf = (definition: string, first: TrailEvent, facts: Facts): TrailEvent | undefined =>
  facts
    .job(definition)
    .findLast(
      (event) => isDefinitionChange(event) && event.time <= first.time && isTrue(event.claims, 'scheduled'),
    );

export const isDefinitionChange = ({ action, outcome, provenance }: TrailEvent): boolean =>
  action === 'template.change' && outcome === 'allowed' && provenance !== 'tenant';

/** Whether the definition of a run is older than what is recorded of it: its schedule may be as well. */
export const isDefinedBefore = (parents: readonly string[], facts: Facts): boolean =>
  parents.some(
    (parent) =>
      engineOf(parent) === 'databricks' &&
      !facts.job(parent).some((event) => isDefinitionChange(event) && event.method.endsWith('create')),
  );

/** Jobs of a cluster looked at, the latest first. */
const MAX_CANDIDATES = 64;

/** Jobs of an application's cluster that were under way when it began: it may be one of theirs. */
export function openOnCluster(first: TrailEvent, facts: Facts): readonly (readonly TrailEvent[])[] {
  const { project, location, claims, time } = first;
  const name = textOf(claims, 'cluster');
  if (project === undefined || location === undefined || name === undefined) return [];
  const cluster = { project, region: location, name };
  return hoursOf({ from: later(time, -DAY_MS), until: time })
    .toReversed()
    .flatMap((hour) => submissionsTo(cluster, hour, facts).toReversed())
    .filter((start) => start.time <= time)
    .slice(0, MAX_CANDIDATES)
    .flatMap(({ job }) => (job === undefined ? [] : [eventsOfJob(job, facts)]))
    .filter((events) => mayBegin(events, time));
}

/** Clocks of clusters differ from that of the API by less. */
const SKEW_MS = MINUTE_MS;

/**
 * Whether a job may begin an application at that time. Its last writes come for a while after it, its applications do not: where the
 * API itself tells when it ended, it begins none afterwards.
 */
function mayBegin(events: readonly TrailEvent[], time: string): boolean {
  const told = endedAt(events.filter(({ action }) => action === 'job.observe'));
  const until = told === undefined ? untilOf(events) : later(told, SKEW_MS);
  return until === undefined || until >= time;
}

/** Whether an API listed the application as one of the job's. */
export const namesApplication = (events: readonly TrailEvent[], application: string): boolean =>
  events.some((event) => applicationsIn(event).includes(application));

/**
 * Whether the API's last list of the job's applications is there, and is of others: the application is none of this job's. A list
 * without any proves nothing, since the API leaves it out where it knows of none; nor does one that may go on.
 */
export const namesOnlyOthers = (events: readonly TrailEvent[], application: string): boolean =>
  !namesApplication(events, application) &&
  events.some(
    (event) =>
      event.provenance === 'provider' &&
      event.outcome !== 'unknown' &&
      applicationsIn(event).length > 0 &&
      !applicationsIn(event).at(-1)?.endsWith('…'),
  );

/** Applications that the API lists of the job. */
export const applicationsIn = ({ action, claims }: TrailEvent): readonly string[] =>
  action === 'job.observe' ? (textOf(claims, 'applications')?.split(',') ?? []) : [];
