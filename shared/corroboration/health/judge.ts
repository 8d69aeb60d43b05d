/**
 * Healths → findings about the paths themselves, keys that are well again, and what to remember. An incident has one beginning,
 * and its finding one id, however often it is looked at; where a later look has more to say, a second finding joins the same
 * alert.
 */
import { findingId, type Finding } from '../../detections/finding.ts';
import type { Condition, JudgeInput } from './condition.ts';
import { minuteOf } from './minutes.ts';
import { isAwaited, sourceOfPath } from './path.ts';
import { missingSuccesses, skewedClocks } from './shares.ts';
import { laggingElements, silentPaths, unseenPaths } from './silence.ts';
import { newState, type PathState, type States } from './state.ts';
import type { PathHealth } from './status.ts';
import { droppedVolumes } from './volume.ts';

export interface JudgedHealth {
  readonly findings: readonly Finding[];
  /** Rule and key of what is well: an episode of theirs is over. */
  readonly healthy: readonly { readonly rule: string; readonly key: string }[];
  /** Beginning of each open incident, by `rule key`. */
  readonly incidents: ReadonlyMap<string, string>;
}

export function judgeHealth(all: JudgeInput): JudgedHealth {
  // What anybody could have written is nobody's path: nothing is missed of it.
  const input = { ...all, healths: all.healths.filter(({ path }) => isAwaited(path)) };
  const open = new Map<string, string>();
  for (const { memory } of input.states.values()) {
    for (const [name, began] of Object.entries(memory?.incidents ?? {})) open.set(name, began);
  }
  const findings: Finding[] = [];
  const healthy: { rule: string; key: string }[] = [];
  const conditions = [
    ...silentPaths(input),
    ...unseenPaths(input),
    ...laggingElements(input),
    ...droppedVolumes(input),
    ...missingSuccesses(input),
    ...skewedClocks(input),
  ];
  for (const condition of conditions) {
    const { rule, key, state } = condition;
    const name = `${rule.id} ${key}`;
    if (state === 'healthy') {
      open.delete(name);
      healthy.push({ rule: rule.id, key });
    } else if (state === 'active') {
      const began = open.get(name) ?? `${minuteOf(input.now)}:00.000000000Z`;
      open.set(name, began);
      findings.push(findingOf(condition, began, input.bundle));
    }
  }
  return { findings, healthy, incidents: open };
}

function findingOf(condition: Condition, began: string, bundle: string): Finding {
  const { rule, key, severity, summary, evidence, stage } = condition;
  return {
    id: findingId(rule.id, rule.version, key, [began, ...(stage === undefined ? [] : [stage])]),
    rule: rule.id,
    version: rule.version,
    key,
    severity: severity ?? rule.severity,
    verdict: 'violation',
    title: rule.title,
    summary: summary ?? rule.title,
    evidence: evidence ?? [],
    // It rests on what is missing: no event is cited.
    events: [],
    time: began,
    actor: undefined,
    actingFor: [],
    job: undefined,
    environment: undefined,
    bundle,
  };
}

/** States with what was said of them, to be stored until the next minute. */
export function remember(
  states: States,
  healths: readonly PathHealth[],
  { incidents }: JudgedHealth,
  now: string,
): States {
  const next = new Map<string, PathState>(states);
  for (const { path } of healths) {
    if (!next.has(path)) next.set(path, newState(minuteOf(now)));
  }
  const byPath = new Map(healths.map((health) => [health.path, health]));
  const homes = homesOf(incidents, [...next.keys()]);
  for (const [path, state] of next) {
    const health = byPath.get(path);
    const { memory } = state;
    const watermark = health?.watermark ?? memory?.watermark;
    const vouched = health?.vouched ?? memory?.vouched;
    next.set(path, {
      ...state,
      memory: {
        status: health?.status ?? 'unseen',
        since: health?.since ?? memory?.since ?? now,
        ...(watermark === undefined ? undefined : { watermark }),
        ...(vouched === undefined ? undefined : { vouched }),
        gaps: (health?.gaps ?? memory?.gaps ?? []).map(([from, until]) => [from, until]),
        incidents: Object.fromEntries(homes.get(path) ?? []),
      },
    });
  }
  return next;
}

/** Each incident is kept with one state: of its own path, else of any path of its source, else of the first. */
function homesOf(
  incidents: ReadonlyMap<string, string>,
  paths: readonly string[],
): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const homes = new Map<string, (readonly [string, string])[]>();
  const sorted = paths.toSorted();
  for (const [name, began] of [...incidents].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const key = name.slice(name.indexOf(' ') + 1);
    const home = paths.includes(key) ? key : (sorted.find((path) => sourceOfPath(path) === key) ?? sorted[0]);
    if (home === undefined) continue;
    const kept = homes.get(home);
    if (kept === undefined) homes.set(home, [[name, began]]);
    else kept.push([name, began]);
  }
  return homes;
}
