/**
 * `npm run build`: each function as one zip under dist/functions/ that deploys by itself, beside the folder that it is of.
 * `npm run build -- --config FOLDER` puts the organisation's jobtrail.yaml, policies/ and rules/ into all of them. The same
 * sources and the same configuration give the same bytes. docs/functions.md says what is in a zip.
 */
import { globSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { JobtrailError, messageOf } from '../shared/errors.ts';
import { makeBundle, OUTPUT, ROOT, type Bundle } from './build/bundle.ts';
import { readConfiguration } from './build/configuration.ts';
import { writeBundle, type Written } from './build/write.ts';

const entryPoints = (): readonly string[] => globSync('functions/*/index.ts', { cwd: ROOT }).toSorted();

async function buildAll(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' } } });
  const configuration = values.config === undefined ? undefined : readConfiguration(values.config);
  // What was a function once is none that Terraform would find here.
  rmSync(OUTPUT, { recursive: true, force: true });
  console.log(row('function', 'code kB', 'zip kB', 'packages', 'needs'));
  let total = 0;
  for (const entry of entryPoints()) {
    const bundle = await makeBundle(entry, basename(dirname(entry)), configuration);
    const written = writeBundle(bundle, OUTPUT);
    total += written.zipBytes;
    console.log(rowOf(bundle, written));
  }
  console.log(`\n${kB(total)} kB of zips in dist/functions/`);
  if (configuration === undefined) console.log('Without configuration: --config FOLDER puts one in.');
  else console.log(`With configuration ${configuration.digest} (${configuration.files.size} files).`);
}

const rowOf = ({ name, bytes, packages, dependencies }: Bundle, { zipBytes }: Written): string =>
  row(name, kB(bytes), kB(zipBytes), String(packages), dependencies.join(', '));

const row = (name: string, code: string, zip: string, packages: string, needs: string): string =>
  `${name.padEnd(12)} ${code.padStart(8)} ${zip.padStart(7)} ${packages.padStart(9)}   ${needs}`;

const kB = (bytes: number): string => (bytes / 1000).toFixed(0);

try {
  await buildAll(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof JobtrailError ? `${error.message}\n${error.hint}` : messageOf(error));
  process.exitCode = 1;
}
