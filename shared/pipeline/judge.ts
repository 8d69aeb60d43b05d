/** Decide and detect: what an event's row is judged to be under the bundle in force. Pure. */
import type { Row } from '../../schemas/tables.ts';
import type { Bundle } from '../config/bundle.ts';
import { leavesNothing, tracesOf, type Beside, type Traces } from '../corroboration/traces.ts';
import { createDetect } from '../detections/detect.ts';
import type { Detection } from '../detections/detection.ts';
import type { Finding } from '../detections/finding.ts';
import type { Action } from '../model/event.ts';
import type { TrailClaims, TrailEvent } from '../model/trail-event.ts';
import { trailEventOfRow } from '../model/trail-event-of-row.ts';
import { isDecided } from '../policy/actions.ts';
import type { Decision } from '../policy/decision.ts';

export interface Judged {
  /** Undefined where policy does not decide such events, or there are no policies. */
  readonly decision: Decision | undefined;
  readonly findings: readonly Finding[];
  readonly event: TrailEvent;
  /** What it leaves for the rules over several records. */
  readonly traces: Traces;
}

/** Undefined for an event that nobody looks at: its row is not even read. */
export type Judge = (
  row: Row,
  action: Action,
  claims: TrailClaims | undefined,
  beside: Beside,
) => Judged | undefined;

const NO_CLAIMS: TrailClaims = {};
const NO_TRACES: Traces = { witnesses: [], sightings: [] };

/** @param detections the catalogue's; the bundle's own rules are asked beside them */
export function createJudge(bundle: Bundle, detections: readonly Detection[]): Judge {
  const asked = [...detections, ...bundle.detections];
  const detect = createDetect(asked);
  const looked = new Set(asked.flatMap((detection) => detection.on));
  const { policy, facts } = bundle;
  return (row, action, claims, beside) => {
    const decides = policy !== undefined && isDecided(action);
    const { CallKey: call, Resource: resource } = row;
    const traceless = leavesNothing(action, textOf(call), beside, textOf(resource));
    if (!decides && traceless && !looked.has(action)) return undefined;
    const event = trailEventOfRow(row, claims ?? NO_CLAIMS);
    const decision = decides ? policy.decide(event, facts) : undefined;
    return {
      decision,
      findings: detect({ event, decision, declared: facts }),
      event,
      traces: traceless
        ? NO_TRACES
        : tracesOf(event, facts, waits(decision) ? { ...beside, waits: true } : beside),
    };
  };
}

const waits = (decision: Decision | undefined): boolean => (decision?.waitsFor.length ?? 0) > 0;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
