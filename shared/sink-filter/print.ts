/** Expression → text that reads as the same expression. */
import type { Expression, Path, Value } from '../logging-query/parse.ts';

/** Undefined where a part was read and not understood, whose text is gone. */
export function printFilter(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'all':
      return '';
    case 'unknown':
      return undefined;
    case 'text':
      return quoted(expression.text);
    case 'call':
      return `${expression.name}(${expression.args.map(argument).join(', ')})`;
    case 'comparison':
      return `${pathText(expression.path)}${expression.operator}${valueText(expression.value)}`;
    case 'not': {
      const of = operand(expression.of);
      return of === undefined ? undefined : `NOT ${of}`;
    }
    case 'and':
    case 'or': {
      const parts = expression.of.map(operand);
      return parts.includes(undefined) ? undefined : parts.join(expression.kind === 'and' ? ' AND ' : ' OR ');
    }
  }
}

/** In parentheses wherever there could be two readings: people take AND to bind before OR, and it does not. */
function operand(expression: Expression): string | undefined {
  const text = printFilter(expression);
  const compound = expression.kind === 'and' || expression.kind === 'or' || expression.kind === 'not';
  return text === undefined ? undefined : compound ? `(${text})` : text;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const WORD = /^[A-Za-z0-9_./%*][A-Za-z0-9_./%*-]*$/;
const KEYWORD = /^(?:and|or|not)$/i;

const isName = (text: string): boolean => NAME.test(text) && !KEYWORD.test(text);

const pathText = (path: Path): string => path.map((name) => (isName(name) ? name : quoted(name))).join('.');

const valueText = ({ text, quoted: inQuotes }: Value): string => (inQuotes ? quoted(text) : text);

/** A name of a field as an argument is a word, and quotes would make it a text. */
const argument = (text: string): string => (WORD.test(text) && !KEYWORD.test(text) ? text : quoted(text));

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;
