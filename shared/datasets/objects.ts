/**
 * The dataset an object of Cloud Storage belongs to. Engines write a dataset as many objects with names of their own;
 * a job, a lineage event and a template name the prefix above them. Other objects are datasets of their own.
 */
import { datasetId, type DatasetId } from '../model/dataset.ts';

const BUCKET = /^[A-Za-z0-9._-]{1,222}$/;
/** Hive-style partition directory: `dt=2026-01-31`. */
const PARTITION = /^[A-Za-z0-9_.-]{1,128}=/;
/** Scratch folders of commit protocols, below the output they belong to. */
const SCRATCH = new Set(['_temporary', '_delta_log', '__magic', '_spark_metadata']);

/** `gs://BUCKET/PREFIX` for a file that an engine named, `gs://BUCKET/OBJECT` otherwise, the bucket alone without object. */
export function datasetOfObject(bucket: string, object: string | undefined): DatasetId | undefined {
  if (!BUCKET.test(bucket)) return undefined;
  if (object === undefined || object === '') return datasetId(`gs://${bucket}`);
  const name = datasetPath(object);
  return datasetId(name === '' ? `gs://${bucket}` : `gs://${bucket}/${name}`);
}

function datasetPath(object: string): string {
  const scratch = scratchAt(object);
  let end = scratch >= 0 ? scratch : object.length;
  while (end > 0 && object.charCodeAt(end - 1) === 0x2f) end -= 1;
  if (scratch < 0) {
    const slash = object.lastIndexOf('/', end - 1);
    const file = object.slice(slash + 1, end);
    if (slash >= 0 && (isPart(file) || inPartition(object, slash))) end = slash;
    else if (!PARTITION.test(file)) return object.slice(0, end);
  }
  // From the innermost directory outwards, past the partitions.
  for (;;) {
    const slash = object.lastIndexOf('/', end - 1);
    if (end === 0 || !PARTITION.test(object.slice(slash + 1, end))) return object.slice(0, end);
    end = Math.max(slash, 0);
  }
}

/** Whatever lies in a partition directory is a part of the table above it. */
const inPartition = (object: string, slash: number): boolean =>
  PARTITION.test(object.slice(object.lastIndexOf('/', slash - 1) + 1, slash));

/** Where the first scratch folder begins, -1 where there is none. */
function scratchAt(object: string): number {
  let from = object.indexOf('_');
  while (from >= 0) {
    const slash = object.indexOf('/', from);
    const end = slash < 0 ? object.length : slash;
    if ((from === 0 || object.charCodeAt(from - 1) === 0x2f) && SCRATCH.has(object.slice(from, end)))
      return from;
    from = object.indexOf('/_', end);
    if (from >= 0) from += 1;
  }
  return -1;
}

/** `part-00000-…`, `_SUCCESS`, `000000_0` of Hive, `x-00001-of-00010` of Beam. */
function isPart(file: string): boolean {
  return file.startsWith('part-') || file === '_SUCCESS' || HIVE.test(file) || SHARD.test(file);
}
const HIVE = /^[0-9]{6}_[0-9]{1,4}$/;
const SHARD = /-[0-9]{5}-of-[0-9]{5}(?:\.[A-Za-z0-9.]{1,32})?$/;
