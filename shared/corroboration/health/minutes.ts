/** Minutes and quarters of an hour as the beginning of their RFC 3339 text: they sort, and are cut out of a time. */

export const MINUTE_MS = 60_000;
export const QUARTER_MS = 15 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** `2026-11-18T10:20` */
export const minuteOf = (time: string): string => time.slice(0, 16);

export const msOfMinute = (minute: string): number => Date.parse(`${minute}:00Z`);

export const minuteAt = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

const QUARTERS = ['00', '15', '30', '45'] as const;

/** The beginning of the quarter that a time is in: `2026-11-18T10:15`. */
export function quarterOf(time: string): string {
  const minute = Number(time.slice(14, 16));
  return `${time.slice(0, 14)}${QUARTERS[Math.floor(minute / 15)] ?? '00'}`;
}

/** 0 to 167: hours from the beginning of Monday, UTC. */
export function hourOfWeek(minute: string): number {
  const hours = Math.floor(msOfMinute(minute) / HOUR_MS);
  // 1970-01-01 was a Thursday.
  return (hours + 3 * 24) % 168;
}

/** A time in the form of rows, as milliseconds and as the quarter it is in. */
export interface Instant {
  ms: number;
  quarter: string;
}

/**
 * Reads times of many records, of which most are in the minute of the one before: the minute is parsed once. The answer is the same
 * object each time.
 */
export function createInstants(): (time: string) => Readonly<Instant> {
  let minute = '\u0000';
  let base = 0;
  const instant: Instant = { ms: 0, quarter: '' };
  return (time) => {
    if (!time.startsWith(minute)) {
      minute = minuteOf(time);
      base = msOfMinute(minute);
      instant.quarter = quarterOf(time);
    }
    instant.ms = base + digits(time, 17) * 1000 + digits(time, 20) * 10 + (time.charCodeAt(22) - 48);
    return instant;
  };
}

/** Two digits at a place. */
const digits = (time: string, at: number): number =>
  (time.charCodeAt(at) - 48) * 10 + time.charCodeAt(at + 1) - 48;
