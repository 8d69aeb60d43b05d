/** Half-open ranges of event time. Instants are RFC 3339 UTC text with nine fraction digits and `Z`, which sorts as text. */

export interface Validity {
  /** Inclusive. */
  readonly from: string;
  /** Exclusive. */
  readonly until: string;
}

/** Before and after every instant. */
export const ALWAYS: Validity = { from: '', until: '\uffff' };

export const covers = (validity: Validity, instant: string): boolean =>
  validity.from <= instant && instant < validity.until;

/** Undefined when they have no instant in common. */
export function overlap(a: Validity, b: Validity): Validity | undefined {
  const from = a.from > b.from ? a.from : b.from;
  const until = a.until < b.until ? a.until : b.until;
  return from < until ? { from, until } : undefined;
}

/**
 * RFC 3339 with any offset and any number of fraction digits, as UTC with nine; undefined when it is no instant of the
 * years 0000 to 9999. Digits beyond the ninth are cut.
 */
export function toInstant(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,20}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction = '', offset = ''] = match;
  const milliseconds = Date.parse(`${seconds}${offset}`.toUpperCase());
  if (Number.isNaN(milliseconds)) return undefined;
  const utc = new Date(milliseconds).toISOString();
  if (utc.length !== 24) return undefined;
  return `${utc.slice(0, 19)}.${fraction.slice(0, 9).padEnd(9, '0')}Z`;
}
