/** Evidence fields of an observed job or point: short scalars under fixed names. */
export type Claims = Record<string, string | number | boolean>;

/** Ten YARN applications fit, and every id of an API. */
const MAX_CLAIM = 512;

export function claim(claims: Claims, name: string, value: string | number | undefined): void {
  if (value === undefined || value === '') return;
  claims[name] =
    typeof value === 'string' && value.length > MAX_CLAIM
      ? `${value.slice(0, MAX_CLAIM).toWellFormed()}…`
      : value;
}
