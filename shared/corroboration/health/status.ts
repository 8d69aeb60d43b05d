/**
 * Health of each path: its status, and its watermark, up to which event time every record of it is here. A watermark is what a
 * witness vouches for, and never read from the records themselves: one that is dated into the future moves nothing, and a
 * source with nothing to say stops nothing.
 */
import type { DeclaredPath } from '../../../schemas/corroboration.ts';
import type { DeclaredCorroboration } from '../declared.ts';
import type { CanaryBack } from './canary.ts';
import { wasSeen } from './fold.ts';
import type { MetricPoint } from './metrics.ts';
import { minuteAt } from './minutes.ts';
import { isAwaited, sourceOfPath } from './path.ts';
import { newState, type PathState, type States, type Status } from './state.ts';
import {
  arrivesLate,
  backlogOf,
  budgetMs,
  canaryRow,
  isEstablished,
  isThrough,
  lastArrivalMs,
  silenceLimit,
  silenceWitness,
  stoodStill,
  timeOf,
  type Looking,
  type Witness,
} from './vouching.ts';

export interface PathHealth {
  readonly path: string;
  readonly source: string;
  readonly status: Status;
  /** Since when it has this status; RFC 3339, nine fraction digits, as every time here. */
  readonly since: string;
  /** Undefined where nothing ever vouched for it, and for what is retired. */
  readonly watermark: string | undefined;
  /** In plain words, for whoever asks why verdicts wait. */
  readonly reason: string;
  readonly budgetMs: number;
  readonly vouchedBy: 'canary' | 'subscription' | 'arrivals' | undefined;
  /** End of the minute in which something came last. */
  readonly lastArrival: string | undefined;
  /** Who says that it should have spoken. Only where it did not. */
  readonly silence: (Silence & { readonly limitMs: number }) | undefined;
  /** An alert where it is unseen. */
  readonly required: boolean;
  /** Whether `gateway` and `mesh` wait for it. */
  readonly awaited: boolean;
  /** When the last canary that counted was sent. */
  readonly vouched: string | undefined;
  /** When nothing vouched for it. */
  readonly gaps: readonly (readonly [string, string])[];
}

interface Silence {
  readonly since: string;
  readonly witness: Witness | 'canary';
}

export interface HealthInput {
  readonly states: States;
  /** Verified ones, of at least the last three hours; the same one may be there twice. */
  readonly canaries: readonly CanaryBack[];
  /** Points of HEALTH_METRICS of at least the last two hours. */
  readonly metrics: readonly MetricPoint[];
  readonly declared: DeclaredCorroboration;
  /** RFC 3339, nine fraction digits. */
  readonly now: string;
}

/** In the order of their names. */
export function healthOf(input: HealthInput): readonly PathHealth[] {
  const { states, declared, now } = input;
  const paths = new Set([...states].filter(([, state]) => wasSeen(state)).map(([path]) => path));
  for (const { path } of declared.paths) {
    const seen = [...paths].some((known) => known === path || sourceOfPath(known) === path);
    if (!seen) paths.add(path);
  }
  const at = Date.parse(now);
  return [...paths]
    .toSorted()
    .map((path) => one({ ...input, path, state: states.get(path) ?? newState(minuteAt(at)), now: at }));
}

/** What a look at a path comes to, before it is held against what was said before. */
interface Judged {
  readonly status: Status;
  /** Milliseconds; undefined: it stands still. */
  readonly upTo: number | undefined;
  readonly reason: string;
  readonly by?: PathHealth['vouchedBy'];
  readonly silence?: Silence;
  readonly vouched?: number;
  readonly holes?: readonly (readonly [number, number])[];
}

function one(looking: Looking): PathHealth {
  const { path, state, declared, now } = looking;
  const of = declared.path(path);
  const budget = budgetMs(looking);
  const judged = judge(looking, of, budget);
  const { memory } = state;
  const retired = judged.status === 'retired';
  const reached = judged.upTo === undefined ? undefined : timeOf(judged.upTo);
  const watermark = retired ? undefined : later(memory?.watermark, reached);
  const last = lastArrivalMs(state);
  return {
    path,
    source: sourceOfPath(path),
    status: judged.status,
    since: memory?.status === judged.status ? memory.since : timeOf(now),
    watermark,
    reason: judged.reason,
    budgetMs: budget,
    vouchedBy: judged.by,
    lastArrival: last === undefined ? undefined : timeOf(last),
    silence:
      judged.silence === undefined ? undefined : { ...judged.silence, limitMs: silenceLimit(looking).ms },
    required: of?.required === true,
    awaited:
      !retired &&
      isAwaited(path) &&
      (judged.status === 'unseen' ? of?.required === true : isEstablished(looking)),
    vouched: judged.vouched === undefined ? memory?.vouched : timeOf(judged.vouched),
    gaps: gapsOf(state, judged, now),
  };
}

/** Watermarks never go back: what was vouched for stays so. */
const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

const MAX_GAPS = 16;

