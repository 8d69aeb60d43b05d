/** Claims of an event: short scalars. What a client or an administrator can make long is cut, and the event says so. */
export type Claims = Record<string, string | number | boolean>;

export const NAME = 63;
export const ID = 128;
/** Longer paths are cut and marked; the longest route of a job API has about 400 characters. */
export const PATH = 512;
export const VERB = 32;

export function put(claims: Claims, key: string, value: string | undefined, max: number): void {
  if (value !== undefined) claims[key] = clip(claims, value, max);
}

export function clip(claims: Claims, value: string, max: number): string {
  if (value.length <= max) return value;
  claims['clipped'] = true;
  return value.slice(0, max);
}

/** Ids are joined on: one that is cut could equal another's, so too long is none. */
export function whole(claims: Claims, value: string | undefined, max = ID): string | undefined {
  if (value === undefined || value.length <= max) return value;
  claims['clipped'] = true;
  return undefined;
}

/** The path without its query, which carries tokens and signatures: only that there was one is kept. */
export function pathOf(claims: Claims, target: string): string {
  const query = target.indexOf('?');
  if (query >= 0) claims['query'] = true;
  return clip(claims, query < 0 ? target : target.slice(0, query), PATH);
}
