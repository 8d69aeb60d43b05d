/**
 * The GoogleSQL functions of the saved queries' common subset (schemas/queries/README.md) that SQLite lacks. NULL in,
 * NULL out, as in GoogleSQL.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { storedTimestamp } from '../timestamp.ts';

type SqlFunction = (...args: SQLOutputValue[]) => SQLInputValue;

const onTexts =
  (body: (...texts: string[]) => SQLInputValue): SqlFunction =>
  (...args) =>
    args.some((arg) => arg === null) ? null : body(...args.map(String));

const FUNCTIONS: Readonly<Record<string, { readonly arity: 1 | 2; readonly body: SqlFunction }>> = {
  STARTS_WITH: { arity: 2, body: onTexts((text = '', prefix = '') => (text.startsWith(prefix) ? 1 : 0)) },
  ENDS_WITH: { arity: 2, body: onTexts((text = '', suffix = '') => (text.endsWith(suffix) ? 1 : 0)) },
  STRPOS: { arity: 2, body: onTexts((text = '', part = '') => text.indexOf(part) + 1) },
  JSON_VALUE: { arity: 2, body: onTexts((json = '', path = '') => jsonValue(json, path)) },
  ARRAY_TO_STRING: { arity: 2, body: onTexts((json = '', separator = '') => elements(json).join(separator)) },
  ARRAY_LENGTH: { arity: 1, body: onTexts((json = '') => elements(json).length) },
  TIMESTAMP: { arity: 1, body: onTexts((text = '') => timestamp(text)) },
};

export function registerFunctions(database: DatabaseSync): void {
  for (const [name, { arity, body }] of Object.entries(FUNCTIONS)) {
    // node:sqlite takes the arity from the function's length.
    const call: SqlFunction = arity === 1 ? (a = null) => body(a) : (a = null, b = null) => body(a, b);
    Object.defineProperty(call, 'length', { value: arity });
    database.function(name, { deterministic: true }, call);
  }
}

function elements(json: string): readonly string[] {
  const parsed: unknown = JSON.parse(json);
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

/** `$.name.name` and `$."a name".name` to a scalar as text; null for anything else, as JSON_VALUE answers. */
function jsonValue(json: string, path: string): string | null {
  let value: unknown = JSON.parse(json);
  for (const [, quoted, plain] of path.matchAll(/\.(?:"([^"]*)"|([A-Za-z_][A-Za-z0-9_]*))/g)) {
    const name = quoted ?? plain ?? '';
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = Reflect.get(value, name);
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : null;
}

function timestamp(text: string): string {
  const stored = storedTimestamp(text);
  if (stored === undefined) throw new Error(`Invalid timestamp: ${text}`);
  return stored;
}
