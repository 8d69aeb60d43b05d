/** What tests of zips share: a zip unpacked, and its packages where `npm ci` puts them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { Lockfile } from '../../scripts/build/lockfile.ts';
import { writeFiles } from '../../scripts/build/write.ts';
import { unzipFiles } from '../../scripts/build/zip.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A folder outside the checkout that ends with the file's tests: no package of the checkout is found from it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-build-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const filesIn = (zip: string): ReadonlyMap<string, string> =>
  new Map(
    [...unzipFiles(readFileSync(zip))].map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]),
  );

export const lockOf = (files: ReadonlyMap<string, string>): Lockfile =>
  Lockfile.parse(JSON.parse(files.get('package-lock.json') ?? ''));

/**
 * Unpacks a zip and puts there the packages that its lockfile names, and no other, as links to those of the checkout.
 * Run it with `--preserve-symlinks`: each package then looks for its own from where it lies here.
 */
export function install(zip: string, folder: string): void {
  writeFiles(unzipFiles(readFileSync(zip)), folder);
  for (const path of Object.keys(lockOf(filesIn(zip)).packages)) {
    // A package inside another comes with it.
    if (path === '' || path.includes('/node_modules/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(folder, path), 'dir');
  }
}
