/** The one form of a time in rows: `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`, 30 characters, which sorts as text. */

const DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28];
const FIRST_YEAR = 1970;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * True for a real instant of the years 1970 to 9999 in that form. No log is older, and the Spanner client reads fractions
 * of seconds before 1970 back wrongly.
 */
export function isStoredTimestamp(text: string): boolean {
  if (text.length !== 30 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return false;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[29] !== 'Z') return false;
  for (const at of DIGITS) {
    const unit = text.charCodeAt(at);
    if (unit < 48 || unit > 57) return false;
  }
  const year = number(text, 0) * 100 + number(text, 2);
  const month = number(text, 5);
  const day = number(text, 8);
  if (year < FIRST_YEAR || number(text, 11) > 23 || number(text, 14) > 59 || number(text, 17) > 59)
    return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  return day >= 1 && day <= last;
}

const number = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Any RFC 3339 time, or a date alone (midnight UTC), in the form of rows; undefined when it is neither. */
export function storedTimestamp(text: string): string | undefined {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const parts = RFC3339.exec(whole);
  if (parts === null) return undefined;
  const [, date = '', time = '', fraction = '', zone = ''] = parts;
  const local = `${date}T${time}.${fraction.padEnd(9, '0')}Z`;
  if (!isStoredTimestamp(local)) return undefined;
  if (zone === 'Z' || zone === 'z') return local;
  const shifted = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(shifted)) return undefined;
  const utc = `${new Date(shifted).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
  return isStoredTimestamp(utc) ? utc : undefined;
}

/** A clock's instant in the form of rows. */
export const timestampOf = (instant: Date): string => `${instant.toISOString().slice(0, -1)}000000Z`;

/** The clock of an edge in the form of rows; the text is made once a millisecond. */
export function createClock(milliseconds: () => number): () => string {
  let at = Number.NaN;
  let text = '';
  return () => {
    const now = milliseconds();
    if (now !== at) {
      at = now;
      text = timestampOf(new Date(now));
    }
    return text;
  };
}
