/**
 * test/corroboration/versions.json: which version of each rule over records, of paths and of Jobtrail itself is made of which
 * source: its file, and whatever of shared/corroboration that file is made of. A change is noticed there, so that nobody changes
 * what is judged without saying so.
 */
import { hash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { detectorConfigTampered } from '../../shared/corroboration/own-config.ts';
import { HEALTH_RULES } from '../../shared/corroboration/health/rules.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';

const Versions = z.record(z.string(), z.strictObject({ version: z.number().int(), source: z.string() }));
type Versions = z.infer<typeof Versions>;

const FILE = join(import.meta.dirname, 'versions.json');
const FOLDER = join(import.meta.dirname, '../../shared/corroboration');

export const ruleFiles = (): readonly string[] =>
  globSync('rules/*.ts', { cwd: FOLDER }).filter((file) => basename(file) !== 'index.ts');

export const textOfFile = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** Every file of shared/corroboration, relative to it. */
export const allFiles = (): readonly string[] => globSync('**/*.ts', { cwd: FOLDER }).toSorted();

/** The file that a rule's judgement begins in. */
function fileOf(id: string): string {
  if (HEALTH_RULES.some((rule) => rule.id === id)) return 'health/judge.ts';
  if (id === detectorConfigTampered.id) return 'own-config.ts';
  const own = `rules/${id}.ts`;
  if (existsSync(join(FOLDER, own))) return own;
  const raising = ruleFiles().find((file) => {
    const text = textOfFile(file);
    return text.includes('raisedWhereNew(') && text.includes(`/detections/${id}.ts'`);
  });
  return raising ?? 'taken-again.ts';
}

/** A file and what it imports of the same folder, at any depth; sorted. */
export function madeOf(file: string): readonly string[] {
  const seen = new Set([file]);
  for (const one of seen) {
    for (const [, specifier = ''] of textOfFile(one).matchAll(/\bfrom '(\.{1,2}\/[^']+)'/g)) {
      const target = relative(FOLDER, join(FOLDER, dirname(one), specifier));
      if (!target.startsWith('..')) seen.add(target);
    }
  }
  return [...seen].toSorted();
}

const digestOf = (id: string): string =>
  hash('sha256', JSON.stringify(madeOf(fileOf(id)).map((file) => [file, textOfFile(file)])), 'hex');

export function currentVersions(): Versions {
  const rules = [...RULES, ...HEALTH_RULES, detectorConfigTampered].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  return Object.fromEntries(rules.map(({ id, version }) => [id, { version, source: digestOf(id) }]));
}

export const recordedVersions = (): Versions =>
  existsSync(FILE) ? Versions.parse(JSON.parse(readFileSync(FILE, 'utf8'))) : {};

export function recordVersions(versions: Versions): void {
  writeFileSync(FILE, `${JSON.stringify(versions, undefined, 2)}\n`);
}
