/** The saved queries (schemas/queries/*.sql): lists them, checks parameters against their headers, runs one. */
import { readdirSync, readFileSync } from 'node:fs';
import { JobtrailError } from '../errors.ts';
import type { QueryParamValue, QueryResult, Store } from './store.ts';
import { storedTimestamp } from './timestamp.ts';

export interface SavedParam {
  readonly name: string;
  readonly type: QueryParamValue['type'];
  readonly description: string;
  readonly required: boolean;
  /** As text; undefined where there is none or it is null. */
  readonly fallback?: string;
}

export interface SavedQuery {
  readonly name: string;
  readonly title: string;
  readonly params: readonly SavedParam[];
  readonly sql: string;
}

const FOLDER = new URL('../../schemas/queries/', import.meta.url);
const SUFFIX = '.sql';
const TITLE = /^-- title: (.+)$/;
const PARAM = /^-- param (\w+) (string|int64|timestamp)(?: = (\S+))?: (.+)$/;

/** In the order of their names. */
export function savedQueries(): readonly SavedQuery[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(SUFFIX));
  const names = files.map((file) => file.slice(0, -SUFFIX.length)).sort();
  return names.map((name) => parseQuery(name, readFileSync(new URL(`${name}${SUFFIX}`, FOLDER), 'utf8')));
}

/** @throws JobtrailError `query-unknown`, naming the ones there are. */
export function savedQuery(name: string): SavedQuery {
  const queries = savedQueries();
  const query = queries.find((candidate) => candidate.name === name);
  if (query !== undefined) return query;
  const names = queries.map((candidate) => candidate.name).join(', ');
  throw new JobtrailError('query-unknown', `There is no saved query \`${name}\`.`, `There are: ${names}.`);
}

export function parseQuery(name: string, sql: string): SavedQuery {
  let title = '';
  const params: SavedParam[] = [];
  for (const line of sql.split('\n')) {
    title = TITLE.exec(line)?.[1] ?? title;
    const match = PARAM.exec(line);
    if (match === null) continue;
    const [, param = '', type, fallback, description = ''] = match;
    params.push({
      name: param,
      type: type === 'int64' || type === 'timestamp' ? type : 'string',
      description,
      required: fallback === undefined,
      ...(fallback === undefined || fallback === 'null' ? undefined : { fallback }),
    });
  }
  return { name, title, params, sql };
}

/**
 * Runs a query with values as a user types them; a parameter that is left out takes its default.
 * @throws JobtrailError `query-param` for a value that is missing, unknown or of the wrong type.
 */
export function runSavedQuery(
  store: Store,
  query: SavedQuery,
  values: ReadonlyMap<string, string>,
): Promise<QueryResult> {
  const usage = `Parameters of ${query.name}: ${query.params.map(paramUsage).join(', ') || 'none'}.`;
  for (const name of values.keys()) {
    if (!query.params.some((param) => param.name === name)) {
      throw new JobtrailError('query-param', `\`${query.name}\` has no parameter \`${name}\`.`, usage);
    }
  }
  const params = query.params.map((param) => {
    const text = values.get(param.name) ?? param.fallback;
    if (text === undefined && param.required) {
      throw new JobtrailError(
        'query-param',
        `\`${query.name}\` needs the parameter \`${param.name}\`.`,
        usage,
      );
    }
    return [param.name, typedValue(param, text ?? null, usage)] as const;
  });
  return store.query(query.sql, Object.fromEntries(params));
}

function paramUsage({ name, type, required, fallback }: SavedParam): string {
  return required
    ? `${name} (${type}, required)`
    : `${name} (${type}${fallback === undefined ? '' : `, ${fallback}`})`;
}

function typedValue({ name, type }: SavedParam, text: string | null, usage: string): QueryParamValue {
  switch (type) {
    case 'string':
      return { type, value: text };
    case 'timestamp': {
      const value = text === null ? null : storedTimestamp(text);
      if (value !== undefined) return { type, value };
      throw new JobtrailError(
        'query-param',
        `\`${name}\` is not a time such as 2026-01-31T20:00:00Z.`,
        usage,
      );
    }
    case 'int64': {
      const value = text === null ? null : integer(text);
      if (value !== undefined) return { type, value };
      throw new JobtrailError('query-param', `\`${name}\` is not an integer.`, usage);
    }
    default:
      return type satisfies never;
  }
}

function integer(text: string): number | undefined {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
