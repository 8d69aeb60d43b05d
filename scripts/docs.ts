/**
 * `npm run docs`: writes the generated parts of docs/*.md, each between `<!-- generated: NAME -->` and
 * `<!-- /generated -->`, and the schemas that editors read, from the code they describe. test/docs/generated.test.ts fails when one is stale.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fill } from './docs/markdown.ts';
import { PARTS } from './docs/parts.ts';
import { generatedFiles } from './docs/generated-files.ts';

const FOLDER = join(import.meta.dirname, '../docs');

export interface Page {
  readonly file: string;
  readonly written: string;
  /** As it would be written now. */
  readonly current: string;
}

export function pages(): readonly Page[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => {
      const file = join(FOLDER, name);
      const written = readFileSync(file, 'utf8');
      return { file, written, current: fill(written, PARTS) };
    });
}

if (import.meta.main) {
  for (const { file, written, current } of [...pages(), ...generatedFiles()]) {
    if (written === current) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, current);
    console.log(`wrote ${file}`);
  }
}
