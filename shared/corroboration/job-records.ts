/** What is recorded of one job: its events under every form of its id, the record that started it, when it began and ended. */
import { later } from '../alerts/times.ts';
import { textOf } from '../detections/evidence.ts';
import { START_CALLS } from '../detections/kinds.ts';
import { engineOf, withEachRegion, withoutRegion } from '../model/job-place.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { derived } from './derived.ts';
import type { Facts } from './facts.ts';

/** Entries that do not tell a job's region name it with `-`: they are of this job as far as anybody can tell. */
export const eventsOfJob = (job: string, facts: Facts): readonly TrailEvent[] => eventsOnce(facts, job);

const eventsOnce = derived((job: string) => job, everyForm);

function everyForm(facts: Facts, job: string): readonly TrailEvent[] {
  const own = withoutRegion(job) === undefined ? facts.job(job) : facts.named(job);
  const open = withoutRegion(job);
  if (open === undefined) return own;
  const seen = new Set(own.map(({ id }) => id));
  const others = facts.named(open).filter((event) => !seen.has(event.id));
  return [...own, ...others].toSorted(byTime);
}

/** Ids whose records hang on those of this one: an id that leaves the region open may be of each, and each of it. */
export function formsOf(job: string): readonly string[] {
  const open = withoutRegion(job);
  return [job, ...(open === undefined ? withEachRegion(job) : [open])];
}

export const byTime = (a: TrailEvent, b: TrailEvent): number =>
  a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1;

/** Engines that have jobs of their own, with an audit log that tells of every start. */
const ENGINES: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);

/** The source whose audit log tells of the job's start; undefined for work of no such engine. */
export function engineSourceOf(job: string): string | undefined {
  const engine = engineOf(job);
  if (engine === 'yarn') return 'dataproc';
  return ENGINES.has(engine) ? engine : undefined;
}

/** As events of the engine name it: a project, or the workspace of Databricks. Undefined where the id leaves it open. */
export function projectOfJob(job: string): string | undefined {
  const from = job.indexOf(':') + 1;
  const end = job.indexOf('/', from);
  const place = end < 0 ? '' : job.slice(from, end);
  if (place === '' || place === '-') return undefined;
  return engineOf(job) === 'databricks' ? `databricks/${place}` : place;
}

/**
 * The engine's own record that the job was asked for and accepted. What anybody could have written is none, however it
 * looks; of updates only the one by which a job takes the place of another starts work.
 */
export const isStartRecord = (event: TrailEvent): boolean =>
  event.outcome === 'allowed' &&
  event.provenance !== 'tenant' &&
  event.action !== 'cluster.create' &&
  START_CALLS.includes(event.action) &&
  ENGINES.has(event.source) &&
  (event.action !== 'job.update' || event.parentJob !== undefined);

/** Since when the job is there, as far as anything tells: the earliest of its events, what its API says, what its id says. */
export function createdAt(job: string, events: readonly TrailEvent[]): string | undefined {
  const times = events.flatMap(({ time, action, claims }) => [
    time,
    ...(action === 'job.observe' ? instantOf(textOf(claims, 'createTime')) : []),
  ]);
  return [...times, ...dateOfDataflowId(job)].toSorted()[0];
}

function instantOf(text: string | undefined): readonly string[] {
  return text === undefined || Number.isNaN(Date.parse(text)) ? [] : [later(text, 0)];
}

/** `2026-05-04_02_01_17-4471902837465501001`: Pacific time; of its two offsets the one that makes it earlier. */
const DATAFLOW_ID = /^(\d{4}-\d{2}-\d{2})_(\d{2})_(\d{2})_(\d{2})-\d{1,20}$/;

function dateOfDataflowId(job: string): readonly string[] {
  if (engineOf(job) !== 'dataflow') return [];
  const [, date = '', hour = '', minute = '', second = ''] =
    DATAFLOW_ID.exec(job.slice(job.lastIndexOf('/') + 1)) ?? [];
  return date === '' ? [] : instantOf(`${date}T${hour}:${minute}:${second}-07:00`);
}

/** When the work ended, by the last entry that says so and that nobody could have forged; undefined while none does. */
export function endedAt(events: readonly TrailEvent[]): string | undefined {
  return events
    .flatMap((event) => (isEnd(event) ? [event.time] : []))
    .toSorted()
    .at(-1);
}

const ENDS: ReadonlySet<string> = new Set([
  'job.finish',
  'job.delete',
  'session.terminate',
  'session.delete',
]);

/** Whether an entry tells that the work was over, and nobody could have forged it. */
export function isEnd({ action, outcome, provenance, operation }: TrailEvent): boolean {
  if (provenance === 'tenant' || outcome === 'denied') return false;
  if (action === 'job.observe') return outcome !== 'unknown';
  return ENDS.has(action) ? outcome !== 'unknown' : operation?.phase === 'last' && action !== 'job.cancel';
}
