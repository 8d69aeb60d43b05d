/**
 * Commands that a person copies into a shell. What stands in them was named by others: members of policies, subjects of tokens,
 * titles of conditions. Each value is one word, whatever is in it, in every shell of POSIX, and nothing in it moves a cursor.
 */

const PLAIN = /^[A-Za-z0-9_./:@=,+-]+$/;
/** What a terminal obeys or does not show: such a character is written as its escape. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const EACH_UNSAFE = new RegExp(UNSAFE, 'gu');

/** A value as one word. */
export function shellWord(value: string): string {
  if (PLAIN.test(value)) return value;
  if (UNSAFE.test(value)) return escapedWord(value);
  // A quote is left, put between others and entered again: a backslash would be doubled by whoever shows the line.
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}

/** `$'…'` of bash, ksh and zsh; where it is not known, a word that is none of the value's. */
function escapedWord(value: string): string {
  const quoted = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const shown = quoted.replaceAll(EACH_UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000
      ? `\\u${code.toString(16).padStart(4, '0')}`
      : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `$'${shown}'`;
}

/** @param fixed words that are the same for everybody; the others are values. */
export const command = (fixed: string, ...values: readonly string[]): string =>
  [fixed, ...values.map(shellWord)].join(' ');