/** What was blind until now, and holes in the row of canaries. */
function gapsOf({ memory }: PathState, judged: Judged, now: number): PathHealth['gaps'] {
  const gaps = (judged.holes ?? []).map(([from, until]) => [timeOf(from), timeOf(until)] as const);
  // Canaries tell by themselves what never came; without them all of it is in doubt.
  const over =
    memory?.status === 'blind' &&
    judged.holes === undefined &&
    (judged.status === 'live' || judged.status === 'idle' || judged.status === 'lagging');
  const blind = over ? [[memory.watermark ?? memory.since, timeOf(now)] as const] : [];
  return [...(memory?.gaps ?? []), ...gaps, ...blind].slice(-MAX_GAPS);
}

function judge(looking: Looking, of: DeclaredPath | undefined, budget: number): Judged {
  if (of?.retired === true) {
    return {
      status: 'retired',
      upTo: undefined,
      reason: 'It is declared to be retired: nothing waits for it.',
    };
  }
  const unseen = !wasSeen(looking.state);
  if (of?.canary === true) {
    const row = canaryRow(looking, budget);
    if (row.end !== undefined || !unseen) return byCanary(looking, budget, row);
  }
  if (unseen) {
    return { status: 'unseen', upTo: undefined, reason: 'Nothing ever came by it.' };
  }
  return withoutCanary(looking, budget);
}

function byCanary(looking: Looking, budget: number, row: ReturnType<typeof canaryRow>): Judged {
  const { now, declared } = looking;
  const { end, holes, broken } = row;
  const known = { ...(end === undefined ? undefined : { vouched: end }), holes };
  const backlog = backlogOf(looking);
  if (backlog !== undefined && backlog.value * 1000 > budget)
    return { ...lagging(backlog.end, backlog.value, budget), ...known };
  if (broken) {
    return {
      ...known,
      status: 'lagging',
      upTo: end === undefined ? undefined : Math.min(end, now - budget),
      reason:
        'A new canary is back and those sent before it are not: what piled up is still being delivered.',
    };
  }
  if (end === undefined || now - end > declared.canaryEveryMs + budget) {
    return {
      ...known,
      status: 'blind',
      upTo: end === undefined ? undefined : Math.min(end, now - budget),
      reason:
        end === undefined
          ? 'It is to have a canary, and none ever came back.'
          : `No canary that was sent after ${timeOf(end).slice(0, 19)}Z came back.`,
      silence: {
        since: end === undefined ? (looking.state.memory?.since ?? timeOf(now)) : timeOf(end),
        witness: 'canary',
      },
    };
  }
  const idle = isSilent(looking);
  return {
    ...known,
    status: idle ? 'idle' : 'live',
    upTo: Math.min(end, now - budget),
    by: 'canary',
    reason: idle ? 'Its canary comes back; it has nothing to say.' : 'Its canary comes back.',
  };
}

/** The oldest message that waits says how far all are here. */
const lagging = (at: number, ageSeconds: number, budget: number): Judged => ({
  status: 'lagging',
  upTo: at - ageSeconds * 1000 - budget,
  reason: `The oldest message of its subscription has waited for ${Math.round(ageSeconds)} seconds.`,
});

function isSilent(looking: Looking): boolean {
  const last = lastArrivalMs(looking.state);
  return last === undefined || looking.now - last > silenceLimit(looking).ms;
}

function withoutCanary(looking: Looking, budget: number): Judged {
  const { state, now } = looking;
  const backlog = backlogOf(looking);
  if (backlog !== undefined && backlog.value * 1000 > budget)
    return lagging(backlog.end, backlog.value, budget);
  if (arrivesLate(looking, budget)) {
    return {
      status: 'lagging',
      upTo: undefined,
      reason: 'Records come that waited for longer than they may: what piled up is still being delivered.',
    };
  }
  const last = lastArrivalMs(state) ?? now;
  if (isSilent(looking)) {
    const witness = silenceWitness(looking, last, budget);
    if (witness !== undefined) {
      return {
        status: 'blind',
        upTo: undefined,
        reason: `It has been silent since ${timeOf(last).slice(0, 19)}Z, and ${SAYS[witness]}.`,
        silence: { since: timeOf(last), witness },
      };
    }
    return backlog === undefined
      ? {
          status: 'blind',
          upTo: undefined,
          reason: `It has been silent since ${timeOf(last).slice(0, 19)}Z, and nothing tells whether it is idle or lost.`,
        }
      : {
          status: 'idle',
          upTo: now - budget,
          by: 'subscription',
          reason: 'Nothing waits in its subscription, and nothing says that it should speak.',
        };
  }
  if (stoodStill(looking, budget) && !isThrough(looking, budget, false)) {
    return {
      status: 'lagging',
      upTo: undefined,
      reason: 'It speaks again; whether what piled up is through is not known yet.',
    };
  }
  return backlog === undefined
    ? { status: 'live', upTo: now - budget, by: 'arrivals', reason: 'Records come as often as is usual.' }
    : {
        status: 'live',
        upTo: now - budget,
        by: 'subscription',
        reason: 'Records come, and nothing waits in its subscription.',
      };
}

const SAYS: Readonly<Record<Witness, string>> = {
  exports: 'its sink exported entries since',
  'other paths': 'the other side of its calls went on',
  'declared cadence': 'it is declared to speak more often',
};
