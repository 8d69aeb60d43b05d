/**
 * A detection of one entry, taken again with what other records tell: the state before, where it compares, and signed deploy
 * records, where it is about changes outside of CI. It keeps the detection's id and text, since it is the same rule with more
 * knowledge. At ingest the entry is judged alone; what comes out of that stands:
 *
 * - what is found now and was not, or is graver than it looked, is a finding of its own, citing the changes it rests on;
 * - what was left undetermined and is harmless is satisfied: nobody was alerted;
 * - what the entry alone tells is the finding that ingest made, and an older entry does not take it back;
 * - a change that a signed deploy record covers is satisfied, and its alert ends.
 */
import { SEVERITIES } from '../../schemas/alerting.ts';
import { byDeployer } from '../detections/deployers.ts';
import type { Detection, Found, Prior } from '../detections/detection.ts';
import { textOf } from '../detections/evidence.ts';
import { apartBy, findingId } from '../detections/finding.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { citedAs } from './cite.ts';
import { deployablesOf, DEPLOYED, foundIn, withEverybody, type DeployKind } from './deployable.ts';
import {
  changedBy,
  coveringRecord,
  DEPLOYED_CHANGES,
  RECORD_WINDOW_MS,
  recordsAround,
  type Changed,
} from './deploy-record.ts';
import { anchorOf, type Anchor, type Cited, type Context, type Judgement, type Rule } from './rule.ts';
import { around } from './span.ts';
import { beforeOf, changesAfter, type Before } from './state-before.ts';

export function takenAgain(detection: Detection): Rule {
  const { id, number, version, title, severity, why, runbook, evidence, maps, peers, gaps } = detection;
  const again: Again = { detection, compares: compares(detection), kind: DEPLOYED.get(detection) };
  const isDeployed = again.kind !== undefined;
  return {
    id,
    ...(number === undefined ? undefined : { number }),
    version,
    kind: 'correlate',
    title,
    severity,
    why,
    runbook,
    evidence,
    maps,
    peers,
    gaps,
    isFoundAtIngest: true,
    sources: isDeployed ? [...detection.sources, 'deployments'] : detection.sources,
    on: isDeployed ? [...detection.on, 'deploy'] : detection.on,
    anchors: (record, context) => (record.kind === 'event' ? anchorsOf(record.event, again, context) : []),
    judge: (anchor, context) => (anchor.kind === 'event' ? judge(anchor.event, again, context) : []),
  };
}

/** Whether it compares a state with the one before (shared/detections/change.ts). */
export const compares = (detection: Detection): boolean => 'compare' in detection;

interface Again {
  readonly detection: Detection;
  readonly compares: boolean;
  /** Undefined where deploy records say nothing of what it is about. */
  readonly kind: DeployKind | undefined;
}

const isHeld = ({ declared }: Context): boolean => declared.corroboration.deployRecords !== 'ignored';

function anchorsOf(event: TrailEvent, again: Again, context: Context): readonly Anchor[] {
  const held = again.kind !== undefined && isHeld(context);
  if (event.action === 'deploy') return held ? changesAround(event, context).map(anchorOf) : [];
  const hanging = again.compares ? changesAfter(event, context.facts) : [];
  // A deployer's change of the same thing makes the record his.
  const rivals =
    held && byDeployer(event, context.declared) ? othersAround(event, context, 2 * RECORD_WINDOW_MS) : [];
  return [event, ...hanging, ...rivals]
    .filter(({ action }) => again.detection.on.includes(action))
    .map(anchorOf);
}

const changesAround = (
  { time }: TrailEvent,
  { facts }: Context,
  ms = RECORD_WINDOW_MS,
): readonly TrailEvent[] => facts.witnesses('change', DEPLOYED_CHANGES, around(time, ms));

const othersAround = (event: TrailEvent, context: Context, ms: number): readonly TrailEvent[] =>
  changesAround(event, context, ms).filter(({ id }) => id !== event.id);

