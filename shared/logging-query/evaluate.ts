/**
 * Whether an entry matches. Three-valued: `undefined` where the answer hangs on something that is not known here, or on
 * chance. Comparison rules: https://docs.cloud.google.com/logging/docs/view/logging-query-language#comparisons
 */
import { logId, type Json } from '../sources/fields.ts';
import { compare } from './compare.ts';
import type { FieldKind } from './entry-fields.ts';
import { fieldOf, leavesOf } from './fields.ts';
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
    case 'text':
      return anywhere(expression.text.toLowerCase(), entry);
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

/** A text holds another; a number is equal to one, and of one whose digits only begin so nothing is sure. */
function anywhere(wanted: string, entry: Json): boolean | undefined {
  let unsure = false;
  for (const leaf of leavesOf(entry)) {
    const text = String(leaf).toLowerCase();
    if (text === wanted || (typeof leaf === 'string' && text.includes(wanted))) return true;
    unsure ||= text.includes(wanted);
  }
  return unsure ? undefined : false;
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

function compared(path: Path, operator: Operator, value: Value, entry: Json): boolean | undefined {
  const exists = operator === ':' && value.text === '*' && !value.quoted;
  if (value.text === 'NULL_VALUE' && !value.quoted) return undefined;
  // Escapes that regular expressions have, and texts may have: what they mean in a text is not known here.
  if (value.escapes === true && operator !== '=~' && operator !== '!~') return undefined;
  const field = fieldOf(entry, path);
  switch (field.kind) {
    case 'unknown':
      return undefined;
    case 'missing':
      return false;
    case 'defaulted':
      return exists ? ofAbsent(field.of, false) : ofAbsent(field.of, defaulted(field.of, operator, value));
    case 'values': {
      if (field.of === 'time') return undefined;
      if (exists) return anyOf(field.values.map((one) => existing(one, path)));
      if (field.repeated && (operator === '!=' || operator === '!~')) return undefined;
      return anyOf(field.values.map((one) => compare(one, operator, value, field.of)));
    }
  }
}

const anyOf = (answers: readonly (boolean | undefined)[]): boolean | undefined =>
  answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;

/** A text payload that is not there is missing, or empty: where the two differ nobody knows. */
function ofAbsent(of: FieldKind, answer: boolean | undefined): boolean | undefined {
  if (of === 'time' || of === 'id') return undefined;
  return of === 'payload' && answer === true ? undefined : answer;
}

const DEFAULTS: Readonly<Partial<Record<FieldKind, unknown>>> = {
  text: '',
  payload: '',
  number: 0,
  int64: 0,
  boolean: false,
  severity: 'DEFAULT',
};

const defaulted = (of: FieldKind, operator: Operator, value: Value): boolean | undefined =>
  compare(DEFAULTS[of], operator, value, of);

/** Null, and what Protocol Buffers write as not there, may be there or not, but in JSON of one's own. */
function existing(actual: unknown, [root = '']: Path): boolean | undefined {
  if (actual === null) return undefined;
  const isDefault = actual === '' || actual === 0 || actual === false;
  return isDefault && !/^json_?payload$/i.test(root) ? undefined : true;
}
