/** Entries by others, read where they are when they are there: a sibling folder of the checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SAMPLES = join(import.meta.dirname, '../../../shared/samples');

export const haveSamples = existsSync(SAMPLES);

/** Non-empty lines of each file of a samples folder; empty where the folder is not there. */
export function sampleLines(folder: string): readonly { file: string; lines: readonly string[] }[] {
  const dir = join(SAMPLES, folder);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .toSorted()
    .map((file) => ({
      file: `${folder}/${file}`,
      lines: readFileSync(join(dir, file), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    }));
}
