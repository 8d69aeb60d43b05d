/** A bundle as a folder, to run and to look at, and as the zip that is deployed. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bundle } from './bundle.ts';
import { zipFiles } from './zip.ts';

export interface Written {
  readonly folder: string;
  readonly zip: string;
  readonly zipBytes: number;
}

/** Into `<output>/<name>/`, which is made anew, and `<output>/<name>.zip`. */
export function writeBundle({ name, files }: Bundle, output: string): Written {
  const folder = join(output, name);
  const zip = join(output, `${name}.zip`);
  rmSync(folder, { recursive: true, force: true });
  writeFiles(files, folder);
  const zipped = zipFiles(files);
  writeFileSync(zip, zipped);
  return { folder, zip, zipBytes: zipped.length };
}

export function writeFiles(files: Bundle['files'], folder: string): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
