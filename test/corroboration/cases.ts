/**
 * The cases of a rule over several records: `test/corroboration/<id>/fires-*.json` and `quiet-*.json`, each the whole entries as
 * they arrive, what is declared, how far the watermarks are, and what must be found. Entries go through decoding, normalising,
 * identities and policy like any other, so that no rule is tested on a shape that no source makes.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Severity } from '../../schemas/alerting.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { anchorOfSighting } from '../../shared/corroboration/anchors.ts';
import { createFactCache } from '../../shared/corroboration/fact-cache.ts';
import { anchorOf, type Rule } from '../../shared/corroboration/rule.ts';
import { settle } from '../../shared/corroboration/settle.ts';
import { besideOfRows } from '../../shared/corroboration/traced-rows.ts';
import { findingOfVerdict, verdictId, verdictNow } from '../../shared/corroboration/verdict.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { ForeignRecord } from '../../shared/sources/source.ts';
import { bundleOf } from '../detections/cases.ts';
import { memoryFacts, type Recorded } from './memory.ts';

const Found = z.strictObject({
  key: z.string(),
  severity: Severity.optional(),
  verdict: z.enum(['violation', 'undetermined', 'exempted']).optional(),
});

const Case = z.strictObject({
  /** What the case shows, one sentence. */
  note: z.string().min(10),
  /** Keys of jobtrail.yaml. */
  config: z.record(z.string(), z.unknown()).default({}),
  /** Cedar policies. */
  policies: z.string().default(''),
  /** Why no order but this one is asked of it: a gap of its rule. Absent: the last verdicts are the same in all orders. */
  inOrder: z.string().min(10).optional(),
  /** LogEntries, or records as their sources receive them. */
  entries: z.array(z.record(z.string(), z.unknown())).min(1),
  /** Up to when the records of a path are here: a time, or null for a path that nothing vouches for. Others: for ever. */
  watermarks: z.record(z.string(), z.string().nullable()).default({}),
  /** What the rule finds; of one key once. */
  found: z.array(Found).default([]),
  /** Verdicts of the rule beside the violated ones, where the case is about them. */
  verdicts: z
    .strictObject({
      satisfied: z.number().int(),
      undetermined: z.number().int(),
      waiting: z.number().int(),
      /** Satisfied ones whose evidence came late. */
      late: z.number().int(),
    })
    .partial()
    .default({}),
});
type Case = z.infer<typeof Case>;

export interface NamedCase extends Case {
  readonly name: string;
  readonly kind: 'fires' | 'quiet';
}

const FOLDER = import.meta.dirname;
const NOW = '2026-01-01T00:00:00.000000000Z';
const FOR_EVER = '9999-12-31T23:59:59.999999999Z';

export function casesOf(id: string): readonly NamedCase[] {
  const folder = join(FOLDER, id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^(?:fires|quiet)-.*\.json$/.test(file))
    .map((file) => {
      const parsed = Case.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      if (!parsed.success) throw new Error(`${id}/${file}: ${z.prettifyError(parsed.error)}`);
      return {
        ...parsed.data,
        name: file.slice(0, -'.json'.length),
        kind: file.startsWith('fires-') ? 'fires' : 'quiet',
      };
    });
}

/** Entries up to their rows, proofs that records carry verified. Throws where one makes no event: a case is about events. */
export async function recordedOf(entries: Case['entries'], bundle: Bundle): Promise<readonly Recorded[]> {
  const preparer = createPreparer({ sources: SOURCES, loaded: bundle });
  const adopt = (record: ForeignRecord) =>
    SOURCES.map((source) => source.adopt?.(record)).find((entry) => entry !== undefined);
  const seen = new Set<string>();
  const recorded: Recorded[] = [];
  for (const entry of entries) {
    for (const decoded of decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf: ordinals(), adopt })) {
      const prepared = await prepareAttested(preparer, decoded, () => NOW);
      const rows = prepared.kind === 'rows' ? prepared.entry.rows : [];
      const first = rows[0];
      if (first?.table !== 'Events') {
        throw new Error(`an entry makes no event: ${JSON.stringify(first?.row['Message'] ?? prepared)}`);
      }
      const event = trailEventOfRow(first.row);
      // The same entry twice is stored once.
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      recorded.push({ event, rows, beside: besideOfRows(rows) });
    }
  }
  return recorded;
}

