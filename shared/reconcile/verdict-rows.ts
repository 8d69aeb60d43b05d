/** What was judged and what was said before → the rows to write: verdicts that are new, their findings, what they take back. Pure. */
import type { Row } from '../../schemas/tables.ts';
import { later } from '../alerts/times.ts';
import type { MissingRecord, Outcome } from '../corroboration/rule.ts';
import type { Judged } from '../corroboration/settle.ts';
import {
  findingOfVerdict,
  verdictId,
  verdictNow,
  type Lost,
  type Waiting,
  type WatermarkOf,
} from '../corroboration/verdict.ts';
import type { Finding } from '../detections/finding.ts';
import { clip } from '../pipeline/clip.ts';

export interface Said {
  readonly verdicts: readonly Row[];
  readonly findings: readonly Told[];
  /** Findings that hold no longer, with the verdict that says so. */
  readonly retracted: readonly Retracted[];
  /** Findings that stand again after something else was said in between. */
  readonly stands: readonly string[];
  readonly waiting: readonly { readonly judged: Judged; readonly wait: Waiting }[];
}

export interface Told {
  readonly finding: Finding;
  /** The record whose absence it is about. */
  readonly missing: MissingRecord | undefined;
}

export interface Retracted {
  readonly findingId: string;
  readonly verdictId: string;
  /** For whoever was alerted. */
  readonly because: string;
}

export interface SayOptions {
  readonly watermarkOf: WatermarkOf;
  readonly lost: Lost | undefined;
  /** Rows of Verdicts over the anchors judged. */
  readonly before: readonly Row[];
  /** Clock of rows before anything was read for the judgements. */
  readonly readAt: string;
  readonly now: string;
  readonly expireAt: string;
}

const WITHDRAWN: Outcome = {
  verdict: 'satisfied',
  cited: [],
  reason: 'with what is recorded by now the rule has nothing to say of it',
};

const REOPENED: Outcome = {
  verdict: 'undetermined',
  cited: [],
  reason: 'with what is recorded by now it is not decided: more may come',
};

export function say(
  all: readonly Judged[],
  { watermarkOf, lost, before, readAt, now, expireAt }: SayOptions,
): Said {
  const latest = latestVerdicts(before);
  const byAnchor = Map.groupBy(latest.values(), (row) => JSON.stringify([row['AnchorId'], row['Rule']]));
  const verdicts: Row[] = [];
  const findings: Told[] = [];
  const retracted: Retracted[] = [];
  const stands: string[] = [];
  const waiting: { judged: Judged; wait: Waiting }[] = [];

  for (const [name, ofAnchor] of Map.groupBy(all, nameOf)) {
    const [first] = ofAnchor;
    if (first === undefined) continue;
    const said = new Map<string, Settled>();
    const open = new Map<string, Judged>();
    for (const judged of ofAnchor) {
      for (const judgement of judged.judgements) {
        const verdict = verdictNow(
          judgement,
          watermarkOf,
          lost === undefined ? undefined : (path, until) => lost(path, judged.anchor.time, until),
        );
        if (verdict.state === 'waiting') {
          waiting.push({ judged, wait: verdict });
          open.set(verdict.about, judged);
        } else graver(said, verdict.about, { judged, outcome: verdict.outcome });
      }
    }
    // Of two contents one may be found already, whatever comes of the other.
    for (const about of open.keys()) if (said.get(about)?.outcome.verdict !== 'violated') said.delete(about);
    // What was said of something that the rule does not speak of any more is taken back.
    for (const row of byAnchor.get(name) ?? []) {
      const about = String(row['About']);
      if (said.has(about)) continue;
      const waits = open.get(about);
      if (waits === undefined) said.set(about, { judged: first, outcome: WITHDRAWN });
      // Whoever was alerted hears of it once it is decided anew.
      else if (row['Verdict'] !== 'violated') said.set(about, { judged: waits, outcome: REOPENED });
    }
    for (const [about, { judged, outcome }] of said) record(judged, about, outcome);
  }

  function record(judged: Judged, about: string, outcome: Outcome): void {
    const id = verdictId(judged, about, outcome);
    const known = latest.get(tripleOf(judged.anchor.id, judged.rule.id, about));
    if (known?.['VerdictId'] === id || saidMeanwhile(known, readAt, judged)) return;
    const finding = findingOfVerdict(judged, outcome);
    verdicts.push(
      verdictRow(judged, about, id, outcome, finding?.id, { now: afterLast(known, now), expireAt }),
    );
    if (finding !== undefined)
      findings.push({ finding, missing: outcome.verdict === 'violated' ? judged.missing : undefined });
    if (outcome.verdict === 'violated' && finding !== undefined && known !== undefined)
      stands.push(finding.id);
    const held = known?.['Verdict'] === 'violated' ? known['FindingId'] : undefined;
    const gone = [
      ...(typeof held === 'string' && held !== finding?.id ? [held] : []),
      ...(outcome.verdict === 'satisfied' ? (outcome.retracts ?? []) : []),
    ];
    for (const findingId of gone) retracted.push({ findingId, verdictId: id, because: becauseOf(outcome) });
  }

  return { verdicts, findings, retracted, stands, waiting };
}

