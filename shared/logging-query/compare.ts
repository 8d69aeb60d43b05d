/**
 * One value against what a query compares it with. The right side is read as the type of the left, so whatever the type of a payload's
 * field decides is undefined where two types would answer differently.
 */
import { RE2JS } from 're2js';
import type { FieldKind } from './entry-fields.ts';
import type { Operator } from './lex.ts';
import type { Value } from './parse.ts';

/** @param actual a value as JSON has it */
export function compare(
  actual: unknown,
  operator: Operator,
  { text }: Value,
  of: FieldKind,
): boolean | undefined {
  if (operator === '=~' || operator === '!~') {
    const found = typeof actual === 'string' ? searched(text, actual) : undefined;
    return found === undefined ? undefined : found === (operator === '=~');
  }
  if (of === 'severity') return bySeverity(actual, operator, text);
  if (typeof actual === 'boolean') {
    const wanted = /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    return wanted === undefined ? undefined : byEquality(actual === wanted, operator);
  }
  if (typeof actual === 'number') return byOrder(actual, operator, numberOf(text));
  if (typeof actual !== 'string' || of === 'duration') return undefined;
  if (of === 'int64' || of === 'number') {
    const held = numberOf(actual);
    return held === undefined ? undefined : byOrder(held, operator, numberOf(text));
  }
  return byText(actual, operator, text, of);
}

/** Decimal, as the language has it: no hexadecimal, no spaces, and no empty text, which `Number` takes. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
export const numberOf = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined);

/** Payloads write int64 as text, so a text of digits there may be either. */
function byText(actual: string, operator: Operator, text: string, of: FieldKind): boolean | undefined {
  const [held, wanted] = [actual.toLowerCase(), text.toLowerCase()];
  const numbers = of === 'open' ? [numberOf(actual), numberOf(text)] : [];
  const [left, right] = numbers;
  const asNumbers = left === undefined || right === undefined ? undefined : byOrder(left, operator, right);
  switch (operator) {
    case ':': {
      const has = held.includes(wanted);
      return asNumbers === undefined || asNumbers === has ? has : undefined;
    }
    case '=':
    case '!=': {
      const answer = byEquality(held === wanted, operator);
      return asNumbers === undefined || asNumbers === answer ? answer : undefined;
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      // Of texts the order of letters is not known here, beyond those that are equal.
      const ordered = held === wanted ? byOrder(0, operator, 0) : undefined;
      if (asNumbers === undefined) return ordered;
      return asNumbers === byOrder(compareTexts(held, wanted), operator, 0) ? asNumbers : undefined;
    }
    case '=~':
    case '!~':
      return undefined;
  }
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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
  const levelOf = (name: string): number | undefined => SEVERITIES.get(name.toLowerCase()) ?? numberOf(name);
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
