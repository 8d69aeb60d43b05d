/**
 * Values of an API's answer as they go into a record. What others chose (names, labels, URIs) is cut to the record's limits,
 * so that no length of it keeps the job from being recorded; what is of another type is absent.
 */
import { clip } from '../pipeline/clip.ts';
import { isObject, list, obj, own, str, type Json } from '../sources/fields.ts';

/** Text, or a number's digits. */
export function textOf(object: Json | undefined, key: string, max = 1024): string | undefined {
  const value = own(object, key);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? clip(value, max) : undefined;
}

/** Milliseconds since 1970 as RFC 3339; 0 and absence are none. */
export function instantOf(object: Json | undefined, key: string): string | undefined {
  const value = own(object, key);
  if (value === 0 || value === undefined || value === null) return undefined;
  const date = typeof value === 'number' ? new Date(value) : undefined;
  // What is no time stays what it is, and the record is refused for it.
  if (date === undefined || Number.isNaN(date.getTime())) return clip(JSON.stringify(value), 64);
  return date.toISOString();
}

const MAX_LABELS = 64;
const MAX_LABEL = 128;

/** In the order of their keys: the API promises none. */
export function labelsOf(object: Json | undefined, key: string, max = MAX_LABEL): Json | undefined {
  const labels = obj(object, key) ?? {};
  const kept = Object.keys(labels)
    .toSorted()
    .slice(0, MAX_LABELS)
    .flatMap((name) => {
      const short = clip(name, MAX_LABEL);
      const value = labels[name];
      return short === undefined || typeof value !== 'string'
        ? []
        : [[short, clip(value, max) ?? ''] as const];
    });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const MAX_HISTORY = 64;

/** The last states before the present one, oldest first; restartable jobs have many. */
export function historyOf(object: Json | undefined, key: string): readonly Json[] | undefined {
  const states = list(object, key)
    .filter((item) => isObject(item))
    .filter((item) => str(item, 'state') !== undefined)
    .map((item) => present({ state: textOf(item, 'state', 64), time: textOf(item, 'stateStartTime', 64) }));
  if (states.length === 0) return undefined;
  const timeOf = (item: Json): string => str(item, 'time') ?? '';
  return states.toSorted((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b))).slice(-MAX_HISTORY);
}

/** The first of the fields that has one: a URI without its query string, which may be a signature, or a class. */
export function uriOf(object: Json | undefined, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = str(object, key);
    if (value === undefined) continue;
    const end = value.indexOf('?');
    return clip(end < 0 ? value : value.slice(0, end), 2048);
  }
  return undefined;
}

/** After the last slash: an id out of a resource name. */
export const lastOf = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : name.slice(name.lastIndexOf('/') + 1) || undefined;

/** The record without what is absent. */
export function present(record: Json): Json {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
