/**
 * test/detections/versions.json: which version of each detection has which source. A changed file is noticed there, so
 * that nobody changes what is found without saying so.
 */
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Detection } from '../../shared/detections/detection.ts';

const Versions = z.record(z.string(), z.strictObject({ version: z.number().int(), source: z.string() }));
export type Versions = z.infer<typeof Versions>;

const FILE = join(import.meta.dirname, 'versions.json');
export const SOURCES_FOLDER = join(import.meta.dirname, '../../shared/detections');

export const sourceOf = (id: string): string => readFileSync(join(SOURCES_FOLDER, `${id}.ts`), 'utf8');

export const recordedVersions = (): Versions => Versions.parse(JSON.parse(readFileSync(FILE, 'utf8')));

export function currentVersions(detections: readonly Detection[]): Versions {
  const sorted = detections.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ id, version }) => [id, { version, source: hash('sha256', sourceOf(id), 'hex') }]),
  );
}

export function recordVersions(versions: Versions): void {
  writeFileSync(FILE, `${JSON.stringify(versions, undefined, 2)}\n`);
}
