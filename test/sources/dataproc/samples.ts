/** The constructed entries of this folder, parsed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogEntry } from '../../../schemas/log-entry.ts';

export function constructed(name?: string): readonly LogEntry[] {
  return readdirSync(import.meta.dirname)
    .filter(
      (file) => file.endsWith('.ndjson') && (name === undefined || file === `constructed-${name}.ndjson`),
    )
    .flatMap((file) => readFileSync(join(import.meta.dirname, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => LogEntry.parse(JSON.parse(line)));
}
