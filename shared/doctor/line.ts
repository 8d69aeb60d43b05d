/** What `jobtrail doctor` says: one line for each thing that was looked at. */

/** `unasked`: what would tell could not be asked, so nothing is known; never taken for ok. */
export type LineState = 'ok' | 'warning' | 'wrong' | 'unasked';

export interface Line {
  /** Name of the check. */
  readonly check: string;
  /** What was looked at: a path, a subscription, a project. */
  readonly about: string;
  readonly state: LineState;
  /** What is so, or what is wrong. */
  readonly says: string;
  /** The command that mends it; always there where something is wrong. */
  readonly mend?: string;
}

/** What a check is, for `--help` and docs/doctor.md. */
export interface CheckText {
  readonly name: string;
  readonly looksAt: string;
  /** What makes it wrong, and what a warning. */
  readonly wrongWhen: string;
  readonly warnsWhen: string;
}

/** An answer of something outside, or why there is none. */
export type Asked<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refused'; readonly why: string; readonly mend: string };

export interface Teller {
  ok(about: string, says: string): Line;
  warning(about: string, says: string, mend: string): Line;
  wrong(about: string, says: string, mend: string): Line;
  unasked(about: string, refused: { readonly why: string; readonly mend: string }): Line;
}

/** Lines of one check. */
export function teller({ name: check }: CheckText): Teller {
  return {
    ok: (about, says) => ({ check, about, state: 'ok', says }),
    warning: (about, says, mend) => ({ check, about, state: 'warning', says, mend }),
    wrong: (about, says, mend) => ({ check, about, state: 'wrong', says, mend }),
    unasked: (about, { why, mend }) => ({ check, about, state: 'unasked', says: `not known: ${why}`, mend }),
  };
}

/** At most three names, and how many more there are. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** A value as one word of a shell's command line. */
export const shellWord = (value: string): string =>
  /^[A-Za-z0-9_./:@=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
