/**
 * Filters of sinks and exclusions, read strictly: one that Cloud Logging would refuse is refused here, with the place.
 * What is read and how it is compared is shared/logging-query's.
 */
import { RE2JS } from 're2js';
import { JobtrailError, messageOf } from '../errors.ts';
import { matches as evaluate } from '../logging-query/evaluate.ts';
import { readQuery } from '../logging-query/filter.ts';
import type { Token } from '../logging-query/lex.ts';
import { NotRead } from '../logging-query/not-read.ts';
import type { Expression } from '../logging-query/parse.ts';
import type { Json } from '../sources/fields.ts';

export interface SinkFilter {
  readonly text: string;
  readonly expression: Expression;
}

/**
 * @param name what the reader knows the filter as: a file, a sink
 * @throws JobtrailError `filter-unreadable` with line and column
 */
export function parseFilter(text: string, name = 'The filter'): SinkFilter {
  try {
    const { expression, tokens } = readQuery(text);
    for (const pattern of patternsOf(tokens)) compile(pattern);
    return { text, expression };
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    throw new JobtrailError(
      'filter-unreadable',
      `${name} cannot be read at ${placeOf(text, error.at)}: ${error.message}.`,
      'Correct it there; `gcloud logging read FILTER --limit=1` says whether Cloud Logging takes it.',
      { cause: error },
    );
  }
}

/**
 * Whether an entry passes. Undefined where that is not known from the entry alone: times, samples, functions that are not
 * read here (SEARCH, ip_in_net, …), ids of folders and organisations.
 */
export function matches({ expression }: SinkFilter, entry: Json): boolean | undefined {
  return evaluate(expression, entry);
}

interface Pattern {
  readonly source: string;
  readonly at: number;
}

/** What stands behind `=~` and `!~`: a text, or texts in parentheses. */
function* patternsOf(tokens: readonly Token[]): Generator<Pattern> {
  let open: number | undefined;
  for (const token of tokens) {
    if (token.kind === 'operator') open = token.operator === '=~' || token.operator === '!~' ? 0 : undefined;
    else if (open === undefined) continue;
    else if (token.kind === 'open') open += 1;
    else if (token.kind === 'close') open = open > 1 ? open - 1 : undefined;
    else if (token.kind === 'string' || (token.kind === 'word' && !KEYWORDS.has(token.text))) {
      yield { source: token.text, at: token.start };
      if (open === 0) open = undefined;
    }
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);

function compile({ source, at }: Pattern): void {
  try {
    RE2JS.compile(source);
  } catch (error) {
    throw new NotRead(at, `it is no regular expression of RE2 (${messageOf(error).slice(0, 200)})`);
  }
}

function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
