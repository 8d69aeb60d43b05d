/**
 * Timestamps without loss of nanoseconds. JavaScript's Date keeps milliseconds, so the date part is checked and moved
 * here and the fraction is carried as text.
 *
 * Read: RFC 3339 (`T`, `t` or a space; 0 to 9 fraction digits; `Z` or an offset), and what re-exports make of it: a
 * trailing ` UTC`, an offset without colon, and no zone at all, which is taken as UTC because Cloud Logging and the
 * exports of it write UTC only. A leap second (`23:59:60` UTC) becomes the first second of the next day, as Unix time
 * has it. Years 0001 to 9999.
 */
import type { Timestamp } from './envelope.ts';

const DASH = 45;
const DOT = 46;
const COLON = 58;
const PLUS = 43;
const SPACE = 32;
const MAX_LENGTH = 40;
const NO_NUMBER = -1_000_000;
/** What a fraction of so many digits lacks. */
const ZEROS = Array.from({ length: 10 }, (_, digits) => '0'.repeat(9 - digits));
const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The canonical form (UTC, nine fraction digits, `Z`), or undefined where the text is no timestamp. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const length = text.length;
  if (length < 19 || length > MAX_LENGTH || !separatorsHold(text)) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return undefined;

  let end = 19;
  if (length > 20 && text.charCodeAt(19) === DOT) {
    end = 20;
    while (end < length && isDigit(text.charCodeAt(end))) end += 1;
    if (end === 20 || end > 29) return undefined;
  }
  const offset = offsetMinutes(text, end);
  if (offset === undefined) return undefined;
  if (offset === 0 && second < 60) {
    if (length === 30 && end === 29 && text.charCodeAt(10) === 84 && text.charCodeAt(29) === 90) {
      return text as Timestamp;
    }
    const seconds =
      text.charCodeAt(10) === 84 ? text.slice(0, 19) : `${text.slice(0, 10)}T${text.slice(11, 19)}`;
    return join(seconds, text, end);
  }
  return shifted(text, end, year, month, day, hour, minute - offset, second);
}

function shifted(
  text: string,
  end: number,
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Timestamp | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, Math.min(second, 59));
  if (second === 60) {
    if (date.getUTCHours() !== 23 || date.getUTCMinutes() !== 59) return undefined;
    date.setUTCSeconds(60);
  }
  const moved = date.getUTCFullYear();
  if (moved < 1 || moved > 9999) return undefined;
  return join(date.toISOString().slice(0, 19), text, end);
}

function join(seconds: string, text: string, end: number): Timestamp {
  const digits = end > 20 ? text.slice(20, end) : '';
  return `${seconds}.${digits}${ZEROS[digits.length] ?? ''}Z` as Timestamp;
}

function separatorsHold(text: string): boolean {
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return false;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return false;
  const between = text.charCodeAt(10);
  return between === 84 || between === 116 || between === SPACE;
}

/** Minutes east of UTC of the zone that starts at `at` and ends the text; undefined where it is none. */
function offsetMinutes(text: string, at: number): number | undefined {
  const rest = text.length - at;
  if (rest === 0) return 0;
  const first = text.charCodeAt(at);
  if (rest === 1) return first === 90 || first === 122 ? 0 : undefined;
  if (first === SPACE) return text.endsWith(' UTC') && rest === 4 ? 0 : undefined;
  if (first !== PLUS && first !== DASH) return undefined;
  const colon = rest === 6 && text.charCodeAt(at + 3) === COLON;
  if (!colon && rest !== 5) return undefined;
  const hours = two(text, at + 1);
  const minutes = two(text, at + (colon ? 4 : 3));
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return (first === DASH ? -1 : 1) * (hours * 60 + minutes);
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Two digits as a number; far below zero where they are none, whatever is added to it. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? tens * 10 + ones - 528 : NO_NUMBER;
}

function daysIn(year: number, month: number): number {
  if (month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return 28;
  return DAYS[month] ?? 0;
}
