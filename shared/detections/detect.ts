/** One event through the detections that look at its action → findings. Pure. */
import { SEVERITIES } from '../../schemas/alerting.ts';
import type { Action } from '../model/event.ts';
import { messageOf } from '../errors.ts';
import type { Detection, Found, Looked } from './detection.ts';
import { apartBy, findingId, type Finding } from './finding.ts';
import { partiesOf } from './kinds.ts';

export type Detect = (looked: Looked) => readonly Finding[];

/** Findings of one rule in one event at most: an entry may list thousands of members. */
const MAX_FOUND = 20;
const NONE: readonly Finding[] = [];

export function createDetect(detections: readonly Detection[]): Detect {
  const byAction = new Map<Action, Detection[]>();
  for (const detection of detections) {
    for (const action of detection.on) {
      const list = byAction.get(action);
      if (list === undefined) byAction.set(action, [detection]);
      else list.push(detection);
    }
  }
  return (looked) => {
    const asked = byAction.get(looked.event.action);
    if (asked === undefined) return NONE;
    let findings: Map<string, Finding> | undefined;
    for (const detection of asked) {
      for (const found of foundBy(detection, looked)) {
        const finding = findingOf(detection, looked, found);
        findings ??= new Map();
        // Of one rule and key an event gives one finding: the graver.
        const of = JSON.stringify([finding.rule, finding.version, finding.key]);
        const known = findings.get(of);
        if (known === undefined || rank(finding) > rank(known)) findings.set(of, finding);
      }
    }
    return findings === undefined ? NONE : [...findings.values()];
  };
}

/** A detection that fails is itself a finding: it must neither lose the entry nor the other detections' findings. */
export function foundBy(detection: Detection, looked: Looked): readonly Found[] {
  try {
    const found = detection.decide(looked);
    return found.length > MAX_FOUND ? found.slice(0, MAX_FOUND) : found;
  } catch (error) {
    return [
      {
        key: `crash:${detection.id}`,
        summary: `The detection ${detection.id} failed on an event and did not judge it.`,
        evidence: [['error', messageOf(error).slice(0, 200)]],
        verdict: 'undetermined',
      },
    ];
  }
}

const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);

/** The id of the exemption that holds for this finding, where one does. */
function exemptionOf(detection: Detection, { event, declared }: Looked): string | undefined {
  return declared.exemption(detection.id, {
    principals: partiesOf(event),
    resource: event.resource ?? event.job,
    environment: event.environment,
    time: event.time,
  });
}

function findingOf(detection: Detection, looked: Looked, found: Found): Finding {
  const { event, declared } = looked;
  const exemption = exemptionOf(detection, looked);
  const events = [event.id];
  return {
    id: findingId(detection.id, detection.version, found.key, events, apartBy(found.verdict)),
    rule: detection.id,
    version: detection.version,
    key: found.key,
    severity: found.severity ?? detection.severity,
    verdict: exemption === undefined ? (found.verdict ?? 'violation') : 'exempted',
    title: detection.title,
    summary: found.summary,
    evidence: exemption === undefined ? found.evidence : [...found.evidence, ['exemption', exemption]],
    events,
    time: event.time,
    actor: event.actor?.id,
    actingFor: event.actingFor.map((link) => link.id),
    job: event.job,
    environment: event.environment,
    bundle: declared.digest,
  };
}
