/**
 * Whether an entry matches. Three-valued: `undefined` where the answer hangs on something that is not known here, or on
 * chance. Comparison rules: https://docs.cloud.google.com/logging/docs/view/logging-query-language#comparisons
 */
import { RE2JS } from 're2js';
import { logId, type Json } from '../sources/fields.ts';
import { fieldOf, leavesOf, plain } from './fields.ts';
import type { Operator } from './lex.ts';
import type { Expression, Path, Value } from './parse.ts';

export function matches(expression: Expression, entry: Json): boolean | undefined {
  switch (expression.kind) {
    case 'all':
      return true;
    case 'unknown':
      return undefined;
    case 'not': {
      const answer = matches(expression.of, entry);
      return answer === undefined ? undefined : !answer;
    }
    case 'and':
      return every(expression.of, entry, false);
    case 'or':
      return every(expression.of, entry, true);
    case 'text': {
      const wanted = expression.text.toLowerCase();
      for (const leaf of leavesOf(entry)) if (leaf.toLowerCase().includes(wanted)) return true;
      return false;
    }
    case 'call':
      return called(expression.name, expression.args, entry);
    case 'comparison':
      return compared(expression.path, expression.operator, expression.value, entry);
  }
}

/** AND is decided by one that is false, OR by one that is true, whatever is unknown beside it. */
function every(parts: readonly Expression[], entry: Json, deciding: boolean): boolean | undefined {
  let unknown = false;
  for (const part of parts) {
    const answer = matches(part, entry);
    if (answer === deciding) return deciding;
    unknown ||= answer === undefined;
  }
  return unknown ? undefined : !deciding;
}

function called(name: string, args: readonly string[], entry: Json): boolean | undefined {
  const [first = ''] = args;
  switch (name) {
    case 'log_id': {
      const logName = entry['logName'];
      if (typeof logName !== 'string' || args.length !== 1) return undefined;
      return logId({ logName })?.toLowerCase() === first.toLowerCase();
    }
    case 'source': {
      const logName = entry['logName'];
      // What is above a project, and which project has a number, stands in no entry.
      if (typeof logName !== 'string' || !/^projects\/(?![0-9]+$)[^/]+$/.test(first)) return undefined;
      return args.length === 1 ? logName.startsWith(`${first}/`) : undefined;
    }
    case 'sample': {
      const share = Number(args[1]);
      if (args.length !== 2 || !(share <= 0 || share >= 1)) return undefined;
      return share >= 1;
    }
    default:
      return undefined;
  }
}

/** Times of a sample say nothing of the entries it stands for. */
const TIMES: ReadonlySet<string> = new Set(['timestamp', 'receivetimestamp']);

function compared(path: Path, operator: Operator, value: Value, entry: Json): boolean | undefined {
  if (TIMES.has(plain(path[0] ?? ''))) return undefined;
  const exists = operator === ':' && value.text === '*' && !value.quoted;
  if (value.text === 'NULL_VALUE' && !value.quoted) return undefined;
  const field = fieldOf(entry, path);
  switch (field.kind) {
    case 'undefined':
      return undefined;
    case 'missing':
      return false;
    case 'defaulted':
      return exists ? false : one(path, defaultFor(path, value), operator, value);
    case 'values': {
      if (exists) return true;
      const negative = operator === '!=' || operator === '!~';
      if (field.repeated && negative) return undefined;
      const answers = new Set(field.values.map((actual) => one(path, actual, operator, value)));
      if (answers.has(true)) return true;
      return answers.has(undefined) ? undefined : false;
    }
  }
}

function defaultFor(path: Path, { text }: Value): unknown {
  if (plain(path[0] ?? '') === 'severity') return 'DEFAULT';
  if (text === 'true' || text === 'false') return false;
  return isNumeric(text) ? 0 : '';
}

const isNumeric = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

function one(path: Path, actual: unknown, operator: Operator, { text }: Value): boolean | undefined {
  if (operator === '=~' || operator === '!~') {
    const found = typeof actual === 'string' ? searched(text, actual) : undefined;
    return found === undefined ? undefined : found === (operator === '=~');
  }
  if (path.length === 1 && plain(path[0] ?? '') === 'severity') return bySeverity(actual, operator, text);
  if (typeof actual === 'number')
    return byOrder(actual, operator, isNumeric(text) ? Number(text) : undefined);
  if (typeof actual === 'boolean') {
    if (text !== 'true' && text !== 'false') return undefined;
    return byEquality(actual === (text === 'true'), operator);
  }
  if (typeof actual !== 'string') return undefined;
  const [held, wanted] = [actual.toLowerCase(), text.toLowerCase()];
  if (operator === ':') return held.includes(wanted);
  if (operator === '=' || operator === '!=') return byEquality(held === wanted, operator);
  // int64 is written as text in JSON; of durations and other texts the order is not known here.
  return isNumeric(actual) && isNumeric(text) ? byOrder(Number(actual), operator, Number(text)) : undefined;
}

const byEquality = (equal: boolean, operator: Operator): boolean | undefined =>
  operator === '=' || operator === ':' ? equal : operator === '!=' ? !equal : undefined;

function byOrder(actual: number, operator: Operator, wanted: number | undefined): boolean | undefined {
  if (wanted === undefined) return undefined;
  switch (operator) {
    case '<':
      return actual < wanted;
    case '<=':
      return actual <= wanted;
    case '>':
      return actual > wanted;
    case '>=':
      return actual >= wanted;
    case '=':
    case '!=':
    case ':':
    case '=~':
    case '!~':
      return byEquality(actual === wanted, operator);
  }
}

/** google.logging.type.LogSeverity */
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ['default', 0],
  ['debug', 100],
  ['info', 200],
  ['notice', 300],
  ['warning', 400],
  ['error', 500],
  ['critical', 600],
  ['alert', 700],
  ['emergency', 800],
]);

function bySeverity(actual: unknown, operator: Operator, text: string): boolean | undefined {
  const levelOf = (name: string): number | undefined =>
    SEVERITIES.get(name.toLowerCase()) ?? (isNumeric(name) ? Number(name) : undefined);
  const held = typeof actual === 'number' ? actual : typeof actual === 'string' ? levelOf(actual) : undefined;
  return held === undefined || operator === ':' ? undefined : byOrder(held, operator, levelOf(text));
}

/** Anywhere in the text, case matters; undefined where the expression is none of RE2's. */
function searched(source: string, text: string): boolean | undefined {
  try {
    return RE2JS.compile(source).matcher(text).find();
  } catch {
    // A pattern that the engine refuses, or one too large: nothing is known of it.
    return undefined;
  }
}
