/** Texts against declared patterns: whole values, or beginnings where they end in `*`. Linear, no regular expressions. */
export type Matches = (text: string) => boolean;

export function anyPattern(patterns: readonly string[]): Matches {
  const whole = new Set(patterns);
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1));
  return (text) => whole.has(text) || beginnings.some((beginning) => text.startsWith(beginning));
}

/** Whether a pattern matches anything that begins so, which `place` ends in a slash for. */
export const mayMatchBelow = (patterns: readonly string[], place: string): boolean =>
  patterns.some((pattern) => {
    const beginning = pattern.endsWith('*') ? pattern.slice(0, -1) : undefined;
    return pattern.startsWith(place) || (beginning !== undefined && place.startsWith(beginning));
  });

/** Paths against declared ones, with or without `/*` behind, by whole segments: `gs://lake/raw` is not `gs://lake/raw-2`. */
export function anyPath(paths: readonly string[]): Matches {
  const roots = paths.map((path) => withoutSlash(path.endsWith('*') ? path.slice(0, -1) : path));
  return (text) => {
    const path = withoutSlash(text);
    // What climbs is read differently by different stores.
    if (path.split('/').includes('..')) return false;
    return roots.some((root) => path === root || path.startsWith(`${root}/`));
  };
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** The value of the longest pattern that matches; a whole match before any beginning. */
export function longestMatch<T>(
  patterns: readonly (readonly [string, T])[],
): (text: string) => T | undefined {
  const whole = new Map(patterns);
  const beginnings = patterns
    .filter(([pattern]) => pattern.endsWith('*'))
    .map(([pattern, value]) => [pattern.slice(0, -1), value] as const)
    .toSorted(([a], [b]) => b.length - a.length);
  return (text) => whole.get(text) ?? beginnings.find(([beginning]) => text.startsWith(beginning))?.[1];
}

/** The same for a list that is looked at too seldom to be prepared. */
export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern,
  );