interface Settled {
  readonly judged: Judged;
  readonly outcome: Outcome;
}

const nameOf = ({ anchor, rule }: Judged): string => JSON.stringify([anchor.id, rule.id]);

const GRAVITY = ['satisfied', 'undetermined', 'violated'] as const;

/** Of two contents under one id what is graver is said; of two as grave the one whose verdict has the lesser id. */
function graver(said: Map<string, Settled>, about: string, one: Settled): void {
  const known = said.get(about);
  const gravity = ({ outcome }: Settled): number => GRAVITY.indexOf(outcome.verdict);
  const idOf = ({ judged, outcome }: Settled): string => verdictId(judged, about, outcome);
  if (
    known === undefined ||
    gravity(one) > gravity(known) ||
    (gravity(one) === gravity(known) && idOf(one) < idOf(known))
  )
    said.set(about, one);
}

/**
 * Somebody else judged the same at the same time and saw more of what was just coming in. What was said before anything was read
 * here saw nothing that is not seen here, however many questions it took.
 */
const saidMeanwhile = (known: Row | undefined, readAt: string, { facts }: Judged): boolean =>
  known !== undefined && String(known['DecidedAt']) >= readAt && Number(known['Facts'] ?? 0) > facts;

/** The last word on each (anchor, rule, about). */
export function latestVerdicts(rows: readonly Row[]): ReadonlyMap<string, Row> {
  const latest = new Map<string, Row>();
  for (const row of rows) {
    const key = tripleOf(String(row['AnchorId']), String(row['Rule']), String(row['About']));
    const known = latest.get(key);
    if (known === undefined || isAfter(row, known)) latest.set(key, row);
  }
  return latest;
}

export const tripleOf = (anchor: string, rule: string, about: string): string =>
  JSON.stringify([anchor, rule, about]);

function isAfter(a: Row, b: Row): boolean {
  const [left, right] = [String(a['DecidedAt']), String(b['DecidedAt'])];
  return left === right ? String(a['VerdictId']) > String(b['VerdictId']) : left > right;
}

/** Decisions of one clock's instant follow each other all the same. */
const afterLast = (known: Row | undefined, now: string): string =>
  known === undefined || String(known['DecidedAt']) < now ? now : later(String(known['DecidedAt']), 1);

function verdictRow(
  { rule, anchor, bundle, facts }: Judged,
  about: string,
  id: string,
  outcome: Outcome,
  findingId: string | undefined,
  { now, expireAt }: { readonly now: string; readonly expireAt: string },
): Row {
  const event = anchor.kind === 'event' ? anchor.event : undefined;
  const isJob =
    anchor.kind === 'sighting' &&
    (anchor.sighting.family === 'work' || anchor.sighting.family === 'job-data');
  return {
    AnchorId: anchor.id,
    Rule: rule.id,
    About: clip(about, 1024) ?? '',
    VerdictId: id,
    RuleVersion: rule.version,
    Verdict: outcome.verdict,
    JoinedBy: outcome.join,
    Reason: clip(outcome.verdict === 'violated' ? outcome.found.summary : outcome.reason, 4096),
    Cited: JSON.stringify(outcome.cited.slice(0, MAX_CITED)),
    LateMs: outcome.verdict === 'satisfied' ? outcome.lateMs : undefined,
    FindingId: findingId,
    EventTime: anchor.time,
    JobId: clip(event?.job ?? (isJob ? anchor.sighting.subject : undefined), 512),
    Environment: event?.environment,
    PolicyDigest: bundle.digest,
    Facts: facts,
    DecidedAt: now,
    ExpireAt: expireAt,
  };
}

const MAX_CITED = 200;

function becauseOf(outcome: Outcome): string {
  if (outcome.verdict === 'violated') return `found anew with more evidence: ${outcome.found.summary}`;
  const late = outcome.verdict === 'satisfied' ? (outcome.lateMs ?? 0) : 0;
  return late > 0 ? `late evidence, ${inWords(late)} after it was due: ${outcome.reason}` : outcome.reason;
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
