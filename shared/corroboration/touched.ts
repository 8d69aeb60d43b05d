/** Data that a runtime account touched in ten minutes, as rules look at it: when, which, and what record changes the answer. */
import { later, MINUTE_MS } from '../alerts/times.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import type { Action } from '../model/event.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { accountOfJob } from './account-jobs.ts';
import { anchorOfSighting } from './anchors.ts';
import type { Facts, Sighting, Span } from './facts.ts';
import { engineSourceOf, eventsOfJob, isStartRecord } from './job-records.ts';
import type { Anchor } from './rule.ts';
import { touchedOf } from './subjects.ts';
import { tenMinutesOf } from './traces.ts';

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
  if (event.action === 'cluster.create') return touchedSince(event.runAs, event.time, facts, declared);
  // A job of BigQuery is no job of an engine.
  if (event.job === undefined || engineSourceOf(event.job) === undefined) return [];
  const start = eventsOfJob(event.job, facts).find(isStartRecord);
  return start === undefined ? [] : touchedSince(accountOfJob(start, facts), start.time, facts, declared);
}

function touchedSince(
  account: PrincipalId | undefined,
  time: string,
  facts: Facts,
  declared: DeclaredFacts,
): readonly Anchor[] {
  if (account === undefined || !declared.isAnyRuntimeAccount(account)) return [];
  // Of what comes in its order, little is there of later times.
  return facts.sightings('touched', account, tenMinutesOf(time), EVER).map(anchorOfSighting);
}
