/** An object that a claim holds as JSON text (shared/audit/claims.ts): `spec`, `patch`. */
import { isObject, type Json } from '../sources/fields.ts';

/** Undefined where there is none; a text that was cut is none either. */
export function parseJson(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
