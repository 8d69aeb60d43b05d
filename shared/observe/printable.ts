/**
 * Text of strangers made safe to look at. Log entries carry what attackers chose: escape sequences that move the
 * terminal's cursor or rename its window, line breaks that forge rows, bidirectional overrides that show a path the
 * other way round, invisible characters that make two names look like one. All are shown as escapes.
 */

/**
 * Controls, invisible format characters (zero-width, bidirectional, tags, soft hyphen), lone surrogates, line and
 * paragraph separators, then what draws nothing or as blank space (Unicode property Default_Ignorable_Code_Point).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
}

/** One line without anything that is obeyed instead of shown. A backslash of the text itself is doubled. */
export function printable(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(UNSAFE, escaped);
}
