/**
 * Files → the bytes of a zip, the same for the same files: in order of their names, with one time and one mode for all,
 * whatever the clock, the time zone, the umask and the order in which they were made.
 */
import { unzipSync, zipSync, type Zippable } from 'fflate';

/** The first time that a zip can state; by the parts of the local clock, which is what is written. */
const TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file, rw-r--r--, where Unix keeps it in a zip. */
const MODE = 0o100644 << 16;

export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted: Zippable = {};
  for (const name of [...files.keys()].toSorted()) {
    const bytes = files.get(name);
    if (bytes !== undefined) sorted[name] = [bytes, { level: 9, mtime: TIME, os: UNIX, attrs: MODE }];
  }
  return zipSync(sorted);
}

/** Name → content, as whoever deploys a zip unpacks it. */
export const unzipFiles = (zip: Uint8Array): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(unzipSync(zip)));