function judge(event: TrailEvent, again: Again, context: Context): readonly Judgement[] {
  const { detection, kind } = again;
  const { declared, facts } = context;
  if (!detection.on.includes(event.action)) return [];
  const alone = foundIn(detection, event, declared);
  const before = again.compares ? beforeOf(event, facts) : undefined;
  const now = before === undefined ? alone : foundIn(detection, event, declared, before.prior);
  const keys = [...new Set([...alone, ...now].map(({ key }) => key))];
  if (keys.length === 0) return [];
  const told = keys.map((key): Told => {
    const rank = ({ severity }: Found): number => SEVERITIES.indexOf(severity ?? detection.severity);
    const of = (all: readonly Found[]): Found | undefined =>
      all.filter((one) => one.key === key).toSorted((a, b) => rank(b) - rank(a))[0];
    const entry = of(alone);
    return { key, rank, alone: entry, now: of(now), ingestId: findingIdOf(detection, event, key, entry) };
  });
  if (kind !== undefined && isHeld(context)) {
    const record = excusedBy(event, again, kind, context, now, before?.prior);
    if (record !== undefined) return told.map((one) => excused(one, event, record));
  }
  return told.flatMap((one) => settledOf(one, event, before));
}

/** What is found under one key: of the entry alone, and with the state before. */
interface Told {
  readonly key: string;
  readonly rank: (found: Found) => number;
  readonly alone: Found | undefined;
  readonly now: Found | undefined;
  /** Id of the finding that ingest made of the entry alone. */
  readonly ingestId: string;
}

const findingIdOf = (
  { id, version }: Detection,
  event: TrailEvent,
  key: string,
  alone: Found | undefined,
): string => findingId(id, version, key, [event.id], apartBy(alone?.verdict));

function settledOf(
  { key, rank, alone, now, ingestId }: Told,
  event: TrailEvent,
  before: Before | undefined,
): readonly Judgement[] {
  const change = citedAs('change', event);
  const cited = [change, ...(before?.from ?? []).map((one) => citedAs('before', one))];
  if (alone === undefined) return now === undefined ? [] : [outcomeOf(now, cited)];
  if (now !== undefined && (rank(now) > rank(alone) || isSurer(now, alone))) return [outcomeOf(now, cited)];
  if (now === undefined && alone.verdict === 'undetermined') {
    const reason = 'With what was in force before, the change weakens nothing.';
    return [{ verdict: 'satisfied', about: key, cited, reason, retracts: [ingestId] }];
  }
  // Citing the entry alone, it is the finding that ingest made.
  return [outcomeOf(alone, [change])];
}

const isSurer = (one: Found, other: Found): boolean =>
  one.verdict !== 'undetermined' && other.verdict === 'undetermined';

function outcomeOf(found: Found, cited: readonly Cited[]): Judgement {
  const { verdict, ...told } = found;
  return verdict === 'undetermined'
    ? {
        verdict: 'undetermined',
        about: found.key,
        cited,
        reason: 'The entry, and what is known of the state before, do not tell enough.',
        found: told,
      }
    : { verdict: 'violated', about: found.key, cited, found: told };
}

/** The alert ends. */
function excused({ key, ingestId }: Told, event: TrailEvent, record: TrailEvent): Judgement {
  return {
    verdict: 'satisfied',
    about: key,
    cited: [citedAs('change', event), citedAs('deploy', record)],
    reason: `A signed deploy record covers the change (commit ${textOf(record.claims, 'commit') ?? 'unknown'}).`,
    retracts: [ingestId],
  };
}

function excusedBy(
  event: TrailEvent,
  { detection }: Again,
  kind: DeployKind,
  context: Context,
  now: readonly Found[],
  prior: Prior | undefined,
): TrailEvent | undefined {
  const { declared, facts } = context;
  // What is wrong whoever did it, a record does not excuse; and deployers have nothing to be excused of here.
  if (byDeployer(event, declared) || foundIn(detection, event, withEverybody(declared), prior).length > 0)
    return undefined;
  const records = recordsAround(event.time, facts);
  if (records.length === 0) return undefined;
  const keys = now.map(({ key }) => key);
  return coveringRecord(changedBy(event, kind, keys), records, rivalsOf(event, context), declared);
}

/** Changes around it that deploy records are held against as well. */
function rivalsOf(event: TrailEvent, context: Context): readonly Changed[] {
  return othersAround(event, context, 2 * RECORD_WINDOW_MS).flatMap((other) =>
    deployablesOf(other, context.declared).map(({ kind, found }) =>
      changedBy(
        other,
        kind,
        found.map(({ key }) => key),
      ),
    ),
  );
}
