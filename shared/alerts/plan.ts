/**
 * Which channels are to be told what of an episode, and when. Pure: episode, configuration and time in, deliveries out.
 *
 * The first occurrence is told at once; those after it are merged and told at most once a minute to each channel. An
 * acknowledgement or a resolution is told at once, to channels that were told of the episode before.
 */
import type { Alerting } from '../../schemas/alerting.ts';
import { holdOf, type Hold } from './holds.ts';
import type { Notice } from './notice.ts';
import { channelsOf } from './routes.ts';
import type { Delivery, Episode, PlanDeliveries } from './store.ts';
import { HOUR_MS, later, latest, MINUTE_MS } from './times.ts';

const MERGE_EVERY_MS = MINUTE_MS;
/** A channel that gave an alert up is tried again with its next change, not before. */
const RETRY_FAILED_AFTER_MS = HOUR_MS;

export interface Step {
  readonly change: Notice['change'];
  /** Number of the change up to which the channel knows everything once this is confirmed. */
  readonly through: number;
}

/** What the channel is to be told next; undefined: it knows all there is to tell. */
export function nextStep(delivery: Pick<Delivery, 'confirmed'>, episode: Episode): Step | undefined {
  const { confirmed } = delivery;
  const { changes: through, acknowledged, resolved, reopened } = episode;
  if (confirmed >= through) return undefined;
  if (confirmed === 0) {
    const answered = acknowledged?.change ?? resolved?.change;
    return { change: 'open', through: answered === undefined ? through : answered - 1 };
  }
  if (resolved !== undefined) {
    // What merges after a resolution happened before it: counted, and nobody is told.
    return confirmed < resolved.change ? { change: 'resolve', through } : undefined;
  }
  if (acknowledged !== undefined && confirmed < acknowledged.change)
    return { change: 'acknowledge', through };
  return { change: reopened !== undefined && confirmed < reopened.change ? 'reopen' : 'merge', through };
}

/** Told at once, whatever holds occurrences back. */
const isAnswer = ({ change }: Step): boolean =>
  change === 'acknowledge' || change === 'resolve' || change === 'reopen';

export type Due =
  | { readonly kind: 'send'; readonly step: Step }
  | { readonly kind: 'hold'; readonly hold: Hold }
  | { readonly kind: 'nothing' };

/** What to do about a delivery now that its time has come. */
export function dueNow(delivery: Delivery, episode: Episode, alerting: Alerting, now: string): Due {
  const step = nextStep(delivery, episode);
  if (step === undefined) return { kind: 'nothing' };
  if (isAnswer(step)) return { kind: 'send', step };
  if (isOver(delivery, episode)) return { kind: 'nothing' };
  const hold = holdOf(episode, alerting, now);
  return hold === undefined ? { kind: 'send', step } : { kind: 'hold', hold };
}

/** Resolved while it was held back and before anybody was told. */
const isOver = ({ confirmed, heldBy }: Delivery, { state }: Episode): boolean =>
  state === 'resolved' && confirmed === 0 && heldBy !== undefined;

/** Nothing is open any more, and it is nobody's. */
export const settledDelivery = (delivery: Delivery, episode: Episode): Delivery => ({
  ...delivery,
  confirmed: episode.changes,
  wanted: episode.changes,
  dueAt: undefined,
  lease: undefined,
  heldBy: undefined,
});

/** For AlertStore.claim. */
export function createPlan(alerting: Alerting): PlanDeliveries {
  return (episode, known, now) => {
    const hold = holdOf(episode, alerting, now);
    const told = new Set(known.map(({ channel }) => channel));
    const raised = known.map((delivery) => raise(delivery, episode, hold, now));
    if (episode.state === 'resolved') return raised;
    const fresh = channelsOf(episode, alerting).filter((channel) => !told.has(channel));
    return [...raised, ...fresh.map((channel) => newDelivery(episode, channel, hold, now))];
  };
}

function newDelivery(episode: Episode, channel: string, hold: Hold | undefined, now: string): Delivery {
  return {
    episode: { id: episode.id, n: episode.n },
    channel,
    confirmed: 0,
    wanted: episode.changes,
    ref: undefined,
    sendingSince: undefined,
    attempts: 0,
    tryingSince: undefined,
    dueAt: hold?.until ?? now,
    lease: undefined,
    sentAt: undefined,
    heldBy: hold?.by,
    lastError: undefined,
    failedAt: undefined,
  };
}

/** After findings merged. Whoever holds a delivery sets its time when they are done; the lease must not be shortened. */
function raise(delivery: Delivery, episode: Episode, hold: Hold | undefined, now: string): Delivery {
  const raised = { ...delivery, wanted: episode.changes };
  if (delivery.lease !== undefined) return raised;
  const step = nextStep(raised, episode);
  if (step === undefined || isOver(raised, episode)) return settledDelivery(raised, episode);
  if (isAnswer(step)) return { ...raised, dueAt: delivery.dueAt ?? now };
  if (hold !== undefined) return { ...raised, dueAt: hold.until, heldBy: hold.by };
  return { ...revived(raised), heldBy: undefined, dueAt: mergeTime(raised, now) };
}

function mergeTime({ attempts, dueAt, failedAt, sentAt }: Delivery, now: string): string {
  if (failedAt !== undefined) return latest(now, later(failedAt, RETRY_FAILED_AFTER_MS));
  // Under way with its own pace.
  if (attempts > 0 && dueAt !== undefined) return dueAt;
  return sentAt === undefined ? now : latest(now, later(sentAt, MERGE_EVERY_MS));
}

/** One that was given up, to be tried anew. */
const revived = (delivery: Delivery): Delivery =>
  delivery.failedAt === undefined
    ? delivery
    : { ...delivery, failedAt: undefined, attempts: 0, tryingSince: undefined };

/** After an acknowledgement, a resolution, or the end of either, for AlertStore.transition. */
export function afterAnswer(delivery: Delivery, episode: Episode, now: string): Delivery {
  const raised = { ...delivery, wanted: episode.changes };
  if (delivery.lease !== undefined) return raised;
  if (isOver(raised, episode)) return settledDelivery(raised, episode);
  // Never told: the opening is still due, or was given up and there is nothing to take back.
  if (delivery.confirmed === 0) return raised;
  const waiting = delivery.attempts > 0 && delivery.failedAt === undefined ? delivery.dueAt : undefined;
  return { ...revived(raised), heldBy: undefined, dueAt: waiting ?? now };
}

/** When a delivery is due next, right after a confirmed send. */
export function dueAfterSend(delivery: Delivery, episode: Episode, now: string): string | undefined {
  const step = nextStep(delivery, episode);
  if (step === undefined) return undefined;
  return step.change === 'merge' ? later(now, MERGE_EVERY_MS) : now;
}