export interface Result {
  readonly findings: readonly Finding[];
  readonly satisfied: number;
  readonly undetermined: number;
  readonly waiting: number;
  readonly late: number;
  /** Ids of all verdicts, sorted: equal for equal verdicts. */
  readonly ids: readonly string[];
}

export async function judgeRecorded(
  rule: Rule,
  recorded: readonly Recorded[],
  bundle: Bundle,
  watermarks: Case['watermarks'] = {},
): Promise<Result> {
  const facts = memoryFacts(recorded, () => bundle.facts);
  const { judged, crashes } = await settle(
    [...facts.events.map(anchorOf), ...facts.sightings.map(anchorOfSighting)],
    {
      rules: [rule],
      bundleAt: () => bundle,
      load: facts.load,
      cache: createFactCache(),
    },
  );
  if (crashes.length > 0) throw new Error(JSON.stringify(crashes));
  const findings: Finding[] = [];
  const ids: string[] = [];
  const counts = { satisfied: 0, undetermined: 0, waiting: 0, late: 0 };
  for (const one of judged) {
    for (const judgement of one.judgements) {
      const verdict = verdictNow(judgement, (path) => {
        const declared = watermarks[path];
        return declared === undefined ? FOR_EVER : (declared ?? undefined);
      });
      if (verdict.state === 'waiting') {
        counts.waiting += 1;
        continue;
      }
      const { outcome, about } = verdict;
      ids.push(verdictId(one, about, outcome));
      if (outcome.verdict === 'satisfied') {
        counts.satisfied += 1;
        if ((outcome.lateMs ?? 0) > 0) counts.late += 1;
      }
      if (outcome.verdict === 'undetermined') counts.undetermined += 1;
      const finding = findingOfVerdict(one, outcome);
      if (finding !== undefined) findings.push(finding);
    }
  }
  return { findings, ...counts, ids: ids.toSorted() };
}

export async function resultOf(rule: Rule, one: Case): Promise<Result> {
  const bundle = bundleOf(one);
  return judgeRecorded(rule, await recordedOf(one.entries, bundle), bundle, one.watermarks);
}

/** One finding for each key: the gravest, as its alert would show it. */
export function byKey(findings: readonly Finding[]): readonly Finding[] {
  const best = new Map<string, Finding>();
  const rank = ({ severity }: Finding): number => ['low', 'medium', 'high', 'critical'].indexOf(severity);
  for (const finding of findings) {
    const known = best.get(finding.key);
    if (known === undefined || rank(finding) > rank(known)) best.set(finding.key, finding);
  }
  return [...best.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** What a finding tells whoever is alerted, word by word: `<id>/findings.golden.json`. */
const Told = z.strictObject({ summary: z.string(), evidence: z.array(z.tuple([z.string(), z.string()])) });
const Golden = z.record(z.string(), z.array(Told));
type Golden = z.infer<typeof Golden>;

const goldenFile = (id: string): string => join(FOLDER, id, 'findings.golden.json');

export function goldenOf(id: string): Golden {
  return existsSync(goldenFile(id)) ? Golden.parse(JSON.parse(readFileSync(goldenFile(id), 'utf8'))) : {};
}

export async function writeGolden(rule: Rule, cases: readonly NamedCase[]): Promise<void> {
  const told: [string, readonly z.infer<typeof Told>[]][] = [];
  for (const one of cases.filter(({ kind }) => kind === 'fires')) {
    const { findings } = await resultOf(rule, one);
    told.push([
      one.name,
      byKey(findings).map(({ summary, evidence }) => ({
        summary,
        evidence: evidence.map(([label, value]) => [label, value]),
      })),
    ]);
  }
  writeFileSync(goldenFile(rule.id), `${JSON.stringify(Object.fromEntries(told), undefined, 2)}\n`);
}
