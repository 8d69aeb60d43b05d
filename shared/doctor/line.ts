/** What `jobtrail doctor` says: one line for each thing that was looked at. */

/** `unasked`: what would tell could not be asked, so nothing is known; never taken for ok. */
export type LineState = 'ok' | 'warning' | 'wrong' | 'unasked';

export interface Line {
  /** Name of the check. */
  readonly check: string;
  /** What was found, as docs/doctor.md lists it; `ok` where nothing was. */
  readonly code: string;
  /** What was looked at: a path, a subscription, a project. */
  readonly about: string;
  readonly state: LineState;
  /** What is so, or what is wrong. */
  readonly says: string;
  /** The command that mends it; always there where it is not ok. Words in capitals are the reader's to fill in. */
  readonly mend?: string;
}

export interface CodeText {
  readonly state: 'wrong' | 'warning';
  /** When it is found, and why that matters. */
  readonly means: string;
}

/** What a check is, for `--help` and docs/doctor.md. */
export interface CheckText {
  readonly name: string;
  readonly looksAt: string;
  readonly codes: Readonly<Record<string, CodeText>>;
}

/** Codes of what could not be asked, of any check. */
export const UNASKED_CODES = {
  'not-permitted': 'a permission is missing, which the line names with the command that grants it',
  'signed-out': 'there are no credentials, or they are refused',
  'api-off': 'the API is switched off in the project that the request counts for',
  'not-found': 'what was to be asked is not there',
  unreachable: 'no answer, or none that can be used',
  'not-told': 'the command line does not say where to look',
  failed: 'doctor itself failed at it',
} as const;
export type UnaskedCode = keyof typeof UNASKED_CODES;

/** Why there is no answer. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: UnaskedCode;
  /** The end of `could not be checked: …`. */
  readonly why: string;
  readonly mend: string;
}

/** An answer of something outside, or why there is none. */
export type Asked<T> = { readonly kind: 'answer'; readonly value: T } | Refused;

export interface Check<C extends string> extends CheckText {
  readonly codes: Readonly<Record<C, CodeText>>;
  ok(about: string, says: string): Line;
  found(code: C, about: string, says: string, mend: string): Line;
  unasked(about: string, refused: Omit<Refused, 'kind'>): Line;
}

/** What a check may find. */
export type CodeOf<T> = T extends Check<infer C> ? C : never;

/** A check and the lines that it may say. */
export function createCheck<C extends string>(text: {
  readonly name: string;
  readonly looksAt: string;
  readonly codes: Readonly<Record<C, CodeText>>;
}): Check<C> {
  const { name: check, codes } = text;
  return {
    ...text,
    ok: (about, says) => ({ check, code: 'ok', about, state: 'ok', says }),
    found: (code, about, says, mend) => ({ check, code, about, state: codes[code].state, says, mend }),
    unasked: (about, { code, why, mend }) => ({
      check,
      code,
      about,
      state: 'unasked',
      says: `could not be checked: ${why}`,
      mend,
    }),
  };
}

/** `1 project`, `2 projects`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** At most so many names, and how many more there are. */
export function some(names: readonly string[], max = 3): string {
  const shown = names.slice(0, max).join(', ');
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}
