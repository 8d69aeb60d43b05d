/** A finding ↔ its row in Findings. */
import * as z from 'zod';
import { Severity } from '../../schemas/alerting.ts';
import type { Row } from '../../schemas/tables.ts';
import { VERDICTS, type Finding } from '../detections/finding.ts';
import { clip } from '../pipeline/clip.ts';

export interface FindingContext {
  /** 0 to 15, as the event's. */
  readonly shard: number;
  /** Of the event; empty where the commit fills it in (EntryRows.complete). */
  readonly variant: string;
  /** Time of the commit. */
  readonly storedAt: string;
  readonly expireAt: string;
}

/** Characters, and elements of lists: a row stays far below what a cell takes, however it is escaped. */
const MAX = {
  rule: 64,
  key: 1024,
  title: 256,
  summary: 4096,
  label: 128,
  value: 2048,
  actor: 1024,
  job: 512,
};
const MAX_EVIDENCE = 60;
const MAX_EVENTS = 1000;

/** What does not fit its column keeps its head and a digest of the whole, so that two keys stay two keys. */
export function findingRow(finding: Finding, context: FindingContext): Row {
  return {
    ...columnsOf(finding),
    Variant: context.variant,
    Shard: context.shard,
    StoredAt: context.storedAt,
    ExpireAt: context.expireAt,
  };
}

/** The columns that are the finding's own. */
function columnsOf(finding: Finding): Row {
  const [first = '', ...others] = finding.events.slice(0, MAX_EVENTS);
  const actingFor = finding.actingFor.map((id) => clip(id, MAX.actor) ?? '');
  const evidence = finding.evidence
    .slice(0, MAX_EVIDENCE)
    .map(([label, value]) => [clip(label, MAX.label) ?? '', clip(value, MAX.value) ?? '']);
  return {
    FindingId: finding.id,
    Rule: clip(finding.rule, MAX.rule) ?? '',
    RuleVersion: finding.version,
    Severity: finding.severity,
    Verdict: finding.verdict,
    FindingKey: findingKey(finding.key),
    Title: clip(finding.title, MAX.title) ?? '',
    Summary: clip(finding.summary, MAX.summary) ?? '',
    Evidence: JSON.stringify(evidence),
    EventId: first,
    OtherEvents: others.length === 0 ? undefined : others,
    EventTime: finding.time,
    Actor: clip(finding.actor, MAX.actor),
    ActingFor: actingFor.length === 0 ? undefined : actingFor,
    JobId: clip(finding.job, MAX.job),
    Environment: finding.environment,
    PolicyDigest: finding.bundle,
  };
}

/** As an episode keeps it. */
export const findingJson = (finding: Finding): string => JSON.stringify(columnsOf(finding));

/** @throws ZodError for a text that `findingJson` has not made. */
export const findingOfJson = (json: string): Finding => findingOf(JSON.parse(json));

/** The key as it is stored. */
export const findingKey = (key: string): string => clip(key, MAX.key) ?? '';

const text = z.string();
const optional = text.nullish().transform((value) => value ?? undefined);
const texts = z
  .array(text)
  .nullish()
  .transform((value) => value ?? []);
const Evidence = z.array(z.tuple([text, text]).readonly());

const StoredFinding = z.object({
  FindingId: text,
  Rule: text,
  RuleVersion: z.number(),
  Severity,
  Verdict: z.enum(VERDICTS),
  FindingKey: text,
  Title: text,
  Summary: text,
  Evidence: text.transform((json) => Evidence.parse(JSON.parse(json))),
  EventId: text,
  OtherEvents: texts,
  EventTime: text,
  Actor: optional,
  ActingFor: texts,
  JobId: optional,
  Environment: optional,
  PolicyDigest: text,
});

/** @throws ZodError for a row that `findingRow` has not made. */
export const findingOfRow = (row: Row): Finding => findingOf(row);

function findingOf(columns: unknown): Finding {
  const stored = StoredFinding.parse(columns);
  return {
    id: stored.FindingId,
    rule: stored.Rule,
    version: stored.RuleVersion,
    key: stored.FindingKey,
    severity: stored.Severity,
    verdict: stored.Verdict,
    title: stored.Title,
    summary: stored.Summary,
    evidence: stored.Evidence,
    events: [stored.EventId, ...stored.OtherEvents],
    time: stored.EventTime,
    actor: stored.Actor,
    actingFor: stored.ActingFor,
    job: stored.JobId,
    environment: stored.Environment,
    bundle: stored.PolicyDigest,
  };
}
