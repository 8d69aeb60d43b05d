/** Texts longer than this are worked out each time: what is kept must not grow with what an attacker sends. */
const MAX_KEY = 1024;
/** Characters of text kept for each entry of the size asked for, on average; ordinary identifiers are shorter. */
const MEAN_KEY = 128;

/**
 * Keeps the results of a pure function by text: `size` of them and `size` × 128 characters at most, all forgotten at
 * once when full. Forgetting changes nothing but time.
 */
export function createMemo<V>(size: number): (key: string, make: () => V) => V {
  const kept = new Map<string, V>();
  let characters = 0;
  return (key, make) => {
    if (key.length > MAX_KEY) return make();
    const known = kept.get(key);
    if (known !== undefined) return known;
    const value = make();
    if (kept.size >= size || characters + key.length > size * MEAN_KEY) {
      kept.clear();
      characters = 0;
    }
    kept.set(key, value);
    characters += key.length;
    return value;
  };
}
