/**
 * The cases of a detection: `test/detections/<id>/fires-*.json` and `quiet-*.json`, each a whole entry as it arrives, with
 * what is declared and what must be found. They go through decoding, normalising, identities and policy like any other
 * entry, so that no rule is tested on a shape that no source makes.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { stringify } from 'yaml';
import { Severity } from '../../schemas/alerting.ts';
import { parseBundle, type Bundle } from '../../shared/config/bundle.ts';
import { createDetect } from '../../shared/detections/detect.ts';
import type { Detection, Looked } from '../../shared/detections/detection.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import { createEventsOf } from '../../shared/pipeline/events-of.ts';
import { SOURCES } from '../../shared/sources/index.ts';

const Found = z.strictObject({
  key: z.string(),
  severity: Severity.optional(),
  verdict: z.enum(['violation', 'undetermined']).optional(),
});

const Case = z.strictObject({
  /** What the case shows, one sentence. */
  note: z.string().min(10),
  /** Keys of jobtrail.yaml. */
  config: z.record(z.string(), z.unknown()).default({}),
  /** Cedar policies. */
  policies: z.string().default(''),
  /** A LogEntry, or a record as its source receives it. */
  entry: z.record(z.string(), z.unknown()),
  /** The entry that left the state before; null where there was none. Without the key it is not known. */
  before: z.record(z.string(), z.unknown()).nullable().optional(),
  /** Entries of the policies around, the nearest first. */
  wider: z.array(z.record(z.string(), z.unknown())).optional(),
  /** What this detection finds; none in a quiet case. */
  found: z.array(Found).default([]),
});
type Case = z.infer<typeof Case>;

export interface NamedCase extends Case {
  readonly name: string;
  readonly kind: 'fires' | 'quiet';
}

const FOLDER = import.meta.dirname;

export function casesOf(id: string): readonly NamedCase[] {
  const folder = join(FOLDER, id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^(?:fires|quiet)-.*\.json$/.test(file))
    .map((file) => {
      const parsed = Case.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      if (!parsed.success) throw new Error(`${id}/${file}: ${z.prettifyError(parsed.error)}`);
      const kind = file.startsWith('fires-') ? 'fires' : 'quiet';
      return { ...parsed.data, name: file.slice(0, -'.json'.length), kind };
    });
}

export function bundleOf({ config, policies }: Pick<Case, 'config' | 'policies'>): Bundle {
  return parseBundle({
    config: { name: 'jobtrail.yaml', text: stringify({ version: 1, ...config }) },
    policies: policies === '' ? [] : [{ name: 'case.cedar', text: policies }],
    rules: [],
  });
}

/** A case up to what its detection is asked: decoded and normalised once, however often it is judged. */
export interface PreparedCase {
  readonly bundle: Bundle;
  readonly looked: readonly Looked[];
}

type Asked = Pick<Case, 'config' | 'policies' | 'entry' | 'before' | 'wider'>;

export function prepareCase(one: Asked): PreparedCase {
  const bundle = bundleOf(one);
  const eventsOf = createEventsOf(SOURCES, bundle);
  const claimsOf = (entry: Readonly<Record<string, unknown>>) => eventsOf(entry)[0]?.claims ?? {};
  const prior =
    one.before === undefined
      ? {}
      : {
          prior: {
            before: one.before === null ? {} : claimsOf(one.before),
            ...(one.wider === undefined ? {} : { wider: one.wider.map(claimsOf) }),
          },
        };
  const looked = eventsOf(one.entry).map((event) => ({
    event,
    decision: bundle.policy?.decide(event, bundle.facts),
    declared: bundle.facts,
    ...prior,
  }));
  return { bundle, looked };
}

/** Every finding of one detection in the case's entry. */
export function findingsOf(detection: Detection, one: Asked): readonly Finding[] {
  return prepareCase(one).looked.flatMap(createDetect([detection]));
}

/** What a finding tells whoever is alerted, word by word: `<id>/findings.golden.json`. */
const Told = z.strictObject({ summary: z.string(), evidence: z.array(z.tuple([z.string(), z.string()])) });
const Golden = z.record(z.string(), z.array(Told));
type Golden = z.infer<typeof Golden>;

const goldenFile = (id: string): string => join(FOLDER, id, 'findings.golden.json');

export function goldenOf(id: string): Golden {
  return existsSync(goldenFile(id)) ? Golden.parse(JSON.parse(readFileSync(goldenFile(id), 'utf8'))) : {};
}

export function writeGolden(detection: Detection, cases: readonly NamedCase[]): void {
  const told = cases
    .filter(({ kind }) => kind === 'fires')
    .map((one) => [
      one.name,
      findingsOf(detection, one).map(({ summary, evidence }) => ({ summary, evidence })),
    ]);
  writeFileSync(goldenFile(detection.id), `${JSON.stringify(Object.fromEntries(told), undefined, 2)}\n`);
}

type Judged = Pick<Finding, 'key' | 'severity' | 'verdict' | 'summary' | 'evidence'>;

export const judged = (findings: readonly Finding[]): readonly Judged[] =>
  findings.map(({ key, severity, verdict, summary, evidence }) => ({
    key,
    severity,
    verdict,
    summary,
    evidence,
  }));

/** What the case says is found, in the golden file's words. */
export const expectedOf = (
  detection: Pick<Detection, 'severity'>,
  one: NamedCase,
  golden: Golden,
): readonly Partial<Judged>[] =>
  one.found.map(({ key, severity, verdict }, index) => ({
    key,
    severity: severity ?? detection.severity,
    verdict: verdict ?? 'violation',
    ...golden[one.name]?.[index],
  }));
