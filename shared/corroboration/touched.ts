/** Data that a runtime account touched in ten minutes, as rules look at it: when, which, and what record changes the answer. */
import { later, MINUTE_MS } from '../alerts/times.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { Action } from '../model/event.ts';
import { engineOf } from '../model/job-place.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { accountOfJob, MAX_JOB_DAYS } from './account-jobs.ts';
import { anchorOfSighting } from './anchors.ts';
import type { Facts, Sighting, Span } from './facts.ts';
import { engineSourceOf, eventsOfJob, isStartRecord } from './job-records.ts';
import type { Anchor } from './rule.ts';
import { dayPlus } from './span.ts';
import { jobOfRuns, touchedOf } from './subjects.ts';
import { bucketEnd } from '../store/work.ts';
import { dayOf, tenMinutesOf } from './buckets.ts';

/** The ten minutes of a sighting, both ends inclusive. */
export function spanOfTouched({ bucket }: Sighting): Span {
  const from = `${touchedOf(bucket).when}0:00.000000000Z`;
  return { from, until: `${later(from, 10 * MINUTE_MS - 1).slice(0, 23)}999999Z` };
}

const EVER = '9999-12-31';

/** Buckets that the engines make for themselves: their agents look there whether or not a job runs. */
const SCRATCH: readonly string[] = [
  'gs://dataproc-staging-',
  'gs://dataproc-temp-',
  'gs://dataflow-staging-',
];

export const isScratch = (dataset: string): boolean => SCRATCH.some((prefix) => dataset.startsWith(prefix));

/** Actions of records that tell when jobs of an account ran, or that a cluster runs under it. */
export const TELLS_OF_ACCOUNT_JOBS: readonly Action[] = [
  'job.submit',
  'job.update',
  'job.finish',
  'job.delete',
  'job.observe',
  'session.create',
  'session.terminate',
  'session.delete',
  'workflow.run',
  'cluster.create',
];

/** Data that was touched while a job may have run of which the record tells; what comes late changes what explains it. */
export function touchedAround(event: TrailEvent, facts: Facts, declared: DeclaredFacts): readonly Anchor[] {
  if (event.provenance === 'tenant') return [];
  if (event.action === 'cluster.create')
    return touchedIn(event.runAs, tenMinutesOf(event.time), EVER, facts, declared).map(anchorOfSighting);
  // A job of BigQuery is no job of an engine.
  if (event.job === undefined || engineSourceOf(event.job) === undefined) return [];
  const start = eventsOfJob(event.job, facts).find(isStartRecord);
  return start === undefined
    ? []
    : touchedSince(accountOfJob(start, facts), event.job, start.time, facts, declared);
}

/**
 * A job explains what was touched in the days in which it is looked for; streams run for months. Later it still says which engines
 * use the account, where no other job began or ran on the day before (tiesOf).
 */
function touchedSince(
  account: PrincipalId | undefined,
  job: string,
  time: string,
  facts: Facts,
  declared: DeclaredFacts,
): readonly Anchor[] {
  const near = dayPlus(dayOf(time), MAX_JOB_DAYS);
  const touched = touchedIn(account, tenMinutesOf(time), near, facts, declared);
  const far = touchedIn(account, dayPlus(near, 1), EVER, facts, declared);
  if (account === undefined || far.length === 0) return touched.map(anchorOfSighting);
  const ran = facts.sightings('runs', account, near, EVER);
  const isHanging =
    engineOf(job) === 'dataflow' ? () => true : (one: Sighting): boolean => !isTied(one, job, ran);
  return [...touched, ...far.filter(isHanging)].map(anchorOfSighting);
}

/** Of what comes in its order, little is there of later times. */
const touchedIn = (
  account: PrincipalId | undefined,
  from: string,
  until: string,
  facts: Facts,
  declared: DeclaredFacts,
): readonly Sighting[] =>
  account === undefined || !declared.isAnyRuntimeAccount(account)
    ? []
    : facts.sightings('touched', account, from, until);

/** Whether others ran under the account on the day before, and the job did not. @param ran sorted by time */
function isTied({ bucket }: Sighting, job: string, ran: readonly Sighting[]): boolean {
  const { when } = touchedOf(bucket);
  const last = bucketEnd(when);
  let isOther = false;
  for (let i = firstFromBucket(ran, dayEarlier(when)); ; i += 1) {
    const run = ran[i];
    if (run === undefined || run.bucket > last) return isOther;
    if (jobOfRuns(run.bucket) === job) return false;
    isOther = true;
  }
}

/** The same ten minutes of the day before. */
const dayEarlier = (when: string): string => `${dayPlus(dayOf(when), -1)}${when.slice(DAY_LENGTH)}`;
const DAY_LENGTH = '2026-11-18'.length;

function firstFromBucket(sorted: readonly Sighting[], bucket: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.bucket ?? '') < bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}
