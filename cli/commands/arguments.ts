/** What the commands share in reading their command line. */
import { JobtrailError } from '../../shared/errors.ts';

/** @throws JobtrailError `usage` when the option is no whole number within its bounds. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  byDefault: number,
  min: number,
  max: number,
): number {
  if (text === undefined) return byDefault;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new JobtrailError(
      'usage',
      `--${option} takes a whole number from ${min} to ${max}, not ${text}.`,
      'Correct it and run again.',
    );
  }
  return value;
}

/** @throws JobtrailError `usage` when the value is none of the choices. */
export function choice<T extends string>(
  option: string,
  text: string | undefined,
  byDefault: T,
  choices: readonly T[],
): T {
  if (text === undefined) return byDefault;
  const found = choices.find((candidate) => candidate === text);
  if (found === undefined) {
    throw new JobtrailError(
      'usage',
      `--${option} takes ${choices.join(', ')}, not ${text}.`,
      'Correct it and run again.',
    );
  }
  return found;
}
