/**
 * What reconcile reads and writes beside the events: the queue of open work, the groups, what was seen when, verdicts, the health
 * of paths. Two implementations, one contract suite (test/store/contract/work.ts). Every read goes by key range. Times are
 * RFC 3339 UTC with nine fraction digits, as in rows.
 */
import type { Row } from '../../schemas/tables.ts';

/** Queue of what is to be judged at its time, whatever the watermarks. */
export const READY = '';

export interface WorkItem {
  /** `READY`, or the path whose watermark must pass `dueAt`. */
  readonly queue: string;
  readonly dueAt: string;
  /** Event id, or the id of a sighting as an anchor. */
  readonly id: string;
  readonly eventTime: string;
  /** Absent for an event. */
  readonly sighting?: { readonly family: string; readonly subject: string; readonly bucket: string };
}

export interface GroupRange {
  readonly family: string;
  readonly subject: string;
  /** Both inclusive. */
  readonly from: string;
  readonly until: string;
}

export interface SettleBatch {
  /** Rows of Verdicts; one that is there already is dated anew. */
  readonly verdicts: readonly Row[];
  /** Rows of Findings; one that is there already stays. */
  readonly findings: readonly Row[];
  /** Taken off the queue. */
  readonly done: readonly WorkItem[];
  /** Put on it: what waits for a later watermark. */
  readonly open: readonly WorkItem[];
  /** Clock of rows before anything was read for these verdicts; absent: nobody else judges. */
  readonly readAt?: string;
}

export interface WorkStore {
  /** The first of a queue that are due at `until`, by their time within each shard. */
  due(queue: string, until: string, limit: number): Promise<readonly WorkItem[]>;
  /** Queues that hold anything. */
  queues(): Promise<readonly string[]>;
  /** How many of a queue are due before `until`, counted up to `limit`. */
  countDue(queue: string, until: string, limit: number): Promise<number>;
  /** Events as rows without their raw text, every variant. */
  events(ids: readonly string[]): Promise<readonly Row[]>;
  witnesses(ranges: readonly GroupRange[]): Promise<readonly Row[]>;
  /** `from` and `until` are buckets; one that begins with `until` is in it. */
  sightings(ranges: readonly GroupRange[]): Promise<readonly Row[]>;
  versions(policies: readonly { readonly plane: string; readonly policy: string }[]): Promise<readonly Row[]>;
  /** Every verdict over these anchors. */
  verdicts(anchorIds: readonly string[]): Promise<readonly Row[]>;
  /** Verdicts that a finding came of. */
  verdictsOfFindings(findingIds: readonly string[]): Promise<readonly Row[]>;
  /** Verdicts about these jobs. */
  verdictsOfJobs(jobIds: readonly string[]): Promise<readonly Row[]>;
  /**
   * All or nothing. Whoever else settled the same meanwhile wrote the same rows.
   * @returns ids of the findings that were not there before
   */
  settle(batch: SettleBatch): Promise<readonly string[]>;
  paths(): Promise<readonly Row[]>;
  putPaths(rows: readonly Row[]): Promise<void>;
  /** Rows of Arrivals from commits since then, the limit counted for each shard. */
  arrivals(since: string, limit: number): Promise<readonly Row[]>;
}

/** 0 to 15, so that a queue takes writes everywhere. */
export const shardOf = (id: string): number => Number.parseInt(id.slice(0, 1), 16) || 0;

export const workRow = ({ queue, dueAt, id, eventTime, sighting }: WorkItem): Row => ({
  Queue: queue,
  Shard: shardOf(id),
  DueAt: dueAt,
  WorkId: id,
  EventTime: eventTime,
  Family: sighting?.family,
  Subject: sighting?.subject,
  Bucket: sighting?.bucket,
});

export function workOfRow(row: Row): WorkItem {
  const { Family: family, Subject: subject, Bucket: bucket } = row;
  return {
    queue: String(row['Queue']),
    dueAt: String(row['DueAt']),
    id: String(row['WorkId']),
    eventTime: String(row['EventTime']),
    ...(typeof family === 'string' && typeof subject === 'string' && typeof bucket === 'string'
      ? { sighting: { family, subject, bucket } }
      : undefined),
  };
}

/** Sorts above every bucket that begins with the same text. */
export const bucketEnd = (until: string): string => `${until}\uffff`;

/**
 * The batch without what somebody else said of the same anchor since it was read, and saw more: of two rounds at once the one
 * that knew less must not have the last word.
 * @param said rows of Verdicts over the anchors, as they are now
 */
export function withoutOvertaken(batch: SettleBatch, said: readonly Row[]): SettleBatch {
  const { readAt } = batch;
  if (readAt === undefined) return batch;
  const newer = said.filter((row) => String(row['DecidedAt']) >= readAt);
  if (newer.length === 0) return batch;
  const isOvertaken = (verdict: Row): boolean =>
    newer.some(
      (row) =>
        VERDICT_ABOUT.every((column) => row[column] === verdict[column]) &&
        Number(row['Facts'] ?? 0) > Number(verdict['Facts'] ?? 0),
    );
  const verdicts = batch.verdicts.filter((verdict) => !isOvertaken(verdict));
  const dropped = new Set(
    batch.verdicts.filter((verdict) => !verdicts.includes(verdict)).map((row) => row['FindingId']),
  );
  return { ...batch, verdicts, findings: batch.findings.filter((row) => !dropped.has(row['FindingId'])) };
}

const VERDICT_ABOUT = ['AnchorId', 'Rule', 'About'];
