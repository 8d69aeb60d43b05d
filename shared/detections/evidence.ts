/** Reading the claims of an event: text that callers wrote, typed. Absent, wrong and cut read alike where it is safe. */
import type { TrailClaims } from '../model/trail-event.ts';

export function textOf(claims: TrailClaims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(claims: TrailClaims, name: string): number | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}

export const isTrue = (claims: TrailClaims, name: string): boolean =>
  Object.hasOwn(claims, name) && claims[name] === true;

/** A list claim (shared/audit/claims.ts): each item as its parts. Empty where there is none. */
export function listOf(claims: TrailClaims, name: string): readonly (readonly string[])[] {
  const text = textOf(claims, name);
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // A text of the same name that is no list: nothing is read into it.
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((item: unknown) => {
    if (typeof item === 'string') return [[item]];
    return Array.isArray(item) && item.every((part) => typeof part === 'string') ? [item] : [];
  });
}

/** True where the list was longer than what is kept: what is not seen cannot be judged. */
export const isCut = (claims: TrailClaims, name: string): boolean =>
  (numberOf(claims, `${name}BeyondLimit`) ?? 0) > 0;

/** Evidence fields of what there is, in order. */
export function evidence(
  ...fields: readonly (readonly [label: string, value: string | number | undefined])[]
): readonly (readonly [string, string])[] {
  return fields.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [[label, String(value)] as const],
  );
}
