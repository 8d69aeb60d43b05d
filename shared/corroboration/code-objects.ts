/**
 * Objects of Cloud Storage that are code: those that work was told to run, and those that were written and look like it. What
 * engines write as data is far more, and leaves nothing here.
 */
import { datasetOfObject } from '../datasets/objects.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { beginsWork, isDone } from '../detections/kinds.ts';
import { originsOf } from '../detections/job-code-untrusted-origin.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { doersOf, isSameIdentity } from './same-identity.ts';

/** Of one start; a job has a main file and a few libraries. */
const MAX_CODE = 20;

const OBJECT = /^gs:\/\/([^/]+)\/(.+)$/;

/** Objects that work, as it begins or as it is defined, takes its code from. */
export function codeRunBy(event: TrailEvent): readonly string[] {
  const begins = event.action === 'template.change' ? isDone(event) : beginsWork(event);
  if (!begins) return NONE;
  const objects = originsOf(event.claims).flatMap(([, origin]) => codeObject(origin) ?? []);
  return objects.length === 0 ? NONE : [...new Set(objects)].slice(0, MAX_CODE);
}

const NONE: readonly string[] = [];

/** The object of a URI under the id that writes of it have; a generation after `#` is a version of it. */
export function codeObject(uri: string): string | undefined {
  const [, bucket, key] = OBJECT.exec(uri.length > 1100 ? '' : uri) ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  const hash = key.lastIndexOf('#');
  const name = hash > 0 && /^[0-9]{1,20}$/.test(key.slice(hash + 1)) ? key.slice(0, hash) : key;
  return datasetOfObject(bucket, name);
}

/**
 * Who may write what he runs: the caller and those he acted for, whose code it is; of Dataflow also the account of the workers,
 * to which the launcher stages it.
 */
export const ownersOf = (start: TrailEvent): readonly string[] => [
  ...new Set([
    ...doersOf(start),
    ...(start.source === 'dataflow' && start.runAs !== undefined ? [start.runAs] : []),
  ]),
];

/** A day, and those to whom the code that ran on it belongs. */
export const codeBucket = (day: string, start: TrailEvent): string =>
  `${day}|${JSON.stringify(ownersOf(start).toSorted())}`;

/** To whom the code of a bucket belongs. A list that was clipped is nobody's. */
export function ownersOfBucket(bucket: string): readonly string[] {
  let owners: unknown;
  try {
    owners = JSON.parse(bucket.slice(bucket.indexOf('|') + 1));
  } catch {
    return NONE;
  }
  return Array.isArray(owners) ? owners.filter((owner: unknown) => typeof owner === 'string') : NONE;
}

export const isOwned = (bucket: string, who: string): boolean =>
  ownersOfBucket(bucket).some((owner) => isSameIdentity(owner, who));

/** The group of all writes of code, for records that name a place or a kind. */
export const ANY_CODE = '-';

const RUNNABLE: ReadonlySet<string> = new Set([
  'py',
  'jar',
  'egg',
  'whl',
  'zip',
  'sh',
  'sql',
  'hql',
  'q',
  'pig',
  'r',
  'js',
  'ipynb',
  'tgz',
  'yaml',
  'yml',
]);

/** The object that was written, where it is one by itself and by its name or its place may be code. */
export function codeWrittenBy(event: TrailEvent, declared: DeclaredFacts): string | undefined {
  if (event.action !== 'data.write' || event.source !== 'storage' || event.outcome !== 'allowed')
    return undefined;
  const [written] = event.datasets;
  if (written?.op !== 'write') return undefined;
  const { dataset } = written;
  // A part of a dataset, under the id of the whole.
  if (event.resource?.endsWith(`/objects/${dataset.slice(dataset.indexOf('/', 5) + 1)}`) !== true)
    return undefined;
  return isRunnable(dataset) || declared.isTrustedCode(dataset) === true ? dataset : undefined;
}

function isRunnable(dataset: string): boolean {
  const file = dataset.slice(dataset.lastIndexOf('/') + 1);
  const dot = file.lastIndexOf('.');
  return dot >= 0 && (RUNNABLE.has(file.slice(dot + 1).toLowerCase()) || file.endsWith('.tar.gz'));
}
