/**
 * Ids of one job that differ in how much of its place they tell. Entries of others (a label, the name of an object) often
 * have a job's project and id and not its region, for which `-` then stands. A project that is not told is not made up for:
 * ids are chosen by callers, and unique within a project at best.
 */
import type { JobId } from './job.ts';
import { REGIONS } from './regions.ts';

/** Engines whose ids have a region; that of a BigQuery job is always left open. */
const PLACED: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'yarn']);

export const engineOf = (job: string): string => job.slice(0, job.indexOf(':'));

/** The id as an entry has it that does not tell the region; undefined where the id is such a one, or has none. */
export function withoutRegion(job: string): JobId | undefined {
  const region = regionOf(job);
  return region === undefined || region.text === '-' ? undefined : replaced(job, region, '-');
}

/** Every id that one without a region may stand for; none where the id has its region. */
export function withEachRegion(job: string): readonly JobId[] {
  const region = regionOf(job);
  return region?.text === '-' ? REGIONS.map((name) => replaced(job, region, name)) : [];
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function regionOf(job: string): Part | undefined {
  if (!PLACED.has(engineOf(job))) return undefined;
  const from = job.indexOf('/') + 1;
  const to = job.indexOf('/', from);
  return from > 0 && to > 0 ? { from, to, text: job.slice(from, to) } : undefined;
}

const replaced = (job: string, { from, to }: Part, text: string): JobId =>
  `${job.slice(0, from)}${text}${job.slice(to)}` as JobId;
