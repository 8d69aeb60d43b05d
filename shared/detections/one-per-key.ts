/** Several parts of one entry may tell the same thing: the first of each key counts. */
import type { Found } from './detection.ts';

export function onePerKey(found: readonly Found[]): readonly Found[] {
  const keys = new Set<string>();
  return found.filter(({ key }) => !keys.has(key) && keys.add(key));
}
