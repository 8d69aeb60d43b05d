/**
 * What a job read: by its own records, by those of the work that it started, and by what its account touched while no other
 * job of the account ran.
 */
import { DAY_MS, later } from '../alerts/times.ts';
import { isTrue, listOf, numberOf, textOf } from '../detections/evidence.ts';
import { engineOf, withoutRegion } from '../model/job-place.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { accountOfJob, jobsOpenIn, MAX_JOB_DAYS, tiesOf, untilOf, type AccountJob } from './account-jobs.ts';
import { derived } from './derived.ts';
import type { Facts, Sighting, Span } from './facts.ts';
import { eventsOfJob } from './job-records.ts';
import { touchedOf } from './subjects.ts';
import { isScratch, spanOfTouched } from './touched.ts';
import { tenMinutesOf } from './traces.ts';

/** Engines whose jobs are parts of whatever started them. A workflow is the sum of its steps. */
const PARTS: ReadonlySet<string> = new Set(['bigquery', 'yarn', 'openlineage']);
const WHOLES: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);
/** Query in a run in an application in a job. */
const MAX_DEPTH = 3;
/** Parts of one job whose records are read. */
const MAX_PARTS = 500;

export interface JobRead {
  readonly dataset: string;
  /** The record that tells of it; of what an account touched there is none that is the job's. */
  readonly event: TrailEvent | undefined;
  /** `record`: the job's own, or a part's; `account`: no other job of its account ran. */
  readonly by: 'record' | 'account';
  /** Columns with policy tags were among what was read. */
  readonly isTagged: boolean;
  /** Views that the query behind it read. */
  readonly views: readonly string[];
}

export interface JobReads {
  readonly reads: readonly JobRead[];
  /** Datasets that this job or another of its account read. */
  readonly ambiguous: readonly string[];
  /** There was more than what is recorded or looked at. */
  readonly isPartial: boolean;
  /** Ten minutes after its end. */
  readonly until: string | undefined;
  /** End of the last ten minutes in which something was read that is the job's only because no other one ran. */
  readonly aloneUntil: string | undefined;
  /** Engines of the account's jobs. */
  readonly engines: readonly string[];
}

/**
 * @param matters of datasets that only the account is known to have read, those that the caller asks for
 * @param declares whether another job, told by its start, is declared to read the dataset; what its own record of that day tells is
 * its as well
 */
export function readsOfJob(
  start: TrailEvent,
  job: string,
  facts: Facts,
  matters: (dataset: string) => boolean,
  declares: (start: TrailEvent, dataset: string) => boolean,
): JobReads {
  const own = eventsOfJob(job, facts);
  const parts = partsOf(job, own, facts);
  const events = [...own, ...parts.jobs.flatMap((part) => eventsOfJob(part, facts))];
  const named = events.flatMap(readsIn(viewsOf(events)));
  const until = untilOf(own);
  const touched = touchedBy({ start, job, until }, facts, matters, declares);
  const known = new Set(named.map(({ dataset }) => dataset));
  return {
    reads: [
      ...named,
      ...touched.alone
        .filter((dataset) => !known.has(dataset))
        .map((dataset): JobRead => ({
          dataset,
          event: undefined,
          by: 'account',
          isTagged: false,
          views: [],
        })),
    ],
    ambiguous: touched.ambiguous.filter((dataset) => !known.has(dataset) && !touched.alone.includes(dataset)),
    isPartial: parts.isCut || events.some(isCutShort),
    until,
    aloneUntil: touched.aloneUntil,
    engines: touched.engines,
  };
}

/** Views by the BigQuery job that read them. The entries that tell of single tables do not name them again. */
function viewsOf(events: readonly TrailEvent[]): ReadonlyMap<string, readonly string[]> {
  const views = new Map<string, readonly string[]>();
  for (const { job, claims, source } of events) {
    if (source !== 'bigquery' || job === undefined) continue;
    const named = listOf(claims, 'views').flatMap(([view]) => view ?? []);
    if (named.length > 0) views.set(job, [...(views.get(job) ?? []), ...named]);
  }
  return views;
}

/** Of a failed BigQuery job and of a refused call the record says what was to be read, and nothing was. */
const readsIn =
  (views: ReadonlyMap<string, readonly string[]>) =>
  (event: TrailEvent): readonly JobRead[] => {
    if (event.outcome === 'denied' || event.outcome === 'failed') return [];
    const isTagged = event.action === 'data.read' && (numberOf(event.claims, 'policyTags') ?? 0) > 0;
    return event.datasets.flatMap(({ dataset, op }): readonly JobRead[] =>
      op === 'read'
        ? [{ dataset, event, by: 'record', isTagged, views: views.get(event.job ?? '') ?? [] }]
        : [],
    );
  };

const isCutShort = ({ claims }: TrailEvent): boolean =>
  isTrue(claims, 'truncated') || (numberOf(claims, 'datasetsBeyondLimit') ?? 0) > 0;

interface Parts {
  readonly jobs: readonly string[];
  readonly isCut: boolean;
}

function partsOf(job: string, own: readonly TrailEvent[], facts: Facts): Parts {
  const isSum = job.includes('/workflow/');
  const found = new Set<string>(lineageRunsOf(own));
  let from = [job, ...openForms(job), ...found];
  for (let depth = 0; depth < MAX_DEPTH && from.length > 0; depth += 1) {
    const children = from
      .flatMap((node) => facts.edges(node, 'spawn'))
      .flatMap((edge) => (PARTS.has(engineOf(edge.job)) || isSum ? [edge.job] : []));
    from = [...new Set(children)].filter((child) => !found.has(child) && child !== job).toSorted();
    for (const child of from) found.add(child);
  }
  const jobs = [...found].toSorted();
  return { jobs: jobs.slice(0, MAX_PARTS), isCut: jobs.length > MAX_PARTS };
}

