import { hash } from 'node:crypto';

const MARK = 24;

/**
 * Text that fits a column of `max` characters and is well-formed Unicode. What is longer keeps its head and the digest
 * of the whole, so that two long values stay two values and nobody escapes storage by the length of a name.
 */
export function clip(text: string | undefined, max: number): string | undefined {
  if (text === undefined || text === '') return undefined;
  const sound = text.isWellFormed() ? text : text.toWellFormed();
  if (sound.length <= max) return sound;
  return `${sound.slice(0, max - MARK).toWellFormed()}~sha256:${hash('sha256', sound, 'hex').slice(0, 16)}`;
}
