/** A judgement and the watermarks → a verdict or a wait; a verdict → its id and the finding it makes. Pure. */
import { hash } from 'node:crypto';
import { apartBy, findingId, type Finding, type Verdict } from '../detections/finding.ts';
import { partiesOf } from '../detections/kinds.ts';
import type { Judged } from './settle.ts';
import type { AwaitedPath, Judgement, Outcome, RuleFound } from './rule.ts';

/** Up to which event time every record of a path is here; undefined where nothing vouches for any. RFC 3339, as in rows. */
export type WatermarkOf = (path: AwaitedPath) => string | undefined;

/** Whether records of a path from a span of event time may be missing for good. */
export type Lost = (path: AwaitedPath, from: string, until: string) => boolean;

export interface Waiting {
  readonly state: 'waiting';
  readonly about: string;
  readonly until: string;
  /** The first of those awaited that has not come so far. */
  readonly on: AwaitedPath;
}

export interface SettledVerdict {
  readonly state: 'settled';
  readonly about: string;
  readonly outcome: Outcome;
}

export function verdictNow(
  judgement: Judgement,
  watermarkOf: WatermarkOf,
  isLost: (path: AwaitedPath, until: string) => boolean = () => false,
): Waiting | SettledVerdict {
  const about = judgement.about ?? '';
  if (judgement.verdict !== 'waiting') return { state: 'settled', about, outcome: judgement };
  const { until, on, otherwise } = judgement;
  for (const path of on) {
    const watermark = watermarkOf(path);
    if (watermark === undefined || watermark < until) return { state: 'waiting', about, until, on: path };
  }
  const lost = otherwise.verdict === 'violated' ? on.find((path) => isLost(path, until)) : undefined;
  if (lost === undefined) return { state: 'settled', about, outcome: otherwise };
  const { cited, join } = otherwise;
  const reason = `nothing vouches for ${lost} at that time: what is missing may have been lost on the way`;
  return {
    state: 'settled',
    about,
    outcome: { verdict: 'undetermined', cited, reason, ...(join === undefined ? undefined : { join }) },
  };
}

/** Says the same of the same evidence, whoever computes it and when: 32 hex digits. */
export function verdictId({ rule, anchor }: Judged, about: string, outcome: Outcome): string {
  return hash(
    'sha256',
    JSON.stringify(
      [
        rule.id,
        rule.version,
        anchor.id,
        about,
        outcome.verdict,
        outcome.join ?? '',
        outcome.cited.map(({ eventId, role }) => [role, eventId]),
        outcome.verdict === 'violated' ? outcome.found : outcome.reason,
        outcome.verdict === 'satisfied' ? (outcome.lateMs ?? 0) : 0,
      ],
      withoutSubject,
    ),
    'hex',
  ).slice(0, 32);
}

/** The event a finding is about is cited by its id already. */
const withoutSubject = (key: string, value: unknown): unknown => (key === 'subject' ? undefined : value);

/** The finding of a verdict; undefined where it has none to tell. */
export function findingOfVerdict({ rule, anchor, bundle }: Judged, outcome: Outcome): Finding | undefined {
  const found: RuleFound | undefined = outcome.verdict === 'satisfied' ? undefined : outcome.found;
  if (found === undefined) return undefined;
  const event = found.subject ?? (anchor.kind === 'event' ? anchor.event : undefined);
  const others = outcome.cited.map(({ eventId }) => eventId).filter((id) => id !== event?.id);
  const events = [event?.id ?? anchor.id, ...new Set(others)];
  const exemption =
    event === undefined
      ? undefined
      : bundle.facts.exemption(rule.id, {
          principals: partiesOf(event),
          resource: event.resource ?? event.job,
          environment: event.environment,
          time: event.time,
        });
  const verdict = outcome.verdict === 'violated' ? 'violation' : 'undetermined';
  return {
    id: findingId(rule.id, rule.version, found.key, events, apartOf(rule, verdict, events, found)),
    rule: rule.id,
    version: rule.version,
    key: found.key,
    severity: found.severity ?? rule.severity,
    verdict: exemption === undefined ? verdict : 'exempted',
    title: rule.title,
    summary: found.summary,
    evidence: exemption === undefined ? found.evidence : [...found.evidence, ['exemption', exemption]],
    events,
    time: event?.time ?? anchor.time,
    actor: event?.actor?.id,
    actingFor: event?.actingFor.map((link) => link.id) ?? [],
    job:
      event?.job ??
      (anchor.kind === 'sighting' && JOBS.has(anchor.sighting.family) ? anchor.sighting.subject : undefined),
    environment: event?.environment,
    bundle: bundle.digest,
  };
}

/** A verdict also rests on what it does not cite, such as a count or the first of many: told otherwise it is another finding. */
const apartOf = (
  { isFoundAtIngest }: Judged['rule'],
  verdict: Verdict,
  { length }: readonly string[],
  { severity, summary, evidence }: RuleFound,
): readonly unknown[] =>
  isFoundAtIngest === true && length === 1
    ? apartBy(verdict)
    : [...apartBy(verdict), severity, summary, evidence];

const JOBS: ReadonlySet<string> = new Set(['work', 'job-data']);
