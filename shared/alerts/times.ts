import { timestampOf } from '../store/timestamp.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A time of rows, some milliseconds later (or earlier), to the millisecond. */
export const later = (time: string, milliseconds: number): string =>
  timestampOf(new Date(Date.parse(time) + milliseconds));

export const latest = (a: string, b: string): string => (a >= b ? a : b);