const openForms = (job: string): readonly string[] => {
  const open = withoutRegion(job);
  return open === undefined ? [] : [open];
};

/** Runs of lineage events that say in some of them that they are this job. */
const lineageRunsOf = (events: readonly TrailEvent[]): readonly string[] =>
  events.flatMap(({ source, claims }) =>
    source === 'openlineage' ? (textOf(claims, 'lineageRun') ?? []) : [],
  );

interface Touched {
  readonly alone: readonly string[];
  readonly ambiguous: readonly string[];
  readonly aloneUntil?: string;
  readonly engines: readonly string[];
}

const NOTHING_TOUCHED: Touched = { alone: [], ambiguous: [], engines: [] };

/** What the job's account read while the job ran, by whether another job of the account was under way as well. */
function touchedBy(
  { start, job, until }: AccountJob,
  facts: Facts,
  matters: (dataset: string) => boolean,
  declares: (start: TrailEvent, dataset: string) => boolean,
): Touched {
  const account = accountOfJob(start, facts);
  if (account === undefined) return NOTHING_TOUCHED;
  const last = later(start.time, MAX_JOB_DAYS * DAY_MS);
  const end = until === undefined || until > last ? last : until;
  const sightings = facts
    .sightings('touched', account, tenMinutesOf(start.time), tenMinutesOf(end))
    .filter(({ bucket }) => {
      const { isRead, dataset } = touchedOf(bucket);
      return isRead && !isScratch(dataset) && matters(dataset);
    });
  if (sightings.length === 0) return NOTHING_TOUCHED;
  const ties = tiesOf(account, end, facts);
  // A sighting is of ten minutes: whatever ran in any of them may have touched it.
  const ran = {
    from: `${tenMinutesOf(start.time)}0:00.000000000Z`,
    until: `${tenMinutesOf(end)}9:59.999999999Z`,
  };
  const alone = new Set<string>();
  const ambiguous = new Set<string>();
  let left: readonly Sighting[] = sightings;
  // Where others of the account run all the time, the last hours tell.
  for (const days of LOOK_BACK) {
    const open = jobsOpenIn(account, ties, ran, facts, days).filter((other) => other.job !== job);
    const besides = left.map((sighting) =>
      open.filter((other) => wasUnderWay(other, spanOfTouched(sighting))),
    );
    for (const [i, { bucket }] of left.entries()) {
      const { dataset } = touchedOf(bucket);
      const others = besides[i] ?? [];
      const day = bucket.slice(0, DAY_LENGTH);
      const isTheirs = ({ job: other, start: began }: AccountJob): boolean =>
        declares(began, dataset) || hasRead(facts, other, dataset, day);
      if (others.length > 0 && !others.some(isTheirs)) ambiguous.add(dataset);
    }
    left = left.filter((_, i) => besides[i]?.length === 0);
    if (left.length === 0) break;
  }
  for (const { bucket } of left) alone.add(touchedOf(bucket).dataset);
  const aloneUntil = left
    .map((sighting) => spanOfTouched(sighting).until)
    .toSorted()
    .at(-1);
  return {
    alone: [...alone].toSorted(),
    ambiguous: [...ambiguous].toSorted(),
    ...(aloneUntil === undefined ? undefined : { aloneUntil }),
    engines: ties.engines,
  };
}

const DAY_LENGTH = '2026-11-18'.length;

/**
 * Whether a record that no tenant wrote tells that the job read the dataset on that day: by the day, since that is how its coming
 * is noticed (`job-data`).
 */
const hasRead = derived(
  (job: string, dataset: string, day: string) => `${day} ${dataset.length} ${dataset}${job}`,
  (facts, job, dataset, day): boolean =>
    eventsOfJob(job, facts).some(
      ({ action, provenance, outcome, time, datasets }) =>
        action.startsWith('data.') &&
        provenance !== 'tenant' &&
        outcome === 'allowed' &&
        time.startsWith(day) &&
        datasets.some((one) => one.op === 'read' && one.dataset === dataset),
    ),
);

const LOOK_BACK = [1 / 8, MAX_JOB_DAYS];

const wasUnderWay = ({ start, until }: AccountJob, span: Span): boolean =>
  start.time <= span.until && (until === undefined || until >= span.from);

/** Jobs of an engine that this work is a part of; itself where it is one. */
export function wholesOf(job: string, facts: Facts): readonly string[] {
  const found = new Set<string>();
  let from: readonly string[] = [job];
  for (let depth = 0; depth <= MAX_DEPTH && from.length > 0; depth += 1) {
    const above: string[] = [];
    for (const each of from) {
      if (WHOLES.has(engineOf(each))) {
        found.add(each);
        // The steps of a workflow are its parts as well.
        above.push(...parentsIn(facts.job(each)).filter((parent) => parent.includes('/workflow/')));
        continue;
      }
      if (!PARTS.has(engineOf(each))) continue;
      above.push(...parentsIn(facts.job(each)));
      // A lineage run is above the job that it is, where its first event named the job.
      if (engineOf(each) === 'openlineage')
        for (const edge of facts.edges(each, 'spawn'))
          if (WHOLES.has(engineOf(edge.job))) found.add(edge.job);
    }
    from = [...new Set(above)].filter((one) => !found.has(one)).toSorted();
  }
  return [...found].toSorted();
}

const parentsIn = (events: readonly TrailEvent[]): readonly string[] =>
  events.flatMap(({ parentJob }) => parentJob ?? []);
