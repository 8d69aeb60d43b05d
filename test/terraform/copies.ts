/** Copies of the deployment to run Terraform in, which writes into the folders it works in. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '../..');

/** The deployment as it is committed. */
export const DEPLOYMENT = join(ROOT, 'terraform');

/** What Terraform wrote where a developer ran it, which is no part of the deployment. */
const LEFTOVER = /^\.terraform$|\.tfstate(\..*)?$|^crash\.log$/;

/**
 * Copies the deployment, or a copy of it, below `folder`, with what it reads beside it: the schema, and a zip for each
 * function and for the worker, whose contents do not matter here. Answers where the copy of terraform/ is.
 */
export function layOut(from: string, folder: string): string {
  const copy = join(folder, 'terraform');
  const pristine = from === DEPLOYMENT;
  cpSync(from, copy, { recursive: true, filter: (path) => !pristine || !LEFTOVER.test(basename(path)) });
  symlinkSync(join(ROOT, 'schemas'), join(folder, 'schemas'));
  const bundles = join(folder, 'dist/functions');
  mkdirSync(bundles, { recursive: true });
  const catalogue = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(join(copy, 'functions.json'), 'utf8')));
  for (const name of [...Object.keys(catalogue), 'pull'])
    writeFileSync(join(bundles, `${name}.zip`), `zip of ${name}`);
  return copy;
}
