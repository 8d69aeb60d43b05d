/**
 * A detection that looks at one event, raised where what it found is also new: the graver finding has the detection's rule and
 * key, so that it joins the detection's alert and raises it. The two findings of one event are told apart by the version.
 */
import { SEVERITIES, type Severity } from '../../schemas/alerting.ts';
import type { Detection, Found } from '../detections/detection.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { citedAs } from './cite.ts';
import type { SightingFamily } from './facts.ts';
import { isLearned } from './learned.ts';
import { anchorOf, defineRule, type Context, type Rule } from './rule.ts';

/** What is added to a detection's version. */
const RAISED = 100;

export interface Raising {
  /** Sightings that make a thing known. */
  readonly family: SightingFamily;
  /** What the finding was not done by before; undefined where nothing of it is new. */
  readonly newIn: (event: TrailEvent, found: Found, context: Context) => string | undefined;
  /** Events that a sighting, coming late, makes less new. */
  readonly after: (event: TrailEvent, bucket: string, context: Context) => readonly TrailEvent[];
  readonly gaps: readonly string[];
}

export function raisedWhereNew(detection: Detection, { family, newIn, after, gaps }: Raising): Rule {
  const { id, number, title, severity, why, runbook, maps, peers, sources, on } = detection;
  return defineRule({
    id,
    ...(number === undefined ? undefined : { number }),
    version: RAISED + detection.version,
    kind: 'baseline',
    title,
    severity: oneUp(severity),
    why,
    runbook,
    evidence: [...detection.evidence, 'firstSeen'],
    maps,
    peers,
    gaps,
    sources,
    on,
    onSightings: [family],
    anchors: (record, context) => {
      if (record.kind === 'event') return [record];
      const { eventId, bucket } = record.sighting;
      const event = context.facts.event(eventId);
      return event === undefined ? [] : after(event, bucket, context).map(anchorOf);
    },
    judge: (anchor, context) => {
      if (anchor.kind !== 'event') return [];
      const { event } = anchor;
      const looked = { event, decision: context.decide(event, {}), declared: context.declared };
      return detection.decide(looked).flatMap((found) => {
        // What is not certain does not become graver by being new.
        if (found.verdict === 'undetermined' || !isLearned(event, context)) return [];
        const firstSeen = newIn(event, found, context);
        if (firstSeen === undefined) return [];
        return [
          {
            verdict: 'violated' as const,
            about: found.key,
            cited: [citedAs('first-seen', event)],
            found: {
              key: found.key,
              severity: oneUp(found.severity ?? severity),
              summary: `${found.summary} It was not seen before.`,
              evidence: [...found.evidence, ['firstSeen', firstSeen] as const],
            },
          },
        ];
      });
    },
  });
}

const oneUp = (severity: Severity): Severity => SEVERITIES[SEVERITIES.indexOf(severity) + 1] ?? severity;
