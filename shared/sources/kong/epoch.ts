/** Times as Kong writes them: seconds in one field, milliseconds in another, nanoseconds as floats. */

/** 9999-12-31T23:59:59.999Z, the last moment a timestamp can name. */
const LAST_MS = 253_402_300_799_999;

/**
 * RFC 3339 of a count since 1970, as a number or its digits. The unit follows from the magnitude: between the years
 * 1973 and 5138 the counts in seconds, milliseconds, microseconds and nanoseconds do not overlap. Undefined for
 * anything outside; never throws.
 */
export function timeOfEpoch(value: unknown): string | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value === '' || value.length > 24)) {
    return undefined;
  }
  const count = Number(value);
  if (!(count >= 1e8 && count < 1e20)) return undefined;
  const ms = count < 1e11 ? count * 1e3 : count < 1e14 ? count : count < 1e17 ? count / 1e3 : count / 1e6;
  return ms > LAST_MS ? undefined : new Date(Math.round(ms)).toISOString();
}
