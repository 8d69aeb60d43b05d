/** Spans of event time around an instant. Milliseconds are enough: what is compared exactly is the records' own times. */
import { later } from '../alerts/times.ts';
import type { Span } from './facts.ts';

const DAY_MS = 86_400_000;

/** Both ends inclusive. */
export const around = (time: string, ms: number): Span => ({
  from: later(time, -ms),
  until: roundedUp(time, ms),
});
export const back = (time: string, ms: number): Span => ({ from: later(time, -ms), until: time });
export const forth = (time: string, ms: number): Span => ({ from: time, until: roundedUp(time, ms) });

/** `later` cuts to the millisecond: the end of a span keeps what is below it. */
const roundedUp = (time: string, ms: number): string => `${later(time, ms).slice(0, 23)}${time.slice(23)}`;

/** Milliseconds from `a` to `b`, negative where `b` is earlier. */
export const msBetween = (a: string, b: string): number => Date.parse(b) - Date.parse(a);

/** `2026-11-18` some days earlier or later. */
export const dayPlus = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
