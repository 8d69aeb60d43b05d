/** `jobtrail query`: a saved query over a store; without a name, the list of them. */
import { parseArgs } from 'node:util';
import { JobtrailError } from '../../shared/errors.ts';
import { runSavedQuery, savedQueries, savedQuery, type SavedQuery } from '../../shared/store/queries.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { openFrom } from '../run/store.ts';
import { renderCsv, renderJson, renderTable } from '../table.ts';
import { choice } from './arguments.ts';

const FORMATS = ['table', 'json', 'csv'] as const;

export async function query(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      param: { type: 'string', multiple: true, default: [] },
      format: { type: 'string' },
    },
    allowPositionals: true,
  });
  const format = choice('format', values.format, 'table', FORMATS);
  const [name] = positionals;
  if (name === undefined) {
    terminal.out(listText(savedQueries()));
    return EXIT.ok;
  }
  if (positionals.length > 1) {
    throw new JobtrailError(
      'usage',
      `query takes one name, not ${positionals.length}.`,
      'Parameters are given as --param KEY=VALUE.',
    );
  }
  const saved = savedQuery(name);
  const params = paramsOf(values.param);
  const opened = await openFrom(values.store, 'read', terminal);
  try {
    const result = await runSavedQuery(opened.store, saved, params);
    switch (format) {
      case 'json':
        terminal.out(renderJson(result));
        break;
      case 'csv':
        terminal.out(renderCsv(result));
        break;
      case 'table':
        terminal.out(renderTable(result, terminal.outIsTty ? { width: terminal.columns } : {}));
        if (result.rows.length === 0) terminal.err('no rows\n');
        break;
      default:
        return format satisfies never;
    }
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}

function paramsOf(given: readonly string[]): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const pair of given) {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new JobtrailError(
        'query-param',
        `--param takes KEY=VALUE, not ${pair}.`,
        '`npx jobtrail query` lists the parameters.',
      );
    }
    params.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return params;
}

function listText(queries: readonly SavedQuery[]): string {
  const lines = queries.flatMap(({ name, title, params }) => [
    name,
    `  ${title}`,
    ...params.map((param) => {
      const value = param.required
        ? 'required'
        : param.fallback === undefined
          ? 'optional'
          : `default ${param.fallback}`;
      return `    --param ${param.name}=${param.type.toUpperCase()}  ${value}: ${param.description}`;
    }),
    '',
  ]);
  return lines.join('\n');
}
