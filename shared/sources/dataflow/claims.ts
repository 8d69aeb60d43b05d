/** Evidence fields of an event: short scalars under fixed names. */
export type Claims = Record<string, string | number | boolean>;

/** Characters kept of a claim; whoever writes the request or the log chooses its length. */
const MAX_CLAIM = 256;

/** Notes a value where there is one. Names are literals of this source, never keys of an entry. */
export function claim(claims: Claims, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === '') return;
  claims[name] = typeof value === 'string' && value.length > MAX_CLAIM ? value.slice(0, MAX_CLAIM) : value;
}

/** The claims as part of an event; nothing where there are none. */
export function claimed(claims: Claims): { readonly claims?: Claims } {
  for (const _name in claims) return { claims };
  return {};
}
